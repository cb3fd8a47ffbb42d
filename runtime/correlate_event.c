/* correlate_event.c - takes one event's matches through the correlations that ask for them, inner ones first. */
#include <errno.h>
#include <string.h>

#include "capture.h"
#include "correlate.h"
#include "group_table.h"
#include "matches.h"
#include "packfile.h"
#include "pipeline.h"
#include "window.h"
#include "correlate_state.h"

struct cause {
	uint64_t time;
	uint8_t id[CORRELATE_ID_SIZE];
};

_Static_assert((int)COMBINATION_MAX == (int)CAPTURE_MEMBER_MAX, "a list's members fit");

/* By correlation; an event's last rule first, so that it is never two steps of a run; then as they came. */
static int
stands_after(const struct trigger *a, const struct trigger *b)
{
	if (a->link.correlation != b->link.correlation)
		return a->link.correlation > b->link.correlation;
	return a->link.reference < b->link.reference;
}

/* What the rule's match, or the correlation that held, sets off; done: triggers that are dealt with. */
static void
add_triggers(struct correlate *c, uint32_t rule, uint32_t match, const struct hold *hold, uint32_t done)
{
	uint32_t i, at;

	for (i = c->first_links[rule]; i < c->first_links[rule + 1]; ++i) {
		const struct trigger fresh = { c->links[i], match, hold };

		if (c->trigger_count == TRIGGER_MAX) {
			c->config.counters->left_out += c->first_links[rule + 1] - i;
			return;
		}
		for (at = c->trigger_count++; at > done && stands_after(&c->triggers[at - 1], &fresh); --at)
			c->triggers[at] = c->triggers[at - 1];
		c->triggers[at] = fresh;
	}
}

/* Remembers the event as one that counts. 1: it is there already. */
static int
add_cause(struct correlate *c, struct group *group, uint32_t most)
{
	struct cause *causes = group_table_block(c->groups, group, GROUP_CAUSES);
	uint32_t i, room = (uint32_t)(group_table_room(group, GROUP_CAUSES) / sizeof *causes);

	for (i = group->cause_count; i--;)
		if (causes[i].time == c->time && !memcmp(causes[i].id, c->event->id, sizeof causes[i].id))
			return 1;
	if (group->cause_count == room && room < most &&
	    !group_table_resize(c->groups, group, GROUP_CAUSES, (room ? 2 * room : 1) * sizeof *causes))
		room = (uint32_t)(group_table_room(group, GROUP_CAUSES) / sizeof *causes);
	causes = group_table_block(c->groups, group, GROUP_CAUSES);
	if (!room)
		return 0;
	if (group->cause_count == room || group->cause_count == most)
		memmove(causes, causes + 1, --group->cause_count * sizeof *causes);
	causes[group->cause_count].time = c->time;
	memcpy(causes[group->cause_count++].id, c->event->id, CORRELATE_ID_SIZE);
	return 0;
}

/* The event counts once, however many of the rules it matched; for values and rules that comes by itself. */
static int
counts_events(const struct pack_correlation *row)
{
	return row->type != PACK_VALUE_COUNT && row->type != PACK_TEMPORAL && row->type != PACK_TEMPORAL_ORDERED;
}

static uint64_t
window_begin(const struct correlation *correlation, uint64_t newest)
{
	return newest > correlation->span ? newest - correlation->span : 0;
}

/* Goes on to the next choice of members of the names from first to end; 0 after the last. */
static int
next_choice(const struct correlate *c, uint32_t *at, uint32_t first, uint32_t end)
{
	uint32_t i;

	for (i = end; i-- > first; at[i] = 0)
		if (++at[i] < c->member_counts[i])
			return 1;
	return 0;
}

/* Every value of the trigger goes into the group's window. 0, or -ETIMEDOUT: they are too late for it. */
static int
add_entries(struct correlate *c, struct group *group, const struct trigger *trigger, uint32_t *at)
{
	const struct correlation *correlation = &c->correlations[trigger->link.correlation];
	const struct pack_correlation *row = correlation->row;
	const struct window window = { c->groups, group, &correlation->spec };
	struct window_entry entry = { .time = c->time, .reference = trigger->link.reference };
	uint32_t steps = 0, first = row->group_count, late = 0;
	uint64_t hash[2];

	memcpy(&entry.event, c->event->id, sizeof entry.event);
	do {
		if (row->type == PACK_VALUE_COUNT && row->names.count - first == 1) {
			entry.key = c->members[first][at[first]].hash;
		} else if (row->type == PACK_VALUE_COUNT) {
			correlate_hash(c, c->config.key, first, row->names.count - first, at, hash);
			entry.key = hash[0];
		} else if (row->type >= PACK_VALUE_SUM) {
			entry.value = c->members[first][at[first]].number;
		}
		switch (window_add(&window, &entry)) {
		case WINDOW_ADDED:
			break;
		case WINDOW_CUT:
			++c->config.counters->cut;
			break;
		case WINDOW_LATE:
			++late;
			break;
		}
	} while (next_choice(c, at, first, row->names.count) && ++steps < COMBINATION_MAX);
	c->config.counters->left_out += steps == COMBINATION_MAX;
	memset(at + first, 0, (row->names.count - first) * sizeof *at);
	return late ? -ETIMEDOUT : 0;
}

/* Notes that the group has to be asked, with the values it stands for. 0 or -ENOSPC. */
static int
touch(struct correlate *c, struct group *group, const struct trigger *trigger, const uint32_t *at)
{
	uint32_t i, count = c->correlations[trigger->link.correlation].row->group_count;
	struct correlate_text *values = c->texts + c->text_count;

	for (i = 0; i < c->touched_count; ++i)
		if (c->touched[i].group == group)
			return 0;
	if (c->touched_count == TOUCHED_MAX || c->text_count + count > TEXT_MAX) {
		++c->config.counters->left_out;
		return -ENOSPC;
	}
	for (i = 0; i < count; ++i)
		values[i] = c->members[i][at[i]].text;
	c->text_count += count;
	c->touched[c->touched_count++] = (struct touched){ group, trigger->match, values };
	return 0;
}

/* One group of the trigger. 0; -ETIMEDOUT: it is too late for its window; -ENOMEM: no room for the group. */
static int
add_to_group(struct correlate *c, const struct trigger *trigger, uint32_t *at)
{
	struct correlation *correlation = &c->correlations[trigger->link.correlation];
	struct group_key key = { .correlation = trigger->link.correlation };
	struct group *group;
	uint64_t hash[2];
	int known;

	correlate_hash(c, c->tables->rules[correlation->row->rule].digest, 0, correlation->row->group_count, at, hash);
	key.hash = hash[0];
	key.check = (uint32_t)hash[1];
	group = group_table_get(c->groups, &key);
	if (!group)
		return -ENOMEM;
	if (c->time <= window_begin(correlation, group->newest) && group->newest)
		return -ETIMEDOUT;
	if (touch(c, group, trigger, at))
		return 0;
	known = add_cause(c, group, correlation->cause_max);
	if (known && counts_events(correlation->row))
		return 0;
	if (group->newest < c->time)
		group->newest = c->time;
	return add_entries(c, group, trigger, at);
}

static void
take_trigger(struct correlate *c, const struct trigger *trigger)
{
	struct correlation *correlation = &c->correlations[trigger->link.correlation];
	struct correlate_counters *counters = c->config.counters;
	uint32_t at[PACK_KEY_MAX] = { 0 }, groups = correlation->row->group_count, steps = 0;
	int error = correlate_members(c, trigger), result, counted = 0, stale = 0;

	++counters->taken;
	if (error) {
		++*(error == -ENOENT ? &counters->no_group : &counters->no_value);
		return;
	}
	if (c->time + CORRELATE_LATE_NS < correlation->clock) {
		++counters->late;
		return;
	}
	do {
		result = add_to_group(c, trigger, at);
		counted += !result;
		stale += result == -ETIMEDOUT;
	} while (next_choice(c, at, 0, groups) && ++steps < COMBINATION_MAX);
	counters->left_out += steps == COMBINATION_MAX;
	++*(counted ? &counters->counted : stale ? &counters->late : &counters->no_room);
	if (counted && correlation->clock < c->time)
		correlation->clock = c->time;
}

static int
condition_holds(const struct pack_correlation *row, const struct measure *measure)
{
	int i, order, holds = measure->count > 0;

	for (i = 0; i < row->compare_count && holds; ++i) {
		order = measure_compare(measure, row->limits[i]);
		switch (row->compares[i]) {
		case PACK_COMPARE_EQ: holds = order == 0; break;
		case PACK_COMPARE_NEQ: holds = order != 0; break;
		case PACK_COMPARE_LT: holds = order < 0; break;
		case PACK_COMPARE_LTE: holds = order <= 0; break;
		case PACK_COMPARE_GT: holds = order > 0; break;
		case PACK_COMPARE_GTE: holds = order >= 0; break;
		}
	}
	return holds;
}

static void
add_result(struct correlate *c, uint32_t number, const struct touched *touched, const struct measure *measure)
{
	const struct group *group = touched->group;
	const struct cause *causes = group_table_block(c->groups, group, GROUP_CAUSES);
	uint64_t begin = window_begin(&c->correlations[number], group->newest);
	struct correlate_result *result = &c->results[c->result_count];
	uint32_t i;

	if (c->result_count == RESULT_MAX) {
		++c->config.counters->left_out;
		return;
	}
	*result = (struct correlate_result){ number, touched->match, touched->values, &c->measures[c->result_count],
		(const uint8_t (*)[CORRELATE_ID_SIZE])c->causes[c->result_count], 0 };
	c->measures[c->result_count] = *measure;
	for (i = 0; i < group->cause_count; ++i)
		if (causes[i].time > begin)
			memcpy(c->causes[c->result_count][result->cause_count++], causes[i].id, CORRELATE_ID_SIZE);
	++c->result_count;
}

static void
ask_group(struct correlate *c, uint32_t number, const struct touched *touched, uint32_t done)
{
	const struct correlation *correlation = &c->correlations[number];
	const struct pack_rule *rule = &c->tables->rules[correlation->row->rule];
	struct group *group = touched->group;
	const struct window window = { c->groups, group, &correlation->spec };
	struct measure measure = window_measure(&window, window_begin(correlation, group->newest));
	int again = group->holds && group->newest - group->alerted < correlation->span;

	group->holds = (uint8_t)condition_holds(correlation->row, &measure);
	if (!group->holds)
		return;
	++c->config.counters->held;
	if (!again) {
		group->alerted = group->newest;
		if (rule->flags & PACK_RULE_SILENT)
			++c->config.counters->silent;
		else
			add_result(c, number, touched, &measure);
	}
	if (c->first_links[correlation->row->rule] == c->first_links[correlation->row->rule + 1])
		return;
	if (c->hold_count == HOLD_MAX) {
		++c->config.counters->left_out;
		return;
	}
	c->holds[c->hold_count] = (struct hold){ number, touched->match, touched->values };
	add_triggers(c, correlation->row->rule, touched->match, &c->holds[c->hold_count++], done);
}

static int
result_stands_after(const struct correlate *c, const struct correlate_result *a, const struct correlate_result *b)
{
	const struct pack_rule *x = &c->tables->rules[c->correlations[a->correlation].row->rule];
	const struct pack_rule *y = &c->tables->rules[c->correlations[b->correlation].row->rule];

	if (x->level != y->level)
		return x->level < y->level;
	return strcmp(pack_text_data(c->tables, x->id), pack_text_data(c->tables, y->id)) > 0;
}

static void
sort_results(struct correlate *c)
{
	struct correlate_result row;
	uint32_t i, j;

	for (i = 1; i < c->result_count; ++i) {
		row = c->results[i];
		for (j = i; j && result_stands_after(c, &c->results[j - 1], &row); --j)
			c->results[j] = c->results[j - 1];
		c->results[j] = row;
	}
}

static void
begin_event(struct correlate *c, const struct correlate_event *event)
{
	const struct matches *matches = event->matches;
	struct correlate_counters *counters = c->config.counters;
	uint32_t i;

	c->event = event;
	counters->no_time += !event->time;
	c->time = event->time ? event->time : c->newest;
	c->time += !c->time; /* 0 would be never */
	c->newest = c->newest > c->time ? c->newest : c->time;
	c->trigger_count = c->hold_count = c->text_count = c->result_count = 0;
	counters->left_out += matches->capture ? matches->capture->cut : 0;
	group_table_turn(c->groups);
	for (i = 0; i < matches->count; ++i)
		add_triggers(c, matches->rows[i].rule, i, NULL, 0);
}

static void
end_event(struct correlate *c)
{
	const struct group_counters *groups = group_table_counters(c->groups);

	c->config.counters->groups = groups->groups;
	c->config.counters->evicted += groups->evicted - c->evicted_seen;
	c->evicted_seen = groups->evicted;
	sort_results(c);
}

uint32_t
correlate_event(struct correlate *c, const struct correlate_event *event, const struct correlate_result **results)
{
	uint32_t done = 0, number, i;
	uint64_t past;

	begin_event(c, event);
	while (done < c->trigger_count) {
		number = c->triggers[done].link.correlation;
		c->touched_count = 0;
		past = c->correlations[number].span + CORRELATE_LATE_NS;
		past = c->correlations[number].clock > past ? c->correlations[number].clock - past : 0;
		group_table_expire(c->groups, number, past);
		for (; done < c->trigger_count && c->triggers[done].link.correlation == number; ++done)
			take_trigger(c, &c->triggers[done]);
		for (i = 0; i < c->touched_count; ++i)
			ask_group(c, number, &c->touched[i], done);
	}
	end_event(c);
	*results = c->results;
	return c->result_count;
}
