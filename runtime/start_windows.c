/*
 * start_windows.c - start.h on Windows: main() gets arguments in a code page, and streams write CR LF for LF.
 */
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <windows.h>

#include <shellapi.h>

#include "api_windows.h"

int
start(int *argc, char ***argv)
{
	wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), argc);
	char **texts = wide ? calloc((size_t)*argc + 1, sizeof(*texts)) : NULL;

	for (int fd = 0; fd <= 2; fd++)
		_setmode(fd, _O_BINARY);
	SetConsoleOutputCP(CP_UTF8);
	if (!texts)
		return -ENOMEM;
	for (int i = 0; i < *argc; i++) {
		texts[i] = api_utf8(wide[i]);
		if (!texts[i])
			return -ENOMEM;
	}
	LocalFree(wide);
	*argv = texts; /* for as long as the program runs */
	return 0;
}
