/*
 * scan_cache.h - what scans of files found, by the file's device, inode and change time. Bounded; the oldest goes.
 */
#ifndef SCAN_CACHE_H
#define SCAN_CACHE_H

#include <stddef.h>
#include <stdint.h>

struct hold_key;
struct scan_result;

enum scan_state { SCAN_UNKNOWN, SCAN_PENDING, SCAN_DONE };

struct scan_cache;

struct scan_cache *scan_cache_new(uint32_t capacity); /* NULL: no memory */
void scan_cache_free(struct scan_cache *cache);       /* NULL is fine */
/* What is known of a file. With SCAN_DONE *result is it, the cache's, valid until the next call; NULL when the scan
 * failed. */
enum scan_state scan_cache_find(const struct scan_cache *cache, const struct hold_key *key,
                                const struct scan_result **result);
/* A scan was asked for, under that number. */
void scan_cache_begin(struct scan_cache *cache, const struct hold_key *key, uint64_t id);
/* Scans that were asked for will not end (their process died): they are unknown again. How many. */
uint32_t scan_cache_forsake(struct scan_cache *cache);
/* The scan of that number ended; result NULL: it failed. Copies it. 0, or -ENOENT when none of that number was asked for
 * since the last clear: a result of other rules, or made up, is not kept. */
int scan_cache_end(struct scan_cache *cache, const struct hold_key *key, uint64_t id, const struct scan_result *result);
/* Forgets all (another pack has other YARA rules). */
void scan_cache_clear(struct scan_cache *cache);
#endif
