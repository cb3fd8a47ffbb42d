/*
 * terminal.h - asks the person at the terminal for something that is not shown.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stddef.h>

/* Writes prompt to the controlling terminal and reads one line without echo. 0, or a negative errno (-ENOTTY: there is
 * no terminal). */
int terminal_ask(const char *prompt, char *answer, size_t size);
#endif
