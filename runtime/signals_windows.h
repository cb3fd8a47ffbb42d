/*
 * signals_windows.h - what signals_next gives, told by others than the console.
 */
#ifndef SIGNALS_WINDOWS_H
#define SIGNALS_WINDOWS_H

enum signals_wish;

/* From any thread. */
void signals_raise(enum signals_wish wish);
#endif
