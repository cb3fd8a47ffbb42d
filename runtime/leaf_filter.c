/*
 * leaf_filter.c - looks for some texts at once: a few by triples, where the processor can; the others by windows: every few
 * bytes of the line, four bytes (fewer where a text has fewer) are looked up among those of the texts. No text is so short
 * that it could lie between two such places.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "leaf_filter.h"
#include "leaf_triples.h"
#include "packfile.h"
#include "rarity.h"

enum { WINDOW_BYTES = 4, SHORTEST = 2, SLOT_BITS = 13, SLOTS = 1 << SLOT_BITS, STEP_MAX = 16, WINDOW_MAX = 2048 };
enum { MARK_BITS = 16, MARK_WORDS = (1 << MARK_BITS) / 64 };
enum { SHORT_MAX = 5 }; /* of texts that are not to make steps short, where there are many others */

struct window {
	struct leaf_text text; /* at: where the window is in it */
	uint32_t bytes, slot;
};

struct leaf_filter {
	int all;                /* every line has every list: the texts are too many or too short */
	uint32_t list_count;
	uint32_t step;          /* bytes from one place to the next */
	uint32_t window_bytes, window_mask, window_count;
	uint32_t factor;        /* of hashes: what it shifts out is behind a window's bytes */
	uint64_t marks[MARK_WORDS]; /* a bit by hash: whether there is a window ... */
	uint16_t slots[SLOTS];  /* ... and, by the hash's first bits, the first of them */
	struct leaf_triples triples;
	struct window windows[];
};

struct plan { /* which texts are found in which way */
	const struct pack_tables *tables;
	const struct pack_list *lists;
	uint32_t list_count;
	uint32_t few_max; /* texts up to this size are looked for by triples, longer ones by windows */
	uint32_t few, many, shortest; /* how many texts are; the shortest of those with windows */
};

/* Letters in either case. */
static inline uint32_t
fold_bytes(uint32_t bytes)
{
	return bytes | 0x20202020;
}

/* A window's hash is its bytes, folded, times the factor. */
static inline uint32_t
hash_slot(uint32_t hash)
{
	return hash >> (32 - SLOT_BITS);
}

static inline uint32_t
hash_mark(uint32_t hash)
{
	return hash >> (32 - MARK_BITS);
}

/* Whether there may be a window with the hash. */
static inline int
is_marked(const struct leaf_filter *f, uint32_t hash)
{
	return (f->marks[hash_mark(hash) / 64] & UINT64_C(1) << hash_mark(hash) % 64) != 0;
}

/* Reads WINDOW_BYTES. */
static inline uint32_t
read_bytes(const char *at)
{
	uint32_t bytes;

	memcpy(&bytes, at, sizeof bytes);
	return fold_bytes(bytes);
}

static int
compare_windows(const void *a, const void *b)
{
	const struct window *x = a, *y = b;

	return x->slot < y->slot ? -1 : x->slot > y->slot;
}

/* How seldom lines have the window at text. */
static uint32_t
window_rarity(const struct leaf_filter *f, const char *text)
{
	static const uint8_t worth[RARITY_MOST + 1] = { 0, 0, 1, 1, 1, 3 };
	uint32_t i, sum = 0;

	for (i = 0; i < f->window_bytes; ++i)
		sum += worth[byte_rarity((uint8_t)text[i])];
	return sum;
}

/* Where in a text its windows begin, one at each of step places in a row: so that the most usual is seldom, then all. */
static uint32_t
choose_place(const struct leaf_filter *f, const char *text, uint32_t size)
{
	uint32_t first, at, rarity, least, sum, best = 0, best_worth = 0;

	for (first = 0; first + f->step + f->window_bytes <= size + 1; ++first) {
		for (at = first, least = 255, sum = 0; at < first + f->step; ++at) {
			rarity = window_rarity(f, text + at);
			least = rarity < least ? rarity : least;
			sum += rarity;
		}
		if (least * 1024 + sum > best_worth) {
			best_worth = least * 1024 + sum;
			best = first;
		}
	}
	return best;
}

static void
add_windows(struct leaf_filter *f, const struct leaf_text *text)
{
	const char *data = (const char *)text->data;
	uint32_t first = choose_place(f, data, text->size), at, bytes;

	for (at = first; at < first + f->step; ++at) {
		bytes = 0;
		memcpy(&bytes, data + at, f->window_bytes);
		bytes = fold_bytes(bytes) & f->window_mask;
		f->windows[f->window_count++] = (struct window){ { text->data, text->size, at, text->list }, bytes,
			hash_slot(bytes * f->factor) };
	}
}

static struct leaf_text
plan_text(const struct plan *plan, uint32_t list, uint32_t number)
{
	struct pack_text text = plan->tables->texts[plan->lists[list].first + number];

	return (struct leaf_text){ (const uint8_t *)pack_text_data(plan->tables, text), text.size, 0, list };
}

static int
is_few(const struct plan *plan, const struct leaf_text *text)
{
	return text->size <= plan->few_max && text->size >= LEAF_TRIPLE;
}

static void
divide(struct plan *plan, uint32_t few_max)
{
	struct leaf_text text;
	uint32_t i, j;

	plan->few_max = few_max;
	plan->few = plan->many = 0;
	plan->shortest = STEP_MAX;
	for (i = 0; i < plan->list_count; ++i)
		for (j = 0; j < plan->lists[i].count; ++j) {
			text = plan_text(plan, i, j);
			if (is_few(plan, &text)) {
				++plan->few;
				continue;
			}
			++plan->many;
			plan->shortest = text.size < plan->shortest ? text.size : plan->shortest;
		}
}

static struct plan
make_plan(const struct pack_tables *tables, const struct pack_list *lists, uint32_t count, int triples)
{
	struct plan plan = { .tables = tables, .lists = lists, .list_count = count };

	divide(&plan, UINT32_MAX);
	if (triples && plan.few > LEAF_TRIPLES_TEXTS)
		divide(&plan, SHORT_MAX);
	if (!triples || plan.few > LEAF_TRIPLES_TEXTS)
		divide(&plan, 0);
	return plan;
}

static void
sort_windows(struct leaf_filter *f)
{
	uint32_t i, mark;

	qsort(f->windows, f->window_count, sizeof *f->windows, compare_windows);
	for (i = f->window_count; i--;) {
		mark = hash_mark(f->windows[i].bytes * f->factor);
		f->marks[mark / 64] |= UINT64_C(1) << mark % 64;
		f->slots[f->windows[i].slot] = (uint16_t)i;
	}
}

static void
fill(struct leaf_filter *f, const struct plan *plan)
{
	struct leaf_text few[LEAF_TRIPLES_TEXTS], text;
	uint32_t i, j, few_count = 0;

	for (i = 0; i < plan->list_count; ++i)
		for (j = 0; j < plan->lists[i].count; ++j) {
			text = plan_text(plan, i, j);
			if (is_few(plan, &text))
				few[few_count++] = text;
			else
				add_windows(f, &text);
		}
	leaf_triples_init(&f->triples, few, few_count);
	sort_windows(f);
}

static struct leaf_filter *
make_filter(const struct plan *plan)
{
	uint32_t bytes = plan->shortest < WINDOW_BYTES ? plan->shortest : WINDOW_BYTES, step = plan->shortest - bytes + 1;
	int all = !(plan->few + plan->many) || plan->shortest < SHORTEST || plan->many > WINDOW_MAX / step;
	struct leaf_filter *f = calloc(1, sizeof *f + (all ? 0 : plan->many * step * sizeof *f->windows));

	if (!f)
		return NULL;
	f->all = all;
	f->step = step;
	f->list_count = plan->list_count;
	f->window_bytes = bytes;
	f->window_mask = 0xffffffff >> 8 * (WINDOW_BYTES - bytes) % 32;
	f->factor = 0x9e3779b1u << 8 * (WINDOW_BYTES - bytes) % 32;
	if (!all)
		fill(f, plan);
	return f;
}

struct leaf_filter *
leaf_filter_new(const struct pack_tables *tables, const struct pack_list *texts, uint32_t count)
{
	const struct plan plan = make_plan(tables, texts, count, leaf_triples_work());

	return make_filter(&plan);
}

struct leaf_filter *
leaf_filter_new_base(const struct pack_tables *tables, const struct pack_list *texts, uint32_t count)
{
	const struct plan plan = make_plan(tables, texts, count, 0);

	return make_filter(&plan);
}

/* Whether a text has its window, which has these bytes, at place. With lists those of such texts are added instead. */
static int
has_window(const struct leaf_filter *f, const char *line, size_t size, size_t place, uint32_t bytes, uint64_t *lists)
{
	const uint32_t slot = hash_slot(bytes * f->factor);
	const struct window *window = &f->windows[f->slots[slot]], *end = f->windows + f->window_count;

	for (bytes &= f->window_mask; window < end && window->slot == slot; ++window) {
		if (window->bytes != bytes || (lists && lists[window->text.list / 64] >> window->text.list % 64 & 1) ||
		    !leaf_text_fits(&window->text, line, size, place))
			continue;
		if (!lists)
			return 1;
		lists[window->text.list / 64] |= 1ull << window->text.list % 64;
	}
	return 0;
}

/* The last places, where fewer bytes may be left than are read at once. */
static int
finds_at_end(const struct leaf_filter *f, const char *line, size_t size, size_t at, uint64_t *lists)
{
	uint32_t bytes;
	size_t left;

	for (; at + f->window_bytes <= size; at += f->step) {
		left = size - at < WINDOW_BYTES ? size - at : WINDOW_BYTES;
		bytes = 0;
		memcpy(&bytes, line + at, left);
		bytes = fold_bytes(bytes);
		if (is_marked(f, bytes * f->factor) && has_window(f, line, size, at, bytes, lists))
			return 1;
	}
	return 0;
}

static int
finds_window(const struct leaf_filter *f, const char *line, size_t size, uint64_t *lists)
{
	const size_t step = f->step, end = size < WINDOW_BYTES ? 0 : size - WINDOW_BYTES + 1;
	const uint32_t factor = f->factor;
	uint32_t bytes;
	size_t at;

	for (at = 0; at < end; at += step) {
		bytes = read_bytes(line + at);
		if (is_marked(f, bytes * factor) && has_window(f, line, size, at, bytes, lists))
			return 1;
	}
	return finds_at_end(f, line, size, at, lists);
}

/* lists: NULL, or all are wanted and 0 is returned. */
static int
finds(const struct leaf_filter *f, const char *line, size_t size, uint64_t *lists)
{
	return (f->triples.count && leaf_triples_find(&f->triples, line, size, lists)) ||
	       (f->window_count && finds_window(f, line, size, lists));
}

int
leaf_filter_finds(const struct leaf_filter *f, const char *line, size_t size)
{
	return f->all || finds(f, line, size, NULL);
}

void
leaf_filter_lists(const struct leaf_filter *f, const char *line, size_t size, uint64_t *lists)
{
	uint32_t i;

	for (i = 0; f->all && i < f->list_count; ++i)
		lists[i / 64] |= 1ull << i % 64;
	finds(f, line, size, lists);
}

int
leaf_filter_folds(const char *line, size_t size)
{
	const char *end = line + size, *at;

	for (at = line; (at = memchr(at, '\xc5', (size_t)(end - at))); ++at) /* U+017F, a long s */
		if (end - at > 1 && at[1] == '\xbf')
			return 1;
	for (at = line; (at = memchr(at, '\xe2', (size_t)(end - at))); ++at) /* U+212A, the sign of Kelvin */
		if (end - at > 2 && at[1] == '\x84' && at[2] == '\xaa')
			return 1;
	return 0;
}
