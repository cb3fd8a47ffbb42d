/* verdict.c - asks everybody and compares. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "diag.h"
#include "input.h"
#include "ir.h"
#include "node.h"
#include "options.h"
#include "compile.h"

#include "bind.h"
#include "emit.h"
#include "image.h"
#include "json.h"
#include "pack.h"
#include "pool.h"
#include "cases.h"
#include "evaluate.h"
#include "tree.h"
#include "plain.h"
#include "subject.h"
#include "verdict.h"

enum { PLAIN_TEXT_MAX = 2048, EDGE_ROOM = 80 << 10, GUARD = 1 << 12 };

struct asking {
	struct subject *subject;
	struct pool *pool;
	const struct subject_group *group;
	enum verdict *predicates, *rules; /* of rules: VERDICT_EITHER where it hangs on one */
	struct finding *finding;
};

const char *
difference_name(enum difference difference)
{
	static const char *const names[] = { "none", "rule", "predicate", "rule, read plainly", "binding",
		"JSON is refused",
		"rule, from JSON" };

	return names[difference];
}

static int
found(struct asking *asking, enum difference difference, uint32_t index, int expected, int result)
{
	*asking->finding = (struct finding){ difference, index, expected, result };
	return 1;
}

static void
event_evaluate(struct asking *asking, const struct event *event)
{
	const struct ir_group *ir = asking->group->ir;

	evaluator_run(asking->group->evaluator, asking->pool, event, asking->predicates);
	for (uint32_t i = 0; i < ir->rule_count; i++) {
		enum verdict no = expr_verdict(ir->rules[i]->expr, asking->predicates, VERDICT_NO);
		enum verdict unknown = expr_verdict(ir->rules[i]->expr, asking->predicates, VERDICT_UNKNOWN);

		asking->rules[i] = (no == VERDICT_YES) != (unknown == VERDICT_YES) ? VERDICT_EITHER : no;
	}
}

/* The texts of an event, one of them at the very end of readable memory. */
static void
event_to_edge(const struct event *event, uint32_t field_count, uint64_t seed)
{
	static char *edge;
	struct value *slots = (struct value *)event->slots;
	uint32_t slot = field_count ? seed % field_count : 0;

	if (!edge) {
		edge = mmap(NULL, EDGE_ROOM + GUARD, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (edge == MAP_FAILED || mprotect(edge + EDGE_ROOM, GUARD, PROT_NONE))
			abort();
	}
	for (uint32_t tries = 0; tries < field_count; tries++, slot = (slot + 1) % field_count) {
		if (!(event->present[slot / 64] >> slot % 64 & 1) || slots[slot].type != VALUE_STRING)
			continue;
		memcpy(edge + EDGE_ROOM - slots[slot].size, slots[slot].data, slots[slot].size);
		slots[slot].data = edge + EDGE_ROOM - slots[slot].size;
		return;
	}
}

static int
hits_compare(struct asking *asking, const struct event *event, enum difference difference)
{
	struct subject *subject = asking->subject;
	uint32_t at = 0, count;

	count = groups_match(subject->match, event, asking->group->groups, subject->emitted.data, subject->scratch, subject->hits);
	for (uint32_t i = 0; i < asking->group->ir->rule_count; i++) {
		int is_hit = at < count && subject->hits[at].rule == asking->group->first + i;

		at += is_hit;
		if (asking->rules[i] != VERDICT_EITHER && (asking->rules[i] == VERDICT_YES) != is_hit)
			return found(asking, difference, i, !is_hit, is_hit);
	}
	return at != count ? found(asking, difference, asking->group->ir->rule_count, at, count) : 0;
}

static int
predicates_compare(struct asking *asking, const struct event *event)
{
	struct subject *subject = asking->subject;
	struct event all = *event;

	all.flags |= EVENT_DECIDE_ALL;
	groups_match(subject->match, &all, asking->group->groups, subject->emitted.data, subject->scratch, subject->hits);
	for (uint32_t i = 0; i < asking->group->ir->predicate_count; i++) {
		int is = scratch_predicate(subject->scratch, i);

		if (is != (asking->predicates[i] == VERDICT_YES))
			return found(asking, PREDICATE_DIFFERS, i, !is, is);
	}
	return 0;
}

static int
is_short(const struct event *event, uint32_t field_count)
{
	for (uint32_t i = 0; i < event->leaf_count; i++)
		if (event->leaves[i].size > PLAIN_TEXT_MAX)
			return 0;
	return field_count > 0 && !(event->flags & EVENT_HAS_CUT);
}

static int
plain_compare(struct asking *asking, const struct event *event, struct tally *tally)
{
	struct plain_event *plain = plain_event(asking->pool, event, asking->subject->field_count);

	for (uint32_t i = 0; i < asking->group->ir->rule_count; i++) {
		int is;

		if (!asking->group->plain[i])
			continue;
		is = plain_matches(asking->group->plain[i], plain);
		if (is != (asking->rules[i] == VERDICT_YES))
			return found(asking, PLAIN_DIFFERS, i, is, !is);
		tally->plain++;
	}
	return 0;
}

/* JSON ----------------------------------------------------------------------------------------------------------- */

/* A text cut among escapes may end a character earlier. */
static int
values_differ(const struct value *a, const struct value *b)
{
	const struct value *as = a->data, *bs = b->data;

	if (a->type != b->type || a->flags != b->flags)
		return 1;
	if (a->type == VALUE_LIST) {
		for (uint32_t i = 0; a->size == b->size && i < a->size; i++)
			if (values_differ(as + i, bs + i))
				return 1;
		return a->size != b->size;
	}
	if (a->flags & VALUE_CUT)
		return b->size > a->size || a->size - b->size > 3 || memcmp(a->data, b->data, b->size);
	return a->size != b->size || (a->size && memcmp(a->data, b->data, a->size));
}

static int
binding_compare(struct asking *asking, const struct event *event, const struct event *bound)
{
	for (uint32_t i = 0; i < asking->subject->field_count; i++) {
		int is = bound->present[i / 64] >> i % 64 & 1, wanted = event->present[i / 64] >> i % 64 & 1;

		if (is != wanted || (is && values_differ(event->slots + i, bound->slots + i)))
			return found(asking, BINDING_DIFFERS, i, wanted, is);
	}
	if (event->leaf_count != bound->leaf_count)
		return found(asking, BINDING_DIFFERS, asking->subject->field_count, event->leaf_count, bound->leaf_count);
	for (uint32_t i = 0; i < event->leaf_count; i++)
		if (values_differ(event->leaves + i, bound->leaves + i))
			return found(asking, BINDING_DIFFERS, asking->subject->field_count, i, i);
	return 0;
}

static int
line_compare(struct asking *asking, struct bound *bound, const struct event *event, const char *text, size_t size)
{
	struct json json;

	if (bound_read(bound, text, size, &json))
		return found(asking, JSON_REFUSED, 0, 0, json.at - json.start);
	for (uint32_t i = 0; i < asking->subject->field_count; i++)
		bound_settle(bound, i);
	bound_settle_leaves(bound);
	if (binding_compare(asking, event, bound_event(bound)))
		return 1;
	if (event->flags & EVENT_HAS_CUT)
		event_evaluate(asking, bound_event(bound));
	return asking->subject->match && hits_compare(asking, bound_event(bound), JSON_RULE_DIFFERS);
}

/* By both readers, with escapes thrown and plain, each line twice: the second time its layout is known. */
static int
json_compare(struct asking *asking, const struct trial *trial, const struct event *event)
{
	struct dice dice = dice_new(trial->seed);
	int result = 0;

	for (int plain = 0; plain < 2 && !result; plain++) {
		char *text;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		tree_write(out, trial->tree, plain ? NULL : &dice);
		fclose(out);
		for (int i = 0; i < 3 && !result; i++)
			result = line_compare(asking, asking->subject->bounds[i > 0], event, text, size);
		free(text);
	}
	return result;
}

static void
tally_add(struct tally *tally, const struct asking *asking, uint8_t *hit, int json)
{
	uint32_t rules = asking->group->ir->rule_count;

	tally->events++;
	tally->decisions += rules;
	tally->predicates += asking->group->ir->predicate_count;
	tally->json += json ? rules : 0;
	for (uint32_t i = 0; i < rules; i++) {
		tally->open += asking->rules[i] == VERDICT_EITHER;
		tally->hits += asking->rules[i] == VERDICT_YES;
		if (hit)
			hit[i] |= asking->rules[i] == VERDICT_YES ? 2 : 1;
	}
}

int
verdict_compare(struct subject *subject, struct pool *pool, const struct trial *trial, struct finding *finding,
                struct tally *tally, uint8_t *hit, FILE *cases)
{
	struct asking asking = { subject, pool, subject->groups + trial->group, NULL, NULL, finding };
	struct event *event = tree_bind(pool, trial->tree, subject->fields, subject->field_count);
	struct tally none = { 0 };

	tally = tally ? tally : &none;
	*finding = (struct finding){ AGREED, 0, 0, 0 };
	asking.predicates = pool_take(pool, (asking.group->ir->predicate_count + 1) * sizeof(*asking.predicates));
	asking.rules = pool_take(pool, (asking.group->ir->rule_count + 1) * sizeof(*asking.rules));
	event_evaluate(&asking, event);
	tally_add(tally, &asking, hit, trial->json);
	if (trial->plain && is_short(event, subject->field_count) && plain_compare(&asking, event, tally))
		return 1;
	if (cases)
		case_write(cases, event, subject->field_count, asking.group->groups, &(struct case_verdicts){ asking.group->first,
		           asking.group->ir->rule_count, asking.group->ir->predicate_count, asking.rules, asking.predicates });
	event_to_edge(event, subject->field_count, trial->seed);
	if (subject->match && (hits_compare(&asking, event, RULE_DIFFERS) || predicates_compare(&asking, event)))
		return 1;
	return trial->json && json_compare(&asking, trial, event);
}
