/*
 * leaf_filter.c - looks for a few texts at once: every few bytes of the line, four bytes (fewer where a text has fewer)
 * are looked up among those of the texts. No text is so short that it could lie between two such places.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "leaf_filter.h"
#include "packfile.h"

enum { WINDOW_BYTES = 4, SHORTEST = 2, SLOT_BITS = 12, SLOTS = 1 << SLOT_BITS, STEP_MAX = 16, WINDOW_MAX = 2048 };

struct window {
	const uint8_t *text; /* folded */
	uint32_t size, at;   /* at: where the window is in it */
	uint32_t slot;
};

struct leaf_filter {
	uint32_t step;          /* bytes from one place to the next; 0: the texts are too many or too short */
	uint32_t window_bytes, window_mask, window_count;
	uint16_t slots[SLOTS];  /* by hash: 1 + the first window, 0: none */
	struct window windows[];
};

/* Of a window's bytes, letters in either case. */
static inline uint32_t
bytes_slot(const struct leaf_filter *f, uint32_t bytes)
{
	return (((bytes | 0x20202020) & f->window_mask) * 0x9e3779b1) >> (32 - SLOT_BITS);
}

/* Reads WINDOW_BYTES. */
static inline uint32_t
window_slot(const struct leaf_filter *f, const char *at)
{
	uint32_t bytes;

	memcpy(&bytes, at, sizeof bytes);
	return bytes_slot(f, bytes);
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
	uint32_t i, rarity = 0;

	for (i = 0; i < f->window_bytes; ++i)
		if (!strchr("etaoinrslcdu0123456789 .-/_", text[i]))
			rarity += (unsigned char)(text[i] - 'a') < 26 ? 1 : 3;
	return rarity;
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
add_windows(struct leaf_filter *f, const char *text, uint32_t size)
{
	uint32_t first = choose_place(f, text, size), at, bytes;

	for (at = first; at < first + f->step; ++at) {
		bytes = 0;
		memcpy(&bytes, text + at, f->window_bytes);
		f->windows[f->window_count++] = (struct window){ (const uint8_t *)text, size, at, bytes_slot(f, bytes) };
	}
}

struct leaf_filter *
leaf_filter_new(const struct pack_tables *tables, const struct pack_list *texts)
{
	const struct pack_text *text = tables->texts + texts->first;
	uint32_t i, shortest = STEP_MAX, bytes, step;
	struct leaf_filter *f;

	for (i = 0; i < texts->count; ++i)
		shortest = text[i].size < shortest ? text[i].size : shortest;
	bytes = shortest < WINDOW_BYTES ? shortest : WINDOW_BYTES;
	step = shortest < SHORTEST ? 0 : shortest - bytes + 1;
	step = texts->count * step > WINDOW_MAX ? 0 : step;
	f = calloc(1, sizeof *f + texts->count * step * sizeof *f->windows);
	if (!f)
		return NULL;
	f->step = step;
	f->window_bytes = bytes;
	f->window_mask = 0xffffffff >> 8 * (WINDOW_BYTES - bytes) % 32;
	for (i = 0; step && i < texts->count; ++i)
		add_windows(f, pack_text_data(tables, text[i]), text[i].size);
	qsort(f->windows, f->window_count, sizeof *f->windows, compare_windows);
	for (i = f->window_count; i--;)
		f->slots[f->windows[i].slot] = (uint16_t)(i + 1);
	return f;
}

static int
window_fits(const struct window *window, const char *line, size_t size, size_t place)
{
	const char *at = line + place - window->at;
	uint32_t i;

	if (place < window->at || size - (place - window->at) < window->size)
		return 0;
	for (i = 0; i < window->size; ++i)
		if ((at[i] >= 'A' && at[i] <= 'Z' ? at[i] | 0x20 : at[i]) != (char)window->text[i])
			return 0;
	return 1;
}

/* Whether a text has its window at place, of those whose slot is this. */
static int
fits_at(const struct leaf_filter *f, const char *line, size_t size, size_t place, uint32_t slot)
{
	uint32_t i;

	for (i = f->slots[slot]; i && i <= f->window_count && f->windows[i - 1].slot == slot; ++i)
		if (window_fits(&f->windows[i - 1], line, size, place))
			return 1;
	return 0;
}

/* The last places, where fewer bytes may be left than are read at once. */
static int
finds_at_end(const struct leaf_filter *f, const char *line, size_t size, size_t at)
{
	uint32_t bytes;
	size_t left;

	for (; at + f->window_bytes <= size; at += f->step) {
		left = size - at < WINDOW_BYTES ? size - at : WINDOW_BYTES;
		bytes = 0;
		memcpy(&bytes, line + at, left);
		if (fits_at(f, line, size, at, bytes_slot(f, bytes)))
			return 1;
	}
	return 0;
}

int
leaf_filter_finds(const struct leaf_filter *f, const char *line, size_t size)
{
	const size_t step = f->step;
	size_t at = 0, i;

	if (!step)
		return 1;
	for (; at + 3 * step + WINDOW_BYTES <= size; at += 4 * step) {
		if (!(f->slots[window_slot(f, line + at)] | f->slots[window_slot(f, line + at + step)] |
		      f->slots[window_slot(f, line + at + 2 * step)] | f->slots[window_slot(f, line + at + 3 * step)]))
			continue;
		for (i = at; i < at + 4 * step; i += step)
			if (fits_at(f, line, size, i, window_slot(f, line + i)))
				return 1;
	}
	return finds_at_end(f, line, size, at);
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
