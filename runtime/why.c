/* why.c - finds, slowly and after the fact, the pattern and the place that made a predicate true. */
#include <stdlib.h>
#include <string.h>

#include "pack.h"
#include "packfile.h"
#include "block.h"
#include "search.h"
#include "search_index.h"
#include "why.h"
#include "word.h"

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

/* The text that SIGMA.md's escapes of * ? and \ in a plain pattern mean; into out, at most room bytes. */
static struct search_text
plain_pattern(struct search_text pattern, char *out, uint32_t room)
{
	const char *from = pattern.data;
	uint32_t i, used = 0;

	for (i = 0; i < pattern.size && used < room; ++i) {
		if (from[i] == '\\' && i + 1 < pattern.size &&
		    (from[i + 1] == '*' || from[i + 1] == '?' || from[i + 1] == '\\'))
			++i;
		out[used++] = from[i];
	}
	return (struct search_text){ out, used };
}

/* Whether a backslash in the pattern stands before what it makes plain. */
static int
has_escapes(struct search_text pattern)
{
	const char *at = pattern.data, *end = at + pattern.size;

	for (; (at = memchr(at, '\\', (size_t)(end - at))) && at + 1 < end; ++at)
		if (at[1] == '*' || at[1] == '?' || at[1] == '\\')
			return 1;
	return 0;
}

enum { PATTERN_MAX = SEARCH_INDEX_PATTERN_MAX, FEW_VALUES = 16, FEW_PATTERNS = 4, KNOWN = 32 };
enum { TOLD = 1024, TOLD_TEXT_MAX = 144 };

struct shape { /* of a pattern */
	uint8_t known;   /* the others are */
	uint8_t escapes; /* a backslash in it stands before what it makes plain */
	uint16_t pair;   /* search_pair() */
};

struct known { /* why a predicate was true of a value */
	uint32_t event;
	const void *from;  /* where the value lies */
	uint32_t size;
	struct why why;
};

struct told { /* why a predicate was true of a short text, in whatever event */
	uint32_t predicate, size; /* size 0: of none yet */
	struct why why;
	char text[TOLD_TEXT_MAX];
};

struct why_work {
	struct search_plain plain; /* of a short value */
	struct search_indexes *indexes;
	uint32_t event;            /* number of the one at hand */
	struct known known[KNOWN]; /* by predicate */
	struct told told[TOLD];    /* by predicate and text */
	struct shape shapes[];     /* by number in PACK_TEXTS */
};

struct search {
	const struct pack_tables *tables;
	const struct pack_predicate *predicate;
	struct why_work *work; /* NULL: none, or of no use */
	struct shape *shapes;  /* NULL: none */
	struct why *why;
};

struct why_work *
why_work_new(const struct pack_tables *tables)
{
	struct why_work *work = calloc(1, sizeof *work + tables->text_count * sizeof *work->shapes);

	if (!work)
		return NULL;
	work->indexes = search_indexes_new();
	if (!work->indexes) {
		free(work);
		return NULL;
	}
	return work;
}

void
why_work_free(struct why_work *work)
{
	if (!work)
		return;
	search_indexes_free(work->indexes);
	free(work);
}

void
why_work_start(struct why_work *work)
{
	if (!++work->event) {
		memset(work->known, 0, sizeof work->known);
		work->event = 1;
	}
	work->plain.value.data = NULL;
	search_indexes_start(work->indexes);
}

static struct search_text
text_of(const struct pack_tables *tables, uint32_t text)
{
	return (struct search_text){ pack_text_data(tables, tables->texts[text]), tables->texts[text].size };
}

static __attribute__((noinline)) void
make_shape(struct shape *shape, struct search_text pattern)
{
	*shape = (struct shape){ 1, (uint8_t)has_escapes(pattern), (uint16_t)search_pair(pattern) };
}

/* own: room for it where none are kept. */
static inline const struct shape *
get_shape(const struct search *search, uint32_t text, struct shape *own)
{
	struct shape *shape = search->shapes ? &search->shapes[text] : own;

	if (!shape->known || shape == own)
		make_shape(shape, text_of(search->tables, text));
	return shape;
}

static void
show_value(const struct search *search, const struct value *value)
{
	search->why->value = value->data;
	search->why->value_size = value->size;
}

static void
show_pattern(const struct search *search, struct search_text pattern)
{
	search->why->pattern = pattern.data;
	search->why->pattern_size = pattern.size;
}

/* Of a pattern with escapes, as it is meant and as it is written. */
static __attribute__((noinline)) int64_t
try_escaped(const struct search_plain *plain, struct search_text value, struct search_text pattern, uint32_t op, int cased)
{
	struct search_text meant;
	char room[PATTERN_MAX];
	int64_t at;

	meant = plain_pattern(pattern, room, sizeof room);
	at = search_pattern(plain, value, meant, op, cased);
	return at >= 0 ? at : search_pattern(plain, value, pattern, op, cased);
}

/* Where the value fits one pattern of the predicate, WHY_NOWHERE if that is no one place, or -1. */
static int64_t
try_pattern(const struct search *search, const struct search_plain *plain, struct search_text value,
            struct search_text pattern, int escapes)
{
	const struct pack_predicate *p = search->predicate;
	uint32_t op = p->op == PACK_KEYWORD ? PACK_CONTAINS : p->op;
	int cased = p->flags & PACK_CASED;

	if (op == PACK_CIDR)
		return search_network(value, pattern) ? (int64_t)WHY_NOWHERE : -1;
	if (op == PACK_WILDCARD)
		return search_wildcards(value, pattern, 1, cased) || search_wildcards(value, pattern, 0, cased)
		       ? (int64_t)WHY_NOWHERE : -1;
	if (escapes)
		return try_escaped(plain, value, pattern, op, cased);
	return search_pattern(plain, value, pattern, op, cased);
}

/* A pattern that the values' index finds in an earlier one than the best so far is the best. */
static void
try_indexed(const struct search_index *index, struct search_text pattern, struct search_place *best)
{
	struct search_place place;

	if (search_index_find(index, pattern, &place) && place.value < best->value)
		*best = place;
}

/* 1: the first value that has one of the patterns, the first pattern that it has, and where; 0: none has; -1: an index
 * does not say. */
static int
try_index(const struct search *search, const struct value *values, uint32_t count)
{
	const struct search_index *index = search_indexes_get(search->work->indexes, values, count);
	const struct pack_list *list = &search->predicate->values;
	struct search_place best = { count, 0 };
	struct shape own;
	char room[PATTERN_MAX];
	uint32_t i, before;

	for (i = list->first; index && i < list->first + list->count && best.value; ++i) {
		struct search_text pattern = text_of(search->tables, i);

		if (!pattern.size || pattern.size > PATTERN_MAX)
			return -1;
		before = best.value;
		if (get_shape(search, i, &own)->escapes)
			try_indexed(index, plain_pattern(pattern, room, sizeof room), &best);
		try_indexed(index, pattern, &best);
		if (best.value < before)
			show_pattern(search, pattern);
	}
	if (!index || best.value == count)
		return index ? 0 : -1;
	show_value(search, &values[best.value]);
	search->why->offset = best.offset;
	return 1;
}

static int
try_patterns(const struct search *search, const struct value *value)
{
	const struct pack_list *list = &search->predicate->values;
	const struct search_text text = { value->data, value->size };
	struct search_plain *plain = search->work && search_plain_make(&search->work->plain, text)
	                             ? &search->work->plain : NULL;
	int found = search->work && !plain ? try_index(search, value, 1) : -1;
	int many = plain && list->count > FEW_PATTERNS;
	struct shape own;
	int64_t at;
	uint32_t i;

	if (found >= 0)
		return found;
	if (many)
		search_plain_note_pairs(plain);
	for (i = list->first; i < list->first + list->count; ++i) {
		const struct shape *shape = get_shape(search, i, &own);
		struct search_text pattern;

		if (many && search_plain_lacks_pair(plain, shape->pair))
			continue;
		pattern = text_of(search->tables, i);
		if (many && search_plain_lacks(plain, pattern))
			continue;
		at = try_pattern(search, plain, text, pattern, shape->escapes);
		if (at < 0)
			continue;
		show_pattern(search, pattern);
		search->why->offset = (uint32_t)at;
		return 1;
	}
	return 0;
}

static int
try_value(const struct search *search, const struct value *value)
{
	const struct pack_predicate *p = search->predicate;

	if (value->type != VALUE_STRING && value->type != VALUE_NUMBER && value->type != VALUE_BOOL)
		return 0;
	show_value(search, value);
	if (p->flags & PACK_IN_DATA)
		return 1;
	if (p->op > PACK_WILDCARD && p->op != PACK_KEYWORD && p->op != PACK_SUBDOMAIN && p->op != PACK_CIDR)
		return 1;
	return try_patterns(search, value);
}

static int
try_values(const struct search *search, const struct value *values, uint32_t count)
{
	uint32_t i;

	if (search->work && count > FEW_VALUES && try_index(search, values, count) > 0)
		return 1;
	for (i = 0; i < count; ++i)
		if (values[i].type == VALUE_LIST ? try_values(search, values[i].data, values[i].size)
		                                 : try_value(search, &values[i]))
			return 1;
	return 0;
}

struct asked { /* what a predicate is about; count 0: the event has nothing of it */
	const struct value *values;
	uint32_t count;
};

static struct asked
asked_of(const struct pack_predicate *p, const struct event *event)
{
	if (p->slot == PACK_NONE)
		return (struct asked){ event->leaves, event->leaves ? event->leaf_count : 0 };
	return (struct asked){ &event->slots[p->slot], event->present[p->slot / 64] >> p->slot % 64 & 1 };
}

static void
find(const struct pack_tables *tables, const struct asked *asked, struct why_work *work, struct why *why)
{
	const struct pack_predicate *p = &tables->predicates[why->predicate];
	int contains = p->op == PACK_CONTAINS || p->op == PACK_KEYWORD;
	const struct search search = { tables, p, contains && !(p->flags & (PACK_CASED | PACK_IN_DATA)) ? work : NULL,
		work ? work->shapes : NULL, why };
	int found = try_values(&search, asked->values, asked->count);

	if (!found && p->values.count > 1)
		why->value = NULL;
	if (!why->pattern && p->values.count == 1)
		show_pattern(&search, text_of(tables, p->values.first));
}

/* By what the event at hand has been asked for. */
static void
find_known(const struct pack_tables *tables, const struct asked *asked, struct why_work *work, struct why *why)
{
	const uint32_t predicate = why->predicate;
	const void *from = asked->count ? asked->values->data : NULL;
	uint32_t size = asked->count ? asked->values->size : 0;
	struct known *known = &work->known[predicate % KNOWN];

	if (known->event == work->event && known->why.predicate == predicate && known->from == from && known->size == size) {
		*why = known->why;
		return;
	}
	find(tables, asked, work, why);
	*known = (struct known){ work->event, from, size, *why };
}

/* Some bytes of the text decide the place, all of it whether it is the same. */
static struct told *
told_place(struct why_work *work, uint32_t predicate, const char *text, uint32_t size)
{
	uint64_t hash = (uint64_t)predicate << 32 | size;

	if (size >= 8)
		hash ^= word_read(text, 8) ^ word_read(text + (size - 8) / 2, 8) << 1 ^ word_read(text + size - 8, 8) << 2;
	else
		hash ^= word_read(text, size);
	return &work->told[hash * UINT64_C(0x9e3779b97f4a7c15) >> 54];
}

_Static_assert(TOLD == 1 << (64 - 54), "a place is 10 bits");

/* By what other events have been asked for. */
static void
find_told(const struct pack_tables *tables, const struct asked *asked, struct why_work *work, struct why *why)
{
	const struct value *value = asked->values;
	struct told *told = told_place(work, why->predicate, value->data, value->size);

	if (told->predicate == why->predicate && told->size == value->size && !memcmp(told->text, value->data, value->size)) {
		*why = told->why;
		why->value = why->value ? value->data : NULL;
		return;
	}
	find(tables, asked, work, why);
	told->predicate = why->predicate;
	told->size = value->size;
	told->why = *why;
	memcpy(told->text, value->data, value->size);
}

static int
is_short_text(const struct asked *asked)
{
	return asked->count == 1 && asked->values->type == VALUE_STRING && asked->values->size &&
	       asked->values->size <= TOLD_TEXT_MAX;
}

void
why_find(const struct pack_tables *tables, uint32_t predicate, const struct event *event, struct why_work *work,
         struct why *why)
{
	const uint32_t slot = tables->predicates[predicate].slot;
	const struct asked asked = asked_of(&tables->predicates[predicate], event);

	*why = (struct why){ .use = PACK_NONE, .slot = slot, .predicate = predicate, .offset = WHY_NOWHERE };
	if (!work)
		find(tables, &asked, NULL, why);
	else if (is_short_text(&asked))
		find_told(tables, &asked, work, why);
	else
		find_known(tables, &asked, work, why);
}

uint32_t
why_collect(const struct pack_tables *tables, uint32_t rule, const struct event *event, const void *scratch,
            struct why_work *work, struct why why[WHY_MAX])
{
	const struct pack_rule *row = &tables->rules[rule];
	uint32_t i, count = 0;

	if (row->group == PACK_NONE)
		return 0;
	for (i = 0; i < row->uses.count && count < WHY_MAX; ++i) {
		const struct pack_use *use = &tables->uses[row->uses.first + i];

		if (use->negated || !scratch_predicate(scratch, use->predicate))
			continue;
		why_find(tables, tables->groups[row->group].predicates.first + use->predicate, event, work,
		         &why[count]);
		why[count++].use = row->uses.first + i;
	}
	return count;
}
