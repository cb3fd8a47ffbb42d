/*
 * packfile_row.h - the checks of a pack's tables have these in common. Used by packfile*.c alone.
 *
 * Include packfile.h first. Functions return 0, or -1 with one line in why.
 */
#ifndef PACKFILE_ROW_H
#define PACKFILE_ROW_H

#include <stdint.h>

struct check {
	struct pack_tables *tables;
	const struct pack_header *header;
	const char *body;
	char *why;
	uint32_t why_size;
};

struct row { /* who names its table */
	const struct check *check;
	const char *who;
	uint32_t number;
};

int check_refuse(const struct check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Texts that are in the strings. */
int row_texts(const struct row *row, const struct pack_text *texts, uint32_t count);
/* A run of a table of count rows; what names it. */
int row_list(const struct row *row, const char *what, const struct pack_list *list, uint32_t count);
int row_index(const struct row *row, const char *what, uint32_t index, uint32_t count);
int row_optional(const struct row *row, const char *what, uint32_t index, uint32_t count); /* or PACK_NONE */
/* A run of PACK_INDICES, each of a table of count rows. */
int row_indices(const struct row *row, const char *what, const struct pack_list *list, uint32_t count);
/* Flags that are known, and the member that is reserved. */
int row_flags(const struct row *row, uint32_t flags, uint32_t known, uint32_t reserved);

/* The correlations of tables whose other rows are checked. */
int pack_correlations_check(const struct check *check);
#endif
