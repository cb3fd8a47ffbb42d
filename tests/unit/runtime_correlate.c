/* Correlations by example: the window's edges, alerts again, late events, full memory, another pack. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture.h"
#include "correlate.h"
#include "matches.h"
#include "pack.h"
#include "packfile.h"
#include "pipeline.h"
#include "window.h"
#include "correlate_pack.h"

enum { MEMORY = 1 << 20 };

struct bench {
	struct made made;
	struct capture_plan *plan;
	struct correlate *correlate;
	struct correlate_counters counters;
	struct made_event event;
	const struct correlate_result *results;
};

static void
bench_open(struct bench *bench, size_t memory)
{
	const struct correlate_config config = { memory, "a key", &bench->counters };

	assert_int_equal(capture_plan_new(&bench->plan, &bench->made.tables), 0);
	assert_int_equal(correlate_new(&bench->correlate, &bench->made.tables, &config), 0);
}

static void
bench_close(struct bench *bench)
{
	correlate_free(bench->correlate);
	capture_plan_free(bench->plan);
	matches_done(&bench->event.matches);
}

/* Rule 0 matches an event of a user; how many alerts are due. */
static uint32_t
send(struct bench *bench, double seconds, uint32_t rule, const char *user)
{
	event_start(&bench->event);
	if (user)
		event_add(&bench->event, 0, user);
	else
		event_set(&bench->event, 0, NULL);
	event_match(&bench->event, bench->plan, rule);
	return event_send(&bench->event, bench->correlate, (uint64_t)(seconds * SECOND), &bench->results);
}

/* Matches of rule 0 by slot 0, "gte limit" within a minute. */
static void
make_count(struct made *made, double limit)
{
	struct pack_correlation *row;

	made_start(made, 2, 1);
	row = made_correlation(made, PACK_EVENT_COUNT, 60, PACK_COMPARE_GTE, limit);
	made_name(made, row, "user", 1);
	made_reference(made, row, 0);
	made_key(made, 0, PACK_NONE);
}

static void
test_edge(void **state)
{
	static struct bench bench;

	(void)state;
	make_count(&bench.made, 2);
	bench_open(&bench, MEMORY);
	assert_int_equal(send(&bench, 1000, 0, "bob"), 0);
	assert_int_equal(send(&bench, 1060, 0, "bob"), 0); /* exactly timespan apart: not in one window */
	assert_int_equal(send(&bench, 1119.999, 0, "BOB"), 1);
	assert_int_equal(send(&bench, 1120, 0, "eve"), 0);
	assert_int_equal(send(&bench, 1120, 1, "eve"), 0); /* nobody asks for rule 1 */
	assert_int_equal(bench.counters.taken, 4);
	bench_close(&bench);
}

static void
test_again(void **state)
{
	static struct bench bench;

	(void)state;
	make_count(&bench.made, 2);
	bench_open(&bench, MEMORY);
	assert_int_equal(send(&bench, 1000, 0, "bob"), 0);
	assert_int_equal(send(&bench, 1001, 0, "bob"), 1);
	assert_int_equal(bench.results[0].cause_count, 2);
	assert_string_equal(bench.results[0].group[0].data, "bob");
	assert_int_equal(send(&bench, 1030, 0, "bob"), 0); /* goes on holding */
	assert_int_equal(send(&bench, 1061, 0, "bob"), 1); /* for another timespan */
	assert_int_equal(send(&bench, 1200, 0, "bob"), 0); /* no longer */
	assert_int_equal(send(&bench, 1201, 0, "bob"), 1); /* begins anew */
	assert_int_equal(bench.counters.held, 4);
	bench_close(&bench);
}

static void
test_late(void **state)
{
	static struct bench bench;

	(void)state;
	make_count(&bench.made, 2);
	bench_open(&bench, MEMORY);
	assert_int_equal(send(&bench, 1000, 0, "bob"), 0);
	assert_int_equal(send(&bench, 994.9, 0, "bob"), 0);
	assert_int_equal(bench.counters.late, 1);
	assert_int_equal(send(&bench, 995, 0, "bob"), 1);
	assert_int_equal(send(&bench, 0, 0, "eve"), 0); /* no time: the newest */
	assert_int_equal(bench.counters.no_time, 1);
	assert_int_equal(send(&bench, 1000, 0, NULL), 0);
	assert_int_equal(bench.counters.no_group, 1);
	assert_int_equal(send(&bench, 1000, 0, ""), 0); /* an empty string is a group */
	assert_int_equal(send(&bench, 1000, 0, ""), 1);
	bench_close(&bench);
}

static void
test_full(void **state)
{
	static struct bench bench;
	char user[32];
	uint32_t i;

	(void)state;
	make_count(&bench.made, 2);
	bench_open(&bench, MEMORY);
	for (i = 0; i < 100000; ++i) {
		snprintf(user, sizeof user, "user%u", i);
		assert_int_equal(send(&bench, 1000 + i / 10000, 0, user), 0);
	}
	assert_true(bench.counters.groups > 4000);
	assert_int_equal(bench.counters.evicted + bench.counters.groups, 100000);
	assert_int_equal(send(&bench, 1010, 0, "user99999"), 1); /* the last ones are there */
	assert_int_equal(send(&bench, 1010, 0, "user0"), 0);     /* the first are not */
	assert_int_equal(bench.counters.taken, bench.counters.counted);
	/* once the clock has moved on, what has left its window makes room without being counted as evicted */
	send(&bench, 2000, 0, "clock");
	bench.counters.evicted = 0;
	for (i = 0; i < 4000; ++i) {
		snprintf(user, sizeof user, "other%u", i);
		send(&bench, 2000, 0, user);
	}
	assert_int_equal(bench.counters.evicted, 0);
	bench_close(&bench);
}

static void
test_swap(void **state)
{
	static struct bench bench;
	static struct made next;
	struct correlate_config config = { MEMORY, "another", &bench.counters };
	struct correlate *fresh;

	(void)state;
	make_count(&bench.made, 2);
	bench_open(&bench, MEMORY);
	assert_int_equal(send(&bench, 1000, 0, "bob"), 0);
	/* the same correlation behind another one */
	make_count(&next, 2);
	next.correlations[1] = next.correlations[0];
	next.correlations[1].rule = next.tables.rule_count;
	next.rules[next.tables.rule_count++] = next.rules[2];
	next.rules[2].id = next.rules[0].id;
	++next.tables.correlation_count;
	assert_int_equal(correlate_new(&fresh, &next.tables, &config), 0);
	assert_int_equal(correlate_carry(fresh, bench.correlate, &bench.counters), 0);
	assert_int_equal(bench.counters.carried, 1);
	assert_int_equal(bench.counters.reset, 0);
	correlate_free(bench.correlate);
	bench.correlate = fresh;
	assert_int_equal(send(&bench, 1001, 0, "bob"), 1); /* the carried one; the other has seen one event */
	assert_int_equal(bench.results[0].correlation, 1);
	/* means something else now */
	bench.made.rules[2].digest[0] ^= 1;
	assert_int_equal(correlate_new(&fresh, &bench.made.tables, &config), 0);
	assert_int_equal(correlate_carry(fresh, bench.correlate, &bench.counters), 0);
	assert_int_equal(bench.counters.carried, 1);
	assert_int_equal(bench.counters.reset, 2);
	assert_int_equal(bench.counters.groups, 0);
	correlate_free(bench.correlate);
	bench.correlate = fresh;
	assert_int_equal(send(&bench, 1002, 0, "bob"), 0);
	bench_close(&bench);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_edge), cmocka_unit_test(test_again),
		cmocka_unit_test(test_late), cmocka_unit_test(test_full), cmocka_unit_test(test_swap) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
