/*
 * correlate_slow.h - what correlations mean, slowly: every event is kept in a list, and all of them are looked at each
 * time.
 *
 * Include correlate_pack.h and what it asks for first.
 */
#ifndef CORRELATE_SLOW_H
#define CORRELATE_SLOW_H

enum { RULES = 5, SLOTS = 4, EVENTS_A_ROUND = 600, GROUP_SIZE = 64, ENTRIES = 64 * EVENTS_A_ROUND, SOURCES = 4096 };

struct entry {
	uint64_t time, event;
	uint32_t reference;
	char value[GROUP_SIZE];
	double number;
};

struct slow_group {
	char name[GROUP_SIZE];
	uint64_t newest, alerted;
	int holds, reached;
	struct entry *entries;
	uint32_t count, room;
};

struct slow_correlation {
	struct slow_group groups[256];
	uint32_t group_count;
	uint64_t clock;
};

struct source { /* a match of a rule, or a correlation that held */
	uint32_t rule;
	char values[2][GROUP_SIZE]; /* what it groups by */
};

struct expected {
	uint32_t correlation;
	char group[GROUP_SIZE];
	double sum;
	uint32_t count;
};

struct slow {
	struct slow_correlation correlations[MADE_CORRELATIONS];
	struct source sources[SOURCES];
	uint32_t source_count;
	struct expected results[RULES * 64];
	uint32_t result_count;
};

/* Lower case by hand: the few letters that make_event() uses. */
static void
lower(char *out, const char *text)
{
	for (; *text; ++text, ++out)
		*out = (char)(*text >= 'A' && *text <= 'Z' ? *text + 32 : *text == '\x89' ? '\xa9' : *text);
	*out = 0;
}

static uint32_t
list_values(const struct made_event *event, const struct source *source, const struct pack_key *key,
            char out[][GROUP_SIZE])
{
	const struct value *value;
	uint32_t i, j, count = 0;

	if (key->name != PACK_NONE) {
		strcpy(out[0], source->values[key->name]);
		return 1;
	}
	if (!(event->present >> key->slot & 1))
		return 0;
	value = &event->slots[key->slot];
	for (i = 0; i < (value->type == VALUE_LIST ? value->size : value->type != VALUE_NULL); ++i) {
		lower(out[count], value->type == VALUE_LIST ? ((const struct value *)value->data)[i].data : value->data);
		for (j = 0; j < count && strcmp(out[j], out[count]) != 0; ++j)
			;
		count += j == count;
	}
	return count;
}

static uint32_t
list_numbers(const struct made_event *event, const struct pack_key *key, double out[])
{
	const struct value *value = &event->slots[key->slot];
	uint32_t i, count = 0;

	if (!(event->present >> key->slot & 1))
		return 0;
	for (i = 0; i < (value->type == VALUE_LIST ? value->size : value->type != VALUE_NULL); ++i) {
		const char *text = value->type == VALUE_LIST ? ((const struct value *)value->data)[i].data : value->data;
		char *end;

		out[count] = strtod(text, &end);
		count += *text && !*end;
	}
	return count;
}

static struct slow_group *
find_group(struct slow_correlation *correlation, const char *name)
{
	uint32_t i;

	for (i = 0; i < correlation->group_count; ++i)
		if (!strcmp(correlation->groups[i].name, name))
			return &correlation->groups[i];
	assert_true(i < 256);
	correlation->groups[i] = (struct slow_group){ .entries = correlation->groups[i].entries,
		.room = correlation->groups[i].room };
	strcpy(correlation->groups[i].name, name);
	++correlation->group_count;
	return &correlation->groups[i];
}

static void
add_entry(struct slow_group *group, const struct entry *entry)
{
	if (group->count == group->room) {
		group->room = group->room ? 2 * group->room : 64;
		group->entries = realloc(group->entries, group->room * sizeof *group->entries);
	}
	group->entries[group->count++] = *entry;
}

struct turn {
	const struct made *made;
	const struct made_event *event;
	struct slow *slow;
	const struct pack_correlation *row;
	struct slow_correlation *state;
	uint64_t time;
};

static void
add_to_group(const struct turn *turn, const char *name, uint32_t reference, char values[][GROUP_SIZE], uint32_t value_count,
             const double *numbers, uint32_t number_count, int *counted)
{
	struct slow_group *group = find_group(turn->state, name);
	struct entry entry = { .time = turn->time, .event = turn->event->number, .reference = reference };
	uint32_t i;

	if (group->newest && turn->time + turn->row->timespan * SECOND <= group->newest)
		return;
	*counted = 1;
	group->reached = 1;
	group->newest = group->newest > turn->time ? group->newest : turn->time;
	for (i = 0; i < group->count && (group->entries[i].event != entry.event || turn->row->type == PACK_VALUE_COUNT ||
	                                 turn->row->type == PACK_TEMPORAL || turn->row->type == PACK_TEMPORAL_ORDERED); ++i)
		;
	if (i < group->count)
		return;
	if (!value_count && !number_count)
		add_entry(group, &entry);
	for (i = 0; i < value_count; ++i) {
		strcpy(entry.value, values[i]);
		add_entry(group, &entry);
	}
	for (i = 0; i < number_count; ++i) {
		entry.number = numbers[i];
		add_entry(group, &entry);
	}
}

static void
take_match(const struct turn *turn, uint32_t reference, const struct source *source)
{
	const struct pack_correlation *row = turn->row;
	const struct pack_reference *link = &turn->made->references[row->references.first + reference];
	const struct pack_key *keys = turn->made->keys + link->keys.first;
	char lists[4][64][GROUP_SIZE], values[256][GROUP_SIZE], name[GROUP_SIZE];
	uint32_t counts[4] = { 1, 1, 1, 1 }, i, j, value_count = 0, number_count = 0, group_count = row->group_count;
	double numbers[64];
	int counted = 0;

	memset(lists, 0, sizeof lists);
	for (i = 0; i < group_count; ++i)
		if (!(counts[i] = list_values(turn->event, source, &keys[i], lists[i])))
			return;
	if (row->type >= PACK_VALUE_SUM) {
		if (!(number_count = list_numbers(turn->event, &keys[group_count], numbers)))
			return;
	} else {
		for (i = group_count; i < row->names.count; ++i)
			if (!(counts[2 + i - group_count] = list_values(turn->event, source, &keys[i], lists[2 + i - group_count])))
				return;
		for (i = 0; row->names.count > group_count && i < counts[2]; ++i)
			for (j = 0; j < counts[3]; ++j)
				snprintf(values[value_count++], GROUP_SIZE, "%.20s|%.20s", lists[2][i], lists[3][j]);
	}
	if (turn->time + 5 * SECOND < turn->state->clock)
		return;
	for (i = 0; i < (group_count > 0 ? counts[0] : 1); ++i)
		for (j = 0; j < (group_count > 1 ? counts[1] : 1); ++j) {
			snprintf(name, sizeof name, "%.20s|%.20s", group_count > 0 ? lists[0][i] : "",
			         group_count > 1 ? lists[1][j] : "");
			add_to_group(turn, name, reference, values, value_count, numbers, number_count, &counted);
		}
	if (counted && turn->state->clock < turn->time)
		turn->state->clock = turn->time;
}

static int
by_number(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The longest run of rules in order: entries sorted by time, then as they came. */
static uint32_t
longest_run(const struct entry *const *entries, uint32_t count, uint32_t rules)
{
	uint32_t best = 0, start, i, length, last;

	for (start = 0; start < count; ++start) {
		if (entries[start]->reference)
			continue;
		for (i = last = start, length = 1; ++i < count;)
			if (length < rules && entries[i]->reference == length && entries[i]->event != entries[last]->event) {
				/* an event that came again beside others of its time is still one event */
				last = i;
				++length;
			}
		best = length > best ? length : best;
	}
	return best;
}

static struct expected
measure(const struct turn *turn, const struct slow_group *group)
{
	static const struct entry *in[ENTRIES];
	static double numbers[ENTRIES];
	const struct pack_correlation *row = turn->row;
	struct expected result = { .count = 1 };
	uint32_t i, j, n = 0, rank;
	double sum = 0;

	for (i = 0; i < group->count; ++i)
		if (group->entries[i].time + row->timespan * SECOND > group->newest)
			in[n++] = &group->entries[i];
	for (i = 0; i < n; ++i) {
		numbers[i] = in[i]->number;
		sum += in[i]->number;
	}
	switch (row->type) {
	case PACK_EVENT_COUNT:
		result.sum = n;
		break;
	case PACK_VALUE_COUNT:
		for (i = 0; i < n; ++i) {
			for (j = 0; j < i && strcmp(in[i]->value, in[j]->value) != 0; ++j)
				;
			result.sum += i == j;
		}
		break;
	case PACK_TEMPORAL:
		for (i = 0; i < row->references.count; ++i) {
			for (j = 0; j < n && in[j]->reference != i; ++j)
				;
			result.sum += j < n;
		}
		break;
	case PACK_TEMPORAL_ORDERED:
		for (i = 1; i < n; ++i) {
			const struct entry *moved = in[i];

			for (j = i; j && in[j - 1]->time > moved->time; --j)
				in[j] = in[j - 1];
			in[j] = moved;
		}
		result.sum = longest_run(in, n, row->references.count);
		break;
	case PACK_VALUE_SUM:
	case PACK_VALUE_AVG:
		result.sum = sum;
		result.count = row->type == PACK_VALUE_AVG ? n : 1;
		break;
	default:
		qsort(numbers, n, sizeof *numbers, by_number);
		for (rank = 1; rank * 100 < row->percentile * n; ++rank)
			;
		result.sum = row->type == PACK_VALUE_PERCENTILE ? numbers[rank - 1] : n % 2 ? numbers[n / 2]
			: numbers[n / 2 - 1] + numbers[n / 2];
		result.count = row->type == PACK_VALUE_MEDIAN && n % 2 == 0 ? 2 : 1;
	}
	return result;
}

static int
holds(const struct pack_correlation *row, const struct expected *value)
{
	int i, all = 1;

	for (i = 0; i < row->compare_count; ++i) {
		double limit = row->limits[i] * value->count;
		const int fits[] = { value->sum == limit, value->sum != limit, value->sum < limit, value->sum <= limit,
			value->sum > limit, value->sum >= limit };

		all = all && fits[row->compares[i]];
	}
	return all;
}

static void
ask_group(const struct turn *turn, uint32_t number, struct slow_group *group)
{
	struct expected value = measure(turn, group);
	int held = group->holds;
	struct source *source = &turn->slow->sources[turn->slow->source_count];
	char *bar;

	group->reached = 0;
	group->holds = holds(turn->row, &value);
	if (!group->holds)
		return;
	value.correlation = number;
	strcpy(value.group, group->name);
	if (!held || group->newest - group->alerted >= turn->row->timespan * SECOND) {
		group->alerted = group->newest;
		if (!(turn->made->rules[turn->row->rule].flags & PACK_RULE_SILENT))
			turn->slow->results[turn->slow->result_count++] = value;
	}
	source->rule = turn->row->rule;
	strcpy(source->values[0], group->name);
	bar = strchr(source->values[0], '|');
	strcpy(source->values[1], bar + 1);
	*bar = 0;
	++turn->slow->source_count;
}

static void
slow_event(struct slow *slow, const struct made *made, const struct made_event *event, uint64_t time)
{
	struct turn turn = { made, event, slow, NULL, NULL, time };
	uint32_t i, j, k;

	slow->source_count = slow->result_count = 0;
	for (i = 0; i < event->matches.count; ++i)
		slow->sources[slow->source_count++].rule = event->matches.rows[i].rule;
	for (i = 0; i < made->tables.correlation_count; ++i) {
		turn.row = &made->correlations[i];
		turn.state = &slow->correlations[i];
		for (j = turn.row->references.count; j--;)
			for (k = 0; k < slow->source_count; ++k)
				if (slow->sources[k].rule == made->references[turn.row->references.first + j].rule)
					take_match(&turn, j, &slow->sources[k]);
		for (k = 0; k < turn.state->group_count; ++k)
			if (turn.state->groups[k].reached)
				ask_group(&turn, i, &turn.state->groups[k]);
	}
}
#endif
