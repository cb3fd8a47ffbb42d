/* The slow, obvious meaning of the IR: texts as arrays of code points, patterns by sets of end positions. */
#ifndef EVALUATE_H
#define EVALUATE_H

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "fold.h"
#include "ir.h"
#include "pack.h"
#include "packfile.h"
#include "regex.h"

enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_UNKNOWN };

enum { POINTS_MAX = 1024 };

struct points {
	uint32_t at[POINTS_MAX];
	int count;
};

struct evaluation {
	struct arena *arena;
	const struct ir_group *group;
	const struct event *event;
};

static inline void
points_read(struct points *points, const void *data, uint32_t size, int fold)
{
	points->count = 0;
	for (uint32_t i = 0; i < size && points->count < POINTS_MAX;) {
		uint32_t point;

		i += utf8_read((const uint8_t *)data + i, size - i, &point);
		points->at[points->count++] = fold ? fold_point(point) : point;
	}
}

static inline int
points_at(const struct points *text, int at, const struct points *part)
{
	if (at < 0 || at + part->count > text->count)
		return 0;
	return memcmp(text->at + at, part->at, part->count * sizeof(*part->at)) == 0;
}

static inline int
points_has(const struct points *text, const struct points *part)
{
	for (int i = 0; i <= text->count; i++)
		if (points_at(text, i, part))
			return 1;
	return 0;
}

static inline int
points_fit(const struct points *text, const struct points *value, int op)
{
	switch (op) {
	case PACK_EQUALS: case PACK_FIELD_EQUALS: return text->count == value->count && points_at(text, 0, value);
	case PACK_STARTSWITH: case PACK_FIELD_STARTSWITH: return points_at(text, 0, value);
	case PACK_ENDSWITH: case PACK_FIELD_ENDSWITH: return points_at(text, text->count - value->count, value);
	case PACK_SUBDOMAIN:
		if (!points_at(text, text->count - value->count, value))
			return 0;
		return text->count == value->count || text->at[text->count - value->count - 1] == '.';
	default: return points_has(text, value);
	}
}

static inline int
pieces_fit(const struct points *text, int at, const struct ir_piece *pieces, uint32_t count, int fold)
{
	struct points literal;

	if (!count)
		return at == text->count;
	switch (pieces->type) {
	case IR_ANY_ONE: return at < text->count && pieces_fit(text, at + 1, pieces + 1, count - 1, fold);
	case IR_ANY_RUN:
		for (int next = at; next <= text->count; next++)
			if (pieces_fit(text, next, pieces + 1, count - 1, fold))
				return 1;
		return 0;
	default:
		points_read(&literal, pieces->literal.data, pieces->literal.size, fold);
		return points_at(text, at, &literal) && pieces_fit(text, at + literal.count, pieces + 1, count - 1, fold);
	}
}

/* Positions as bytes of a set; from -> all positions where regex can end. */
static inline int
is_word(const struct points *text, int at)
{
	uint32_t point = at >= 0 && at < text->count ? text->at[at] : 0;

	return (point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') ||
		point == '_';
}

static inline int
assertion_holds(const struct points *text, int at, enum regex_type type)
{
	switch (type) {
	case REGEX_TEXT_START: return at == 0;
	case REGEX_TEXT_END: return at == text->count;
	case REGEX_LAST_LINE: return at == text->count || (at == text->count - 1 && text->at[at] == '\n');
	case REGEX_LINE_START: return at == 0 || text->at[at - 1] == '\n';
	case REGEX_LINE_END: return at == text->count || text->at[at] == '\n';
	case REGEX_WORD: return is_word(text, at - 1) != is_word(text, at);
	case REGEX_NOT_WORD: return is_word(text, at - 1) == is_word(text, at);
	default: return 1;
	}
}

static inline void
regex_ends(const struct points *text, const struct regex *regex, const uint8_t *from, uint8_t *to)
{
	uint8_t now[POINTS_MAX + 1], next[POINTS_MAX + 1];
	size_t size = text->count + 1;

	memset(to, 0, size);
	switch (regex->type) {
	case REGEX_CLASS:
		for (int i = 0; i < text->count; i++)
			for (uint32_t k = 0; k < regex->range_count && from[i]; k++)
				to[i + 1] |= text->at[i] >= regex->ranges[k].first && text->at[i] <= regex->ranges[k].last;
		return;
	case REGEX_CONCAT:
		memcpy(now, from, size);
		for (uint32_t i = 0; i < regex->child_count; i++) {
			regex_ends(text, regex->children[i], now, next);
			memcpy(now, next, size);
		}
		memcpy(to, now, size);
		return;
	case REGEX_ALTERNATE:
		for (uint32_t i = 0; i < regex->child_count; i++) {
			regex_ends(text, regex->children[i], from, next);
			for (size_t k = 0; k < size; k++)
				to[k] |= next[k];
		}
		return;
	case REGEX_REPEAT:
		memcpy(now, from, size);
		for (uint32_t i = 0; i <= regex->min + text->count + 1 && i <= regex->max; i++) {
			for (size_t k = 0; k < size && i >= regex->min; k++)
				to[k] |= now[k];
			regex_ends(text, regex->children[0], now, next);
			memcpy(now, next, size);
			if (!memchr(now, 1, size))
				break;
		}
		return;
	default:
		for (int i = 0; i <= text->count; i++)
			to[i] = from[i] && assertion_holds(text, i, regex->type);
	}
}

static inline int
regex_fits(const struct evaluation *evaluation, const struct points *text, struct ir_text pattern, unsigned flags)
{
	struct regex_error error;
	const struct regex *regex = regex_parse(evaluation->arena, pattern.data, pattern.size, flags, &error);
	uint8_t from[POINTS_MAX + 1], to[POINTS_MAX + 1];

	memset(from, 1, sizeof(from));
	regex_ends(text, regex, from, to);
	return memchr(to, 1, text->count + 1) != NULL;
}

static inline int
address_parse(const char *text, uint8_t *out)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

	memcpy(out, mapped, 12);
	return inet_pton(AF_INET, text, out + 12) == 1 ? 4 : inet_pton(AF_INET6, text, out) == 1 ? 6 : 0;
}

static inline int
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

static inline int
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

static inline int
number_fits(const char *text, const char *value, int op)
{
	char *end;
	long double number = strtold(text, &end);

	if (!*text || *end || strspn(text, "0123456789+-.eE") != strlen(text))
		return 0;
	return order_is(number, strtold(value, NULL), op);
}

static inline int
time_fits(const char *text, const char *value, int op, int part)
{
	static const char *const formats[] = { "", "%M", "%H", "%d", "%V", "%m", "%Y" };
	struct tm tm = { 0 };
	char number[16];
	time_t seconds;

	if (!strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return 0;
	seconds = timegm(&tm);
	strftime(number, sizeof(number), formats[part], gmtime(&seconds));
	return order_is(atoi(number), strtold(value, NULL), op);
}

static inline int
is_scalar(const struct value *value)
{
	return value->type == VALUE_STRING || value->type == VALUE_NUMBER || value->type == VALUE_BOOL;
}

/* The members of a field, or of all leaves for a keyword. */
static inline uint32_t
members_of(const struct evaluation *evaluation, uint32_t field, const struct value **members)
{
	const struct event *event = evaluation->event;

	*members = event->leaves;
	if (field == IR_NONE)
		return event->leaf_count;
	*members = event->slots + field;
	if (!(event->present[field / 64] >> field % 64 & 1))
		return 0;
	if (event->slots[field].type != VALUE_LIST)
		return 1;
	*members = event->slots[field].data;
	return event->slots[field].size;
}

/* Does one member fit one value, the member being whole? */
static inline int
member_fits(const struct evaluation *evaluation, const struct ir_predicate *predicate, const struct value *member,
            const struct ir_value *value)
{
	int fold = !(predicate->flags & PACK_CASED);
	struct points text, wanted;
	char string[POINTS_MAX * 4];

	snprintf(string, sizeof(string), "%.*s", (int)member->size, (const char *)member->data);
	points_read(&text, member->data, member->size, fold && predicate->op != PACK_REGEX);
	points_read(&wanted, value->text.data, value->text.size, fold);
	if (strlen(string) != member->size && (predicate->part || predicate->op == PACK_CIDR ||
	                                        (predicate->op >= PACK_LT && predicate->op <= PACK_GTE)))
		return 0;
	if (predicate->part)
		return time_fits(string, value->text.data, predicate->op, predicate->part);
	switch (predicate->op) {
	case PACK_WILDCARD: return pieces_fit(&text, 0, value->pieces, value->piece_count, fold);
	case PACK_REGEX: return regex_fits(evaluation, &text, value->text, predicate->regex_flags);
	case PACK_CIDR: return net_fits(string, value->text.data);
	case PACK_LT: case PACK_LTE: case PACK_GT: case PACK_GTE:
		return number_fits(string, value->text.data, predicate->op);
	default: return points_fit(&text, &wanted, predicate->op);
	}
}

static inline enum verdict
fields_fit(const struct evaluation *evaluation, const struct ir_predicate *predicate)
{
	const struct value *firsts, *seconds;
	uint32_t first_count = members_of(evaluation, predicate->field, &firsts);
	uint32_t second_count = members_of(evaluation, predicate->other, &seconds);
	struct points a, b;

	for (uint32_t i = 0; i < first_count; i++)
		for (uint32_t k = 0; k < second_count; k++) {
			if (!is_scalar(firsts + i) || !is_scalar(seconds + k))
				continue;
			points_read(&a, firsts[i].data, firsts[i].size, !(predicate->flags & PACK_CASED));
			points_read(&b, seconds[k].data, seconds[k].size, !(predicate->flags & PACK_CASED));
			if (points_fit(&a, &b, predicate->op))
				return VERDICT_YES;
		}
	return VERDICT_NO;
}

static inline int
field_null(const struct evaluation *evaluation, uint32_t field)
{
	const struct value *members;
	uint32_t count = members_of(evaluation, field, &members);

	for (uint32_t i = 0; i < count; i++)
		if (members[i].type == VALUE_NULL)
			return 1;
	return count == 0;
}

/* Whole values only: a cut member is left to predicates that do not look at its end. */
static inline enum verdict
predicate_verdict(const struct evaluation *evaluation, uint32_t number)
{
	const struct ir_predicate *predicate = evaluation->group->predicates + number;
	int open = predicate->op == PACK_STARTSWITH || predicate->op == PACK_CONTAINS || predicate->op == PACK_KEYWORD;
	enum verdict verdict = VERDICT_NO;
	const struct value *members;
	uint32_t count;

	if (predicate->op == PACK_IS_NULL)
		return field_null(evaluation, predicate->field) ? VERDICT_YES : VERDICT_NO;
	if (predicate->op == PACK_EXISTS)
		return evaluation->event->present[predicate->field / 64] >> predicate->field % 64 & 1;
	if (predicate->op >= PACK_FIELD_EQUALS && predicate->op <= PACK_FIELD_CONTAINS)
		return fields_fit(evaluation, predicate);
	count = members_of(evaluation, predicate->field, &members);
	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t k = 0; k < predicate->value_count && is_scalar(members + i); k++) {
			if (members[i].flags & VALUE_CUT && !open)
				verdict = VERDICT_UNKNOWN;
			else if (member_fits(evaluation, predicate, members + i, predicate->values + k))
				return VERDICT_YES;
		}
	}
	return verdict;
}

/* Three-valued, so that an unknown decides nothing in either polarity. */
static inline enum verdict
expr_verdict(const struct ir_expr *expr, const enum verdict *predicates)
{
	enum verdict verdict, all = expr->type == IR_AND ? VERDICT_YES : VERDICT_NO;

	switch (expr->type) {
	case IR_FALSE: return VERDICT_NO;
	case IR_TRUE: return VERDICT_YES;
	case IR_PREDICATE: return predicates[expr->predicate];
	case IR_NOT:
		verdict = expr_verdict(expr->children[0], predicates);
		return verdict == VERDICT_UNKNOWN ? verdict : verdict == VERDICT_NO ? VERDICT_YES : VERDICT_NO;
	default:
		for (uint32_t i = 0; i < expr->child_count; i++) {
			verdict = expr_verdict(expr->children[i], predicates);
			if (verdict == (expr->type == IR_AND ? VERDICT_NO : VERDICT_YES))
				return verdict;
			if (verdict == VERDICT_UNKNOWN)
				all = verdict;
		}
		return all;
	}
}
#endif
