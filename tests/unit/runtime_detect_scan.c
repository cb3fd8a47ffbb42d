/* What detect asks to be scanned for records that tell a path and no file, what waits for that, and until when. */
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
#include <sodium.h>

#include "broker.h"
#include "config.h"
#include "decode.h"
#include "hold.h"
#include "late_pack.h"
#include "line.h"
#include "live.h"
#include "ring_progress.h"
#include "scan.h"
#include "scan_cache.h"
#include "agent_shared.h"
#include "detect.h"

static struct fixture *fixture;
static struct agent_shared shared;
static struct detect detect;
static struct broker_scan_request asked[4]; /* of broker; paths are not kept */
static char path[RECORD_PATH_MAX];          /* of the last one */
static int asked_count, answer;
static struct scan_result result;

/* In place of the agent's own ways. */
int
broker_scan(struct broker *broker, const struct broker_scan_request *request)
{
	(void)broker;
	assert_true(asked_count < 4);
	snprintf(path, sizeof(path), "%s", request->path);
	asked[asked_count++] = *request;
	return answer;
}

int
broker_next_pid(struct broker *broker, uint32_t from)
{
	(void)broker, (void)from;
	return 0;
}

int
broker_read_proc(struct broker *broker, uint32_t pid, enum broker_proc_file file, void *buffer, size_t size)
{
	(void)broker, (void)pid, (void)file, (void)buffer, (void)size;
	return -1;
}

int
broker_user_name(struct broker *broker, uint32_t uid, char *name, size_t size)
{
	(void)broker, (void)uid, (void)name, (void)size;
	return -1;
}

void
detect_event_print(struct detect *that, const struct record_head *record, const struct vocabulary_kind *kind,
                   const struct subject *subject)
{
	(void)that, (void)record, (void)kind, (void)subject;
}

static int
start(void **state)
{
	fixture = *state;
	memset(&shared, 0, sizeof(shared));
	shared.config.enrich.hash_wait = 60ull * 1000000000;
	detect = (struct detect){.shared = &shared, .pipeline = fixture->pipeline, .detector = fixture->detector,
		.hold = hold_new(1 << 16), .cache = scan_cache_new(64)};
	detector_info(fixture->detector, "windows", &detect.info);
	detect_scan_init(&detect);
	asked_count = answer = 0;
	fixture->written[0] = 0;
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	hold_free(detect.hold);
	scan_cache_free(detect.cache);
	return 0;
}

static void
observe(enum record_kind kind)
{
	struct raw_event raw = record_of(kind);

	detect_observe(&detect, &raw, record_check(raw.data, raw.size), NULL);
}

/* A program that says it is tool.exe, of Example, with a signature. */
static void
scanned(uint64_t id, uint32_t flags)
{
	memset(&result, 0, sizeof(result));
	result.id = id;
	result.flags = flags;
	strcpy(result.program.original_file_name, "tool.exe");
	strcpy(result.program.signer, "Example Inc.");
	result.program.signature = SCAN_EXPIRED;
	detect_scanned(&detect, &result, scan_result_size(&result));
}

static void
each_record_waits_for_its_own_request(void **state)
{
	(void)state;
	observe(RECORD_process_start);
	observe(RECORD_image_load);
	assert_int_equal(asked_count, 2);
	assert_string_equal(path, "C:\\renamed.exe");
	assert_int_equal(asked[0].on, SCAN_ON_EXEC);
	assert_int_equal(asked[1].on, SCAN_ON_LOAD);
	assert_true(asked[1].want_hashes && !asked[1].identity.inode && !asked[1].identity.changed_ns);
	assert_int_equal(hold_count(detect.hold), 2);
	scanned(asked[1].id, SCAN_HASHED | SCAN_PROGRAM);
	assert_true(fired(fixture, "status") && !fired(fixture, "original"));
	assert_int_equal(hold_count(detect.hold), 1);
	scanned(asked[0].id, SCAN_HASHED | SCAN_PROGRAM);
	assert_true(fired(fixture, "original"));
	assert_int_equal(shared.scans.settled, 2);
	scanned(asked[0].id, SCAN_HASHED | SCAN_PROGRAM); /* once is enough */
	assert_int_equal(shared.scans.done, 2);
}

static void
what_cannot_be_scanned_does_not_wait(void **state)
{
	(void)state;
	answer = -ENOENT;
	observe(RECORD_process_start);
	assert_int_equal(hold_count(detect.hold), 1);
	detect_scan_turn(&detect);
	assert_true(fired(fixture, "other") && !fired(fixture, "original"));
	assert_non_null(strstr(fixture->written, "\"Hashes:missing\""));
	assert_int_equal(shared.scans.unsettled, 1);
}

static void
a_file_that_was_not_read_has_no_late_fields(void **state)
{
	(void)state;
	observe(RECORD_process_start);
	scanned(asked[0].id, SCAN_YARA);
	assert_true(fired(fixture, "other"));
	assert_non_null(strstr(fixture->written, "\"Hashes:missing\""));
	observe(RECORD_driver_load); /* no rule of the pack waits */
	assert_int_equal(asked_count, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_record_waits_for_its_own_request, start, stop),
		cmocka_unit_test_setup_teardown(what_cannot_be_scanned_does_not_wait, start, stop),
		cmocka_unit_test_setup_teardown(a_file_that_was_not_read_has_no_late_fields, start, stop),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
