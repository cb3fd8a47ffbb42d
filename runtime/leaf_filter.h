/*
 * leaf_filter.h - says of a line of JSON whether a keyword can be in one of its values, without looking at the values.
 *
 * A false alarm is possible, a miss is not, for lines without \u escapes and without
 * characters that fold to ASCII letters (U+212A, U+017F). Time is linear in the line.
 */
#ifndef LEAF_FILTER_H
#define LEAF_FILTER_H

#include <stddef.h>
#include <stdint.h>

struct pack_list;
struct pack_tables;
struct leaf_filter;

/* For count lists of texts, as struct pack_literals has them; without any it finds something in every line. Borrows
 * tables. NULL: no memory. */
struct leaf_filter *leaf_filter_new(const struct pack_tables *tables, const struct pack_list *texts, uint32_t count);
/* The same filter, by what all processors have. */
struct leaf_filter *leaf_filter_new_base(const struct pack_tables *tables, const struct pack_list *texts, uint32_t count);
/* Whether the line shows one of the texts, ASCII letters in either case; always true where they are too many. */
int leaf_filter_finds(const struct leaf_filter *filter, const char *line, size_t size);
/* Sets a bit for each list one of whose texts the line shows, by its number; for all where they are too many. */
void leaf_filter_lists(const struct leaf_filter *filter, const char *line, size_t size, uint64_t *lists);
/* Whether the line has characters that fold to ASCII letters. */
int leaf_filter_folds(const char *line, size_t size);
#endif
