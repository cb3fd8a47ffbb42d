/*
 * scan_known.h - scans of files by whoever asks for a path and cannot tell which file lies there: what was found in a file
 * is remembered until it changes.
 */
#ifndef SCAN_KNOWN_H
#define SCAN_KNOWN_H

#include <stdint.h>

struct scan_cache;
struct scan_limits;
struct scan_result;
struct scanner;

/* As scanner_scan() of scan.h; id is that of the request. */
void scan_known(struct scan_cache *cache, struct scanner *scanner, int fd, const struct scan_limits *limits, uint64_t id,
                struct scan_result *result);
#endif
