/* Records as events: bounds, every kind of field, the process table behind derived ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "bind.h"
#include "broker_server.h"
#include "decode.h"
#include "enrich.h"
#include "entity.h"
#include "event_line.h"
#include "pack.h"
#include "process_table.h"
#include "record.h"
#include "vocabulary.h"

struct builder { /* a record in the making */
	union {
		struct record_head head;
		struct record_process_start start;
		struct record_process_fork fork;
		struct record_file_delete deleted;
		struct record_network_connect connect;
		struct record_dns_query query;
		char bytes[RECORD_SIZE_MAX];
	};
	uint32_t used;
};

static struct builder *
build(enum record_kind kind, uint32_t pid, uint64_t start)
{
	struct builder *b = calloc(1, sizeof(*b));

	b->used = vocabulary_kind(kind)->size;
	b->head.kind = kind;
	b->head.pid = pid;
	b->head.start = start;
	b->head.time = start + 1000;
	return b;
}

static void
add(struct builder *b, struct record_span *span, const char *text, size_t size)
{
	span->offset = b->used;
	span->size = size;
	memcpy(b->bytes + b->used, text, size);
	b->used += size;
}

static const struct vocabulary_kind *
check(struct builder *b)
{
	b->head.size = (b->used + 7) & ~7u;
	return record_check(b->bytes, b->head.size);
}

static const char *
text_of(const struct builder *b, const struct subject *subject, const char *name)
{
	static char room[DECODE_ARENA_SIZE], text[70000];
	struct decode_arena arena = {room, sizeof(room), 0};
	const struct vocabulary_field *field = vocabulary_field(vocabulary_kind(b->head.kind), name, strlen(name));
	struct subject nobody = {0};
	struct value value;

	assert_non_null(field);
	if (!decode_field(b->bytes, field, subject ? subject : &nobody, &arena, &value))
		return NULL;
	snprintf(text, sizeof(text), "%.*s%s", (int)value.size, (const char *)value.data, value.flags & VALUE_CUT ? "|" : "");
	return text;
}

static struct builder *
build_start(uint32_t pid, uint64_t start, uint32_t parent, uint64_t parent_start, const char *image)
{
	struct builder *b = build(RECORD_process_start, pid, start);

	b->start.parent_pid = parent;
	b->start.parent_start = parent_start;
	add(b, &b->start.image, image, strlen(image));
	add(b, &b->start.directory, "/root", 5);
	add(b, &b->start.args, "nc\0-e\0", 7);
	return b;
}

static void
test_fields(void **state)
{
	struct builder *b = build_start(42, 1000, 7, 500, "/tmp/nc");

	(void)state;
	assert_non_null(check(b));
	assert_string_equal(text_of(b, NULL, "Image"), "/tmp/nc");
	assert_string_equal(text_of(b, NULL, "CommandLine"), "nc -e ");
	assert_string_equal(text_of(b, NULL, "CurrentDirectory"), "/root");
	assert_string_equal(text_of(b, NULL, "ProcessId"), "42");
	assert_string_equal(text_of(b, NULL, "ParentProcessId"), "7");
	assert_null(text_of(b, NULL, "ParentImage"));
	assert_null(text_of(b, NULL, "Hashes"));
	b->start.args.size |= RECORD_SPAN_CUT;
	assert_non_null(check(b));
	assert_string_equal(text_of(b, NULL, "CommandLine"), "nc -e |");
	b->start.image.size = RECORD_SPAN_FAILED;
	assert_non_null(check(b));
	assert_null(text_of(b, NULL, "Image"));
	free(b);
}

/* What views of audit records ask for. */
static void
test_audit_views(void **state)
{
	struct builder *b = build_start(42, 1000, 7, 500, "/usr/bin/kmod");

	(void)state;
	add(b, &b->start.task_name, "insmod", 6);
	b->start.args.size = 6;
	b->start.args_count = 2;
	b->start.login_uid = 1000;
	b->start.login_session = 3;
	b->head.real_uid = 1001;
	b->head.gid = 50;
	assert_non_null(check(b));
	assert_string_equal(text_of(b, NULL, "argument_0"), "nc");
	assert_string_equal(text_of(b, NULL, "argument_1"), "-e");
	assert_null(text_of(b, NULL, "argument_2"));
	assert_null(text_of(b, NULL, "argument_15"));
	assert_string_equal(text_of(b, NULL, "argument_count"), "2");
	assert_string_equal(text_of(b, NULL, "task_name"), "insmod");
	assert_string_equal(text_of(b, NULL, "login_number"), "1000");
	assert_string_equal(text_of(b, NULL, "login_session"), "3");
	assert_string_equal(text_of(b, NULL, "real_user"), "1001");
	assert_string_equal(text_of(b, NULL, "effective_group"), "50");
	b->start.args.size = 4 | RECORD_SPAN_CUT; /* in the midst of the second */
	assert_string_equal(text_of(b, NULL, "argument_0"), "nc");
	assert_string_equal(text_of(b, NULL, "argument_1"), "-|");
	b->start.args.size = RECORD_SPAN_FAILED;
	assert_null(text_of(b, NULL, "argument_0"));
	free(b);
}

static void
test_bounds(void **state)
{
	struct builder *b = build_start(42, 1000, 7, 500, "/tmp/nc");
	struct record_span good = b->start.image;

	(void)state;
	assert_non_null(check(b));
	assert_null(record_check(b->bytes, b->head.size - 8));
	assert_null(record_check(b->bytes, 10));
	b->start.image.offset = b->head.size - 3;
	assert_null(check(b));
	b->start.image.offset = 0xfffffff0;
	assert_null(check(b));
	b->start.image.offset = 8;
	assert_null(check(b));
	b->start.image = (struct record_span){good.offset, RECORD_SPAN_SIZE};
	assert_null(check(b));
	b->start.image = (struct record_span){good.offset, good.size | 1u << 28};
	assert_null(check(b));
	b->start.image = (struct record_span){good.offset, good.size | RECORD_SPAN_FAILED};
	assert_null(check(b));
	b->start.image = good;
	b->head.kind = 63;
	assert_null(record_check(b->bytes, b->head.size));
	free(b);
}

static void
test_paths(void **state)
{
	static const char *const pairs[][2] = {
		{"/a/b", "/a/b"}, {"/a//b", "/a/b"}, {"/a/./b/.", "/a/b"}, {"/a/../b", "/b"}, {"/../../b/", "/b"}, {"/..", "/"},
		{"/home/u/.ssh/x..y", "/home/u/.ssh/x..y"}, {"relative/../x", "relative/../x"}, {"/a/..b/...", "/a/..b/..."},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct builder *b = build(RECORD_file_delete, 1, 1);

		add(b, &b->deleted.path, pairs[i][0], strlen(pairs[i][0]));
		assert_non_null(check(b));
		assert_string_equal(text_of(b, NULL, "TargetFilename"), pairs[i][1]);
		free(b);
	}
}

static void
test_network(void **state)
{
	struct builder *b = build(RECORD_network_connect, 1, 1);

	(void)state;
	memcpy(b->connect.destination_address.bytes, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\x05", 16);
	b->connect.destination_port = 443;
	b->connect.protocol_number = 6;
	assert_non_null(check(b));
	assert_string_equal(text_of(b, NULL, "DestinationIp"), "10.0.0.5");
	assert_string_equal(text_of(b, NULL, "DestinationPort"), "443");
	assert_string_equal(text_of(b, NULL, "Protocol"), "tcp");
	assert_string_equal(text_of(b, NULL, "Initiated"), "true");
	assert_null(text_of(b, NULL, "SourceIp"));
	assert_null(text_of(b, NULL, "SourcePort"));
	memcpy(b->connect.destination_address.bytes, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
	assert_string_equal(text_of(b, NULL, "DestinationIp"), "2001:db8::1");
	free(b);
	b = build(RECORD_dns_query, 0, 0);
	add(b, &b->query.query_name, "a.demo.invalid", 14);
	b->query.query_type = 28;
	assert_non_null(check(b));
	assert_string_equal(text_of(b, NULL, "QueryName"), "a.demo.invalid");
	assert_string_equal(text_of(b, NULL, "record_type"), "AAAA");
	assert_null(text_of(b, NULL, "ProcessId"));
	free(b);
}

/* A child that only forked has its parent's program; one that executed knows its parent's. */
static void
test_enrich(void **state)
{
	struct process_table *table = process_table_new(64);
	struct enrich *enrich = enrich_new(table, NULL);
	struct builder *shell = build_start(10, 100, 1, 1, "/bin/sh"), *fork = build(RECORD_process_fork, 10, 100);
	struct builder *deleted = build(RECORD_file_delete, 11, 200), *child = build_start(11, 200, 10, 100, "/bin/nc");
	struct builder *end = build(RECORD_process_exit, 11, 200);
	struct subject subject;

	(void)state;
	enrich_record(enrich, check(shell) ? &shell->head : NULL, &subject);
	fork->fork.child_pid = 11;
	fork->fork.child_start = 200;
	enrich_record(enrich, check(fork) ? &fork->head : NULL, &subject);
	add(deleted, &deleted->deleted.path, "/x", 2);
	enrich_record(enrich, check(deleted) ? &deleted->head : NULL, &subject);
	assert_string_equal(text_of(deleted, &subject, "Image"), "/bin/sh");
	enrich_record(enrich, check(child) ? &child->head : NULL, &subject);
	assert_string_equal(text_of(child, &subject, "ParentImage"), "/bin/sh");
	assert_string_equal(text_of(child, &subject, "ParentCommandLine"), "nc -e ");
	enrich_record(enrich, check(end) ? &end->head : NULL, &subject);
	assert_string_equal(text_of(end, &subject, "Image"), "/bin/nc");
	enrich_record(enrich, &deleted->head, &subject);
	assert_string_equal(text_of(deleted, &subject, "Image"), "/bin/nc");
	assert_string_equal(text_of(deleted, &subject, "ParentImage"), "/bin/sh");
	free(shell);
	free(fork);
	free(deleted);
	free(child);
	free(end);
	enrich_free(enrich);
	process_table_free(table);
}

/* A parent that is gone is asked for once, not with every event of its child. */
static void
test_parent_sought_once(void **state)
{
	struct broker_server server;
	struct broker *broker;
	struct process_table *table = process_table_new(64);
	struct enrich *enrich;
	struct builder *child = build_start(11, 200, 0x7ffffff0, 100, "/bin/nc");
	struct builder *deleted = build(RECORD_file_delete, 11, 200);
	struct subject subject;
	uint64_t asked;

	(void)state;
	broker_server_init(&server);
	broker = broker_new(NULL, &server);
	enrich = enrich_new(table, broker);
	enrich_record(enrich, check(child) ? &child->head : NULL, &subject);
	asked = server.counters.requests;
	assert_true(asked > 0);
	add(deleted, &deleted->deleted.path, "/x", 2);
	enrich_record(enrich, check(deleted) ? &deleted->head : NULL, &subject);
	assert_non_null(subject.process);
	assert_null(subject.parent);
	assert_int_equal(server.counters.requests, asked);
	free(child);
	free(deleted);
	enrich_free(enrich);
	broker_free(broker);
	broker_server_done(&server);
	process_table_free(table);
}

static void
test_slots(void **state)
{
	static const struct bind_name names[] = {{"CommandLine", 11}, {"Nothing", 7}, {"Image", 5}, {"User", 4}};
	static const uint32_t all[] = {0, 1, 2, 3}, image[] = {2};
	struct decoder *decoder = decoder_new(names, 4);
	struct builder *b = build_start(42, 1000, 7, 500, "/tmp/nc");
	struct subject subject = {.user = "root"};
	struct event *event;

	(void)state;
	b->start.args.size |= RECORD_SPAN_CUT;
	event = decoder_read(decoder, b->bytes, check(b), &subject, all, 4, 1);
	assert_int_equal(event->present[0], 1 | 4 | 8);
	assert_int_equal(event->flags, EVENT_HAS_CUT);
	assert_memory_equal(event->slots[3].data, "root", 4);
	assert_true(event->leaf_count >= 5);
	event = decoder_read(decoder, b->bytes, check(b), &subject, image, 1, 1);
	assert_int_equal(event->flags, EVENT_HAS_CUT);
	event = decoder_read(decoder, b->bytes, check(b), &subject, image, 1, 0);
	assert_int_equal(event->present[0], 4);
	assert_int_equal(event->flags, 0);
	assert_int_equal(event->leaf_count, 0);
	decoder_free(decoder);
	free(b);
}

static void
test_line(void **state)
{
	static char room[DECODE_ARENA_SIZE];
	struct decode_arena arena = {room, sizeof(room), 0};
	struct builder *b = build_start(42, 1000, 7, 500, "/tmp/n\nc");
	struct subject subject = {.user = "root"};
	char line[4096];
	size_t size = event_line(line, sizeof(line), &b->head, check(b), &subject, &arena);

	(void)state;
	assert_int_equal(size, strlen(line));
	assert_string_equal(line, "process_start pid 42 root ParentProcessId=7 TerminalSessionId=0 Image=\"/tmp/n\\x0ac\" "
	                          "CurrentDirectory=/root CommandLine=\"nc -e \" LogonId=0");
	assert_int_equal(event_line(line, 10, &b->head, check(b), &subject, &arena), 9);
	assert_string_equal(line, "process_s");
	free(b);
}

static void
test_entity(void **state)
{
	char one[ENTITY_ID_SIZE], other[ENTITY_ID_SIZE];

	(void)state;
	assert_true(sodium_init() >= 0);
	entity_id(one, "boot", 42, 5000000001);
	entity_id(other, "boot", 42, 5000000000);
	assert_int_equal(strlen(one), 16);
	assert_string_equal(one, other);
	entity_id(other, "boot", 43, 5000000000);
	assert_string_not_equal(one, other);
	entity_id(other, "next", 42, 5000000000);
	assert_string_not_equal(one, other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_audit_views), cmocka_unit_test(test_bounds), cmocka_unit_test(test_paths),
		cmocka_unit_test(test_network), cmocka_unit_test(test_enrich), cmocka_unit_test(test_slots),
		cmocka_unit_test(test_line), cmocka_unit_test(test_parent_sought_once), cmocka_unit_test(test_entity),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
