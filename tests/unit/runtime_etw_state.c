/* What the decoder keeps from event to event: starts that wait, names, threads, flows, scripts; and its bounds. */
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

#define CLASSIC_START "p:1|4:2000|4:1000|4:1|4:259|p:2|4:0|t:S-1-5-21-1-2-3-1001|a:cmd.exe|w:cmd /c whoami"
#define MANIFEST_START "4:2000|8:9|8:133444737000000000|4:1000|8:8|4:1|4:0|4:1|4:0|s:S-1-16-8192|" \
	"w:\\Device\\HarddiskVolume3\\Windows\\cmd.exe"
#define IMAGE_LOAD "p:1|p:2|4:2000|4:3|4:4|4:5|p:6|4:0|4:0|4:0|4:0|w:\\Device\\HarddiskVolume3\\Windows\\cmd.exe"
#define STARTED(image, level) "process_start pid 2000 LAB\\joe ParentProcessId=1000 TerminalSessionId=1 Image=" image \
	" IntegrityLevel=" level " CommandLine=\"cmd /c whoami\" LogonId=0x3e7"
#define CMD "\"C:\\\\Windows\\\\cmd.exe\""

static const struct record_head *
head_of(const struct tester *t)
{
	return (const void *)t->record;
}

static enum etw_result
flush(struct tester *t, uint64_t time)
{
	enum etw_result result = etw_flush(t->decoder, time, t->record, sizeof(t->record));

	t->line[0] = 0;
	if (result == ETW_RECORD)
		tester_take(t);
	return result;
}

/* Both halves of a start, in each order. */
static void
test_start_joined(void **state)
{
	struct tester *t;

	(void)state;
	for (int manifest_first = 0; manifest_first <= 1; manifest_first++) {
		t = tester_new();
		t->time = BOOT + 264000000000 / 264 + 100;
		for (int i = 0; i < 2; i++) {
			assert_string_equal(t->line, "");
			if (i == manifest_first)
				tester_send(t, ETW_process, 1, 4, CLASSIC_START, 8);
			else
				tester_send(t, ETW_kernel_process, 1, 3, MANIFEST_START, 8);
		}
		assert_string_equal(t->line, STARTED(CMD, "Medium"));
		assert_int_equal(head_of(t)->start, (133444737000000000 - BOOT) * 100);
		assert_int_equal(head_of(t)->time, (t->time - BOOT) * 100);
		assert_int_equal(head_of(t)->flags, RECORD_WINDOWS);
		assert_int_equal(flush(t, UINT64_MAX), ETW_NOTHING);
		assert_int_equal(etw_decoder_counters(t->decoder)->starts_partial, 0);
		tester_free(t);
	}
}

/* The program's own image tells the path when the manifest's event is late or never comes; that is then old news. */
static void
test_start_by_image(void **state)
{
	struct tester *t = tester_new();

	(void)state;
	t->time = 133444737000000100;
	tester_send(t, ETW_process, 1, 4, CLASSIC_START, 8);
	tester_send(t, ETW_thread, 1, 3, "4:2000|4:8|p:1|p:2|p:3|p:4|p:5|p:6", 8);
	assert_string_equal(t->line, "");
	tester_send(t, ETW_image, 10, 3, IMAGE_LOAD, 8);
	assert_string_equal(t->line, STARTED(CMD, "System") "\nimage_load pid 2000 LAB\\joe ImageLoaded=" CMD " Image=" CMD
	                    " CommandLine=\"cmd /c whoami\"");
	assert_int_equal(tester_send(t, ETW_kernel_process, 1, 3, MANIFEST_START, 8), ETW_NOTHING);
	assert_int_equal(flush(t, UINT64_MAX), ETW_NOTHING);
	tester_free(t);
}

/* What a process does comes after its start, however little of that is known. */
static void
test_start_before_acts(void **state)
{
	struct tester *t = tester_new();

	(void)state;
	tester_send(t, ETW_process, 1, 4, CLASSIC_START, 8);
	t->pid = 2000;
	tester_send(t, ETW_dns_client, 3008, 0, "w:a.example|4:1|8:0|4:0|w:", 8);
	assert_string_equal(t->line, STARTED("\"C:\\\\asked.exe\"", "System") "\n"
	                    "dns_query pid 2000 LAB\\joe QueryName=a.example record_type=A Image=\"C:\\\\asked.exe\" "
	                    "CommandLine=\"cmd /c whoami\"");
	tester_free(t);
}

static void
test_start_waits_half_a_second(void **state)
{
	struct tester *t = tester_new();

	(void)state;
	tester_send(t, ETW_process, 1, 4, "p:1|4:3333|4:1000|4:1|4:259|p:2|4:0|t:|a:short.exe|w:short", 8);
	assert_int_equal(flush(t, t->time + 4000000), ETW_NOTHING);
	assert_int_equal(flush(t, t->time + 6000000), ETW_RECORD);
	assert_string_equal(t->line, "process_start pid 3333 - ParentProcessId=1000 TerminalSessionId=1 Image=short.exe "
	                             "CommandLine=short");
	assert_int_equal(etw_decoder_counters(t->decoder)->starts_partial, 1);
	tester_free(t);
}

/* More starts at once than there is room for: the oldest is written as it is, none is lost. */
static void
test_start_room(void **state)
{
	struct tester *t = tester_new();
	char text[128];

	(void)state;
	for (int i = 0; i < 40; i++) {
		snprintf(text, sizeof(text), "p:1|4:%d|4:1000|4:1|4:259|p:2|4:0|t:|a:x%d.exe|w:x", 4000 + 4 * i, i);
		t->time++;
		tester_send(t, ETW_process, 1, 4, text, 8);
	}
	assert_int_equal(t->records, 8);
	while (flush(t, UINT64_MAX) == ETW_RECORD)
		;
	assert_int_equal(t->records, 40);
	tester_free(t);
}

static void
test_exit_once(void **state)
{
	struct tester *t = tester_new();

	(void)state;
	tester_send(t, ETW_process, 1, 4, CLASSIC_START, 8);
	tester_send(t, ETW_process, 2, 4, "p:1|4:2000|4:1000|4:1|4:7", 8);
	assert_string_equal(t->line, STARTED("\"C:\\\\asked.exe\"", "System") "\n"
	                    "process_exit pid 2000 LAB\\joe Image=\"C:\\\\asked.exe\" exit_code=7");
	assert_int_equal(tester_send(t, ETW_kernel_process, 2, 2, "4:2000|8:7|8:1|8:2|4:7", 8), ETW_NOTHING);
	tester_free(t);
}

/* The first thread is made by the parent; a second one of another process's making is remote. */
static void
test_remote_thread(void **state)
{
	static const char thread[] = "4:2000|4:8|p:1|p:2|p:3|p:4|p:5|p:0x10";
	struct tester *t = tester_new();

	(void)state;
	assert_int_equal(tester_send(t, ETW_thread, 1, 3, thread, 8), ETW_NOTHING); /* nothing is known of 2000 */
	tester_send(t, ETW_process, 1, 4, CLASSIC_START, 8);
	tester_send(t, ETW_kernel_process, 1, 0, "4:2000|8:133444737000000000|4:1000|4:1|w:x", 8);
	assert_int_equal(tester_send(t, ETW_thread, 1, 3, thread, 8), ETW_NOTHING);
	assert_int_equal(tester_send(t, ETW_thread, 1, 3, thread, 8), ETW_RECORD);
	t->pid = 2000;
	assert_int_equal(tester_send(t, ETW_thread, 1, 3, thread, 8), ETW_NOTHING);
	tester_free(t);
}

static void
test_names(void **state)
{
	struct tester *t = tester_new();

	(void)state;
	assert_int_equal(tester_send(t, ETW_kernel_registry, 5, 0, "p:0xb1|4:0|4:3|4:0|w:|w:v|2:0", 8), ETW_NOTHING);
	assert_int_equal(etw_decoder_counters(t->decoder)->unnamed, 1);
	tester_send(t, ETW_kernel_registry, 2, 0, "p:0|p:0xa1|4:0|4:0|w:|w:\\REGISTRY\\MACHINE\\SOFTWARE", 8);
	tester_send(t, ETW_kernel_registry, 2, 0, "p:0xa1|p:0xb1|4:0|4:0|w:|w:Classes\\x", 8);
	tester_send(t, ETW_kernel_registry, 6, 0, "p:0xb1|4:0|w:|w:v", 8);
	assert_string_equal(t->line, "registry_delete pid 1000 - EventType=DeleteValue TargetObject=\"HKCR\\\\x\\\\v\"");
	etw_decoder_lost(t->decoder);
	assert_int_equal(tester_send(t, ETW_kernel_registry, 6, 0, "p:0xb1|4:0|w:|w:v", 8), ETW_NOTHING);
	tester_send(t, ETW_kernel_file, 10, 0, "p:0xf1|w:\\Device\\HarddiskVolume3\\PROGRA~1\\a.b", 8);
	tester_send(t, ETW_kernel_file, 27, 1, "p:1|p:0xf9|p:0xf1|p:0|4:2|4:10|w:\\Device\\HarddiskVolume3\\c.d", 8);
	assert_string_equal(t->line, "file_rename pid 1000 - TargetFilename=\"C:\\\\c.d\" "
	                             "SourceFilename=\"C:\\\\Program Files\\\\a.b\"");
	tester_send(t, ETW_kernel_file, 27, 1, "p:1|p:0xf9|p:0xf1|p:0|4:2|4:10|w:\\Device\\HarddiskVolume3\\e.f", 8);
	assert_string_equal(t->line, "file_rename pid 1000 - TargetFilename=\"C:\\\\e.f\" SourceFilename=\"C:\\\\c.d\"");
	tester_free(t);
}

/* The least used names go first, and are counted. */
static void
test_names_bounded(void **state)
{
	struct tester *t = tester_new();
	char text[96];

	(void)state;
	for (int i = 1; i <= 100000; i++) {
		snprintf(text, sizeof(text), "p:0|p:%d|4:0|4:0|w:|w:\\REGISTRY\\MACHINE\\k%d", i * 16, i);
		tester_send(t, ETW_kernel_registry, 2, 0, text, 8);
	}
	assert_in_range(etw_decoder_counters(t->decoder)->names_evicted, 100000 - 32768, 100000);
	tester_send(t, ETW_kernel_registry, 3, 0, "p:1600000|4:0|w:", 8);
	assert_string_equal(t->line, "registry_delete pid 1000 - EventType=DeleteKey TargetObject=\"HKLM\\\\k100000\"");
	tester_free(t);
}

/* An event that no process caused. */
static void
test_nobody(void **state)
{
	struct tester *t = tester_new();

	(void)state;
	t->pid = t->tid = UINT32_MAX;
	tester_send(t, ETW_kernel_file, 26, 1, "p:1|p:2|p:3|p:1|4:2|4:13|w:\\Device\\HarddiskVolume3\\x", 8);
	assert_string_equal(t->line, "file_delete pid 0 - TargetFilename=\"C:\\\\x\"");
	assert_int_equal(head_of(t)->tid, 0);
	tester_free(t);
}

static void
test_flows(void **state)
{
	static const char sent[] = "4:1000|4:0|i:203.0.113.7|i:192.0.2.1|P:53|P:50000";
	struct tester *t = tester_new();

	(void)state;
	assert_int_equal(tester_send(t, ETW_kernel_network, 42, 0, sent, 8), ETW_RECORD);
	assert_int_equal(tester_send(t, ETW_kernel_network, 42, 0, sent, 8), ETW_NOTHING);
	assert_int_equal(tester_send(t, ETW_kernel_network, 43, 0, sent, 8), ETW_NOTHING);
	t->time += 61 * 10000000ull;
	assert_int_equal(tester_send(t, ETW_kernel_network, 43, 0, sent, 8), ETW_RECORD);
	assert_true(head_of(t)->flags & RECORD_INCOMING);
	tester_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start_joined),
		cmocka_unit_test(test_start_by_image),
		cmocka_unit_test(test_start_before_acts),
		cmocka_unit_test(test_start_waits_half_a_second),
		cmocka_unit_test(test_start_room),
		cmocka_unit_test(test_exit_once),
		cmocka_unit_test(test_remote_thread),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_names_bounded),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_flows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
