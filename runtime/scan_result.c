/*
 * scan_result.c - the check of a scan's result that came from another process, and its hashes as text.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "scan.h"

static int
match_check(const struct scan_match *match)
{
	if (!memchr(match->name_space, 0, SCAN_NAME_MAX) || !memchr(match->rule, 0, SCAN_NAME_MAX) ||
	    match->string_count > SCAN_STRING_MAX)
		return -EBADMSG;
	for (uint32_t i = 0; i < match->string_count; i++) {
		if (!memchr(match->strings[i].name, 0, sizeof(match->strings[i].name)) ||
		    match->strings[i].value_size > SCAN_VALUE_MAX)
			return -EBADMSG;
	}
	return 0;
}

int
scan_result_check(const struct scan_result *result, size_t size)
{
	if (size < SCAN_RESULT_SIZE(0) || result->match_count > SCAN_MATCH_MAX ||
	    size != SCAN_RESULT_SIZE(result->match_count))
		return -EBADMSG;
	for (uint32_t i = 0; i < result->match_count; i++) {
		if (match_check(&result->matches[i]))
			return -EBADMSG;
	}
	return 0;
}

void
scan_hex(char *text, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
}
