/*
 * etw_names.h - the names of open kernel objects (keys, files), by their address: bounded, the least used go first.
 */
#ifndef ETW_NAMES_H
#define ETW_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct etw_names;

struct etw_names *etw_names_new(void); /* NULL: no memory */
void etw_names_free(struct etw_names *names); /* NULL is fine */
/* Copies the name; another that the object had is forgotten. A key and a file at one address are two objects. */
void etw_names_put(struct etw_names *names, int type, uint64_t object, const char *name, size_t size);
/* *size bytes, valid until the next put; NULL: unknown. */
const char *etw_names_find(struct etw_names *names, int type, uint64_t object, size_t *size);
void etw_names_drop(struct etw_names *names, int type, uint64_t object);
void etw_names_clear(struct etw_names *names);
uint64_t etw_names_evicted(const struct etw_names *names);
#endif
