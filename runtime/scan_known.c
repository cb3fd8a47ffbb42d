/*
 * scan_known.c - a file's identity, then the cache, then the scanner.
 */
#include "scan_known.h"

#include <string.h>

#include "contents.h"
#include "hold.h"
#include "scan.h"
#include "scan_cache.h"

/* Whether what is known answers a request with these limits. */
static int
answers(const struct scan_result *known, const struct scan_limits *limits)
{
	return known && (!limits->want_hashes || known->flags & SCAN_HASHED || known->bytes > limits->hash_max);
}

void
scan_known(struct scan_cache *cache, struct scanner *scanner, int fd, const struct scan_limits *limits, uint64_t id,
           struct scan_result *result)
{
	const struct scan_result *known = NULL;
	struct contents file;
	struct hold_key key;

	if (contents_know(fd, &file)) {
		scanner_scan(scanner, fd, limits, result);
		return;
	}
	key = (struct hold_key){file.device, file.inode, file.changed_ns};
	if (scan_cache_find(cache, &key, &known) == SCAN_DONE && answers(known, limits)) {
		memcpy(result, known, scan_result_size(known));
		return;
	}
	scanner_scan(scanner, fd, limits, result);
	scan_cache_begin(cache, &key, id);
	scan_cache_end(cache, &key, id, result->flags & (SCAN_FAILED | SCAN_TIMEOUT) ? NULL : result);
}
