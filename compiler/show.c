/*
 * show.c - sizes and times as messages show them.
 */
#include "show.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const char *
show_bytes(char text[SHOW_SIZE], uint64_t bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	double value = bytes;
	size_t unit = 0;

	while (value >= 999.5 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1000;
		unit++;
	}
	if (unit == 0 || value >= 99.95)
		snprintf(text, SHOW_SIZE, "%.0f %s", value, units[unit]);
	else
		snprintf(text, SHOW_SIZE, "%.1f %s", value, units[unit]);
	return text;
}

const char *
show_time(char text[SHOW_SIZE], uint64_t unix_seconds)
{
	const time_t seconds = unix_seconds;
	struct tm utc;

	if (unix_seconds > INT64_C(253402300799) || !gmtime_r(&seconds, &utc) ||
	    !strftime(text, SHOW_SIZE, "%Y-%m-%dT%H:%M:%SZ", &utc))
		snprintf(text, SHOW_SIZE, "%" PRIu64, unix_seconds);
	return text;
}

int
show_parse_time(const char *text, uint64_t *unix_seconds)
{
	char again[SHOW_SIZE], whole[SHOW_SIZE];
	struct tm utc = {0};
	time_t seconds;

	if (snprintf(whole, sizeof(whole), strchr(text, 'T') ? "%s" : "%sT00:00:00Z", text) >= SHOW_SIZE ||
	    sscanf(whole, "%4d-%2d-%2dT%2d:%2d:%2dZ", &utc.tm_year, &utc.tm_mon, &utc.tm_mday, &utc.tm_hour, &utc.tm_min,
	           &utc.tm_sec) != 6)
		return -EINVAL;
	utc.tm_year -= 1900;
	utc.tm_mon--;
	seconds = timegm(&utc);
	if (seconds < 0 || strcmp(show_time(again, seconds), whole))
		return -EINVAL;
	*unix_seconds = seconds;
	return 0;
}
