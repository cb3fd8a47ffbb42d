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

static int
program_check(const struct scan_program *program)
{
	const char *const texts[] = {program->original_file_name, program->product, program->company,
		program->description, program->file_version, program->signer};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!memchr(texts[i], 0, SCAN_TEXT_MAX))
			return -EBADMSG;
	}
	return program->signature < SCAN_SIGNATURE_COUNT ? 0 : -EBADMSG;
}

size_t
scan_result_size(const struct scan_result *result)
{
	if (!result->match_count && !(result->flags & SCAN_PROGRAM))
		return offsetof(struct scan_result, program);
	return offsetof(struct scan_result, matches) + result->match_count * sizeof(struct scan_match);
}

int
scan_result_check(const struct scan_result *result, size_t size)
{
	if (size < offsetof(struct scan_result, program) || result->match_count > SCAN_MATCH_MAX ||
	    result->on >= SCAN_ON_COUNT || size != scan_result_size(result))
		return -EBADMSG;
	if (result->flags & SCAN_PROGRAM && program_check(&result->program))
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
