/* Alerts of live records: ids that stay and ids that differ, what is always said, what was left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "alert.h"
#include "decode.h"
#include "host.h"
#include "line.h"
#include "matches.h"
#include "packfile.h"
#include "process_table.h"
#include "record.h"
#include "source.h"
#include "vocabulary.h"
#include "why.h"

static const struct pack_header header = {.name = "test", .serial = 1};
static const struct pack_rule rule = {.id = {1, 4}, .title = {1, 4}, .level = PACK_HIGH, .expires = 1798761600};
static const struct pack_tables tables = {.strings = "\0rule\0", .strings_size = 6, .rules = &rule, .rule_count = 1};
static const struct host host = {.id = "machine", .boot_id = "boot", .agent_id = "agent", .boot_ns = 1000000000};

/* Writes the alert of a record; arguments are those of its process. The caller frees it. */
static char *
alert(const struct record_process_exit *record, struct process *process)
{
	static char bytes[4096];
	const struct alert_config config = {.why = "full"};
	const struct raw_event raw = {record, sizeof(*record), RAW_RECORD, 0, NULL};
	struct decode_arena arena = {bytes, sizeof(bytes), 0};
	const struct subject subject = {.process = process};
	struct match match = {0};
	const struct matches matches = {.rows = &match, .count = 1, .room = 1};
	const struct alert_event event = {.raw = &raw, .kind = vocabulary_kind(RECORD_process_exit), .time = 5,
		.created = 5, .provider = "ebpf", .subject = &subject, .arena = &arena};
	struct alert_writer *writer = alert_writer_new(&config, &header, &tables, &host);
	const struct line *line;
	char *text;

	alert_start(writer, &event);
	line = alert_write(writer, &matches, 0);
	text = strndup(line->data, line->size);
	alert_writer_free(writer);
	return text;
}

static void
id_of(const struct record_process_exit *record, char id[40])
{
	char *text = alert(record, NULL), *found = strstr(text, "\"event\":{\"id\":\"");

	assert_non_null(found);
	snprintf(id, 40, "%.32s", found + strlen("\"event\":{\"id\":\""));
	free(text);
}

/* Collection that starts again within one boot counts its records from 1 again. */
static void
ids_are_of_one_event(void **state)
{
	struct record_process_exit record = {.head = {.size = sizeof(record), .kind = RECORD_process_exit, .time = 7,
		.start = 3, .sequence = 1, .pid = 42}};
	char first[40], again[40], later[40];

	(void)state;
	id_of(&record, first);
	id_of(&record, again);
	assert_string_equal(first, again);
	record.head.time = 8;
	id_of(&record, later);
	assert_string_not_equal(first, later);
}

static void
many_arguments_leave_room_for_the_host(void **state)
{
	static char args[4000];
	struct record_process_exit record = {.head = {.size = sizeof(record), .kind = RECORD_process_exit, .time = 7,
		.start = 3, .sequence = 1, .pid = 42}};
	struct process process = {.args = args, .args_size = sizeof(args), .args_count = 2000};
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(args); i += 2)
		args[i] = 'a';
	text = alert(&record, &process);
	assert_non_null(strstr(text, "\"args_count\":2000"));
	assert_non_null(strstr(text, "\"host\":{\"id\":\"machine\""));
	assert_non_null(strstr(text, "\"agent\":{\"id\":\"agent\""));
	assert_non_null(strstr(text, "\"quality\":[\"alert:shortened\"]"));
	assert_non_null(strstr(text, "\"expires\":\"2027-01-01T00:00:00.000000Z\""));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_of_one_event),
		cmocka_unit_test(many_arguments_leave_room_for_the_host),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
