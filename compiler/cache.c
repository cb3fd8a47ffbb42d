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

enum { DIGEST_SIZE = 16 };

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

static char *
entry_path(const char *folder, const char *key)
{
	char *path;

	return asprintf(&path, "%s/%s" SUFFIX, folder, key) < 0 ? NULL : path;
}

/* Reads an entry: the object and a hash of it, so that one which a full disk or a power cut left behind is none. *data is
 * the caller's to free(), *size without the hash. */
static int
entry_read(const char *entry, char **data, size_t *size)
{
	uint8_t digest[DIGEST_SIZE];
	int error = file_read(entry, SIZE_MAX - 1, data, size);

	if (error)
		return error;
	if (*size >= DIGEST_SIZE) {
		*size -= DIGEST_SIZE;
		crypto_generichash(digest, sizeof(digest), (const uint8_t *)*data, *size, NULL, 0);
		if (!memcmp(digest, *data + *size, sizeof(digest))) {
			file_touch(entry);
			return 0;
		}
	}
	free(*data);
	*data = NULL;
	return -ENOENT;
}

int
cache_take(const char *folder, const char *key, const char *path)
{
	char *entry = entry_path(folder, key), *data = NULL;
	size_t size;
	int error = entry ? entry_read(entry, &data, &size) : -ENOMEM;

	if (!error)
		error = file_write(path, data, size, 0644);
	free(data);
	free(entry);
	return error;
}

int
cache_find(const char *folder, const char *key, char **path)
{
	char *entry = entry_path(folder, key), *data = NULL;
	size_t size;
	int error = entry ? entry_read(entry, &data, &size) : -ENOMEM;

	*path = error ? NULL : file_absolute(entry);
	if (!error && !*path)
		error = -ENOMEM;
	free(data);
	free(entry);
	return error;
}

int
cache_put(const char *folder, const char *key, const char *path)
{
	char *entry = entry_path(folder, key), *data = NULL, *whole = NULL;
	size_t size;
	int error = entry ? file_read(path, SIZE_MAX - DIGEST_SIZE - 1, &data, &size) : -ENOMEM;

	if (!error && !(whole = realloc(data, size + DIGEST_SIZE)))
		error = -ENOMEM;
	if (!error) {
		data = whole;
		crypto_generichash((uint8_t *)data + size, DIGEST_SIZE, (const uint8_t *)data, size, NULL, 0);
		error = file_write(entry, data, size + DIGEST_SIZE, 0644);
	}
	free(data);
	free(entry);
	return error;
}

static int
older_first(const void *a, const void *b)
{
	const struct file_entry *left = a, *right = b;

	return (left->used_ns > right->used_ns) - (left->used_ns < right->used_ns);
}

/* Our entries, and what a killed rsnlc left of one: whatever else stands in the folder is not ours to remove. */
static int
is_entry(const char *name)
{
	const size_t digits = CACHE_KEY_SIZE - 1;

	return strspn(name, "0123456789abcdef") == digits && !strncmp(name + digits, SUFFIX, sizeof(SUFFIX) - 1);
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
		total += is_entry(entries[i].name) ? entries[i].size : 0;
	if (count > 0)
		qsort(entries, count, sizeof(*entries), older_first);
	for (size_t i = 0; i < count && total > limit; i++) {
		if (!is_entry(entries[i].name))
			continue;
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
