/*
 * shown.h - the values of a line as an alert shows them: each with what JSON makes of it, where that is known.
 */
#ifndef SHOWN_H
#define SHOWN_H

#include <stdint.h>

struct value;

struct shown_place { /* what a layout's member is for */
	uint32_t slot;
	uint32_t member;
};

struct shown {
	const struct value *value; /* settled */
	const char *json; /* a string as the line has it, with its quotes, where line_string() writes it the same; or NULL */
	uint32_t json_size;
	uint32_t slot;
};
#endif
