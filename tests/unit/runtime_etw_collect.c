/* Sessions from start to end over a fake one: what is asked of Windows, what is counted, what is done when one is
 * gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "etw_collect.h"
#include "etw_fake.h"
#include "etw_layout.h"
#include "etw_plan.h"
#include "os.h"
#include "record.h"
#include "etw_shared.h"

enum { ROOM = 1 << 14 };

#define SECOND 1000000000ull
#define KIND(name) (1ull << RECORD_##name)

static const uint8_t process_guid[16] = { 0xd0, 0xa8, 0x6f, 0x3d, 0x05, 0xfe, 0xd0, 0x11, 0x9d, 0xda, 0x00, 0xc0, 0x4f, 0xd7,
	0xba, 0x7c };
static const uint8_t file_guid[16] = { 0x27, 0x89, 0xd0, 0xed, 0xc4, 0x9c, 0x65, 0x4e, 0xb9, 0x70, 0xc2, 0x56, 0x0f, 0xb5,
	0xc2, 0x89 };

struct fixture {
	struct fake system, manifest;
	struct etw_shared *shared;
	struct etw_collect *collect;
	uint32_t notes[4];
	char text[256], why[256];
};

static void
heard(void *data, enum etw_note note, const char *text)
{
	struct fixture *f = data;

	f->notes[note]++;
	snprintf(f->text, sizeof f->text, "%s", text);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct etw_collect_config config = { .room = ROOM, .kinds = KIND(file_create), .note = heard, .data = f };

	fake_init(&f->system, "rsnl-system");
	fake_init(&f->manifest, "rsnl");
	f->shared = aligned_alloc(64, (etw_shared_size(ROOM) + 63) / 64 * 64);
	config.memory = f->shared;
	config.sessions[ETW_SYSTEM] = &f->system.session;
	config.sessions[ETW_MANIFEST] = &f->manifest.session;
	f->collect = etw_collect_new(&config);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	etw_collect_free(f->collect);
	assert_false(f->system.is_there);
	assert_false(f->manifest.is_there);
	monitor_free(f->system.monitor);
	monitor_free(f->manifest.monitor);
	free(f->shared);
	free(f);
	return 0;
}

static void
start(struct fixture *f)
{
	assert_int_equal(etw_collect_start(f->collect, f->why, sizeof f->why), 0);
}

static struct etw_event
event_of(const uint8_t guid[16], uint16_t number, uint32_t size)
{
	static const uint8_t data[8192];
	struct etw_event event = { .id = guid == file_guid ? number : 0, .opcode = guid == file_guid ? 0 : (uint8_t)number,
		.pointer_size = 8, .data = data, .size = size };

	memcpy(event.provider, guid, 16);
	return event;
}

static void
asks_for_what_the_kinds_need(void **state)
{
	struct fixture *f = *state;

	start(f);
	assert_int_equal(f->system.flags, 1);
	assert_int_equal(f->manifest.flags, 0);
	assert_int_equal(f->manifest.enables, 2); /* Kernel-Process, Kernel-File */
	assert_int_equal(f->manifest.captures, 2);
	assert_string_equal(f->manifest.last.name, "Microsoft-Windows-Kernel-File");
	assert_int_equal(f->manifest.last.keywords, 0x1800);
	assert_int_equal(f->manifest.last.id_count, 2);
	assert_int_equal(f->manifest.last_ids[0], 28);
	assert_int_equal(f->manifest.last_ids[1], 30);
	etw_collect_kinds(f->collect, KIND(file_create) | KIND(file_delete) | KIND(create_remote_thread));
	assert_int_equal(f->system.flags, 3);
	assert_int_equal(f->manifest.enables, 3);
	assert_int_equal(f->manifest.last.keywords, 0x1c00);
	assert_int_equal(f->manifest.last.id_count, 3);
	etw_collect_kinds(f->collect, 0);
	assert_int_equal(f->system.flags, 1);
	assert_int_equal(f->manifest.disables, 1);
	assert_int_equal(f->manifest.enables, 3);
}

static void
takes_what_is_wanted_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	struct etw_event create = event_of(file_guid, 30, 100), delete = event_of(file_guid, 26, 100), stranger = { .id = 30 };

	start(f);
	assert_int_equal(f->shared->sessions[ETW_MANIFEST].state, ETW_WAITING);
	fake_give(&f->manifest, &stranger);
	fake_give(&f->manifest, &delete);
	assert_int_equal(f->shared->sessions[ETW_MANIFEST].state, ETW_WAITING);
	fake_give(&f->manifest, &create);
	assert_int_equal(f->shared->sessions[ETW_MANIFEST].state, ETW_UP);
	assert_int_equal(f->shared->sessions[ETW_SYSTEM].state, ETW_WAITING);
	assert_int_equal(f->shared->sessions[ETW_MANIFEST].events, 3);
	assert_int_equal(f->shared->sessions[ETW_MANIFEST].kinds[RECORD_file_create].seen, 1);
	assert_int_equal(f->shared->sessions[ETW_MANIFEST].kinds[RECORD_file_delete].seen, 0);
	etw_collect_turn(f->collect, os_monotonic_ns());
	assert_int_equal(f->notes[ETW_NOTE_UP], 1);
	assert_string_equal(f->text, "ETW session rsnl: events come");
}

/* The last quarter is for processes; what is left out is counted by kind. */
static void
a_full_ring_sheds_files_first(void **state)
{
	struct fixture *f = *state;
	const struct etw_session_counters *counters = &f->shared->sessions[ETW_MANIFEST];
	struct etw_event create = event_of(file_guid, 30, 1000), process = event_of(process_guid, 1, 1000);
	uint64_t kept;

	start(f);
	for (int i = 0; i < 20; i++)
		fake_give(&f->manifest, &create);
	kept = counters->kinds[RECORD_file_create].seen - counters->kinds[RECORD_file_create].lost;
	assert_int_equal(counters->kinds[RECORD_file_create].seen, 20);
	assert_in_range(kept, 8, 12);
	assert_int_equal(counters->kinds[RECORD_file_create].shed, counters->kinds[RECORD_file_create].lost);
	for (int i = 0; i < 10; i++)
		fake_give(&f->manifest, &process);
	kept = counters->kinds[RECORD_process_start].seen - counters->kinds[RECORD_process_start].lost;
	assert_in_range(kept, 2, 4);
	assert_int_equal(counters->kinds[RECORD_process_start].shed, 0);
	fake_give(&f->manifest, &create);
	assert_int_equal(counters->kinds[RECORD_file_create].lost, counters->kinds[RECORD_file_create].shed + 1);
}

static void
a_session_left_behind_is_taken_over(void **state)
{
	struct fixture *f = *state;

	f->manifest.is_there = 1;
	start(f);
	assert_int_equal(f->manifest.starts, 1);
	assert_int_equal(f->manifest.stops, 1);
	assert_int_equal(f->shared->sessions[ETW_MANIFEST].taken_over, 1);
	assert_int_equal(f->shared->sessions[ETW_SYSTEM].taken_over, 0);
}

/* As under wine: the session starts, and cannot be opened. */
static void
a_start_that_can_bring_no_event_is_refused(void **state)
{
	struct fixture *f = *state;

	f->manifest.refuse_open = EACCES;
	assert_int_equal(etw_collect_start(f->collect, f->why, sizeof f->why), -EACCES);
	assert_string_equal(f->why, "ETW session rsnl: no event can come: open, error 1013");
	assert_int_equal(f->shared->sessions[ETW_SYSTEM].state, ETW_OFF);
	assert_int_equal(f->shared->sessions[ETW_MANIFEST].state, ETW_OFF);
	etw_collect_turn(f->collect, os_monotonic_ns());
	assert_int_equal(f->manifest.starts, 1);
}

static void
a_silent_session_is_told(void **state)
{
	struct fixture *f = *state;
	struct etw_event process = event_of(process_guid, 1, 8);
	struct etw_place place;
	uint64_t now;

	start(f);
	now = os_monotonic_ns();
	etw_collect_turn(f->collect, now);
	assert_int_equal(f->notes[ETW_NOTE_SILENT], 0);
	etw_collect_turn(f->collect, now + 10 * SECOND);
	etw_collect_turn(f->collect, now + 20 * SECOND);
	assert_int_equal(f->notes[ETW_NOTE_SILENT], 2);
	assert_int_equal(f->notes[ETW_NOTE_UP], 0);
	etw_collect_place(f->collect, 0, &place);
	assert_int_equal(place.error, ENODATA);
	fake_give(&f->system, &process);
	etw_collect_turn(f->collect, now + 21 * SECOND);
	etw_collect_place(f->collect, 0, &place);
	assert_int_equal(place.error, 0);
}

/* Ended by others, tried again after 1 s, refused, tried again after 2 s more. */
static void
an_ended_session_is_started_again(void **state)
{
	struct fixture *f = *state;
	uint64_t now;

	start(f);
	now = os_monotonic_ns();
	fake_end(&f->manifest, &f->manifest.is_there);
	while (!f->notes[ETW_NOTE_ENDED])
		etw_collect_turn(f->collect, now);
	assert_string_equal(f->text, "ETW session rsnl: ended by others");
	assert_int_equal(f->shared->sessions[ETW_MANIFEST].state, ETW_DOWN);
	assert_int_equal(f->shared->sessions[ETW_MANIFEST].ended, 1);
	assert_int_equal(f->shared->sessions[ETW_SYSTEM].ended, 0);
	f->manifest.refuse_start = EACCES;
	etw_collect_turn(f->collect, now + SECOND / 2);
	assert_int_equal(f->notes[ETW_NOTE_REFUSED], 0);
	etw_collect_turn(f->collect, now + SECOND);
	assert_int_equal(f->notes[ETW_NOTE_REFUSED], 1);
	assert_int_equal(f->shared->sessions[ETW_MANIFEST].system_error, 1013);
	f->manifest.refuse_start = 0;
	etw_collect_turn(f->collect, now + 2 * SECOND);
	assert_int_equal(f->manifest.starts, 1);
	etw_collect_turn(f->collect, now + 3 * SECOND);
	assert_int_equal(f->manifest.starts, 2);
	assert_int_equal(f->manifest.enables, 4);
	assert_int_equal(f->shared->sessions[ETW_MANIFEST].starts, 2);
	assert_int_equal(f->shared->sessions[ETW_MANIFEST].state, ETW_WAITING);
	assert_int_equal(f->shared->sessions[ETW_MANIFEST].system_error, 0);
}

/* Windows says that it knows no such session, while its thread still waits. */
static void
a_session_that_is_gone_is_seen(void **state)
{
	struct fixture *f = *state;

	start(f);
	fake_forget(&f->system);
	etw_collect_turn(f->collect, os_monotonic_ns());
	assert_int_equal(f->notes[ETW_NOTE_ENDED], 1);
	assert_int_equal(f->shared->sessions[ETW_SYSTEM].state, ETW_DOWN);
}

static void
a_session_that_cannot_be_read_is_not_called_ended(void **state)
{
	struct fixture *f = *state;

	f->system.result = -EIO;
	start(f);
	fake_end(&f->system, &f->system.is_open);
	while (!f->notes[ETW_NOTE_REFUSED])
		etw_collect_turn(f->collect, os_monotonic_ns());
	assert_string_equal(f->text, "ETW session rsnl-system: its events cannot be read");
	assert_int_equal(f->shared->sessions[ETW_SYSTEM].ended, 0);
}

static void
a_refused_provider_is_told_and_the_rest_runs(void **state)
{
	struct fixture *f = *state;

	f->manifest.refuse_enable = EACCES;
	start(f);
	assert_int_equal(f->notes[ETW_NOTE_REFUSED], 2);
	assert_string_equal(f->text, "ETW session rsnl: Microsoft-Windows-Kernel-File refused: enable, error 1013");
}

/* Windows counts from a session's start; ours go on. */
static void
losses_add_up_over_restarts(void **state)
{
	struct fixture *f = *state;
	const struct etw_session_counters *counters = &f->shared->sessions[ETW_MANIFEST];
	uint64_t now;

	start(f);
	now = os_monotonic_ns();
	f->manifest.losses = (struct etw_losses){ 5, 1 };
	etw_collect_turn(f->collect, now);
	etw_collect_turn(f->collect, now + SECOND);
	assert_int_equal(counters->events_lost, 5);
	assert_int_equal(counters->buffers_lost, 1);
	f->manifest.losses = (struct etw_losses){ 7, 1 };
	etw_collect_turn(f->collect, now + 2 * SECOND);
	assert_int_equal(counters->events_lost, 7);
	fake_end(&f->manifest, &f->manifest.is_there);
	while (!f->notes[ETW_NOTE_ENDED])
		etw_collect_turn(f->collect, now + 2 * SECOND);
	f->manifest.losses = (struct etw_losses){ 2, 2 };
	etw_collect_turn(f->collect, now + 4 * SECOND);
	etw_collect_turn(f->collect, now + 5 * SECOND);
	assert_int_equal(counters->starts, 2);
	assert_int_equal(counters->events_lost, 9);
	assert_int_equal(counters->buffers_lost, 3);
}

/* What an own process does is left out, but for what it starts. */
static void
own_processes_are_left_out(void **state)
{
	struct fixture *f = *state;
	struct etw_event create = event_of(file_guid, 30, 8), process = event_of(process_guid, 1, 8);
	const struct etw_session_counters *counters = &f->shared->sessions[ETW_MANIFEST];

	start(f);
	create.pid = process.pid = 7;
	etw_collect_exclude(f->collect, 8);
	etw_collect_exclude(f->collect, 7);
	fake_give(&f->manifest, &create);
	fake_give(&f->manifest, &process);
	assert_int_equal(counters->kinds[RECORD_file_create].seen, 0);
	assert_int_equal(counters->kinds[RECORD_process_start].seen, 1);
	etw_collect_include(f->collect, 7);
	fake_give(&f->manifest, &create);
	assert_int_equal(counters->kinds[RECORD_file_create].seen, 1);
}

static void
places_say_what_they_are_for(void **state)
{
	struct fixture *f = *state;
	struct etw_place place;

	f->manifest.refuse_enable = EACCES;
	start(f);
	assert_int_equal(etw_collect_place(f->collect, 0, &place), 1);
	assert_int_equal(place.kinds, KIND(process_start) | KIND(process_exit));
	assert_int_equal(place.error, 0);
	for (size_t i = 1; etw_collect_place(f->collect, i, &place); i++) {
		if (!strcmp(place.name, "Microsoft-Windows-Kernel-File"))
			assert_true(place.kinds == KIND(file_create) && place.error == EACCES);
		else if (strcmp(place.name, "Microsoft-Windows-Kernel-Process"))
			assert_true(place.kinds == 0 && place.error == 0);
	}
}

/* What the table asks for is within what the decoders' table of providers names. */
static void
keywords_are_those_of_the_provider(void **state)
{
	static const uint64_t keywords[] = {
#define MANIFEST(name, title, guid, keywords, level) keywords,
#include "etw_provider.def"
	};
	struct etw_subscription wanted;
	uint16_t ids[ETW_PLAN_IDS_MAX];
	size_t i;

	(void)state;
	for (i = 0; !etw_plan_provider(i, UINT64_MAX, &wanted, ids); i++)
		assert_int_equal(wanted.keywords & ~keywords[i], 0);
	assert_int_equal(i, sizeof keywords / sizeof *keywords);
}

/* The decoder knows what to do with each event that is asked for. */
static void
what_is_asked_for_can_be_decoded(void **state)
{
	struct etw_subscription wanted;
	uint16_t ids[ETW_PLAN_IDS_MAX];

	(void)state;
	for (size_t i = 0; !etw_plan_provider(i, UINT64_MAX, &wanted, ids); i++)
		for (uint16_t j = 0; j < wanted.id_count; j++) {
			struct etw_event event = { .id = ids[j], .version = 255 };
			int is_known = 0;

			memcpy(event.provider, wanted.guid, 16);
			if (!etw_layout_find(&event, &is_known) && !is_known)
				fail_msg("%s %u", wanted.name, ids[j]);
		}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(asks_for_what_the_kinds_need), TEST(takes_what_is_wanted_and_nothing_else),
		TEST(a_full_ring_sheds_files_first), TEST(a_session_left_behind_is_taken_over),
		TEST(a_start_that_can_bring_no_event_is_refused), TEST(a_silent_session_is_told),
		TEST(an_ended_session_is_started_again), TEST(a_session_that_is_gone_is_seen),
		TEST(a_session_that_cannot_be_read_is_not_called_ended), TEST(a_refused_provider_is_told_and_the_rest_runs),
		TEST(own_processes_are_left_out), TEST(places_say_what_they_are_for), TEST(losses_add_up_over_restarts),
		cmocka_unit_test(keywords_are_those_of_the_provider), cmocka_unit_test(what_is_asked_for_can_be_decoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
