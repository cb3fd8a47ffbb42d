/*
 * scan_cache.c - results by file identity in a table of small sets; in a set the oldest is replaced.
 *
 * Of a result only what it has is kept, so that a clean file costs little.
 */
#include "scan_cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hold.h"
#include "scan.h"

enum { WAYS = 8 };

struct entry {
	struct hold_key key;
	enum scan_state state;
	uint64_t age, id; /* id: of the scan that is pending */
	struct scan_result *result; /* NULL: failed, or pending */
};

struct scan_cache {
	uint32_t sets; /* a power of two */
	uint64_t clock;
	struct entry entries[];
};

struct scan_cache *
scan_cache_new(uint32_t capacity)
{
	uint32_t sets = 1;
	struct scan_cache *cache;

	while (sets * WAYS < capacity)
		sets *= 2;
	cache = calloc(1, sizeof(*cache) + (size_t)sets * WAYS * sizeof(struct entry));
	if (cache)
		cache->sets = sets;
	return cache;
}

void
scan_cache_clear(struct scan_cache *cache)
{
	for (uint32_t i = 0; i < cache->sets * WAYS; i++)
		free(cache->entries[i].result);
	memset(cache->entries, 0, (size_t)cache->sets * WAYS * sizeof(struct entry));
}

void
scan_cache_free(struct scan_cache *cache)
{
	if (!cache)
		return;
	scan_cache_clear(cache);
	free(cache);
}

static const struct entry *
set_of(const struct scan_cache *cache, const struct hold_key *key)
{
	uint64_t hash = (key->inode * 0x9e3779b97f4a7c15 ^ key->device) * 0x9e3779b97f4a7c15 ^ key->changed_ns;

	hash = (hash ^ hash >> 29) * 0x9e3779b97f4a7c15;
	return cache->entries + (hash >> 40 & (cache->sets - 1)) * WAYS;
}

static const struct entry *
entry_find(const struct scan_cache *cache, const struct hold_key *key)
{
	const struct entry *set = set_of(cache, key);

	for (int i = 0; i < WAYS; i++) {
		if (set[i].state != SCAN_UNKNOWN && !memcmp(&set[i].key, key, sizeof(*key)))
			return &set[i];
	}
	return NULL;
}

/* The entry of key, or the oldest of its set, emptied. */
static struct entry *
entry_claim(struct scan_cache *cache, const struct hold_key *key)
{
	struct entry *entry = (struct entry *)entry_find(cache, key);

	if (!entry) {
		struct entry *set = (struct entry *)set_of(cache, key);

		entry = set;
		for (int i = 1; i < WAYS; i++) {
			if (set[i].age < entry->age)
				entry = &set[i];
		}
	}
	free(entry->result);
	*entry = (struct entry){.key = *key, .age = ++cache->clock};
	return entry;
}

enum scan_state
scan_cache_find(const struct scan_cache *cache, const struct hold_key *key, const struct scan_result **result)
{
	const struct entry *entry = entry_find(cache, key);

	*result = entry ? entry->result : NULL;
	return entry ? entry->state : SCAN_UNKNOWN;
}

void
scan_cache_begin(struct scan_cache *cache, const struct hold_key *key, uint64_t id)
{
	struct entry *entry = entry_claim(cache, key);

	entry->state = SCAN_PENDING;
	entry->id = id;
}

int
scan_cache_end(struct scan_cache *cache, const struct hold_key *key, uint64_t id, const struct scan_result *result)
{
	const struct entry *asked = entry_find(cache, key);
	struct entry *entry;

	if (!asked || asked->state != SCAN_PENDING || asked->id != id)
		return -ENOENT;
	entry = entry_claim(cache, key);
	entry->state = SCAN_DONE;
	if (!result)
		return 0;
	entry->result = malloc(scan_result_size(result));
	if (entry->result)
		memcpy(entry->result, result, scan_result_size(result));
	else
		entry->state = SCAN_UNKNOWN;
	return 0;
}

uint32_t
scan_cache_forsake(struct scan_cache *cache)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < cache->sets * WAYS; i++) {
		if (cache->entries[i].state != SCAN_PENDING)
			continue;
		cache->entries[i].state = SCAN_UNKNOWN;
		count++;
	}
	return count;
}
