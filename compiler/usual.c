/*
 * usual.c - guesses how often strings are met, from a sample of usual values and from how often bytes are.
 */
#include <string.h>

#include "ir.h"
#include "usual.h"

static const char usual[] =
	" c:\\windows\\system32\\ c:\\windows\\syswow64\\ c:\\program files (x86)\\ c:\\program files\\common files\\ c:\\users\\ "
	"\\appdata\\local\\ \\appdata\\roaming\\ \\microsoft\\windows\\ .exe\" -- .exe - .exe /c .dll \\device\\ \\??\\c:\\ /usr/bin/ "
	"/usr/lib/ /usr/share/ /etc/ /var/ /home/ /bin/sh -c nt authority\\system microsoft corporation http://www.microsoft.com https:// "
	"cmd.exe svchost.exe powershell.exe explorer.exe rundll32.exe chrome.exe high medium low true false "
	"--type=renderer --lang=en-us --service --system --port -embedding local process service system update default pipe "
	"file name all users window user aaaaaaaa 00000000 ffffffff software\\classes\\ currentversion\\ hklm\\ server client";

enum { PLACES = 100 }; /* of a value where a string could begin */

const char *
usual_text(unsigned *size)
{
	*size = sizeof(usual) - 1;
	return usual;
}

static double
byte_share(unsigned char byte)
{
	if ((byte >= 'a' && byte <= 'z') || byte == '\\' || byte == ' ')
		return 0.05;
	return (byte >= '-' && byte <= '9') ? 0.03 : 0.002;
}

int
usual_has(struct ir_text text)
{
	return memmem(usual, sizeof(usual) - 1, text.data, text.size) != NULL;
}

/* weight times how often these bytes are met in a row. */
static double
bytes_weight(struct ir_text text, double weight)
{
	for (unsigned i = 0; i < text.size && weight > 1e-9; i++)
		weight *= byte_share((unsigned char)text.data[i]);
	return weight;
}

double
usual_weight(struct ir_text text, int anywhere)
{
	double weight = bytes_weight(text, anywhere ? PLACES : 1);

	if (usual_has(text))
		return anywhere ? 1 : 0.3;
	return weight > 1 ? 1 : weight;
}

double
usual_places(struct ir_text text)
{
	return bytes_weight(text, PLACES);
}
