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
#include "alert_id.h"
#include "correlate.h"
#include "decode.h"
#include "ecs.h"
#include "ecs_write.h"
#include "host.h"
#include "line.h"
#include "alert_head.h"
#include "matches.h"
#include "pack.h"
#include "packfile.h"
#include "process_table.h"
#include "record.h"
#include "source.h"
#include "vocabulary.h"
#include "why.h"

static unsigned long growths, failing; /* how often a line grew; the time that it cannot, 0: never */

static void *
grow(void *data, size_t size)
{
	return ++growths == failing ? NULL : realloc(data, size);
}

#define realloc grow
#include "line.c"
#undef realloc

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

/* A line that there was no memory for leaves nothing behind: the next one is as from a new writer. */
static void
no_memory_once_costs_one_line(void **state)
{
	static const struct pack_rule rules[] = {{.id = {1, 4}, .title = {1, 4}}, {.id = {2, 3}, .title = {1, 4}}};
	static const struct pack_tables two = {.strings = "\0rule\0", .strings_size = 6, .rules = rules, .rule_count = 2};
	const struct raw_event raw = {"{}", 2, RAW_JSON, 1, "file"};
	const struct alert_event event = {.raw = &raw, .provider = "replay"};
	const struct alert_config config = {.why = "full"};
	struct match rows[] = {{.rule = 0}, {.rule = 1}};
	const struct matches matches = {.rows = rows, .count = 2, .room = 2};
	struct alert_writer *writer;
	const struct line *line;
	unsigned long lost = 0;
	char *first = NULL;

	(void)state;
	for (failing = 0; failing <= growths; failing++) {
		growths = 0;
		writer = alert_writer_new(&config, &header, &two, &host);
		alert_start(writer, &event);
		line = alert_write(writer, &matches, 1);
		lost += !line;
		if (!line) {
			alert_start(writer, &event);
			line = alert_write(writer, &matches, 1);
		}
		assert_non_null(line);
		first = first ? first : strndup(line->data, line->size);
		assert_int_equal(line->size, strlen(first));
		assert_memory_equal(line->data, first, line->size);
		alert_writer_free(writer);
	}
	assert_in_range(lost, 5, failing);
	failing = 0;
	free(first);
}

/* Whether both alerts of an event that two rules match are written. */
static int
are_written(struct alert_writer *writer, uint32_t first, uint32_t second)
{
	const struct raw_event raw = {"{}", 2, RAW_JSON, 1, "file"};
	const struct alert_event event = {.raw = &raw, .provider = "replay"};
	struct match rows[] = {{.rule = first}, {.rule = second}};
	const struct matches matches = {.rows = rows, .count = 2, .room = 2};

	alert_start(writer, &event);
	return alert_write(writer, &matches, 0) && alert_write(writer, &matches, 1);
}

/* Nor does it cost lines of other rules, which the writer knows. */
static void
no_memory_for_one_rule_costs_no_other(void **state)
{
	static char strings[1002] = "\0a\0b";
	static const struct pack_rule rules[] = {{.id = {1, 1}}, {.id = {3, 1}}, {.id = {5, 996}}};
	static const struct pack_tables three = {.strings = strings, .strings_size = sizeof(strings), .rules = rules,
		.rule_count = 3};
	const struct alert_config config = {.why = "full"};
	struct alert_writer *writer;
	unsigned long time = 0;
	int is_whole;

	(void)state;
	memset(strings + 5, 'c', 996);
	do {
		writer = alert_writer_new(&config, &header, &three, &host);
		assert_true(are_written(writer, 0, 1));
		growths = 0;
		failing = ++time;
		is_whole = are_written(writer, 0, 2);
		failing = 0;
		assert_true(are_written(writer, 0, 1));
		alert_writer_free(writer);
	} while (!is_whole);
	assert_true(time > 1);
}

static void
hash_line(const struct alert_ids *ids, uint8_t id[ALERT_ID_BYTES], const char *line, uint64_t position)
{
	const struct raw_event raw = {line, strlen(line), RAW_JSON, position, "file"};

	alert_id_event(ids, id, &raw);
}

static void
recorded_events_are_told_apart_by_text_place_and_agent(void **state)
{
	const struct host other = {.id = "machine", .boot_id = "boot", .agent_id = "agent 2"};
	const struct host later = {.id = "machine", .boot_id = "boot 2", .agent_id = "agent"};
	const struct host *const hosts[] = {&host, &host, &host, &later, &other};
	static const char *const lines[] = {"{}", "{ }", "{}", "{}", "{}"};
	static const uint64_t positions[] = {1, 1, 2, 1, 1};
	static const int is_same[] = {1, 0, 0, 1, 0};
	uint8_t first[ALERT_ID_BYTES], id[ALERT_ID_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(is_same) / sizeof(*is_same); i++) {
		struct alert_ids ids;

		alert_ids_init(&ids, hosts[i]);
		hash_line(&ids, i ? id : first, lines[i], positions[i]);
		assert_int_equal(i && memcmp(id, first, sizeof(id)), !is_same[i]);
	}
}

/* Each byte of a text, wherever it stands, changes about half of the id; its memory ends where it does. */
static void
ids_hang_on_every_byte(void **state)
{
	uint8_t id[ALERT_ID_BYTES], other[ALERT_ID_BYTES];
	struct alert_ids ids;

	(void)state;
	alert_ids_init(&ids, &host);
	for (size_t size = 1; size < 70; size++) {
		char *text = malloc(size);
		const struct raw_event raw = {text, size, RAW_JSON, 1, "file"};

		memset(text, 'a', size);
		alert_id_event(&ids, id, &raw);
		for (size_t at = 0; at < size; at++) {
			int differ = 0;

			text[at] = 'b';
			alert_id_event(&ids, other, &raw);
			text[at] = 'a';
			for (size_t i = 0; i < sizeof(id); i++)
				differ += __builtin_popcount(id[i] ^ other[i]);
			assert_in_range(differ, 30, 98);
		}
		free(text);
	}
}

/* Every id of one event or another, one rule or another, one group or another is another. */
static void
alerts_have_ids_of_their_own(void **state)
{
	static const char *const rules[] = {"a", "b", "ab"};
	const struct pack_correlation row = {.group_count = 2};
	const struct pack_tables groups = {.correlations = &row, .correlation_count = 1};
	static const struct correlate_text texts[][2] = {{{"a", 1}, {"b", 1}}, {{"b", 1}, {"a", 1}}, {{"ab", 2}, {"", 0}}};
	uint8_t ids[24][ALERT_ID_BYTES], event[ALERT_ID_BYTES], found[ALERT_ID_BYTES];
	struct alert_ids keys;
	size_t count = 0;

	(void)state;
	alert_ids_init(&keys, &host);
	for (uint64_t position = 1; position <= 2; position++)
		for (size_t i = 0; i < 3; i++)
			for (size_t j = 0; j < 4; j++) {
				const struct correlate_result result = {.group = texts[j % 3]};

				hash_line(&keys, event, "{}", position);
				alert_id_rule(&keys, found, rules[i], strlen(rules[i]));
				if (j < 3)
					alert_id_group(found, &groups, &result);
				alert_id_join(ids[count++], event, found);
			}
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(ids[i], ids[j], ALERT_ID_BYTES);
}

static void
ids_are_hexadecimal(void **state)
{
	const uint8_t id[ALERT_ID_BYTES] = {0x00, 0x01, 0x09, 0x0a, 0x0f, 0x10, 0x90, 0x99, 0x9a, 0xa9,
		0xaf, 0xf0, 0xfa, 0x7f, 0x80, 0xff};
	char text[ALERT_ID_SIZE];

	(void)state;
	alert_id_write(text, id);
	assert_memory_equal(text, "0001090a0f1090999aa9aff0fa7f80ff", ALERT_ID_SIZE);
}

/* What is kept of one event's head never shows in another's. */
static void
heads_do_not_hang_on_those_before(void **state)
{
	static const uint64_t times[][2] = {{0, 0}, {5000, 5000}, {5000, 7000}, {7000, 5000}, {1999999999, 2000000000},
		{2000000000, 86400000000000}, {86400123456789, 86400123456789}, {86400999999999, 1999999999}};
	static const struct alert_code codes[] = {{NULL, 0}, {"", 0}, {"1", 1}, {"4688", 4}, {"4689", 4}};
	const struct raw_event raw = {"{}", 2, RAW_JSON, 1, NULL};
	struct ecs_frames *frames = ecs_frames_new();
	struct ecs_doc *doc = malloc(sizeof(*doc));
	struct alert_head kept = {0};
	uint32_t seed = 1;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct alert_head fresh = {0};
		struct alert_event event = {.raw = &raw, .provider = "replay"};
		struct alert_code code;

		seed = seed * 1103515245 + 12345;
		code = codes[(seed >> 16) % 5];
		event.time = times[(seed >> 20) % 8][0];
		event.created = times[(seed >> 20) % 8][1];
		event.kind = seed >> 24 & 1 ? vocabulary_kind(RECORD_process_start) : NULL;
		alert_head_write(&kept, &event, code, frames, doc, VALUE_TEXT_MAX);
		alert_head_write(&fresh, &event, code, frames, doc, VALUE_TEXT_MAX);
		assert_int_equal(kept.line.size, fresh.line.size);
		assert_memory_equal(kept.line.data, fresh.line.data, fresh.line.size);
		assert_int_equal(kept.id_at, fresh.id_at);
		line_done(&fresh.line);
	}
	line_done(&kept.line);
	free(doc);
	ecs_frames_free(frames);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_of_one_event),
		cmocka_unit_test(no_memory_once_costs_one_line),
		cmocka_unit_test(no_memory_for_one_rule_costs_no_other),
		cmocka_unit_test(recorded_events_are_told_apart_by_text_place_and_agent),
		cmocka_unit_test(ids_hang_on_every_byte),
		cmocka_unit_test(alerts_have_ids_of_their_own),
		cmocka_unit_test(many_arguments_leave_room_for_the_host),
		cmocka_unit_test(ids_are_hexadecimal),
		cmocka_unit_test(heads_do_not_hang_on_those_before),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
