/*
 * rights.h - whether this process may run the agent; one file of code per system behind it.
 */
#ifndef RIGHTS_H
#define RIGHTS_H

#include <stddef.h>

/* 1 and text: what is needed, and what of it is missing. 0: nothing. */
int rights_missing(char *text, size_t size);
#endif
