/* why.c - finds, slowly and after the fact, the pattern and the place that made a predicate true. */
#include <string.h>

#include "address.h"
#include "block.h"
#include "fold.h"
#include "pack.h"
#include "packfile.h"
#include "why.h"

/* One row an operator, in the order of enum pack_operator. */
static const struct {
	const char *name, *words;
} operators[] = {
	{ "equals", "is" }, { "startswith", "starts with" }, { "endswith", "ends with" }, { "contains", "contains" },
	{ "wildcard", "matches" }, { "re", "matches" }, { "cidr", "is in" }, { "null", "is null or missing" },
	{ "exists", "exists" }, { "lt", "is less than" }, { "lte", "is at most" }, { "gt", "is more than" },
	{ "gte", "is at least" }, { "fieldref", "is the same as" }, { "fieldref startswith", "starts with" },
	{ "fieldref endswith", "ends with" }, { "fieldref contains", "contains" }, { "keyword", "contains" },
	{ "subdomain", "is in domain" },
};

const char *
why_operator(uint32_t op)
{
	return operators[op].name;
}

const char *
why_operator_words(uint32_t op)
{
	return operators[op].words;
}

struct text {
	const char *data;
	uint32_t size;
};

/* Bytes of text that are equal to all of pattern from their beginning, by folded code points, or -1. */
static int64_t
match_here(struct text text, struct text pattern, int cased)
{
	uint32_t i = 0, j = 0, a, b;

	while (j < pattern.size) {
		if (i >= text.size)
			return -1;
		i += utf8_read((const uint8_t *)text.data + i, text.size - i, &a);
		j += utf8_read((const uint8_t *)pattern.data + j, pattern.size - j, &b);
		if (cased ? a != b : fold_point(a) != fold_point(b))
			return -1;
	}
	return i;
}

static int
can_be(unsigned char byte, char c)
{
	return byte >= 0x80 || (byte | 0x20) == (c | 0x20);
}

/* The places of a block that have c, letters in either case, or what is not ASCII and may fold to it. */
static uint64_t
places_of(const char *at, char c)
{
	struct block block = block_read(at);

	return block_equal(&block, (char)(c | 0x20)) | block_equal(&block, (char)(c & ~0x20)) | block_high(&block);
}

/* The first place from at on where the first two bytes of pattern, which are ASCII, can be. */
static uint32_t
next_place(struct text value, struct text pattern, uint32_t at)
{
	char first = pattern.data[0], second = pattern.data[1];
	uint64_t places;

	for (; value.size - at > BLOCK_SIZE; at += BLOCK_SIZE) {
		places = places_of(value.data + at, first) & places_of(value.data + at + 1, second);
		if (places)
			return at + (uint32_t)__builtin_ctzll(places);
	}
	while (at + 1 < value.size && !(can_be((unsigned char)value.data[at], first) &&
	                                can_be((unsigned char)value.data[at + 1], second)))
		++at;
	return at;
}

/* Where pattern stands in value as op asks, or -1. */
static int64_t
find_pattern(struct text value, struct text pattern, uint32_t op, int cased)
{
	int begins = op == PACK_EQUALS || op == PACK_STARTSWITH;
	int ends = op == PACK_EQUALS || op == PACK_ENDSWITH || op == PACK_SUBDOMAIN, plain;
	uint32_t first, point, i, step;
	int64_t n;

	if (!pattern.size)
		return !ends || !value.size ? 0 : begins ? -1 : (int64_t)value.size;
	utf8_read((const uint8_t *)pattern.data, pattern.size, &first);
	first = cased ? first : fold_point(first);
	plain = !begins && pattern.size > 1 && !((pattern.data[0] | pattern.data[1]) & 0x80);
	for (i = 0; i < value.size && !(begins && i); i += step) {
		i = plain ? next_place(value, pattern, i) : i;
		step = utf8_read((const uint8_t *)value.data + i, value.size - i, &point);
		if ((cased ? point : fold_point(point)) != first)
			continue;
		n = match_here((struct text){ value.data + i, value.size - i }, pattern, cased);
		if (n >= 0 && (!ends || i + n == value.size) && (op != PACK_SUBDOMAIN || !i || value.data[i - 1] == '.'))
			return i;
	}
	return -1;
}

enum { WILD_RUN = 0x110000, WILD_ONE }; /* beyond all code points */

/* Reads one element of a pattern: a code point or a wildcard. Returns its bytes. */
static uint32_t
read_element(struct text pattern, uint32_t at, int escapes, uint32_t *element)
{
	char c = pattern.data[at];

	if (c == '*' || c == '?') {
		*element = c == '*' ? WILD_RUN : WILD_ONE;
		return 1;
	}
	if (escapes && c == '\\' && at + 1 < pattern.size && strchr("*?\\", pattern.data[at + 1])) {
		*element = (unsigned char)pattern.data[at + 1];
		return 2;
	}
	return (uint32_t)utf8_read((const uint8_t *)pattern.data + at, pattern.size - at, element);
}

/* 1 if all of value fits the pattern with wildcards. */
static int
fits_wildcards(struct text value, struct text pattern, int escapes, int cased)
{
	uint32_t i = 0, j = 0, run = pattern.size + 1, retry = 0, step, element, point;

	while (i < value.size) {
		uint32_t size = (uint32_t)utf8_read((const uint8_t *)value.data + i, value.size - i, &point);

		step = j < pattern.size ? read_element(pattern, j, escapes, &element) : 0;
		if (step && element == WILD_RUN) {
			run = j += step;
			retry = i;
		} else if (step && (element == WILD_ONE || element == point ||
		                    (!cased && fold_point(element) == fold_point(point)))) {
			j += step;
			i += size;
		} else if (run <= pattern.size) {
			j = run;
			i = retry += (uint32_t)utf8_read((const uint8_t *)value.data + retry, value.size - retry, &point);
		} else {
			return 0;
		}
	}
	while (j < pattern.size && pattern.data[j] == '*')
		++j;
	return j == pattern.size;
}

/* 1 if value is an address in the network, which may be a single address. */
static int
in_network(struct text value, struct text network)
{
	const char *slash = memchr(network.data, '/', network.size);
	uint32_t size = slash ? (uint32_t)(slash - network.data) : network.size, bits = 0, i;
	uint8_t address[16], net[16];

	if (address_parse(value.data, value.size, address) || address_parse(network.data, size, net))
		return 0;
	for (i = size + 1; i < network.size; ++i)
		bits = bits * 10 + (uint32_t)(network.data[i] - '0');
	if (!slash)
		bits = 128;
	else if (!memchr(network.data, ':', size))
		bits += 96;
	for (i = 0; i < 128 && i < bits; ++i)
		if ((address[i / 8] ^ net[i / 8]) >> (7 - i % 8) & 1)
			return 0;
	return 1;
}

/* The text that SIGMA.md's escapes of * ? and \ in a plain pattern mean; into out, at most room bytes. */
static struct text
plain_pattern(const struct pack_tables *tables, struct pack_text shown, char *out, uint32_t room)
{
	const char *from = pack_text_data(tables, shown);
	uint32_t i, used = 0;

	for (i = 0; i < shown.size && used < room; ++i) {
		if (from[i] == '\\' && i + 1 < shown.size &&
		    (from[i + 1] == '*' || from[i + 1] == '?' || from[i + 1] == '\\'))
			++i;
		out[used++] = from[i];
	}
	return (struct text){ out, used };
}

enum { PATTERN_MAX = 4096 };

struct search {
	const struct pack_tables *tables;
	const struct pack_predicate *predicate;
	struct why *why;
};

/* Where the value fits one pattern of the predicate, WHY_NOWHERE if that is no one place, or -1. */
static int64_t
try_pattern(const struct search *search, struct text value, struct pack_text shown)
{
	const struct pack_predicate *p = search->predicate;
	struct text pattern = { pack_text_data(search->tables, shown), shown.size };
	uint32_t op = p->op == PACK_KEYWORD ? PACK_CONTAINS : p->op;
	int cased = p->flags & PACK_CASED;
	char plain[PATTERN_MAX];
	int64_t at;

	if (op == PACK_CIDR)
		return in_network(value, pattern) ? (int64_t)WHY_NOWHERE : -1;
	if (op == PACK_WILDCARD)
		return fits_wildcards(value, pattern, 1, cased) || fits_wildcards(value, pattern, 0, cased)
		       ? (int64_t)WHY_NOWHERE : -1;
	if (memchr(pattern.data, '\\', pattern.size)) {
		at = find_pattern(value, plain_pattern(search->tables, shown, plain, sizeof plain), op, cased);
		if (at >= 0)
			return at;
	}
	return find_pattern(value, pattern, op, cased);
}

static int
try_value(const struct search *search, const struct value *value)
{
	const struct pack_tables *t = search->tables;
	const struct pack_predicate *p = search->predicate;
	struct text text = { value->data, value->size };
	int64_t at;
	uint32_t i;

	if (value->type != VALUE_STRING && value->type != VALUE_NUMBER && value->type != VALUE_BOOL)
		return 0;
	search->why->value = value->data;
	search->why->value_size = value->size;
	if (p->flags & PACK_IN_DATA)
		return 1;
	if (p->op > PACK_WILDCARD && p->op != PACK_KEYWORD && p->op != PACK_SUBDOMAIN && p->op != PACK_CIDR)
		return 1;
	for (i = 0; i < p->values.count; ++i) {
		at = try_pattern(search, text, t->texts[p->values.first + i]);
		if (at < 0)
			continue;
		search->why->pattern = pack_text_data(t, t->texts[p->values.first + i]);
		search->why->pattern_size = t->texts[p->values.first + i].size;
		search->why->offset = (uint32_t)at;
		return 1;
	}
	return 0;
}

static int
try_values(const struct search *search, const struct value *values, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; ++i)
		if (values[i].type == VALUE_LIST ? try_values(search, values[i].data, values[i].size)
		                                 : try_value(search, &values[i]))
			return 1;
	return 0;
}

void
why_find(const struct pack_tables *tables, uint32_t predicate, const struct event *event, struct why *why)
{
	const struct pack_predicate *p = &tables->predicates[predicate];
	const struct search search = { tables, p, why };
	int found = 0;

	*why = (struct why){ .use = PACK_NONE, .slot = p->slot, .predicate = predicate, .offset = WHY_NOWHERE };
	if (p->slot == PACK_NONE)
		found = event->leaves && try_values(&search, event->leaves, event->leaf_count);
	else if (event->present[p->slot / 64] >> p->slot % 64 & 1)
		found = try_values(&search, &event->slots[p->slot], 1);
	if (!found && p->values.count > 1)
		why->value = NULL;
	if (!why->pattern && p->values.count == 1) {
		why->pattern = pack_text_data(tables, tables->texts[p->values.first]);
		why->pattern_size = tables->texts[p->values.first].size;
	}
}

uint32_t
why_collect(const struct pack_tables *tables, uint32_t rule, const struct event *event, const void *scratch,
            struct why why[WHY_MAX])
{
	const struct pack_rule *row = &tables->rules[rule];
	uint32_t i, count = 0;

	if (row->group == PACK_NONE)
		return 0;
	for (i = 0; i < row->uses.count && count < WHY_MAX; ++i) {
		const struct pack_use *use = &tables->uses[row->uses.first + i];

		if (use->negated || !scratch_predicate(scratch, use->predicate))
			continue;
		why_find(tables, tables->groups[row->group].predicates.first + use->predicate, event, &why[count]);
		why[count++].use = row->uses.first + i;
	}
	return count;
}
