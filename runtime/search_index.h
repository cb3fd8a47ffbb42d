/*
 * search_index.h - values in which many patterns are looked for, as long ones and many leaves are: folded, with a table of
 * where in them each four bytes stand first, so that most patterns cost as many look-ups as they have bytes.
 */
#ifndef SEARCH_INDEX_H
#define SEARCH_INDEX_H

#include <stdint.h>

struct search_text;
struct value;

struct search_indexes; /* of the values of one event that were asked about last */
struct search_index;

enum { SEARCH_INDEX_PATTERN_MAX = 4096 };

struct search_place {
	uint32_t value; /* its number */
	uint32_t offset;
};

struct search_indexes *search_indexes_new(void); /* NULL: no memory */
void search_indexes_free(struct search_indexes *indexes); /* NULL is fine */
void search_indexes_start(struct search_indexes *indexes); /* values may have changed */
/* An index of values, made unless there is one: that goes by where they lie. Borrows their texts until the next start.
 * NULL: no memory, too much text, or a list among them. */
const struct search_index *search_indexes_get(struct search_indexes *indexes, const struct value *values, uint32_t count);
/* 1: the first place of a pattern, folded, in the first value that has it; 0: none has. Of patterns with 1 to
 * SEARCH_INDEX_PATTERN_MAX bytes. */
int search_index_find(const struct search_index *index, struct search_text pattern, struct search_place *place);
#endif
