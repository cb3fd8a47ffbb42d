/*
 * audit_view.c - the VIEW rows of event.def: what the kernel's audit records say about a program's start and no rule of
 * another logsource asks for. Arguments are as the program got them, never in hexadecimal.
 */
#include <stdlib.h>
#include <string.h>

#include "audit_view.h"
#include "decode.h"
#include "decode_text.h"
#include "pack.h"
#include "record.h"

typedef int view_fn(const struct record_process_start *start, struct decode_arena *arena, struct value *value);

/* An argument that the record's end cuts is cut; those beyond it are not there. */
static int
argument(const struct record_process_start *start, unsigned long number, struct value *value)
{
	const char *at = (const char *)start + start->args.offset, *end = at + (start->args.size & RECORD_SPAN_SIZE), *stop;

	if (start->args.size & RECORD_SPAN_FAILED)
		return 0;
	for (; at < end; at = stop + 1) {
		stop = memchr(at, 0, end - at);
		if (number-- == 0) {
			text_borrow(value, at, (stop ? stop : end) - at, !stop && start->args.size & RECORD_SPAN_CUT);
			return 1;
		}
		if (!stop)
			return 0;
	}
	return 0;
}

static int
argument_count(const struct record_process_start *start, struct decode_arena *arena, struct value *value)
{
	text_number(arena, value, start->args_count);
	return 1;
}

static int
effective_group(const struct record_process_start *start, struct decode_arena *arena, struct value *value)
{
	text_number(arena, value, start->head.gid);
	return 1;
}

static int
login_number(const struct record_process_start *start, struct decode_arena *arena, struct value *value)
{
	text_number(arena, value, start->login_uid);
	return 1;
}

static int
login_session(const struct record_process_start *start, struct decode_arena *arena, struct value *value)
{
	text_number(arena, value, start->login_session);
	return 1;
}

static int
real_user(const struct record_process_start *start, struct decode_arena *arena, struct value *value)
{
	text_number(arena, value, start->head.real_uid);
	return 1;
}

static int
task_name(const struct record_process_start *start, struct decode_arena *arena, struct value *value)
{
	(void)arena;
	if (start->task_name.size & RECORD_SPAN_FAILED || !start->task_name.offset)
		return 0;
	text_borrow(value, (const char *)start + start->task_name.offset, start->task_name.size & RECORD_SPAN_SIZE, 0);
	return 1;
}

int
audit_view_field(const char *member, const struct record_process_start *start, struct decode_arena *arena,
                 struct value *value)
{
#define ENTRY(name) {#name, name}
	static const struct { const char *member; view_fn *view; } table[] = {
		ENTRY(argument_count), ENTRY(effective_group), ENTRY(login_number), ENTRY(login_session), ENTRY(real_user),
		ENTRY(task_name),
	};
	static const char prefix[] = "argument_";
	const char *number = member + sizeof(prefix) - 1;

	if (strncmp(member, prefix, sizeof(prefix) - 1) == 0 && *number >= '0' && *number <= '9')
		return argument(start, strtoul(number, NULL, 10), value);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].member, member) == 0)
			return table[i].view(start, arena, value);
	return 0;
}
