/*
 * etw_path.h - paths as the kernel has them (\Device\HarddiskVolume3\x) as people and rules write them (C:\x).
 */
#ifndef ETW_PATH_H
#define ETW_PATH_H

#include <stddef.h>
#include <stdint.h>

struct etw_paths;
struct etw_system;

/* system is borrowed. NULL: no memory. */
struct etw_paths *etw_paths_new(const struct etw_system *system);
void etw_paths_free(struct etw_paths *paths); /* NULL is fine */
/* The path of a file, as far as the system knows its device; 8.3 names in full. time: as in struct etw_event; devices
 * that the system did not know are asked for again after a minute. At most room bytes; how many. */
size_t etw_path(struct etw_paths *paths, uint64_t time, const char *nt, size_t size, char *path, size_t room);
#endif
