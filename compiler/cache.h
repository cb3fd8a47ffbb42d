/*
 * cache.h - objects and what they were linked to, by content, so that what was compiled once is not compiled again.
 *
 * A folder of files whose names are the hash of all that decides their bytes. Several rsnlc may use it at once.
 */
#ifndef CACHE_H
#define CACHE_H

#include <stddef.h>
#include <stdint.h>

enum { CACHE_KEY_SIZE = 33 }; /* room for a key: 32 hex digits */

#define CACHE_LIMIT (UINT64_C(2) << 30) /* bytes a cache may hold after a run */

struct cache_hash { /* of the parts of a key */
	_Alignas(64) unsigned char state[384];
};

void cache_hash_init(struct cache_hash *hash);
void cache_hash_add(struct cache_hash *hash, const void *data, size_t size); /* parts do not run into one another */
void cache_hash_key(const struct cache_hash *hash, char key[CACHE_KEY_SIZE]); /* hash may go on afterwards */

/* Makes the folder. 0, a negative errno, or -EPERM if others could have put objects there. */
int cache_open(const char *folder);
/* Copies the entry of that key to path and marks it used. -ENOENT: there is none, or it is damaged. */
int cache_take(const char *folder, const char *key, const char *path);
/* As cache_take, but nothing is copied: *path is the entry's own, absolute, the caller's to free(). An object file in it
 * is followed by a hash, which linkers do not read. */
int cache_find(const char *folder, const char *key, char **path);
int cache_put(const char *folder, const char *key, const char *path);
/* Removes the entries that were not used for longest until at most limit bytes of them are left. Other files stay. */
int cache_trim(const char *folder, uint64_t limit);
#endif
