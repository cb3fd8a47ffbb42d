/* ECS documents, the table of fields against ECS's own, times, addresses, strings of a line, ATT&CK tags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "address.h"
#include "alert_fields.h"
#include "attack.h"
#include "ecs.h"
#include "ecs_write.h"
#include "line.h"
#include "timestamp.h"

static const char *
show(const struct ecs_doc *doc, struct line *line)
{
	static const struct ecs_part whole = { 0, ECS_FIELD_COUNT, "", "" };
	struct ecs_frames *frames = ecs_frames_new();

	line->size = 0;
	ecs_write(frames, doc, &whole, line, 1000);
	ecs_frames_free(frames);
	line_raw(line, "", 1);
	return line->data;
}

static void
test_document(void **state)
{
	struct ecs_doc doc;
	struct line line = { 0 };

	(void)state;
	ecs_start(&doc);
	assert_string_equal(show(&doc, &line), "");
	ecs_set_text(&doc, ECS_process_parent_name, "p");
	ecs_set_text(&doc, ECS_tags, "one");
	ecs_set_text(&doc, ECS_tags, "two");
	ecs_set_text(&doc, ECS_tags, "one");
	ecs_set_number(&doc, ECS_process_pid, 7);
	ecs_set_text(&doc, ECS_process_args, "a");
	ecs_set_text(&doc, ECS_process_args, "a");
	ecs_set_time(&doc, ECS_timestamp, 0);
	ecs_set_text(&doc, ECS_process_name, "first");
	ecs_set_text(&doc, ECS_process_name, "second");
	ecs_set_text(&doc, ECS_host_os_type, "linux");
	ecs_set_text(&doc, ECS_dll_code_signature_exists, "true");
	assert_string_equal(show(&doc, &line), "\"@timestamp\":\"1970-01-01T00:00:00.000000Z\",\"tags\":[\"one\",\"two\"],"
	                    "\"process\":{\"pid\":7,\"name\":\"first\",\"args\":[\"a\",\"a\"],\"parent\":{\"name\":\"p\"}},"
	                    "\"dll\":{\"code_signature\":{\"exists\":true}},\"host\":{\"os\":{\"type\":\"linux\"}}");
	line_done(&line);
}

static void
test_types(void **state)
{
	struct ecs_doc doc;

	(void)state;
	ecs_start(&doc);
	assert_int_equal(ecs_set(&doc, ECS_process_pid, "0x1f", 4), -22);
	assert_int_equal(ecs_set(&doc, ECS_process_pid, "", 0), -22);
	assert_int_equal(ecs_set(&doc, ECS_process_pid, "-", 1), -22);
	assert_int_equal(ecs_set(&doc, ECS_process_pid, "0443", 4), -22);
	assert_int_equal(ecs_set(&doc, ECS_process_pid, "-01", 3), -22);
	assert_int_equal(ecs_set(&doc, ECS_process_exit_code, "0", 1), 0);
	assert_int_equal(ecs_set(&doc, ECS_source_ip, "-", 1), -22);
	assert_int_equal(ecs_set(&doc, ECS_source_ip, "fe80::1", 7), 0);
	assert_int_equal(ecs_set(&doc, ECS_process_start, "yesterday", 9), -22);
	assert_int_equal(ecs_set(&doc, ECS_dll_code_signature_exists, "maybe", 5), -22);
	assert_int_equal(ecs_find("process.pid", 11), ECS_process_pid);
	assert_int_equal(ecs_find("process.pi", 10), ECS_NONE);
}

/* A list that is longer than its limit is cut and counted, and what comes after it still has its place. */
static void
test_long_lists(void **state)
{
	struct ecs_doc doc;
	size_t size;
	int i;

	(void)state;
	ecs_start(&doc);
	for (i = 0; i < 5000; ++i)
		ecs_set_text(&doc, ECS_process_args, "a");
	assert_int_equal(doc.left_out, 5000 - ECS_ARGS_MAX);
	assert_int_equal(ecs_set_text(&doc, ECS_tags, "same"), 0);
	assert_int_equal(ecs_set_text(&doc, ECS_tags, "same"), 0);
	assert_int_equal(doc.left_out, 5000 - ECS_ARGS_MAX);
	assert_int_equal(ecs_set_text(&doc, ECS_host_id, "here"), 0);
	assert_non_null(ecs_get(&doc, ECS_host_id, &size));
}

/* Every field that we write is ECS's, with ECS's type and as a list where ECS has one. */
static void
test_table(void **state)
{
	static const struct {
		const char *key, *type;
		int array;
	} rows[] = {
#define ECS(name, key, type, array) { key, #type, array },
#include "ecs.def"
	};
	const char *corpora = getenv("RSNL_CORPORA");
	char path[4096], line[512], name[256], type[64];
	int array, found[sizeof rows / sizeof *rows] = { 0 };
	FILE *file;
	size_t i;

	(void)state;
	snprintf(path, sizeof path, "%s/../reference/ecs-9.5.0-dev.tsv", corpora ? corpora : "");
	file = corpora ? fopen(path, "r") : NULL;
	if (!file)
		skip();
	while (fgets(line, sizeof line, file)) {
		if (sscanf(line, "%255[^\t]\t%63[^\t]\t%d", name, type, &array) != 3)
			continue;
		for (i = 0; i < sizeof rows / sizeof *rows; ++i) {
			if (strcmp(rows[i].key, name))
				continue;
			found[i] = 1;
			assert_int_equal(rows[i].array, array);
			if (!strcmp(rows[i].type, "KEYWORD"))
				assert_true(!strcmp(type, "keyword") || !strcmp(type, "wildcard"));
			else
				assert_int_equal(strncasecmp(rows[i].type, type, strlen(type)), 0);
		}
	}
	fclose(file);
	for (i = 0; i < sizeof rows / sizeof *rows; ++i)
		if (!found[i])
			fail_msg("%s is no ECS field", rows[i].key);
}

static void
test_times(void **state)
{
	static const char *const rows[][2] = {
		{ "2026-11-22T18:51:25.123456Z", "2026-11-22T18:51:25.123456Z" },
		{ "2026-11-22 18:51:25.1", "2026-11-22T18:51:25.100000Z" },
		{ "2026-11-22T18:51:25+02:00", "2026-11-22T16:51:25.000000Z" },
		{ "2024-02-29T23:59:60Z", "2024-03-01T00:00:00.000000Z" },
		{ "2000-03-01T00:00:00.1234567899Z", "2000-03-01T00:00:00.123456Z" },
		{ "1600000000", "2020-09-13T12:26:40.000000Z" },
		{ "1600000000.25", "2020-09-13T12:26:40.250000Z" },
		{ "1600000000250", "2020-09-13T12:26:40.250000Z" },
		{ "2026-13-22T18:51:25Z", NULL }, { "2026-11-22T18:51:25Zx", NULL }, { "", NULL }, { "soon", NULL },
		{ "2026-11-22T18:51", NULL }, { "1600000000x", NULL },
		{ "16756761599", "2500-12-31T23:59:59.000000Z" }, { "16756761600", NULL }, { "99999999999999", NULL },
		{ "100000000000", "1973-03-03T09:46:40.000000Z" }, { "18446744073709551617", NULL },
	};
	char text[TIMESTAMP_SIZE];
	uint64_t ns;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof *rows; ++i) {
		int error = timestamp_parse(rows[i][0], strlen(rows[i][0]), &ns);

		assert_int_equal(error == 0, rows[i][1] != NULL);
		if (error)
			continue;
		timestamp_write(text, ns);
		assert_string_equal(text, rows[i][1]);
	}
}

static void
test_addresses(void **state)
{
	static const char *const rows[][2] = {
		{ "10.0.0.1", "10.0.0.1" }, { "::ffff:10.0.0.1", "10.0.0.1" }, { "::", "::" }, { "::1", "::1" },
		{ "2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1" }, { "fe80:0:0:0:0:0:0:0", "fe80::" },
		{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" }, { "1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8" },
		{ "64:ff9b::192.0.2.1", "64:ff9b::c000:201" },
		{ "10.0.0", NULL }, { "10.0.0.256", NULL }, { "1.2.3.4.5", NULL }, { ":::", NULL }, { "1::2::3", NULL },
		{ "1:2:3:4:5:6:7", NULL }, { "1:2:3:4:5:6:7:8:9", NULL }, { "12345::", NULL }, { "x", NULL }, { "1:", NULL },
	};
	char text[ADDRESS_SIZE];
	uint8_t bytes[16];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof *rows; ++i) {
		int error = address_parse(rows[i][0], strlen(rows[i][0]), bytes);

		assert_int_equal(error == 0, rows[i][1] != NULL);
		if (error)
			continue;
		assert_int_equal(address_write(text, bytes), strlen(rows[i][1]));
		assert_string_equal(text, rows[i][1]);
	}
}

static void
test_strings(void **state)
{
	static const char *const rows[][2] = {
		{ "plain \xc3\xa9", "\"plain \xc3\xa9\"" },
		{ "a\"b\\c\n\x01\x7f", "\"a\\\"b\\\\c\\n\\u0001\\u007f\"" },
		{ "\xff\xc3", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xed\xa0\xbd", "\"\xef\xbf\xbd\"" },
	};
	struct line line = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof *rows; ++i) {
		line.size = 0;
		line_string(&line, rows[i][0], strlen(rows[i][0]), 1000);
		assert_int_equal(line.size, strlen(rows[i][1]));
		assert_memory_equal(line.data, rows[i][1], line.size);
	}
	line.size = 0;
	line_string(&line, "ab\xc3\xa9", 4, 3);
	assert_memory_equal(line.data, "\"ab\"", 4);
	assert_int_equal(line.size, 4);
	line_done(&line);
}

static void
test_attack(void **state)
{
	static const char *const tags[] = { "attack.execution", "attack.t1059.004", "attack.defense-evasion",
		"attack.defense_evasion", "attack.t9999", "attack.", "car.2016-01-001", "attack.g0032" };
	struct line line = { 0 };
	struct ecs_doc doc;
	size_t i;

	(void)state;
	ecs_start(&doc);
	for (i = 0; i < sizeof tags / sizeof *tags; ++i)
		attack_add(&doc, tags[i], strlen(tags[i]));
	assert_string_equal(show(&doc, &line), "\"threat\":{\"framework\":\"MITRE ATT&CK\",\"tactic\":{\"id\":[\"TA0002\","
	                    "\"TA0005\"],\"name\":[\"Execution\",\"Stealth\"]},\"technique\":{\"id\":[\"T1059\"],\"name\":["
	                    "\"Command and Scripting Interpreter\"],\"subtechnique\":{\"id\":[\"T1059.004\"],\"name\":["
	                    "\"Unix Shell\"]}}}");
	line_done(&line);
}

static void
test_derived(void **state)
{
	struct line line = { 0 };
	struct ecs_doc doc;

	(void)state;
	ecs_start(&doc);
	ecs_set_text(&doc, ECS_process_executable, "C:\\Windows\\cmd.exe");
	ecs_set_text(&doc, ECS_file_path, "/tmp/a.tar.gz");
	ecs_set_text(&doc, ECS_registry_path, "HKLM\\System\\Key\\Value");
	ecs_set_text(&doc, ECS_registry_data_strings, "1");
	ecs_set_text(&doc, ECS_user_name, "LAB\\joe");
	alert_fields_hashes(&doc, "SHA1=AB,MD5=CD,X=1", 18, HASHED_PROCESS);
	alert_fields_derive(&doc);
	assert_string_equal(show(&doc, &line), "\"process\":{\"executable\":\"C:\\\\Windows\\\\cmd.exe\",\"name\":\"cmd.exe\","
	                    "\"hash\":{\"md5\":\"CD\",\"sha1\":\"AB\"}},\"user\":{\"name\":\"LAB\\\\joe\",\"domain\":\"LAB\"},"
	                    "\"file\":{\"path\":\"/tmp/a.tar.gz\",\"name\":\"a.tar.gz\",\"directory\":\"/tmp\",\"extension\":"
	                    "\"gz\"},\"registry\":{\"path\":\"HKLM\\\\System\\\\Key\\\\Value\",\"hive\":\"HKLM\",\"key\":"
	                    "\"System\\\\Key\",\"value\":\"Value\",\"data\":{\"strings\":[\"1\"]}},\"related\":{\"hash\":[\"CD\","
	                    "\"AB\"],\"user\":[\"LAB\\\\joe\"]}");
	line_done(&line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_document), cmocka_unit_test(test_types), cmocka_unit_test(test_long_lists),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_times), cmocka_unit_test(test_addresses), cmocka_unit_test(test_strings),
		cmocka_unit_test(test_attack), cmocka_unit_test(test_derived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
