/* Windows event log files: chunks and records made here byte by byte, and what their binary XML becomes as JSON. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "binxml.h"
#include "evtx.h"
#include "json.h"
#include "line.h"
#include "replay_evtx.h"
#include "source.h"
#include "source_replay.h"
#include "evtx_bytes.h"

static int is_full; /* a line cannot grow */

static void *
grow(void *data, size_t size)
{
	return is_full ? NULL : realloc(data, size);
}

#define realloc grow
#include "line.c"
#undef realloc

static struct binxml xml;

static struct line json;

/* The one record of the chunk as JSON, or what is wrong with it. */
static const char *
shown(void)
{
	struct evtx_chunk reader;
	struct evtx_record record;

	json.size = 0;
	assert_int_equal(evtx_chunk_open(&reader, chunk), 1);
	assert_int_equal(evtx_record_next(&reader, &record), 1);
	assert_int_equal(record.id, 7);
	if (binxml_read(&xml, chunk, EVTX_CHUNK_SIZE, record.at, record.end))
		return xml.error;
	assert_int_equal(evtx_record_next(&reader, &record), 0);
	binxml_write(&xml, &json);
	line_raw(&json, "", 1);
	return json.data;
}

static void
elements_become_members(void **state)
{
	(void)state;
	begin();
	put_open("Event", 0);
	put8(0x02);
	put_open("Provider", 1);
	put_attribute("Name", "p");
	put8(0x03);
	put_open("EventID", 1);
	put_attribute("Qualifiers", "1");
	put8(0x02);
	put_text("4\"2");
	put8(0x04);
	put_open("Empty", 0);
	put8(0x03);
	put_open("Data", 0);
	put8(0x02);
	put_text("one");
	put8(0x04);
	put_open("Plain", 0);
	put8(0x02);
	put_text("a");
	put8(0x48);
	put16('&');
	put8(0x49);
	put_name("lt");
	put8(0x47);
	put16(1);
	put_utf16("]");
	put8(0x04);
	put_open("Data", 0);
	put8(0x02);
	put_text("two");
	put8(0x04);
	put8(0x04);
	end();
	assert_string_equal(shown(), "{\"Event\":{\"Provider\":{\"#attributes\":{\"Name\":\"p\"}},\"EventID\":{\"#attributes\":"
	                             "{\"Qualifiers\":\"1\"},\"#text\":\"4\\\"2\"},\"Empty\":null,\"Data\":[\"one\",\"two\"],"
	                             "\"Plain\":\"a&<]\"}}");
}

struct value {
	uint8_t type;
	uint8_t size;
	const char *bytes;
	const char *json;
};

static const struct value values[] = {
	{0x00, 0, "", "null"},
	{0x01, 4, "h\0i\0", "\"hi\""},
	{0x01, 6, "h\0i\0\0\0", "\"hi\""},
	{0x01, 0, "", "\"\""},
	{0x01, 6, "\x3d\xd8\x00\xde\x3d\xd8", "\"\xf0\x9f\x98\x80\\ud83d\""},
	{0x01, 6, "\t\0\\\0\xe9\0", "\"\\u0009\\\\\xc3\xa9\""},
	{0x02, 4, "A\"\xe9\0", "\"A\\\"\xc3\xa9\""},
	{0x03, 1, "\xff", "-1"},
	{0x04, 1, "\xff", "255"},
	{0x05, 2, "\xfe\xff", "-2"},
	{0x06, 2, "\xfe\xff", "65534"},
	{0x07, 4, "\0\0\0\x80", "-2147483648"},
	{0x08, 4, "\0\0\0\x80", "2147483648"},
	{0x09, 8, "\0\0\0\0\0\0\0\x80", "-9223372036854775808"},
	{0x0a, 8, "\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615"},
	{0x0b, 4, "\0\0\xc0\x3f", "1.5"},
	{0x0b, 4, "\0\0\x80\x7f", "\"inf\""},
	{0x0c, 8, "\0\0\0\0\0\0\xf8\xbf", "-1.5"},
	{0x0d, 4, "\1\0\0\0", "true"},
	{0x0d, 4, "\0\0\0\0", "false"},
	{0x0e, 3, "\x01\xab\x00", "\"01AB00\""},
	{0x0f, 16, "\x0a\x38\x70\x57\x2a\xc2\xe0\x43\xbf\x4c\x06\xf5\x69\x8f\xfb\xd9", "\"{5770380a-c22a-43e0-bf4c-06f5698ffbd9}\""},
	{0x10, 4, "\x1f\0\0\0", "\"0x1f\""},
	{0x10, 8, "\0\0\0\0\1\0\0\0", "\"0x100000000\""},
	{0x11, 8, "\x00\x80\x3e\xd5\xde\xb1\x9d\x01", "\"1970-01-01T00:00:00.0000000Z\""},
	{0x11, 8, "\0\0\0\0\0\0\0\0", "\"1601-01-01T00:00:00.0000000Z\""},
	{0x12, 16, "\xea\x07\x0b\0\0\0\x16\0\x12\0\x33\0\x19\0\x07\0", "\"2026-11-22T18:51:25.007Z\""},
	{0x13, 16, "\1\2\0\0\0\0\0\5\x20\0\0\0\x20\2\0\0", "\"S-1-5-32-544\""},
	{0x13, 8, "\1\2\0\0\0\0\0\5", "\"0102000000000005\""},
	{0x14, 4, "\xe3\x9a\x52\0", "\"0x529ae3\""},
	{0x15, 8, "\0\0\0\0\0\0\0\x80", "\"0x8000000000000000\""},
	{0x81, 12, "a\0\0\0\0\0b\0c\0\0\0", "[\"a\",\"\",\"bc\"]"},
	{0x86, 4, "\1\0\2\0", "[1,2]"},
	{0x86, 3, "\1\0\2", "[1]"},
	{0x07, 2, "\1\2", "\"0102\""},
	{0x7f, 1, "\1", "\"01\""},
};

enum { VALUE_COUNT = sizeof values / sizeof *values };

static void
put_values(void)
{
	put32(VALUE_COUNT);
	for (size_t i = 0; i < VALUE_COUNT; i++) {
		put16(values[i].size);
		put8(values[i].type);
		put8(0);
	}
	for (size_t i = 0; i < VALUE_COUNT; i++)
		put(values[i].bytes, values[i].size);
}

static void
values_are_shown_as_windows_shows_them(void **state)
{
	char expected[4096] = "{\"EventData\":{", name[8];
	uint32_t size_at;

	(void)state;
	begin();
	size_at = begin_template();
	put_open("EventData", 0);
	put8(0x02);
	for (uint32_t i = 0; i < VALUE_COUNT; i++) {
		snprintf(name, sizeof name, "v%u", i);
		put_data(name, i);
		snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%s\"%s\":%s", i ? "," : "", name,
		         values[i].json);
	}
	put8(0x04);
	end_template(size_at);
	put_values();
	end();
	strcat(expected, "}}");
	assert_string_equal(shown(), expected);
}

/* <UserData>value 0</UserData>, and value 0 is <X>, whose elements state no dependency. */
static void
values_may_be_xml(void **state)
{
	uint32_t size_at, head, start;

	(void)state;
	begin();
	size_at = begin_template();
	put_open("UserData", 0);
	put8(0x02);
	put8(0x0d);
	put16(0);
	put8(0x21);
	put8(0x04);
	end_template(size_at);
	put32(1);
	head = at;
	put32(0);
	start = at;
	put32(0x0001010f);
	put8(0x01);
	put32(0);
	put_name("X");
	put8(0x02);
	put_text("inner");
	put8(0x04);
	put8(0x00);
	set32(head, (at - start) | 0x210000);
	end();
	assert_string_equal(shown(), "{\"UserData\":{\"X\":\"inner\"}}");
}

static void
what_is_wrong_is_said(void **state)
{
	uint32_t start, where;

	(void)state;
	begin();
	put_open("Event", 0);
	end();
	assert_string_equal(shown(), "an element's tag does not end");
	begin();
	put_open("Event", 0);
	put8(0x02);
	end();
	assert_string_equal(shown(), "an element does not end");
	start = begin();
	put_open("Event", 0);
	put8(0x03);
	end();
	set32(start + 7, 0xfffffff0);
	assert_string_equal(shown(), "a name lies outside of its chunk");
	begin();
	put8(0x0d);
	put16(0);
	put8(0);
	end();
	assert_string_equal(shown(), "a substitution has no value");
	begin();
	where = begin_template();
	end_template(where);
	put32(0);
	end();
	set32(where, EVTX_CHUNK_SIZE);
	assert_string_equal(shown(), "a template lies outside of its chunk");
	begin();
	where = begin_template();
	for (int i = 0; i < 100; i++) {
		put8(0x0d);
		put16(0);
		put8(0x01);
	}
	end_template(where);
	put32(1);
	put32(0x10000 | 30000);
	at += 30000;
	end();
	assert_string_equal(shown(), "its values are too long");
	begin();
	for (int i = 0; i < 100; i++) {
		put_open("E", 0);
		put8(0x02);
	}
	end();
	assert_string_equal(shown(), "its elements nest too deep");
}

/* A template whose value is an instance of the same template, over and over. */
static void
records_that_expand_for_ever_are_cut_off(void **state)
{
	uint32_t size_at, body, head, start;

	(void)state;
	begin();
	size_at = begin_template();
	body = size_at - 20;
	for (int i = 0; i < 1000; i++) {
		put8(0x0d);
		put16(0);
		put8(0x21);
	}
	end_template(size_at);
	put32(1);
	head = at;
	put32(0);
	start = at;
	for (int depth = 0; depth < 8; depth++) {
		put8(0x0c);
		put8(1);
		put32(1);
		put32(body);
		put32(1);
		put32(0);
	}
	set32(head, (at - start) | 0x210000);
	for (int depth = 0; depth < 8; depth++)
		set32(start + 18 * (uint32_t)depth + 14, (at - start - 18 * ((uint32_t)depth + 1)) | 0x210000);
	end();
	assert_string_equal(shown(), "it takes too many steps to read");
}

static void
frames_are_checked(void **state)
{
	struct evtx_chunk reader;
	struct evtx_record record;

	(void)state;
	assert_true(evtx_is_file("ElfFile", 8));
	assert_false(evtx_is_file("ElfFile", 7));
	assert_false(evtx_is_file("{\"a\":1}\n", 8));
	memset(chunk, 0, sizeof chunk);
	assert_int_equal(evtx_chunk_open(&reader, chunk), 0);
	chunk[0] = 1;
	assert_int_equal(evtx_chunk_open(&reader, chunk), -EBADMSG);
	begin();
	put_open("Event", 0);
	put8(0x03);
	end();
	set32(516, 20);
	assert_int_equal(evtx_chunk_open(&reader, chunk), 1);
	assert_int_equal(evtx_record_next(&reader, &record), -EBADMSG);
	assert_int_equal(evtx_record_next(&reader, &record), 0);
	set32(48, EVTX_CHUNK_SIZE + 1);
	assert_int_equal(evtx_chunk_open(&reader, chunk), -EBADMSG);
}

/* A header, a chunk with one record, one never used, a damaged one, the first again and half of one. */
static void
write_log(const char *path)
{
	static const uint8_t header[EVTX_HEADER_SIZE] = "ElfFile";
	static uint8_t other[EVTX_CHUNK_SIZE];
	FILE *out = fopen(path, "wb");

	begin();
	put_open("Event", 0);
	put8(0x03);
	end();
	fwrite(header, 1, sizeof header, out);
	fwrite(chunk, 1, sizeof chunk, out);
	fwrite(other, 1, sizeof other, out);
	other[0] = 1;
	fwrite(other, 1, sizeof other, out);
	fwrite(chunk, 1, sizeof chunk, out);
	fwrite(chunk, 1, sizeof chunk / 2, out);
	fclose(out);
}

static void
files_become_events(void **state)
{
	char folder[] = "/tmp/rsnl-evtx-XXXXXX", path[64], errors[512] = "", expected[512];
	const char *name = path;
	FILE *out = fmemopen(errors, sizeof errors, "w");
	struct raw_event events[64];
	struct source *source;
	int count, seen = 0;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/log", folder);
	write_log(path);
	assert_int_equal(source_replay_open(&source, &name, 1, out), 0);
	while ((count = source->ops->poll(source, events, 64, -1)) >= 0)
		for (int i = 0; i < count; i++) {
			assert_int_equal(events[i].size, 14);
			assert_memory_equal(events[i].data, "{\"Event\":null}", 14);
			assert_int_equal(events[i].position, ++seen);
		}
	assert_int_equal(seen, 2);
	assert_int_equal(source_replay_counters(source)->events, 2);
	assert_int_equal(source_replay_counters(source)->bad, 2);
	source->ops->close(source);
	fclose(out);
	snprintf(expected, sizeof expected,
	         "%s:2:1: error: a chunk is damaged and left out [bad-record]\n"
	         "%s:3:1: error: the file ends within a chunk, which is left out [bad-record]\n", path, path);
	assert_string_equal(errors, expected);
	unlink(path);
	rmdir(folder);
}

static void
no_memory_costs_one_record(void **state)
{
	static char log[EVTX_HEADER_SIZE + 2 * EVTX_CHUNK_SIZE] = "ElfFile";
	const struct evtx_bytes bytes = {log, sizeof log, 1};
	struct replay_evtx *evtx = replay_evtx_new();
	struct evtx_text text;
	size_t from = 0;

	(void)state;
	begin();
	put_open("Event", 0);
	put8(0x03);
	end();
	memcpy(log + EVTX_HEADER_SIZE, chunk, sizeof chunk);
	memcpy(log + EVTX_HEADER_SIZE + sizeof chunk, chunk, sizeof chunk);
	replay_evtx_begin(evtx);
	is_full = 1;
	assert_int_equal(replay_evtx_next(evtx, &bytes, &from, &text), EVTX_BAD);
	assert_string_equal(text.data, "no memory for the record");
	is_full = 0;
	assert_int_equal(replay_evtx_next(evtx, &bytes, &from, &text), EVTX_TEXT);
	assert_int_equal(text.number, 2);
	assert_int_equal(replay_evtx_next(evtx, &bytes, &from, &text), EVTX_END);
	replay_evtx_free(evtx);
}

/* Any byte of a record may be anything: what comes out is JSON or an error. */
static void
any_byte_may_be_wrong(void **state)
{
	static uint8_t whole[EVTX_CHUNK_SIZE];
	struct evtx_chunk reader;
	struct evtx_record record;
	struct json walker;
	struct json_text token;
	enum json_token got;
	uint32_t last;

	values_are_shown_as_windows_shows_them(state);
	memcpy(whole, chunk, sizeof whole);
	last = at;
	for (uint32_t i = 0; i < 6 * last; i++) {
		memcpy(chunk, whole, last);
		chunk[512 + i / 6 % (last - 512)] ^= (uint8_t)(1 + 43 * (i % 6));
		if (evtx_chunk_open(&reader, chunk) != 1 || evtx_record_next(&reader, &record) != 1 ||
		    binxml_read(&xml, chunk, EVTX_CHUNK_SIZE, record.at, record.end))
			continue;
		json.size = 0;
		binxml_write(&xml, &json);
		json_start(&walker, json.data, json.size);
		while ((got = json_next(&walker, &token)) != JSON_END && got != JSON_ERROR)
			;
		assert_int_equal(got, JSON_END);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_become_members), cmocka_unit_test(values_are_shown_as_windows_shows_them),
		cmocka_unit_test(values_may_be_xml), cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(records_that_expand_for_ever_are_cut_off), cmocka_unit_test(frames_are_checked),
		cmocka_unit_test(files_become_events), cmocka_unit_test(no_memory_costs_one_record),
		cmocka_unit_test(any_byte_may_be_wrong),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	line_done(&json);
	return failed;
}
