/* From a session's events to records: their order, what they are counted as, what a crash and a stolen session
 * leave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "byte_ring.h"
#include "collect.h"
#include "etw.h"
#include "etw_bytes.h"
#include "etw_collect.h"
#include "etw_fake.h"
#include "etw_layout.h"
#include "os.h"
#include "record.h"
#include "etw_shared.h"
#include "ring_progress.h"
#include "source.h"
#include "source_etw.h"

enum { ROOM = 1 << 16, EVENTS_MAX = 64 };

#define SECOND 1000000000ull
#define BOOT_NS 1700000000000000000ull /* since 1970 */
#define BOOT (116444736000000000ull + BOOT_NS / 100)
#define CONNECT "4:1000|4:0|i:203.0.113.7|i:192.0.2.1|P:443|P:50000"
#define NAMED "p:0xf1|w:\\Device\\HarddiskVolume3\\a.txt"
#define CREATED "p:1|p:0xf2|4:0|4:0x02000000|4:0|4:0|w:\\Device\\HarddiskVolume3\\b.txt"

struct fixture {
	struct fake system, manifest;
	struct etw_shared *shared;
	struct ring_progress progress;
	struct etw_collect *collect;
	struct source *source;
	struct etw_bytes bytes;
	uint64_t received[RECORD_KIND_MAX]; /* as a pipeline counts */
	uint16_t kinds[EVENTS_MAX];         /* of the first records, as they came */
	uint32_t ports[EVENTS_MAX];         /* of connections */
	int count;
};

static void
open_source(struct fixture *f)
{
	const struct source_etw_config config = { .shared = f->shared, .progress = &f->progress, .boot_ns = BOOT_NS };

	assert_int_equal(source_etw_open(&f->source, &config), 0);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct etw_collect_config config = { .room = ROOM, .kinds = UINT64_MAX };
	char why[256];

	fake_init(&f->system, "rsnl-system");
	fake_init(&f->manifest, "rsnl");
	f->shared = aligned_alloc(64, (etw_shared_size(ROOM) + 63) / 64 * 64);
	config.memory = f->shared;
	config.sessions[ETW_SYSTEM] = &f->system.session;
	config.sessions[ETW_MANIFEST] = &f->manifest.session;
	f->collect = etw_collect_new(&config);
	assert_int_equal(etw_collect_start(f->collect, why, sizeof why), 0);
	open_source(f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	f->source->ops->close(f->source);
	etw_collect_free(f->collect);
	monitor_free(f->system.monitor);
	monitor_free(f->manifest.monitor);
	free(f->shared);
	free(f);
	return 0;
}

/* Seconds: since the boot. */
static void
give(struct fixture *f, enum etw_provider provider, uint16_t id, uint8_t version, unsigned seconds, const char *text)
{
	const int is_classic = provider < ETW_CLASSIC_COUNT;
	struct etw_event event = { .id = is_classic ? 0 : id, .opcode = is_classic ? (uint8_t)id : 0, .version = version,
		.pointer_size = 8, .pid = 1000, .tid = 1004, .time = BOOT + seconds * 10000000ull };

	memcpy(event.provider, etw_provider_guid(provider), 16);
	etw_bytes_build(&f->bytes, text, 8);
	event.data = f->bytes.data;
	event.size = f->bytes.size;
	fake_give(is_classic ? &f->system : &f->manifest, &event);
}

static void
take(struct fixture *f, const struct raw_event *event)
{
	const struct record_head *head = event->data;

	assert_int_equal(event->form, RAW_RECORD);
	assert_int_equal(event->size, head->size);
	f->received[head->kind]++;
	if (f->count == EVENTS_MAX)
		return;
	f->kinds[f->count] = head->kind;
	if (head->kind == RECORD_network_connect)
		f->ports[f->count] = ((const struct record_network_connect *)event->data)->destination_port;
	f->count++;
}

/* Takes and commits what comes until nothing has come for longer than the source holds events back. */
static void
drain(struct fixture *f)
{
	const struct timespec pause = { 0, 20000000 };
	uint64_t last = os_monotonic_ns();
	struct raw_event events[8];
	int count;

	while (os_monotonic_ns() - last < SECOND * 4 / 10) {
		count = f->source->ops->poll(f->source, events, 8, 0);
		assert_true(count >= 0);
		for (int i = 0; i < count; i++)
			take(f, &events[i]);
		f->source->ops->commit(f->source);
		if (count)
			last = os_monotonic_ns();
		else
			nanosleep(&pause, NULL);
	}
}

/* Every event that came in is found again, and every record. */
static void
check_equations(const struct fixture *f)
{
	const struct etw_reader_counters *reader = &f->shared->reader;
	uint64_t taken = 0, records = 0, bad = 0;
	struct collect_counter sum;

	for (uint32_t kind = 0; kind < RECORD_KIND_MAX; kind++) {
		const struct etw_kind_counters *one = &f->shared->sessions[0].kinds[kind];
		const struct etw_kind_counters *other = &f->shared->sessions[1].kinds[kind];

		assert_int_equal(one->seen + other->seen, one->lost + other->lost + reader->taken[kind]);
		source_etw_count(f->shared, kind, &sum);
		assert_int_equal(sum.produced, f->received[kind] + sum.lost_ring + sum.lost_scratch);
		taken += reader->taken[kind];
		records += reader->records[kind];
		bad += reader->bad[kind];
	}
	assert_int_equal(taken, reader->nothing + records - reader->late + bad);
	assert_int_equal(source_etw_counters(f->source)->records, records);
}

static void
events_of_both_sessions_come_in_order_of_time(void **state)
{
	struct fixture *f = *state;

	give(f, ETW_kernel_process, 1, 0, 2, "4:2000|8:0|4:1000|4:1|w:\\Device\\HarddiskVolume3\\c.exe");
	give(f, ETW_kernel_network, 12, 0, 3, CONNECT);
	give(f, ETW_kernel_network, 12, 0, 5, CONNECT);
	give(f, ETW_process, 1, 4, 2, "p:1|4:2000|4:1000|4:1|4:259|p:2|4:0|t:|a:c.exe|w:c /x");
	give(f, ETW_process, 2, 4, 4, "p:1|4:2000|4:1000|4:1|4:3");
	drain(f);
	assert_int_equal(f->count, 4);
	assert_int_equal(f->kinds[0], RECORD_process_start);
	assert_int_equal(f->kinds[1], RECORD_network_connect);
	assert_int_equal(f->kinds[2], RECORD_process_exit);
	assert_int_equal(f->kinds[3], RECORD_network_connect);
	assert_int_equal(f->shared->reader.nothing, 1);
	check_equations(f);
}

/* An event waits for the other session no longer than it is held back. */
static void
a_quiet_session_holds_up_nobody(void **state)
{
	struct fixture *f = *state;
	struct raw_event events[8];

	give(f, ETW_kernel_network, 12, 0, 3, CONNECT);
	assert_int_equal(f->source->ops->poll(f->source, events, 8, 0), 0);
	drain(f);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->ports[0], 443);
}

/* A start whose other half never comes is told all the same. */
static void
half_a_start_comes_late(void **state)
{
	struct fixture *f = *state;

	give(f, ETW_process, 1, 4, 2, "p:1|4:2000|4:1000|4:1|4:259|p:2|4:0|t:|a:c.exe|w:c /x");
	drain(f);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->shared->reader.late, 1);
	assert_int_equal(f->shared->reader.nothing, 1);
	check_equations(f);
}

/* What ran before comes from the lists that a session begins with. */
static void
listed_processes_are_marked(void **state)
{
	struct fixture *f = *state;
	struct raw_event events[8];

	give(f, ETW_process, 3, 4, 2, "p:1|4:2000|4:4|4:1|4:259|p:2|4:0|t:S-1-5-18|a:x.exe|w:x");
	give(f, ETW_kernel_process, 15, 0, 2, "4:2000|8:0|4:4|4:1|4:0|w:\\Device\\HarddiskVolume3\\x.exe");
	assert_int_equal(f->source->ops->poll(f->source, events, 8, 0), 1);
	assert_int_equal(((const struct record_head *)events[0].data)->flags & RECORD_SNAPSHOT, RECORD_SNAPSHOT);
}

static void
what_cannot_be_decoded_is_counted(void **state)
{
	struct fixture *f = *state;

	give(f, ETW_kernel_network, 12, 99, 3, CONNECT);
	give(f, ETW_kernel_network, 12, 0, 3, "4:1000");
	give(f, ETW_kernel_file, 10, 0, 3, NAMED);
	give(f, ETW_kernel_file, 30, 1, 3, CREATED);
	drain(f);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->kinds[0], RECORD_file_create);
	assert_int_equal(f->shared->reader.bad[RECORD_network_connect], 2);
	assert_int_equal(f->shared->reader.nothing, 1);
	check_equations(f);
}

static void
what_a_full_ring_sheds_is_in_the_equations(void **state)
{
	struct fixture *f = *state;
	struct collect_counter sum;

	for (int i = 0; i < 2000; i++)
		give(f, ETW_kernel_network, 12, 0, 3, CONNECT);
	for (int i = 0; i < 10; i++)
		give(f, ETW_process, 2, 4, 3, "p:1|4:2000|4:1000|4:1|4:3");
	while (f->shared->reader.taken[RECORD_network_connect] <
	       f->shared->sessions[ETW_MANIFEST].kinds[RECORD_network_connect].seen -
	           f->shared->sessions[ETW_MANIFEST].kinds[RECORD_network_connect].lost)
		drain(f);
	source_etw_count(f->shared, RECORD_network_connect, &sum);
	assert_true(sum.shed > 0 && sum.shed == sum.lost_ring);
	assert_int_equal(f->shared->sessions[ETW_SYSTEM].kinds[RECORD_process_exit].lost, 0);
	check_equations(f);
}

static void
room_comes_back_at_commit_only(void **state)
{
	struct fixture *f = *state;
	const struct byte_ring *ring = etw_shared_ring(f->shared, ETW_MANIFEST);
	struct raw_event events[8];

	give(f, ETW_kernel_network, 12, 0, 3, CONNECT);
	give(f, ETW_process, 2, 4, 4, "p:1|4:2000|4:1000|4:1|4:3");
	assert_int_equal(f->source->ops->poll(f->source, events, 8, 0), 1);
	assert_int_equal(ring->released, 0);
	f->source->ops->commit(f->source);
	assert_int_equal(ring->released, ring->written);
}

/* The reader died with the second event in hand; the next one has the first again, and the third. */
static void
the_event_in_hand_is_skipped_after_a_crash(void **state)
{
	struct fixture *f = *state;
	struct raw_event events[8];

	for (int i = 0; i < 3; i++)
		give(f, ETW_kernel_network, 12, 0, 3, CONNECT);
	give(f, ETW_process, 2, 4, 4, "p:1|4:2000|4:1000|4:1|4:3");
	assert_int_equal(f->source->ops->poll(f->source, events, 8, 0), 3);
	*f->source->in_hand = 1 + events[1].position;
	f->source->ops->close(f->source);
	open_source(f);
	drain(f);
	assert_int_equal(f->received[RECORD_network_connect], 2);
	assert_int_equal(f->progress.skipped, 1);
}

static void
a_stolen_session_goes_on_after_its_restart(void **state)
{
	struct fixture *f = *state;
	uint64_t now = os_monotonic_ns();

	give(f, ETW_kernel_network, 12, 0, 3, CONNECT);
	fake_end(&f->manifest, &f->manifest.is_there);
	while (f->shared->sessions[ETW_MANIFEST].state != ETW_DOWN)
		etw_collect_turn(f->collect, now);
	etw_collect_turn(f->collect, now + 2 * SECOND);
	assert_int_equal(f->shared->sessions[ETW_MANIFEST].starts, 2);
	give(f, ETW_kernel_network, 12, 0, 4, CONNECT);
	drain(f);
	assert_int_equal(f->count, 2);
	check_equations(f);
}

/* What no collector writes. */
static void
a_ring_that_makes_no_sense_is_left_out(void **state)
{
	struct fixture *f = *state;
	struct byte_ring *ring = etw_shared_ring(f->shared, ETW_MANIFEST);

	give(f, ETW_kernel_network, 12, 0, 3, CONNECT);
	give(f, ETW_kernel_network, 12, 0, 3, CONNECT);
	((struct etw_stored *)((uint8_t *)(ring + 1) + 8))->size += 1;
	drain(f);
	assert_int_equal(f->count, 0);
	assert_int_equal(f->progress.bad, 1);
	give(f, ETW_kernel_network, 12, 0, 3, CONNECT);
	drain(f);
	assert_int_equal(f->count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(events_of_both_sessions_come_in_order_of_time), TEST(a_quiet_session_holds_up_nobody),
		TEST(half_a_start_comes_late), TEST(listed_processes_are_marked), TEST(what_cannot_be_decoded_is_counted),
		TEST(what_a_full_ring_sheds_is_in_the_equations), TEST(room_comes_back_at_commit_only),
		TEST(the_event_in_hand_is_skipped_after_a_crash), TEST(a_stolen_session_goes_on_after_its_restart),
		TEST(a_ring_that_makes_no_sense_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
