/*
 * data_set.h - fills the tables of hashes that the image looks into (packrt_data.h).
 */
#ifndef DATA_SET_H
#define DATA_SET_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct data_set;
struct hashed;

/* Bytes from the head on, lines included, where the head stands at a place of DATA. */
size_t data_set_size(size_t place, uint32_t count);

/* Fills a table there, all zero so far, from so many different hashes, ascending. The head's subdomains and labels are the
 * caller's. */
void data_set_fill(struct arena *arena, struct data_set *set, size_t place, const struct hashed *items, uint32_t count);
#endif
