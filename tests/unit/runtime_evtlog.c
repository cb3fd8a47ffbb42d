/* Channels over a fake event log: what is moved, what is kept for a restart, what a full ring and a refusal do;
 * their events as JSON, and beside those of another source. */
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

#include "byte_ring.h"
#include "channels.h"
#include "evtlog.h"
#include "evtlog_collect.h"
#include "evtlog_shared.h"
#include "os.h"
#include "source.h"
#include "source_evtlog.h"
#include "source_merge.h"

enum { LOGS = 2, TEXT_MAX = 4096 };

#define SECOND 1000000000ull

struct fake_log { /* what Windows has of a channel: events 1 to last; those up to gone are no longer there */
	const char *channel;
	int last, gone, refuse, broken;
	int opened; /* how often */
	size_t padding; /* bytes more of each event */
} logs[LOGS];

struct fake { /* a subscription */
	struct evtlog log;
	struct fake_log *from;
	int at;
	uint8_t text[1 << 20];
};

static int
fake_open(struct evtlog *log, const char *channel, const char *bookmark)
{
	struct fake *fake = (struct fake *)log;

	log->call = "EvtSubscribe";
	log->system_error = 5;
	for (int i = 0; i < LOGS; i++)
		if (logs[i].channel && !strcmp(logs[i].channel, channel))
			fake->from = &logs[i];
	if (!fake->from || fake->from->refuse)
		return -EACCES;
	fake->from->opened++;
	fake->at = *bookmark ? atoi(strchr(bookmark, '=') + 1) : fake->from->last;
	if (fake->at >= fake->from->gone)
		return 0;
	fake->at = fake->from->gone;
	return 1;
}

static int
fake_next(struct evtlog *log, const uint8_t **text, size_t *size)
{
	struct fake *fake = (struct fake *)log;
	char narrow[256];

	if (fake->from->broken)
		return -EIO;
	if (fake->at == fake->from->last)
		return 0;
	snprintf(narrow, sizeof narrow, "<Event><System><Channel>%s</Channel><EventRecordID>%d</EventRecordID></System></Event>",
	         fake->from->channel, ++fake->at);
	*size = 0;
	for (const char *c = narrow; *c; c++, *size += 2) {
		fake->text[*size] = (uint8_t)*c;
		fake->text[*size + 1] = 0;
	}
	for (size_t i = 0; i < fake->from->padding; i += 2, *size += 2) {
		fake->text[*size] = ' ';
		fake->text[*size + 1] = 0;
	}
	*text = fake->text;
	return 1;
}

static int
fake_bookmark(struct evtlog *log, char *text, size_t size)
{
	snprintf(text, size, "<Bookmark RecordId=%d/>", ((struct fake *)log)->at);
	return 0;
}

static void
fake_close(struct evtlog *log)
{
	free(log);
}

static const struct evtlog_ops fake_ops = { fake_open, fake_next, fake_bookmark, fake_close };

static struct evtlog *
fake_make(void)
{
	struct fake *fake = calloc(1, sizeof *fake);

	fake->log.ops = &fake_ops;
	return &fake->log;
}

struct fixture {
	char folder[32], path[64], said[512];
	uint32_t notes;
	struct evtlog_shared *shared;
	struct evtlog_collect *collect;
	struct source *source;
	uint64_t now;
};

static void
heard(void *data, const char *text)
{
	struct fixture *f = data;

	f->notes++;
	snprintf(f->said, sizeof f->said, "%s", text);
}

/* As after a restart of both halves. */
static void
open_all(struct fixture *f)
{
	const struct evtlog_collect_config config = { .make = fake_make, .memory = f->shared, .room = EVTLOG_ROOM_MIN,
		.bookmarks = f->path, .note = heard, .data = f };
	static const struct channel channels[LOGS] = { { "System" }, { "Some/Operational" } };

	f->collect = evtlog_collect_new(&config);
	evtlog_collect_channels(f->collect, channels, LOGS);
	assert_int_equal(source_evtlog_open(&f->source, f->shared), 0);
}

static void
close_all(struct fixture *f)
{
	evtlog_collect_free(f->collect);
	f->source->ops->close(f->source);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	memset(logs, 0, sizeof logs);
	logs[0] = (struct fake_log){ .channel = "System", .last = 10 };
	logs[1] = (struct fake_log){ .channel = "Some/Operational", .last = 20 };
	strcpy(f->folder, "/tmp/rsnl-evtlog-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof f->path, "%s/bookmarks", f->folder);
	f->shared = aligned_alloc(64, (evtlog_shared_size(EVTLOG_ROOM_MIN) + 63) / 64 * 64);
	f->now = os_monotonic_ns();
	open_all(f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	close_all(f);
	unlink(f->path);
	rmdir(f->folder);
	free(f->shared);
	free(f);
	return 0;
}

/* A turn of the collector, some seconds after the last one. */
static size_t
turn(struct fixture *f, unsigned seconds)
{
	f->now += seconds * SECOND;
	return evtlog_collect_turn(f->collect, f->now);
}

/* Takes what is there and commits it. How many; the last text goes to text. */
static int
drain(struct source *source, char text[TEXT_MAX])
{
	struct raw_event events[8];
	int count, sum = 0;

	while ((count = source->ops->poll(source, events, 8, 0)) > 0) {
		assert_int_equal(events[count - 1].form, RAW_JSON);
		snprintf(text, TEXT_MAX, "%.*s", (int)events[count - 1].size, (const char *)events[count - 1].data);
		source->ops->commit(source);
		sum += count;
	}
	assert_int_equal(count, 0);
	return sum;
}

static void
new_events_come_as_json(void **state)
{
	struct fixture *f = *state;
	char text[TEXT_MAX];

	assert_int_equal(turn(f, 1), 0);
	logs[0].last = 12;
	logs[1].last = 21;
	assert_int_equal(turn(f, 1), 3);
	assert_int_equal(f->shared->events, 3);
	assert_int_equal(drain(f->source, text), 3);
	assert_string_equal(text, "{\"Event\":{\"System\":{\"Channel\":\"Some/Operational\",\"EventRecordID\":\"21\"}}}");
	assert_int_equal(f->shared->taken, 3);
	assert_int_equal(f->shared->bad, 0);
}

static void
what_came_while_nobody_ran_is_not_lost(void **state)
{
	struct fixture *f = *state;
	char text[TEXT_MAX];

	logs[0].last = 11;
	turn(f, 1);
	assert_int_equal(drain(f->source, text), 1);
	turn(f, 1);
	close_all(f);
	logs[0].last = 15;
	open_all(f);
	turn(f, 1);
	assert_int_equal(drain(f->source, text), 4);
	assert_string_equal(text, "{\"Event\":{\"System\":{\"Channel\":\"System\",\"EventRecordID\":\"15\"}}}");
}

/* Nothing is kept before the reader has committed. */
static void
what_was_not_committed_comes_again(void **state)
{
	struct fixture *f = *state;
	struct raw_event events[8];
	char text[TEXT_MAX];

	logs[0].last = 11;
	turn(f, 1);
	drain(f->source, text);
	turn(f, 1);
	logs[0].last = 14;
	turn(f, 1);
	assert_int_equal(f->source->ops->poll(f->source, events, 8, 0), 3);
	turn(f, 1);
	close_all(f);
	open_all(f);
	turn(f, 1);
	assert_int_equal(drain(f->source, text), 3);
}

static void
a_full_ring_waits(void **state)
{
	struct fixture *f = *state;
	char text[TEXT_MAX];
	int sum = 0;

	logs[0].padding = 100 << 10;
	logs[0].last = 60;
	assert_in_range(turn(f, 1), 8, 10);
	assert_int_equal(turn(f, 1), 0);
	while (sum < 50) {
		sum += drain(f->source, text);
		turn(f, 1);
	}
	assert_int_equal(sum, 50);
	assert_int_equal(f->shared->events, 50);
	assert_int_equal(f->shared->too_large, 0);
}

static void
events_that_are_gone_are_told(void **state)
{
	struct fixture *f = *state;
	char text[TEXT_MAX];

	logs[1].last = 21;
	turn(f, 1);
	drain(f->source, text);
	turn(f, 1);
	close_all(f);
	logs[1].last = 40;
	logs[1].gone = 30;
	open_all(f);
	assert_int_equal(f->shared->gaps, 1);
	assert_string_equal(f->said, "channel Some/Operational: events are gone that were not read");
	turn(f, 1);
	assert_int_equal(drain(f->source, text), 10);
}

static void
a_refused_channel_is_tried_again(void **state)
{
	struct fixture *f = *state;
	char text[TEXT_MAX];

	logs[0].last = 11;
	turn(f, 1);
	logs[0].broken = 1;
	turn(f, 1);
	assert_string_equal(f->said, "channel System: cannot be read: EvtSubscribe, error 5");
	assert_int_equal(f->shared->refused, 1);
	logs[0].broken = 0;
	logs[0].refuse = 1;
	turn(f, 61);
	turn(f, 61);
	assert_int_equal(f->notes, 1);
	logs[0].refuse = 0;
	logs[0].last = 13;
	turn(f, 61);
	assert_int_equal(f->shared->refused, 0);
	assert_int_equal(drain(f->source, text), 3);
}

static void
channels_that_stay_wanted_are_not_opened_again(void **state)
{
	struct fixture *f = *state;
	static const struct channel wanted[] = { { "Some/Operational" }, { "Nowhere" } };

	evtlog_collect_channels(f->collect, wanted, 2);
	assert_int_equal(logs[1].opened, 1);
	assert_int_equal(f->shared->channels, 2);
	turn(f, 1);
	assert_int_equal(f->shared->refused, 1);
	logs[0].last = 11;
	assert_int_equal(turn(f, 1), 0);
}

static void
what_is_no_xml_is_counted(void **state)
{
	struct fixture *f = *state;
	struct byte_ring_writer writer = { (void *)(f->shared + 1), (uint8_t *)(f->shared + 1) + sizeof(struct byte_ring),
		EVTLOG_ROOM_MIN, 0, 0 };
	char text[TEXT_MAX];

	memset(byte_ring_reserve(&writer, 8, EVTLOG_ROOM_MIN), 'x', 8);
	byte_ring_submit(&writer);
	assert_int_equal(drain(f->source, text), 0);
	assert_int_equal(f->shared->bad, 1);
	assert_int_equal(f->shared->taken, 1);
}

/* The reader died with the second event in hand. */
static void
the_event_in_hand_is_skipped_after_a_crash(void **state)
{
	struct fixture *f = *state;
	struct raw_event events[8];
	char text[TEXT_MAX];

	logs[0].last = 13;
	turn(f, 1);
	assert_int_equal(f->source->ops->poll(f->source, events, 8, 0), 3);
	*f->source->in_hand = 1 + events[1].position;
	f->source->ops->close(f->source);
	assert_int_equal(source_evtlog_open(&f->source, f->shared), 0);
	assert_int_equal(drain(f->source, text), 2);
	assert_int_equal(f->shared->skipped, 1);
}

/* Merging -------------------------------------------------------------------------------------------------------- */

struct counting { /* a source that has events to give */
	struct source source;
	int left, commits;
};

static int
counting_poll(struct source *source, struct raw_event *events, int max, int timeout_ms)
{
	struct counting *counting = (struct counting *)source;
	int count = counting->left < max ? counting->left : max;

	assert_int_equal(timeout_ms, 0);
	for (int i = 0; i < count; i++)
		events[i] = (struct raw_event){ .form = RAW_RECORD };
	counting->left -= count;
	return count;
}

static void
counting_commit(struct source *source)
{
	((struct counting *)source)->commits++;
}

static void
counting_close(struct source *source)
{
	(void)source;
}

static void
merged_sources_take_turns(void **state)
{
	static const struct source_ops ops = { counting_poll, counting_commit, counting_close, NULL };
	struct counting one = { .source = { &ops, "one", NULL }, .left = 8 }, two = { .source = { &ops, "two", NULL }, .left = 8 };
	struct source *const sources[] = { &one.source, &two.source };
	struct raw_event events[4];
	struct source *merged;
	char names[8] = "";

	(void)state;
	assert_int_equal(source_merge_open(&merged, sources, 0), -EINVAL);
	assert_int_equal(source_merge_open(&merged, sources, 2), 0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(merged->ops->poll(merged, events, 4, 100), 4);
		names[i] = merged->name[0];
	}
	assert_true(!strcmp(names, "otot") || !strcmp(names, "toto"));
	assert_int_equal(merged->ops->poll(merged, events, 4, 100), 0);
	merged->ops->commit(merged);
	assert_int_equal(one.commits, 1);
	assert_int_equal(two.commits, 1);
	merged->ops->close(merged);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(new_events_come_as_json), TEST(what_came_while_nobody_ran_is_not_lost),
		TEST(what_was_not_committed_comes_again), TEST(a_full_ring_waits), TEST(events_that_are_gone_are_told),
		TEST(a_refused_channel_is_tried_again), TEST(channels_that_stay_wanted_are_not_opened_again),
		TEST(what_is_no_xml_is_counted), TEST(the_event_in_hand_is_skipped_after_a_crash),
		cmocka_unit_test(merged_sources_take_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
