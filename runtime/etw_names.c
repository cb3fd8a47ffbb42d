/*
 * etw_names.c - a hash of small sets; in a full set the entry that was used longest ago gives way.
 */
#include <stdlib.h>
#include <string.h>

#include "etw_names.h"
#include "text_pool.h"

enum { SETS = 8192, WAYS = 4 }; /* SETS is a power of two */

struct name {
	uint64_t object; /* 0: free */
	uint64_t used;   /* when, in uses of the table */
	char *text;      /* of the pool */
	uint32_t size;
	int type;
};

struct etw_names {
	struct text_pool *pool;
	uint64_t clock, evicted;
	struct name names[SETS][WAYS];
};

struct etw_names *
etw_names_new(void)
{
	struct etw_names *names = calloc(1, sizeof(*names));

	if (!names)
		return NULL;
	names->pool = text_pool_new();
	if (names->pool)
		return names;
	free(names);
	return NULL;
}

void
etw_names_free(struct etw_names *names)
{
	if (!names)
		return;
	text_pool_free(names->pool);
	free(names);
}

static struct name *
set_of(struct etw_names *names, int type, uint64_t object)
{
	return names->names[((object >> 4) * 0x9e3779b97f4a7c15ull + (uint64_t)type) >> 51 & (SETS - 1)];
}

static struct name *
name_find(struct etw_names *names, int type, uint64_t object)
{
	struct name *set = set_of(names, type, object);

	for (int i = 0; object && i < WAYS; i++)
		if (set[i].object == object && set[i].type == type)
			return &set[i];
	return NULL;
}

static void
name_release(struct etw_names *names, struct name *name)
{
	text_drop(names->pool, name->text);
	*name = (struct name){0};
}

/* A free entry of the set, or its oldest. */
static struct name *
name_new(struct etw_names *names, int type, uint64_t object)
{
	struct name *set = set_of(names, type, object), *oldest = set;

	for (int i = 0; i < WAYS; i++) {
		if (!set[i].object)
			return &set[i];
		if (set[i].used < oldest->used)
			oldest = &set[i];
	}
	names->evicted++;
	name_release(names, oldest);
	return oldest;
}

void
etw_names_put(struct etw_names *names, int type, uint64_t object, const char *text, size_t size)
{
	struct name *name = name_find(names, type, object);
	char *copy;

	if (name)
		name_release(names, name);
	if (!object || !size)
		return;
	copy = text_take(names->pool, size);
	if (!copy) {
		names->evicted++;
		return;
	}
	memcpy(copy, text, size);
	*name_new(names, type, object) = (struct name){object, ++names->clock, copy, (uint32_t)size, type};
}

const char *
etw_names_find(struct etw_names *names, int type, uint64_t object, size_t *size)
{
	struct name *name = name_find(names, type, object);

	if (!name)
		return NULL;
	name->used = ++names->clock;
	*size = name->size;
	return name->text;
}

void
etw_names_drop(struct etw_names *names, int type, uint64_t object)
{
	struct name *name = name_find(names, type, object);

	if (name)
		name_release(names, name);
}

void
etw_names_clear(struct etw_names *names)
{
	for (int set = 0; set < SETS; set++)
		for (int i = 0; i < WAYS; i++)
			if (names->names[set][i].object)
				name_release(names, &names->names[set][i]);
}

uint64_t
etw_names_evicted(const struct etw_names *names)
{
	return names->evicted;
}
