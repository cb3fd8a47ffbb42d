/*
 * signals_windows.c - signals.h: Ctrl-C and Ctrl-Break, the console's end, and what the service manager says.
 *
 * Windows calls handlers without a context of ours, so what they leave is a variable of the program.
 */
#include "signals.h"

#include <windows.h>

#include "api_windows.h"
#include "signals_windows.h"

enum { END_MS = 20000 }; /* how long the console's end may wait for ours: Windows waits less */

static struct {
	HANDLE event;
	LONG wishes[SIGNALS_STOP + 1]; /* how often each, not yet given */
} told;

void
signals_raise(enum signals_wish wish)
{
	InterlockedIncrement(&told.wishes[wish]);
	if (told.event)
		SetEvent(told.event);
}

static BOOL WINAPI
console_said(DWORD what)
{
	signals_raise(SIGNALS_STOP);
	if (what != CTRL_C_EVENT && what != CTRL_BREAK_EVENT)
		Sleep(END_MS); /* the process is ended when this returns */
	return TRUE;
}

int
signals_open(void)
{
	told.event = CreateEventW(NULL, TRUE, FALSE, NULL);
	if (!told.event)
		return api_error();
	SetConsoleCtrlHandler(console_said, TRUE);
	return api_descriptor(told.event);
}

enum signals_wish
signals_next(int fd)
{
	ResetEvent(api_handle(fd));
	for (int wish = SIGNALS_STOP; wish > SIGNALS_NONE; wish--) {
		if (InterlockedCompareExchange(&told.wishes[wish], 0, 0) > 0) {
			InterlockedDecrement(&told.wishes[wish]);
			return (enum signals_wish)wish;
		}
	}
	return SIGNALS_NONE;
}
