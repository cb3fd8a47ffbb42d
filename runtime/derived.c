/*
 * derived.c - one small function for each derived field that is known at once, and the table that names them.
 */
#include <string.h>

#include "decode.h"
#include "decode_text.h"
#include "derived.h"
#include "pack.h"
#include "process_table.h"
#include "record.h"

#define DERIVE(name) \
	static int name(const struct record_head *record, const struct subject *subject, struct decode_arena *arena, \
	                struct value *value)

static int
give_text(struct value *value, const char *text)
{
	if (!text || !*text)
		return 0;
	text_borrow(value, text, strlen(text), 0);
	return 1;
}

static int
give_image(const struct process *process, struct value *value)
{
	if (!process || !process->image_size)
		return 0;
	text_borrow(value, process->image, process->image_size, process->cut & PROCESS_CUT_IMAGE);
	return 1;
}

static int
give_args(const struct process *process, struct decode_arena *arena, struct value *value)
{
	if (!process || !process->args_size)
		return 0;
	text_arguments(arena, value, process->args, process->args_size, process->cut & PROCESS_CUT_ARGS);
	return 1;
}

DERIVE(process_id)
{
	(void)subject;
	if (!record->pid)
		return 0;
	text_number(arena, value, record->pid);
	return 1;
}

DERIVE(user)
{
	(void)record;
	(void)arena;
	return give_text(value, subject->user);
}

/* What Sysmon for Linux shows: the user's number; Sysmon: the logon session's, in hexadecimal. */
DERIVE(logon_id)
{
	const struct record_process_start *start = (const void *)record;

	(void)subject;
	if (!(record->flags & RECORD_WINDOWS))
		text_number(arena, value, record->uid);
	else if (start->logon)
		text_hex(arena, value, start->logon);
	else
		return 0;
	return 1;
}

DERIVE(image)
{
	(void)record;
	(void)arena;
	return give_image(subject->process, value);
}

DERIVE(process_args)
{
	(void)record;
	return give_args(subject->process, arena, value);
}

DERIVE(parent_image)
{
	(void)record;
	(void)arena;
	return give_image(subject->parent, value);
}

DERIVE(parent_args)
{
	(void)record;
	return give_args(subject->parent, arena, value);
}

DERIVE(parent_user)
{
	(void)record;
	(void)arena;
	return give_text(value, subject->parent_user);
}

DERIVE(target_image)
{
	(void)record;
	(void)arena;
	return give_image(subject->target, value);
}

DERIVE(target_user)
{
	(void)record;
	(void)arena;
	return give_text(value, subject->target_user);
}

DERIVE(target_parent_id)
{
	(void)record;
	if (!subject->target || !subject->target->parent_pid)
		return 0;
	text_number(arena, value, subject->target->parent_pid);
	return 1;
}

DERIVE(protocol)
{
	const struct record_network_connect *connect = (const void *)record;

	(void)subject;
	switch (connect->protocol_number) {
	case 1: return give_text(value, "icmp");
	case 6: return give_text(value, "tcp");
	case 17: return give_text(value, "udp");
	case 58: return give_text(value, "ipv6-icmp");
	case 132: return give_text(value, "sctp");
	}
	text_number(arena, value, connect->protocol_number);
	return 1;
}

DERIVE(initiated)
{
	(void)subject;
	(void)arena;
	if (record->flags & RECORD_INCOMING)
		*value = (struct value){"false", 5, VALUE_BOOL, 0, 0};
	else
		*value = (struct value){"true", 4, VALUE_BOOL, 0, 0};
	return 1;
}

/* Names of the IANA registry of DNS resource record types. */
DERIVE(query_type_name)
{
	static const struct { uint32_t type; const char *name; } names[] = {
		{1, "A"}, {2, "NS"}, {5, "CNAME"}, {6, "SOA"}, {10, "NULL"}, {12, "PTR"}, {15, "MX"}, {16, "TXT"},
		{28, "AAAA"}, {33, "SRV"}, {35, "NAPTR"}, {43, "DS"}, {48, "DNSKEY"}, {64, "SVCB"}, {65, "HTTPS"},
		{252, "AXFR"}, {255, "ANY"}, {257, "CAA"},
	};
	const struct record_dns_query *query = (const void *)record;

	(void)subject;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].type == query->query_type)
			return give_text(value, names[i].name);
	text_number(arena, value, query->query_type);
	return 1;
}

derive_fn *
derive_find(const char *member)
{
#define ENTRY(name) {#name, name}
#define ALIAS(member, name) {#member, name}
	static const struct { const char *member; derive_fn *derive; } table[] = {
		ENTRY(process_id), ENTRY(user), ENTRY(logon_id), ENTRY(image), ENTRY(process_args), ENTRY(parent_image),
		ENTRY(parent_args), ENTRY(parent_user), ENTRY(protocol), ENTRY(initiated),
		ENTRY(query_type_name), ENTRY(target_image), ENTRY(target_user), ENTRY(target_parent_id),
		ALIAS(source_process_id, process_id), ALIAS(source_image, image), ALIAS(source_args, process_args),
		ALIAS(source_parent_image, parent_image), ALIAS(source_user, user),
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].member, member) == 0)
			return table[i].derive;
	return derive_late_find(member);
}
