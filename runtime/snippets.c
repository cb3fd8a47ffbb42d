/* snippets.c - a hash table of texts in one block of memory. */
#include <stdlib.h>
#include <string.h>

#include "snippets.h"

enum { TEXT_ROOM = 1 << 19, PLACE_BITS = 12, PLACES = 1 << PLACE_BITS, PLACES_USED = PLACES / 4 * 3 };

struct place {
	uint64_t key;
	uint32_t round; /* another one than now: free */
	uint32_t at, size;
};

struct snippets {
	uint32_t round, used, count;
	char *text;
	struct place places[PLACES];
};

struct snippets *
snippets_new(void)
{
	struct snippets *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->round = 1;
	s->text = malloc(TEXT_ROOM);
	if (!s->text) {
		snippets_free(s);
		return NULL;
	}
	return s;
}

void
snippets_free(struct snippets *s)
{
	if (!s)
		return;
	free(s->text);
	free(s);
}

/* Of the key, or the free one that it may have. */
static uint32_t
find_place(const struct snippets *s, uint64_t key)
{
	uint32_t i = (uint32_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> (64 - PLACE_BITS));

	while (s->places[i].round == s->round && s->places[i].key != key)
		i = (i + 1) % PLACES;
	return i;
}

struct snippet
snippets_find(const struct snippets *s, uint64_t key)
{
	const struct place *place = &s->places[find_place(s, key)];

	return place->round == s->round ? (struct snippet){ s->text + place->at, place->size } : (struct snippet){ NULL, 0 };
}

void
snippets_keep(struct snippets *s, uint64_t key, const char *data, size_t size)
{
	if (size > TEXT_ROOM)
		return;
	if (size > TEXT_ROOM - s->used || s->count == PLACES_USED) {
		s->used = s->count = 0;
		++s->round;
	}
	memcpy(s->text + s->used, data, size);
	s->places[find_place(s, key)] = (struct place){ key, s->round, s->used, (uint32_t)size };
	s->used += (uint32_t)size;
	++s->count;
}
