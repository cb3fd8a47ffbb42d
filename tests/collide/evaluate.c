/* evaluate.c - predicates and expressions of the IR, decided one value and one member at a time. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "ir.h"
#include "pack.h"
#include "packfile.h"
#include "points.h"
#include "pool.h"
#include "evaluate.h"
#include "regex.h"
#include "times.h"

struct ready { /* a value of a predicate */
	struct points text;
	struct glob *globs;
	const struct regex *regex;
};

struct member { /* of a field or the leaves */
	const struct value *value;
	struct points forms[2]; /* as it came, folded */
};

struct members {
	struct member *list;
	uint32_t count;
	uint64_t event; /* the event they belong to */
};

struct evaluator {
	const struct ir_group *group;
	struct arena *arena; /* of regexes */
	struct pool *pool;   /* of what is ready */
	struct ready **values;
	struct members *members; /* by field; the leaves behind them */
	uint32_t field_count;
	uint64_t events;
};

static void
value_ready(struct evaluator *evaluator, const struct ir_predicate *predicate, const struct ir_value *value,
            struct ready *ready)
{
	int fold = !(predicate->flags & PACK_CASED);
	struct regex_error error;

	ready->text = points_read(evaluator->pool, value->text.data, value->text.size, fold);
	if (predicate->op == PACK_REGEX)
		ready->regex = regex_parse(evaluator->arena, value->text.data, value->text.size, predicate->regex_flags,
		                           &error);
	ready->globs = pool_take(evaluator->pool, value->piece_count * sizeof(*ready->globs));
	for (uint32_t i = 0; i < value->piece_count; i++) {
		const struct ir_piece *piece = value->pieces + i;

		ready->globs[i].type = piece->type == IR_LITERAL ? GLOB_TEXT : piece->type == IR_ANY_RUN ? GLOB_RUN : GLOB_ONE;
		ready->globs[i].text = points_read(evaluator->pool, piece->literal.data, piece->literal.size, fold);
	}
}

struct evaluator *
evaluator_new(const struct ir_group *group, uint32_t field_count)
{
	struct evaluator *evaluator = calloc(1, sizeof(*evaluator));

	evaluator->group = group;
	evaluator->arena = arena_new();
	evaluator->pool = pool_new();
	evaluator->field_count = field_count;
	evaluator->members = pool_take(evaluator->pool, (field_count + 1) * sizeof(*evaluator->members));
	evaluator->values = pool_take(evaluator->pool, group->predicate_count * sizeof(*evaluator->values));
	for (uint32_t i = 0; i < group->predicate_count; i++) {
		const struct ir_predicate *predicate = group->predicates + i;

		evaluator->values[i] = pool_take(evaluator->pool, predicate->value_count * sizeof(**evaluator->values));
		for (uint32_t k = 0; k < predicate->value_count; k++)
			value_ready(evaluator, predicate, predicate->values + k, evaluator->values[i] + k);
	}
	return evaluator;
}

void
evaluator_free(struct evaluator *evaluator)
{
	arena_free(evaluator->arena);
	pool_free(evaluator->pool);
	free(evaluator);
}

/* Numbers, times, addresses -------------------------------------------------------------------------------------- */

static int
address_parse(const char *text, uint8_t *out)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

	memcpy(out, mapped, 12);
	return inet_pton(AF_INET, text, out + 12) == 1 ? 4 : inet_pton(AF_INET6, text, out) == 1 ? 6 : 0;
}

static int
net_fits(const char *text, const char *value)
{
	uint8_t address[16], net[16];
	char copy[80], *slash;
	int family, net_family, bits;

	snprintf(copy, sizeof(copy), "%s", value);
	slash = strchr(copy, '/');
	if (slash)
		*slash = 0;
	family = address_parse(text, address);
	net_family = address_parse(copy, net);
	bits = (slash ? atoi(slash + 1) : net_family == 4 ? 32 : 128) + (net_family == 4 ? 96 : 0);
	if (!family || (family == 4 && net_family == 6))
		return 0;
	for (int i = 0; i < bits; i++)
		if ((address[i / 8] ^ net[i / 8]) >> (7 - i % 8) & 1)
			return 0;
	return 1;
}

static int
order_is(long double a, long double b, int op)
{
	switch (op) {
	case PACK_LT: return a < b;
	case PACK_LTE: return a <= b;
	case PACK_GT: return a > b;
	case PACK_GTE: return a >= b;
	default: return a == b;
	}
}

static int
number_fits(const char *text, const char *value, int op)
{
	char *end;
	long double number = strtold(text, &end);

	if (!*text || *end || strspn(text, "0123456789+-.eE") != strlen(text))
		return 0;
	return order_is(number, strtold(value, NULL), op);
}

static int
time_fits(const char *text, const char *value, int op, int part)
{
	static const char *const names[] = { "", "minute", "hour", "day", "week", "month", "year" };
	int number = time_part(text, names[part]);

	return number >= 0 && order_is(number, strtold(value, NULL), op);
}

/* Members -------------------------------------------------------------------------------------------------------- */

static int
is_scalar(const struct value *value)
{
	return value->type == VALUE_STRING || value->type == VALUE_NUMBER || value->type == VALUE_BOOL;
}

/* The members of a field, or all leaves for a keyword (IR_NONE). */
static struct members *
members_of(struct evaluator *evaluator, struct pool *pool, const struct event *event, uint32_t field)
{
	struct members *members = evaluator->members + (field == IR_NONE ? evaluator->field_count : field);
	const struct value *values = event->leaves;

	if (members->event == evaluator->events)
		return members;
	members->event = evaluator->events;
	members->count = event->leaf_count;
	if (field != IR_NONE) {
		values = event->slots + field;
		members->count = event->present[field / 64] >> field % 64 & 1;
		if (members->count && values->type == VALUE_LIST) {
			members->count = values->size;
			values = values->data;
		}
	}
	members->list = pool_take(pool, members->count * sizeof(*members->list));
	for (uint32_t i = 0; i < members->count; i++)
		members->list[i].value = values + i;
	return members;
}

static const struct points *
member_points(struct pool *pool, struct member *member, int fold)
{
	struct points *points = member->forms + fold;

	if (!points->at)
		*points = points_read(pool, member->value->data, member->value->size, fold);
	return points;
}

static int
points_fit(const struct points *text, const struct points *value, int op)
{
	int end = text->count - value->count;

	switch (op) {
	case PACK_EQUALS: case PACK_FIELD_EQUALS: return end == 0 && points_at(text, 0, value);
	case PACK_STARTSWITH: case PACK_FIELD_STARTSWITH: return points_at(text, 0, value);
	case PACK_ENDSWITH: case PACK_FIELD_ENDSWITH: return points_at(text, end, value);
	case PACK_SUBDOMAIN: return points_at(text, end, value) && (end == 0 || text->at[end - 1] == '.');
	default: return points_has(text, value);
	}
}

/* Numbers, times and addresses are texts without NUL. */
static int
string_fits(struct pool *pool, const struct ir_predicate *predicate, const struct value *member, const char *value)
{
	char *text = pool_take(pool, member->size + 1);

	memcpy(text, member->data, member->size);
	if (strlen(text) != member->size)
		return 0;
	if (predicate->part)
		return time_fits(text, value, predicate->op, predicate->part);
	return predicate->op == PACK_CIDR ? net_fits(text, value) : number_fits(text, value, predicate->op);
}

/* Predicates ----------------------------------------------------------------------------------------------------- */

static enum verdict
regex_verdict(struct pool *pool, const struct points *text, const struct ready *value, int cut)
{
	enum regex_answer answer = regex_fits(pool, text, value->regex);

	if (answer == REGEX_YES || (answer == REGEX_AT_END && !cut))
		return VERDICT_YES;
	if (!cut || !regex_looks_at_end(value->regex))
		return VERDICT_NO;
	return answer == REGEX_AT_END ? VERDICT_UNKNOWN : VERDICT_EITHER;
}

/* What one member says of one value. A cut one leaves open what hangs on its end. */
static enum verdict
member_verdict(struct pool *pool, const struct ir_predicate *predicate, struct member *member,
               const struct ir_value *value, const struct ready *ready)
{
	int fold = !(predicate->flags & PACK_CASED) && predicate->op != PACK_REGEX;
	int cut = member->value->flags & VALUE_CUT, open;

	open = predicate->op == PACK_STARTSWITH || predicate->op == PACK_CONTAINS || predicate->op == PACK_KEYWORD ||
		predicate->op == PACK_REGEX ||
		(predicate->op == PACK_WILDCARD && value->pieces[value->piece_count - 1].type == IR_ANY_RUN);
	if (cut && (!open || predicate->part))
		return VERDICT_UNKNOWN;
	if (predicate->part)
		return string_fits(pool, predicate, member->value, value->text.data);
	switch (predicate->op) {
	case PACK_WILDCARD:
		return globs_fit(pool, member_points(pool, member, fold), ready->globs, value->piece_count);
	case PACK_REGEX: return regex_verdict(pool, member_points(pool, member, 0), ready, cut);
	case PACK_CIDR: case PACK_LT: case PACK_LTE: case PACK_GT: case PACK_GTE:
		return string_fits(pool, predicate, member->value, value->text.data);
	default: return points_fit(member_points(pool, member, fold), &ready->text, predicate->op);
	}
}

static enum verdict
fields_verdict(struct evaluator *evaluator, struct pool *pool, const struct event *event,
               const struct ir_predicate *predicate)
{
	struct members *firsts = members_of(evaluator, pool, event, predicate->field);
	struct members *seconds = members_of(evaluator, pool, event, predicate->other);
	int fold = !(predicate->flags & PACK_CASED);
	int anchored = predicate->op == PACK_FIELD_EQUALS || predicate->op == PACK_FIELD_ENDSWITH;
	enum verdict verdict = VERDICT_NO;

	for (uint32_t i = 0; i < firsts->count; i++)
		for (uint32_t k = 0; k < seconds->count; k++) {
			struct member *a = firsts->list + i, *b = seconds->list + k;

			if (!is_scalar(a->value) || !is_scalar(b->value))
				continue;
			if (b->value->flags & VALUE_CUT || (anchored && a->value->flags & VALUE_CUT))
				verdict = VERDICT_UNKNOWN;
			else if (points_fit(member_points(pool, a, fold), member_points(pool, b, fold), predicate->op))
				return VERDICT_YES;
		}
	return verdict;
}

static enum verdict
null_verdict(const struct members *members)
{
	for (uint32_t i = 0; i < members->count; i++)
		if (members->list[i].value->type == VALUE_NULL)
			return VERDICT_YES;
	return members->count == 0;
}

/* Any member with any value. */
static enum verdict
predicate_verdict(struct evaluator *evaluator, struct pool *pool, const struct event *event, uint32_t number)
{
	const struct ir_predicate *predicate = evaluator->group->predicates + number;
	enum verdict verdict = VERDICT_NO, one;
	struct members *members;

	if (predicate->op == PACK_EXISTS)
		return event->present[predicate->field / 64] >> predicate->field % 64 & 1;
	if (predicate->op >= PACK_FIELD_EQUALS && predicate->op <= PACK_FIELD_CONTAINS)
		return fields_verdict(evaluator, pool, event, predicate);
	members = members_of(evaluator, pool, event, predicate->field);
	if (predicate->op == PACK_IS_NULL)
		return null_verdict(members);
	for (uint32_t i = 0; i < members->count; i++)
		for (uint32_t k = 0; k < predicate->value_count && is_scalar(members->list[i].value); k++) {
			one = member_verdict(pool, predicate, members->list + i, predicate->values + k,
			                     evaluator->values[number] + k);
			if (one == VERDICT_YES)
				return one;
			if (one == VERDICT_UNKNOWN || (one == VERDICT_EITHER && verdict == VERDICT_NO))
				verdict = one;
		}
	return verdict;
}

void
evaluator_run(struct evaluator *evaluator, struct pool *pool, const struct event *event, enum verdict *verdicts)
{
	evaluator->events++;
	for (uint32_t i = 0; i < evaluator->group->predicate_count; i++)
		verdicts[i] = predicate_verdict(evaluator, pool, event, i);
}

int
evaluator_fits(struct evaluator *evaluator, struct pool *pool, uint32_t predicate, const char *text, uint32_t size)
{
	struct value value = { text, size, VALUE_STRING, 0, 0 };
	struct member member = { .value = &value };
	const struct ir_predicate *ir = evaluator->group->predicates + predicate;

	for (uint32_t i = 0; i < ir->value_count; i++)
		if (member_verdict(pool, ir, &member, ir->values + i, evaluator->values[predicate] + i) == VERDICT_YES)
			return 1;
	return 0;
}

const struct regex *
evaluator_regex(const struct evaluator *evaluator, uint32_t predicate, uint32_t value)
{
	return evaluator->values[predicate][value].regex;
}

enum verdict
expr_verdict(const struct ir_expr *expr, const enum verdict *predicates, enum verdict either)
{
	enum verdict verdict, all = expr->type == IR_AND ? VERDICT_YES : VERDICT_NO;

	switch (expr->type) {
	case IR_FALSE: return VERDICT_NO;
	case IR_TRUE: return VERDICT_YES;
	case IR_PREDICATE:
		verdict = predicates[expr->predicate];
		return verdict == VERDICT_EITHER ? either : verdict;
	case IR_NOT:
		verdict = expr_verdict(expr->children[0], predicates, either);
		return verdict == VERDICT_UNKNOWN ? verdict : verdict == VERDICT_NO ? VERDICT_YES : VERDICT_NO;
	default:
		for (uint32_t i = 0; i < expr->child_count; i++) {
			verdict = expr_verdict(expr->children[i], predicates, either);
			if (verdict == (expr->type == IR_AND ? VERDICT_NO : VERDICT_YES))
				return verdict;
			if (verdict == VERDICT_UNKNOWN)
				all = verdict;
		}
		return all;
	}
}
