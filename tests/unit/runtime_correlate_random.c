/*
 * Correlations over random events, against an evaluator that keeps every event in a list and looks at all of them each
 * time. RSNL_EVENTS: how many events; RSNL_SEED: which.
 */
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
#include "correlate_slow.h"

static uint64_t seed = 1;

static uint32_t
pick(uint32_t below)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(seed >> 33) % below;
}

/* Two names a correlation at most to group by, and one to measure; values differ in case here and there. */
static void
make_pack(struct made *made)
{
	static const uint32_t spans[] = { 1, 3, 10, 60, 3600 };
	uint32_t i, j, k, count, rule, key;

	made_start(made, RULES, SLOTS);
	for (i = 0; i < 5; ++i) {
		uint8_t type = (uint8_t)pick(8);
		struct pack_correlation *row = made_correlation(made, type, spans[pick(5)], PACK_COMPARE_GTE, 0);
		int is_count = type <= PACK_TEMPORAL_ORDERED;

		row->compare_count = (uint8_t)(1 + (pick(4) == 0));
		for (j = 0; j < row->compare_count; ++j) {
			row->compares[j] = (uint8_t)(pick(3) ? PACK_COMPARE_GTE : pick(6));
			row->limits[j] = is_count ? pick(8) + (pick(8) ? 0 : 0.5) : (double)pick(400) / 4 - 20;
		}
		row->percentile = type == PACK_VALUE_PERCENTILE ? pick(101) : 0;
		count = pick(3);
		for (j = 0; j < count; ++j)
			made_name(made, row, j ? "b" : "a", 1);
		if (type == PACK_VALUE_COUNT || type >= PACK_VALUE_SUM)
			made_name(made, row, "v", 0);
		if (type == PACK_VALUE_COUNT && !pick(4))
			made_name(made, row, "w", 0);
		count = 1 + pick(3);
		for (j = 0; j < count; ++j) {
			rule = pick(i && !pick(3) ? RULES + i : RULES);
			made_reference(made, row, rule);
			for (k = 0; k < row->names.count; ++k) {
				key = rule >= RULES ? made->correlations[rule - RULES].group_count : 0;
				if (key && k < row->group_count && pick(2))
					made_key(made, PACK_NONE, pick(key));
				else
					made_key(made, k == row->group_count && type >= PACK_VALUE_SUM ? 3 : pick(3), PACK_NONE);
			}
		}
		made->rules[RULES + i].flags = (uint16_t)(pick(5) ? 0 : PACK_RULE_SILENT);
	}
}

static void
make_event(struct made_event *event)
{
	static const char *const texts[] = { "bob", "BOB", "eve", "al", "\xc3\x89", "\xc3\xa9", "", "1", "2.5", "-3", "7" };
	uint32_t slot, i, members;

	event_start(event);
	for (slot = 0; slot < SLOTS; ++slot) {
		if (!pick(12))
			continue;
		members = pick(8) ? 0 : pick(4);
		if (!pick(20))
			event_set(event, slot, NULL);
		else if (!members)
			event_set(event, slot, texts[slot == 3 && pick(5) ? 7 + pick(4) : pick(7)]);
		else
			for (i = 0; i < members; ++i)
				event_add(event, slot, texts[slot == 3 ? 7 + pick(4) : pick(7)]);
	}
}

static int
same_result(const struct made *made, const struct expected *expected, const struct correlate_result *result)
{
	const struct pack_correlation *row = &made->correlations[result->correlation];
	char name[GROUP_SIZE], folded[2][GROUP_SIZE] = { "", "" };
	double most = 0, sum = (double)result->measure->sum / WINDOW_SCALE / result->measure->count;
	double wanted = expected->sum / expected->count;
	uint32_t i;

	for (i = 0; i < row->group_count; ++i)
		lower(folded[i], result->group[i].data);
	for (i = 0; i < row->compare_count; ++i)
		most = row->limits[i] > most ? row->limits[i] : most;
	if (row->type <= PACK_VALUE_COUNT && wanted > (uint32_t)most + 1)
		wanted = (uint32_t)most + 1;
	snprintf(name, sizeof name, "%.20s|%.20s", folded[0], folded[1]);
	return expected->correlation == result->correlation && !strcmp(name, expected->group) &&
	       (sum - wanted < 1e-9 && wanted - sum < 1e-9);
}

static void
compare(const struct made *made, const struct slow *slow, const struct correlate_result *results, uint32_t count, uint64_t at)
{
	uint32_t i, j;

	if (count != slow->result_count)
		fail_msg("event %llu: %u results, %u expected", (unsigned long long)at, count, slow->result_count);
	for (i = 0; i < count; ++i) {
		for (j = 0; j < count && !same_result(made, &slow->results[j], &results[i]); ++j)
			;
		if (j == count)
			fail_msg("event %llu: correlation %u (type %u) is not expected so", (unsigned long long)at,
			         results[i].correlation, made->correlations[results[i].correlation].type);
	}
}

static uint64_t
run_round(struct slow *slow, struct made_event *event, uint64_t *results_seen)
{
	static struct made made;
	struct correlate_counters counters = { 0 };
	const struct correlate_config config = { 16 << 20, "a key", &counters };
	const struct correlate_result *results;
	struct correlate *correlate;
	struct capture_plan *plan;
	uint64_t now = 1000 * SECOND, time;
	uint32_t i, j, count;

	make_pack(&made);
	assert_int_equal(capture_plan_new(&plan, &made.tables), 0);
	assert_int_equal(correlate_new(&correlate, &made.tables, &config), 0);
	for (i = 0; i < MADE_CORRELATIONS; ++i)
		slow->correlations[i].group_count = slow->correlations[i].clock = 0;
	for (i = 0; i < EVENTS_A_ROUND; ++i) {
		make_event(event);
		now += pick(4) ? pick(4) * SECOND / 2 : pick(60) ? 0 : pick(5000) * SECOND;
		time = now - (pick(6) ? 0 : pick(14) * SECOND / 2);
		for (j = 1 + pick(2); j--;)
			event_match(event, plan, pick(RULES));
		slow_event(slow, &made, event, time);
		count = event_send(event, correlate, time, &results);
		compare(&made, slow, results, count, event->number);
		*results_seen += count;
	}
	assert_int_equal(counters.taken, counters.counted + counters.no_group + counters.no_value + counters.late);
	assert_int_equal(counters.cut + counters.evicted + counters.left_out, 0);
	correlate_free(correlate);
	capture_plan_free(plan);
	return EVENTS_A_ROUND;
}

static void
test_random(void **state)
{
	const char *wanted = getenv("RSNL_EVENTS"), *from = getenv("RSNL_SEED");
	uint64_t most = wanted ? strtoull(wanted, NULL, 10) : 100000, events = 0, results = 0;
	struct slow *slow = calloc(1, sizeof *slow);
	struct made_event event = { 0 };
	uint32_t i, j;

	(void)state;
	seed = from ? strtoull(from, NULL, 10) : seed;
	while (events < most)
		events += run_round(slow, &event, &results);
	print_message("%llu events, %llu results\n", (unsigned long long)events, (unsigned long long)results);
	assert_true(results > events / 100);
	for (i = 0; i < MADE_CORRELATIONS; ++i)
		for (j = 0; j < 256; ++j)
			free(slow->correlations[i].groups[j].entries);
	free(slow);
	matches_done(&event.matches);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_random) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
