/*
 * timestamp.h - times as events write them, and as alerts do: RFC 3339 in UTC with six decimals.
 */
#ifndef TIMESTAMP_H
#define TIMESTAMP_H

#include <stddef.h>
#include <stdint.h>

enum { TIMESTAMP_SIZE = 48 }; /* room for one, with its NUL */

/* "2026-11-22T18:51:25.1Z", also with a space, without a zone (UTC) or with +02:00; or seconds or milliseconds since
 * 1970. ns since 1970; 0, or -EINVAL. */
int timestamp_parse(const char *text, size_t size, uint64_t *ns);
struct timestamp_date {
	unsigned year, month, day;
};

/* The date of a day, counted from 1970-01-01 (negative: before it), from the year 1 to 9999. */
struct timestamp_date timestamp_date(int64_t day);
void timestamp_write(char text[TIMESTAMP_SIZE], uint64_t ns);
void timestamp_write_decimals(char text[TIMESTAMP_SIZE], uint64_t ns); /* over those of a time of the same second */
#endif
