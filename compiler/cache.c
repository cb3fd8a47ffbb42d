/*
 * cache.c - object files by content.
 */
#include "cache.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "file.h"

#define SUFFIX ".o"

_Static_assert(sizeof(crypto_generichash_state) <= sizeof(struct cache_hash), "room for BLAKE2b's state");

void
cache_hash_init(struct cache_hash *hash)
{
	crypto_generichash_init((crypto_generichash_state *)hash->state, NULL, 0, 16);
}

void
cache_hash_add(struct cache_hash *hash, const void *data, size_t size)
{
	const uint64_t length = size;

	crypto_generichash_update((crypto_generichash_state *)hash->state, (const void *)&length, sizeof(length));
	crypto_generichash_update((crypto_generichash_state *)hash->state, data, size);
}

void
cache_hash_key(const struct cache_hash *hash, char key[CACHE_KEY_SIZE])
{
	struct cache_hash copy = *hash;
	uint8_t digest[16];

	crypto_generichash_final((crypto_generichash_state *)copy.state, digest, sizeof(digest));
	sodium_bin2hex(key, CACHE_KEY_SIZE, digest, sizeof(digest));
}

int
cache_open(const char *folder)
{
	int access, error;

	error = folder_make(folder, 0700);
	if (error)
		return error;
	access = file_access_by_others(folder, NULL);
	if (access < 0)
		return access;
	return access & FILE_OTHERS_WRITE ? -EPERM : 0;
}

/* Copies between the cache's file of that key and path. */
static int
entry_copy(const char *folder, const char *key, const char *path, int take)
{
	char *entry;
	int error;

	if (asprintf(&entry, "%s/%s" SUFFIX, folder, key) < 0)
		return -ENOMEM;
	error = take ? file_copy(entry, path) : file_copy(path, entry);
	if (!error && take)
		file_touch(entry);
	free(entry);
	return error;
}

int
cache_take(const char *folder, const char *key, const char *path)
{
	return entry_copy(folder, key, path, 1);
}

int
cache_put(const char *folder, const char *key, const char *path)
{
	return entry_copy(folder, key, path, 0);
}

static int
older_first(const void *a, const void *b)
{
	const struct file_entry *left = a, *right = b;

	return (left->used_ns > right->used_ns) - (left->used_ns < right->used_ns);
}

int
cache_trim(const char *folder, uint64_t limit)
{
	struct file_entry *entries;
	uint64_t total = 0;
	size_t count;
	char *path;
	int error;

	error = folder_list(folder, "", &entries, &count);
	if (error)
		return error;
	for (size_t i = 0; i < count; i++)
		total += entries[i].size;
	if (count > 0)
		qsort(entries, count, sizeof(*entries), older_first);
	for (size_t i = 0; i < count && total > limit; i++) {
		if (asprintf(&path, "%s/%s", folder, entries[i].name) < 0) {
			error = -ENOMEM;
			break;
		}
		if (!remove(path))
			total -= entries[i].size;
		free(path);
	}
	folder_list_free(entries, count);
	return error;
}
