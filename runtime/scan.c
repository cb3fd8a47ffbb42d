/*
 * scan.c - hashes and YARA matches (libyara) of the file behind a descriptor.
 */
#include "scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yara.h>

#include "contents.h"
#include "hashes.h"
#include "os.h"
#include "program.h"
#include "yara_rules.h"

struct scanner {
	YR_RULES *rules; /* NULL: no YARA rules */
	struct hasher *hasher;
	unsigned char *buffer;
};

enum { BUFFER_SIZE = 1 << 16 };

int
scanner_open(struct scanner **out, const struct scan_rules *rules, char text[256])
{
	struct scanner *scanner = calloc(1, sizeof(*scanner));
	int error = scanner ? 0 : -ENOMEM;

	text[0] = 0;
	if (scanner && yr_initialize() != ERROR_SUCCESS) {
		free(scanner);
		return -ENOMEM;
	}
	if (!error && (!(scanner->hasher = hasher_new()) || !(scanner->buffer = malloc(BUFFER_SIZE))))
		error = -ENOMEM;
	if (!error)
		error = yara_rules_open(&scanner->rules, rules, text);
	if (error) {
		scanner_close(scanner);
		return error;
	}
	*out = scanner;
	return 0;
}

void
scanner_close(struct scanner *scanner)
{
	if (!scanner)
		return;
	if (scanner->rules)
		yr_rules_destroy(scanner->rules);
	hasher_free(scanner->hasher);
	free(scanner->buffer);
	free(scanner);
	yr_finalize();
}

static int
hash_file(struct scanner *scanner, int fd, struct scan_result *result)
{
	uint64_t at = 0;
	long got;
	int error;

	hasher_begin(scanner->hasher);
	while ((got = contents_read(fd, scanner->buffer, BUFFER_SIZE, at)) > 0) {
		hasher_add(scanner->hasher, scanner->buffer, (size_t)got);
		at += (uint64_t)got;
	}
	error = got < 0 ? (int)got : hasher_end(scanner->hasher, result->md5, result->sha1, result->sha256);
	if (!error)
		result->flags |= SCAN_HASHED;
	return error;
}

static void
string_add(YR_SCAN_CONTEXT *context, YR_STRING *string, struct scan_match *to)
{
	YR_MATCH copy, *match = &copy;

	/* libyara keeps them unaligned, so each is copied before it is read */
	for (const void *at = context->matches[string->idx].head; at; at = copy.next) {
		struct scan_string *shown = &to->strings[to->string_count];

		memcpy(&copy, at, sizeof(copy));
		if (copy.is_private || to->string_total++ >= SCAN_STRING_MAX)
			continue;
		snprintf(shown->name, sizeof(shown->name), "%s", string->identifier);
		shown->offset = (uint64_t)(match->base + match->offset);
		shown->size = (uint32_t)match->match_length;
		shown->value_size = (uint8_t)(match->data_length < SCAN_VALUE_MAX ? match->data_length : SCAN_VALUE_MAX);
		memcpy(shown->value, match->data, shown->value_size);
		to->string_count++;
	}
}

static int
rule_matched(YR_SCAN_CONTEXT *context, int message, void *data, void *user)
{
	struct scan_result *result = user;
	struct scan_match *match;
	YR_RULE *rule = data;
	YR_STRING *string;

	if (message != CALLBACK_MSG_RULE_MATCHING || RULE_IS_PRIVATE(rule))
		return CALLBACK_CONTINUE;
	if (result->match_total++ >= SCAN_MATCH_MAX)
		return CALLBACK_CONTINUE;
	match = &result->matches[result->match_count++];
	memset(match, 0, sizeof(*match));
	snprintf(match->name_space, SCAN_NAME_MAX, "%s", rule->ns->name);
	snprintf(match->rule, SCAN_NAME_MAX, "%s", rule->identifier);
	yr_rule_strings_foreach(rule, string) {
		if (!STRING_IS_PRIVATE(string))
			string_add(context, string, match);
	}
	return CALLBACK_CONTINUE;
}

/* What a scan by libyara came to. */
static int
yara_end(struct scan_result *result, int error)
{
	switch (error) {
	case ERROR_SUCCESS: result->flags |= SCAN_YARA; return 0;
	case ERROR_SCAN_TIMEOUT: result->flags |= SCAN_TIMEOUT; return 0;
	case ERROR_COULD_NOT_ATTACH_TO_PROCESS: return -EPERM;
	}
	return -EIO;
}

static int
yara_file(struct scanner *scanner, int fd, const struct scan_limits *limits, struct scan_result *result)
{
	const void *bytes;
	int error = contents_map(fd, (size_t)result->bytes, &bytes);

	if (error)
		return error;
	error = yr_rules_scan_mem(scanner->rules, bytes, (size_t)result->bytes, SCAN_FLAGS_REPORT_RULES_MATCHING,
	                          rule_matched, result, (int)limits->timeout_s);
	contents_unmap(bytes, (size_t)result->bytes);
	return yara_end(result, error);
}

static int
file_scan(struct scanner *scanner, int fd, const struct scan_limits *limits, struct scan_result *result)
{
	struct contents contents;
	int error = contents_know(fd, &contents);

	if (error)
		return error;
	result->bytes = contents.size;
	result->device = contents.device;
	result->inode = contents.inode;
	result->changed_ns = contents.changed_ns;
	if (scanner->rules && result->bytes > limits->yara_max)
		result->flags |= SCAN_TOO_LARGE;
	else if (scanner->rules && result->bytes)
		error = yara_file(scanner, fd, limits, result);
	if (!error && (limits->want_hashes || result->match_count) && result->bytes <= limits->hash_max)
		error = hash_file(scanner, fd, result);
	if (!error && result->flags & SCAN_HASHED)
		error = program_read(&result->program, scanner->hasher, fd, result->bytes);
	if (error > 0)
		result->flags |= SCAN_PROGRAM;
	return error < 0 ? error : 0;
}

static void
result_start(struct scan_result *result)
{
	memset(result, 0, offsetof(struct scan_result, matches));
	result->time_ns = os_monotonic_ns();
}

static void
result_end(struct scan_result *result, int error)
{
	result->error = error;
	if (error)
		result->flags |= SCAN_FAILED;
	result->time_ns = os_monotonic_ns() - result->time_ns;
}

void
scanner_scan(struct scanner *scanner, int fd, const struct scan_limits *limits, struct scan_result *result)
{
	result_start(result);
	result_end(result, file_scan(scanner, fd, limits, result));
}

void
scanner_scan_process(struct scanner *scanner, uint32_t pid, const struct scan_limits *limits, struct scan_result *result)
{
	int error = 0;

	result_start(result);
	if (scanner->rules)
		error = yara_end(result, yr_rules_scan_proc(scanner->rules, (int)pid, SCAN_FLAGS_REPORT_RULES_MATCHING,
		                                            rule_matched, result, (int)limits->timeout_s));
	result_end(result, error);
}
