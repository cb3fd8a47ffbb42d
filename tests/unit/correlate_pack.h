/*
 * correlate_pack.h - tables of correlations made by hand, and events for them.
 *
 * Include packfile.h, pack.h, matches.h, capture.h and correlate.h first.
 */
#ifndef CORRELATE_PACK_H
#define CORRELATE_PACK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MADE_RULES = 64, MADE_SLOTS = 8, MADE_CORRELATIONS = 16, MADE_ROWS = 512 };

#define SECOND 1000000000ull

struct made {
	struct pack_tables tables;
	char strings[8192];
	struct pack_text texts[MADE_ROWS];
	struct pack_slot slots[MADE_SLOTS];
	struct pack_rule rules[MADE_RULES];
	struct pack_correlation correlations[MADE_CORRELATIONS];
	struct pack_reference references[MADE_ROWS];
	struct pack_key keys[MADE_ROWS];
};

static struct pack_text
made_text(struct made *made, const char *text)
{
	struct pack_text row = { made->tables.strings_size, (uint32_t)strlen(text) };

	memcpy(made->strings + row.offset, text, row.size + 1);
	made->tables.strings_size += row.size + 1;
	return row;
}

/* Rules r0, r1, ... and slots f0, f1, ... */
static void
made_start(struct made *made, uint32_t rules, uint32_t slots)
{
	char name[32];
	uint32_t i;

	memset(made, 0, sizeof *made);
	made->tables = (struct pack_tables){ .strings = made->strings, .texts = made->texts, .slots = made->slots,
		.rules = made->rules, .correlations = made->correlations, .correlation_references = made->references,
		.keys = made->keys, .rule_count = rules, .slot_count = slots };
	for (i = 0; i < rules; ++i) {
		snprintf(name, sizeof name, "r%u", i);
		made->rules[i] = (struct pack_rule){ .id = made_text(made, name), .level = PACK_MEDIUM };
		made->rules[i].title = made->rules[i].id;
	}
	for (i = 0; i < slots; ++i) {
		snprintf(name, sizeof name, "f%u", i);
		made->slots[i].name = made_text(made, name);
	}
}

/* A correlation with the rule cN, "compare limit" as its condition; names and references follow. */
static struct pack_correlation *
made_correlation(struct made *made, uint8_t type, uint64_t timespan, uint8_t compare, double limit)
{
	struct pack_correlation *row = &made->correlations[made->tables.correlation_count];
	struct pack_rule *rule = &made->rules[made->tables.rule_count];
	char name[32];

	snprintf(name, sizeof name, "c%u", made->tables.correlation_count);
	*rule = (struct pack_rule){ .id = made_text(made, name), .level = PACK_HIGH, .engine = PACK_CORRELATION,
		.group = PACK_NONE, .digest = { (uint8_t)(made->tables.correlation_count + 1) } };
	rule->title = rule->id;
	*row = (struct pack_correlation){ .rule = made->tables.rule_count, .type = type, .compare_count = 1,
		.compares = { compare }, .limits = { limit }, .timespan = timespan,
		.references = { made->tables.reference_count, 0 }, .names = { made->tables.text_count, 0 } };
	++made->tables.correlation_count;
	++made->tables.rule_count;
	return row;
}

static void
made_name(struct made *made, struct pack_correlation *row, const char *name, int groups)
{
	made->texts[made->tables.text_count++] = made_text(made, name);
	++row->names.count;
	row->group_count += (uint32_t)groups;
}

/* A reference to a rule, with its keys still to come: made_key() for each name. */
static void
made_reference(struct made *made, struct pack_correlation *row, uint32_t rule)
{
	made->references[made->tables.reference_count++] = (struct pack_reference){ rule, 0, { made->tables.key_count, 0 } };
	++row->references.count;
}

static void
made_key(struct made *made, uint32_t slot, uint32_t name)
{
	made->keys[made->tables.key_count++] = (struct pack_key){ slot, name };
	++made->references[made->tables.reference_count - 1].keys.count;
}

/* An event in the making: fields first, then what it matches. */
struct made_event {
	struct value slots[MADE_SLOTS], members[MADE_SLOTS][80];
	uint64_t present;
	struct matches matches;
	uint64_t number;
};

static void
event_start(struct made_event *event)
{
	event->present = 0;
	++event->number;
	matches_start(&event->matches);
}

static void
event_set(struct made_event *event, uint32_t slot, const char *text)
{
	event->present |= 1ull << slot;
	event->slots[slot] = (struct value){ text, text ? (uint32_t)strlen(text) : 0, text ? VALUE_STRING : VALUE_NULL, 0, 0 };
}

/* One more member of a list. */
static void
event_add(struct made_event *event, uint32_t slot, const char *text)
{
	struct value *list = &event->slots[slot];

	if (!(event->present >> slot & 1))
		*list = (struct value){ event->members[slot], 0, VALUE_LIST, 0, 0 };
	event->present |= 1ull << slot;
	event->members[slot][list->size++] = (struct value){ text, (uint32_t)strlen(text), VALUE_STRING, 0, 0 };
}

static void
event_match(struct made_event *event, const struct capture_plan *plan, uint32_t rule)
{
	const struct event seen = { event->slots, &event->present, NULL, 0, 0 };
	struct match *match = matches_add(&event->matches, rule);

	if (match)
		capture_match(plan, &event->matches, match, &seen);
}

static uint32_t
event_send(struct made_event *event, struct correlate *correlate, uint64_t time, const struct correlate_result **results)
{
	struct correlate_event sent = { .time = time, .matches = &event->matches };

	memcpy(sent.id, &event->number, sizeof event->number);
	return correlate_event(correlate, &sent, results);
}
#endif
