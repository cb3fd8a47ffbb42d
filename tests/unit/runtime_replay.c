/* Files of recorded events: lines, arrays, values over several lines, packed files, bad texts and their places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>
#include <zstd.h>

#include "json.h"
#include "source.h"
#include "source_replay.h"
#include "unrouted.h"

static void
write_file(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	fclose(file);
}

/* "LINE:TEXT|" for each event; a text that is no JSON object is given back as bad, as a pipeline does. */
static void
show(char *out, char *errors, size_t errors_size, const char *path, int batch)
{
	FILE *file = fmemopen(errors, errors_size, "w");
	struct raw_event events[64];
	struct source *source;
	struct json json;
	struct json_text token;
	enum json_token got;
	int i, count;

	*out = 0;
	assert_int_equal(source_replay_open(&source, &path, 1, file), 0);
	while ((count = source->ops->poll(source, events, batch, -1)) >= 0) {
		for (i = 0; i < count; ++i) {
			json_start(&json, events[i].data, events[i].size);
			while ((got = json_next(&json, &token)) != JSON_END && got != JSON_ERROR)
				;
			if (got == JSON_ERROR)
				source->ops->bad(source, &events[i], &json);
			else
				out += sprintf(out, "%d:%.*s|", (int)events[i].position, (int)events[i].size,
				               (const char *)events[i].data);
		}
		source->ops->commit(source);
	}
	assert_int_equal(count, SOURCE_END);
	source->ops->close(source);
	fclose(file);
}

static void
test_forms(void **state)
{
	static const char *const rows[][3] = {
		{ "{\"a\":1}\n{\"b\":2}\n", "1:{\"a\":1}|2:{\"b\":2}|", "" },
		{ "{\"a\":1}\r\n\r\n\n {\"b\":2}", "1:{\"a\":1}\r|4: {\"b\":2}|", "" },
		{ "{\"a\":1}\n{\"b\"\n{\"c\":3}\n", "1:{\"a\":1}|3:{\"c\":3}|", "t:2:5: error: unexpected end of input [bad-json]\n" },
		{ "[{\"a\":1},\n {\"b\":2}]\n", "1:{\"a\":1}|2:{\"b\":2}|", "" },
		{ "[]", "", "" },
		{ "{\n \"a\": 1\n}\n{\n \"b\": 2\n}\n", "1:{\n \"a\": 1\n}|4:{\n \"b\": 2\n}|", "" },
		{ "{\"a\":1}{\"b\":2} {\"c\":3}", "1:{\"a\":1}|1:{\"b\":2}|1:{\"c\":3}|", "" },
		{ "{\n \"a\": x\n}\n{\n \"b\": 2\n}\n", "4:{\n \"b\": 2\n}|", "t:2:7: error: value expected [bad-json]\n" },
		{ "\xef\xbb\xbf{\"a\":1}\n", "1:{\"a\":1}|", "" },
		{ "", "", "" },
		{ "\n\n", "", "" },
		{ "Nov 22 plain text\nNov 23\n", "",
		  "t:1:1: error: value expected [bad-json]\nt:2:1: error: value expected [bad-json]\n" },
	};
	char got[4096], errors[4096], folder[] = "/tmp/rsnl-replay-XXXXXX";
	size_t i;
	int batch;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	for (i = 0; i < sizeof rows / sizeof *rows; ++i)
		for (batch = 1; batch < 64; batch += 31) {
			memset(errors, 0, sizeof errors);
			write_file("t", rows[i][0], strlen(rows[i][0]));
			show(got, errors, sizeof errors, "t", batch);
			assert_string_equal(got, rows[i][1]);
			assert_string_equal(errors, rows[i][2]);
		}
	unlink("t");
	rmdir(folder);
}

/* Larger than the buffer's first size, in lines and in one value. */
static void
test_large(void **state)
{
	enum { LINES = 40000, SIZE = 3 << 20 };
	char *text = malloc(SIZE + 64), *got = malloc(2 * SIZE + (64 << 10)), errors[256] = "";
	char folder[] = "/tmp/rsnl-replay-XXXXXX";
	size_t size = 0;
	int i;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	for (i = 0; i < LINES; ++i)
		size += (size_t)sprintf(text + size, "{\"number\":%d,\"pad\":\"%.*s\"}\n", i, i % 40,
		                        "........................................");
	write_file("t", text, size);
	show(got, errors, sizeof errors, "t", 64);
	assert_non_null(strstr(got, "|40000:{\"number\":39999,"));
	memset(text, 'x', SIZE);
	memcpy(text, "{\n\"a\":\"", 7);
	memcpy(text + SIZE - 2, "\"}", 2);
	write_file("t", text, SIZE);
	show(got, errors, sizeof errors, "t", 64);
	assert_int_equal(strlen(got), SIZE + 3);
	assert_string_equal(errors, "");
	unlink("t");
	rmdir(folder);
	free(text);
	free(got);
}

static void
test_packed(void **state)
{
	static const char text[] = "{\"a\":1}\n{\"b\":2}\n";
	char got[256], errors[256] = "", packed[256], folder[] = "/tmp/rsnl-replay-XXXXXX";
	struct source *source;
	struct raw_event event;
	const char *path = "t.zst";
	gzFile gzip;
	size_t size;
	int error;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	size = ZSTD_compress(packed, sizeof packed, text, sizeof text - 1, 1);
	write_file(path, packed, size);
	show(got, errors, sizeof errors, path, 64);
	assert_string_equal(got, "1:{\"a\":1}|2:{\"b\":2}|");
	write_file(path, packed, size - 3);
	assert_int_equal(source_replay_open(&source, &path, 1, stderr), 0);
	while (source->ops->poll(source, &event, 1, -1) >= 0)
		;
	assert_string_equal(source_replay_failed(source, &error), path);
	assert_int_equal(error, 74); /* EBADMSG */
	source->ops->close(source);
	unlink(path);
	gzip = gzopen("t.gz", "w");
	gzwrite(gzip, text, sizeof text - 1);
	gzclose(gzip);
	show(got, errors, sizeof errors, "t.gz", 64);
	assert_string_equal(got, "1:{\"a\":1}|2:{\"b\":2}|");
	unlink("t.gz");
	rmdir(folder);
}

static void
note_text(struct unrouted *unrouted, const char *text, uint64_t line)
{
	const struct raw_event raw = { text, strlen(text), RAW_JSON, line, "f" };

	unrouted_note(unrouted, &raw);
}

static void
test_unrouted(void **state)
{
	struct unrouted unrouted = { 0 };
	char text[8192], got[2048];
	FILE *out = fmemopen(got, sizeof got, "w");
	size_t i, used = 1;

	(void)state;
	note_text(&unrouted, "{\"a\": 1, \"b\": {\"c\": [{\"d\": 2}]}}", 1);
	note_text(&unrouted, "{\"a\": 2, \"b\": null}", 2);
	note_text(&unrouted, "{}", 3);
	*text = '{';
	for (i = 0; i < 100; ++i)
		used += (size_t)sprintf(text + used, "%s\"key %zu\":1", i ? "," : "", i);
	strcpy(text + used, "}");
	note_text(&unrouted, text, 4);
	note_text(&unrouted, "{\"z\": 0}", 5);
	assert_int_equal(unrouted.count, 3);
	assert_true(strlen(unrouted.examples[2].keys) < UNROUTED_KEYS);
	assert_string_equal(unrouted.examples[2].keys + strlen(unrouted.examples[2].keys) - 5, ", ...");
	unrouted.count = 2;
	unrouted_print(&unrouted, out);
	fclose(out);
	assert_string_equal(got, "f:1: note: unrouted, with the keys a, b\nf:3: note: unrouted, with no key\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms), cmocka_unit_test(test_large), cmocka_unit_test(test_packed),
		cmocka_unit_test(test_unrouted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
