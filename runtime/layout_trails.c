/* layout_trails.c - finds a line's trail among those with as many quotes, and makes trails of steps. */
#include <stdlib.h>
#include <string.h>

#include "json_index.h"
#include "layout.h"
#include "pack.h"
#include "layout_reading.h"
#include "layout_steps.h"
#include "layout_trails.h"

enum { TRAIL_MAX = 2048, TRAIL_ROOM = 1 << 20, BUCKETS = 1024, WAYS = 4 };

struct bucket { /* lines with as many quotes, modulo BUCKETS */
	uint32_t once;            /* of the last order that had no trail */
	struct trail *ways[WAYS]; /* what came last, first; NULL: nothing yet */
};

struct trails {
	struct bucket buckets[BUCKETS];
	struct trail *table[2 * TRAIL_MAX]; /* by order; NULL: free */
	uint32_t count;
	size_t used;
	char *room; /* for trails, TRAIL_ROOM bytes */
};

struct trails *
trails_new(void)
{
	struct trails *t = calloc(1, sizeof *t);

	if (t && !(t->room = malloc(TRAIL_ROOM))) {
		free(t);
		return NULL;
	}
	return t;
}

void
trails_free(struct trails *t)
{
	if (!t)
		return;
	free(t->room);
	free(t);
}

void
trails_forget(struct trails *t)
{
	memset(t->buckets, 0, sizeof t->buckets);
	memset(t->table, 0, sizeof t->table);
	t->count = 0;
	t->used = 0;
}

static struct bucket *
find_bucket(struct trails *t, const struct reading *reading)
{
	return &t->buckets[reading->index.quote_count % BUCKETS];
}

static void
put_first(struct bucket *bucket, uint32_t from, struct trail *trail)
{
	memmove(bucket->ways + 1, bucket->ways, from * sizeof *bucket->ways);
	bucket->ways[0] = trail;
}

/* Whether the line goes along the trail. */
static int
follow(struct reading *r, const struct trail *trail)
{
	const char *at = r->line, *end = at + r->index.size, *text = trail->text;
	const struct trail_link *link;

	r->item_count = 0;
	for (link = trail->links; at && end - at >= (ptrdiff_t)link->size && same_text(text, at, link->size); ++link) {
		struct value *value = &r->values[link->member];

		at += link->size;
		text += link->size;
		switch (link->kind) {
		case STEP_STRING:
			at = take_string(r, value, at);
			break;
		case LAYOUT_SCALAR:
			at = take_bare(r, value, at);
			break;
		case LAYOUT_LIST:
			at = take_list(r, value, at);
			break;
		default:
			return at == end;
		}
	}
	return 0;
}

const struct trail *
trails_read(struct trails *t, struct reading *reading)
{
	struct bucket *bucket = find_bucket(t, reading);
	struct trail *trail;
	uint32_t i;

	for (i = 0; i < WAYS && (trail = bucket->ways[i]); ++i) {
		if (!follow(reading, trail))
			continue;
		if (i)
			put_first(bucket, i, trail);
		return trail;
	}
	return NULL;
}

static uint64_t
order_of(const uint16_t *path, uint32_t count)
{
	uint64_t order = count;
	uint32_t i;

	for (i = 0; i < count; ++i) {
		order = (order ^ path[i]) * 0x9e3779b97f4a7c15u;
		order ^= order >> 29;
	}
	return order;
}

/* The place in the table of the trail with this order, or a free one. */
static struct trail **
find_place(struct trails *t, uint64_t order)
{
	uint32_t i = (uint32_t)(order % (2 * TRAIL_MAX));

	while (t->table[i] && t->table[i]->order != order)
		i = (i + 1) % (2 * TRAIL_MAX);
	return &t->table[i];
}

/* Room for a trail of so many steps, whose texts have so many bytes; NULL: there is none. */
static struct trail *
new_trail(struct trails *t, uint32_t steps, size_t text_size)
{
	size_t size = sizeof(struct trail) + steps * sizeof(struct trail_link) + text_size;
	struct trail *trail = (struct trail *)(t->room + t->used);

	size = (size + 63) / 64 * 64;
	if (t->count == TRAIL_MAX || TRAIL_ROOM - t->used < size)
		return NULL;
	t->used += size;
	++t->count;
	return trail;
}

/* Steps before a value are one link with the one that ends there. */
static void
add_step(struct trail *trail, const struct step *step, char **text)
{
	struct trail_link *link = &trail->links[trail->link_count];

	link->size += step->size;
	memcpy(*text, step->text, step->size);
	*text += step->size;
	if (!step_is_value(step) && step->kind != STEP_END)
		return;
	link->member = step->member;
	link->kind = step->kind;
	if (step->kind != STEP_END)
		trail->links[++trail->link_count] = (struct trail_link){ 0 };
}

/* A trail of steps; NULL: there is no room for it. */
static struct trail *
make_trail(struct trails *t, const struct steps *steps, const uint16_t *path, uint32_t count)
{
	struct trail *trail;
	size_t text_size = 0;
	uint32_t i;
	char *text;

	for (i = 0; i < count; ++i)
		text_size += steps->steps[path[i]].size;
	trail = new_trail(t, count, text_size);
	if (!trail)
		return NULL;
	text = (char *)&trail->links[count];
	trail->text = text;
	trail->link_count = 0;
	trail->links[0] = (struct trail_link){ 0 };
	for (i = 0; i < count; ++i)
		add_step(trail, &steps->steps[path[i]], &text);
	return trail;
}

void
trails_learn(struct trails *t, const struct reading *reading, const struct steps *steps, uint32_t layout,
             const uint16_t *path, uint32_t count)
{
	struct bucket *bucket = find_bucket(t, reading);
	uint64_t order = order_of(path, count);
	struct trail **place = find_place(t, order);

	if (!*place && bucket->once != (uint32_t)order) {
		bucket->once = (uint32_t)order;
		return;
	}
	if (!*place) {
		*place = make_trail(t, steps, path, count);
		if (!*place) {
			trails_forget(t);
			return;
		}
		(*place)->order = order;
		(*place)->layout = layout;
	}
	put_first(bucket, WAYS - 1, *place);
}
