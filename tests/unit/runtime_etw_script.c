/* PowerShell scripts in fragments: joined, written in pieces where they are too long or a fragment is missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decode.h"
#include "enrich.h"
#include "etw.h"
#include "etw_bytes.h"
#include "etw_layout.h"
#include "event_line.h"
#include "pack.h"
#include "process_table.h"
#include "record.h"
#include "vocabulary.h"

#include "etw_tester.h"

static enum etw_result
fragment(struct tester *t, int number, int total, const char *text, const char *id)
{
	char *bytes = malloc(strlen(text) + 256);
	enum etw_result result;

	sprintf(bytes, "4:%d|4:%d|w:%s|w:%s|w:C:\\x.ps1", number, total, text, id);
	t->time++;
	result = tester_send(t, ETW_powershell, 4104, 1, bytes, 8);
	free(bytes);
	return result;
}

/* The last record's text; cut or part of a script, as flags say. */
static void
expect(const struct tester *t, const char *text, int is_cut, int is_partial)
{
	const struct record_ps_script *record = (const void *)t->record;
	const struct record_span *span = &record->script_block_text;

	assert_int_equal(span->size & RECORD_SPAN_SIZE, strlen(text));
	assert_memory_equal((const char *)record + span->offset, text, strlen(text));
	assert_int_equal((span->size & RECORD_SPAN_CUT) != 0, is_cut);
	assert_int_equal((record->head.flags & RECORD_PARTIAL) != 0, is_partial);
}

static void
test_joined(void **state)
{
	struct tester *t = tester_new();

	(void)state;
	assert_int_equal(fragment(t, 1, 3, "Invoke-", "a"), ETW_NOTHING);
	assert_int_equal(fragment(t, 1, 2, "other ", "b"), ETW_NOTHING);
	assert_int_equal(fragment(t, 2, 3, "Mimi", "a"), ETW_NOTHING);
	assert_int_equal(fragment(t, 3, 3, "katz", "a"), ETW_RECORD);
	expect(t, "Invoke-Mimikatz", 0, 0);
	assert_string_equal(t->line, "ps_script pid 1000 - ScriptBlockText=Invoke-Mimikatz ScriptBlockId=a "
	                             "Path=\"C:\\\\x.ps1\"");
	assert_int_equal(fragment(t, 2, 2, "one", "b"), ETW_RECORD);
	expect(t, "other one", 0, 0);
	assert_int_equal(etw_decoder_counters(t->decoder)->scripts_partial, 0);
	tester_free(t);
}

/* A fragment that never came: what is there is written, then what follows. */
static void
test_missing(void **state)
{
	struct tester *t = tester_new();

	(void)state;
	fragment(t, 1, 4, "first ", "a");
	assert_int_equal(fragment(t, 3, 4, "third ", "a"), ETW_NOTHING);
	assert_int_equal(t->records, 1);
	expect(t, "first ", 1, 1);
	assert_int_equal(fragment(t, 4, 4, "last", "a"), ETW_RECORD);
	expect(t, "third last", 0, 1);
	assert_int_equal(fragment(t, 2, 2, "tail", "b"), ETW_RECORD);
	expect(t, "tail", 0, 1);
	tester_free(t);
}

static void
test_waits_five_seconds(void **state)
{
	struct tester *t = tester_new();

	(void)state;
	fragment(t, 1, 2, "half", "a");
	assert_int_equal(etw_flush(t->decoder, t->time + 49000000, t->record, sizeof(t->record)), ETW_NOTHING);
	assert_int_equal(etw_flush(t->decoder, t->time + 51000000, t->record, sizeof(t->record)), ETW_RECORD);
	expect(t, "half", 1, 1);
	assert_int_equal(etw_flush(t->decoder, UINT64_MAX, t->record, sizeof(t->record)), ETW_NOTHING);
	tester_free(t);
}

/* Longer than a record: pieces that overlap, so that what lies across two is whole in one. */
static void
test_long(void **state)
{
	struct tester *t = tester_new();
	const struct record_ps_script *record = (const void *)t->record;
	char *text = malloc(20001);
	uint32_t size;

	(void)state;
	memset(text, 'x', 20000);
	text[20000] = 0;
	fragment(t, 1, 3, text, "a");
	memcpy(text, "Mimikatz", 8);
	fragment(t, 2, 3, text, "a");
	assert_int_equal(t->records, 1);
	assert_int_equal(record->script_block_text.size & RECORD_SPAN_SIZE, 20000);
	assert_true(record->script_block_text.size & RECORD_SPAN_CUT);
	assert_int_equal(fragment(t, 3, 3, "end", "a"), ETW_RECORD);
	size = record->script_block_text.size & RECORD_SPAN_SIZE;
	assert_int_equal(size, 512 + 20000 + 3);
	assert_memory_equal((const char *)record + record->script_block_text.offset + 510, "xxMimikatz", 10);
	assert_int_equal(etw_decoder_counters(t->decoder)->scripts_partial, 2);
	free(text);
	tester_free(t);
}

/* One fragment that is longer than a record alone: cut at a character. */
static void
test_too_long(void **state)
{
	struct tester *t = tester_new();
	struct etw_bytes *bytes = malloc(sizeof(*bytes));
	const struct record_ps_script *record = (const void *)t->record;
	uint32_t size;

	(void)state;
	etw_bytes_build(bytes, "4:1|4:1", 8);
	for (int i = 0; i < 30000; i++)
		etw_put(bytes, 0x4e2d, 2);
	etw_put(bytes, 0, 2);
	etw_put_wide(bytes, "a", 1);
	etw_put_wide(bytes, "", 0);
	assert_int_equal(tester_send_bytes(t, ETW_powershell, 4104, 1, bytes, bytes->size), ETW_RECORD);
	size = record->script_block_text.size & RECORD_SPAN_SIZE;
	assert_int_equal(size, 32768 / 3 * 3);
	assert_true(record->script_block_text.size & RECORD_SPAN_CUT);
	free(bytes);
	tester_free(t);
}

/* More scripts at once than there is room for: the one that waited longest is written. */
static void
test_room(void **state)
{
	struct tester *t = tester_new();
	char id[16];

	(void)state;
	for (int i = 0; i < 20; i++) {
		sprintf(id, "s%d", i);
		fragment(t, 1, 2, "half", id);
	}
	assert_int_equal(t->records, 4);
	assert_int_equal(fragment(t, 2, 2, "done", "s19"), ETW_RECORD);
	expect(t, "halfdone", 0, 0);
	tester_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_waits_five_seconds),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
