/* matches.c - collects the matches of one event and puts them in order. */
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "matches.h"
#include "packfile.h"
#include "why.h"

void
matches_done(struct matches *matches)
{
	uint32_t i;

	for (i = 0; i < matches->room; ++i)
		free(matches->rows[i].why);
	free(matches->rows);
	capture_free(matches->capture);
	*matches = (struct matches){ 0 };
}

void
matches_start(struct matches *matches)
{
	matches->count = 0;
	if (matches->capture)
		matches->capture->field_count = matches->capture->text_count = matches->capture->size = matches->capture->cut = 0;
}

static int
grow(struct matches *matches)
{
	uint32_t room = matches->room ? matches->room * 2 : 16, i;
	struct match *rows = realloc(matches->rows, room * sizeof *rows);

	if (!rows)
		return -1;
	matches->rows = rows;
	for (i = matches->room; i < room; ++i) {
		rows[i].why = calloc(WHY_MAX, sizeof *rows[i].why);
		if (!rows[i].why)
			return -1;
		matches->room = i + 1;
	}
	return 0;
}

struct match *
matches_add(struct matches *matches, uint32_t rule)
{
	uint32_t i;

	for (i = 0; i < matches->count; ++i)
		if (matches->rows[i].rule == rule)
			return NULL;
	if (matches->count == matches->room && grow(matches))
		return NULL;
	matches->rows[matches->count].rule = rule;
	matches->rows[matches->count].why_count = 0;
	matches->rows[matches->count].field_count = 0;
	return &matches->rows[matches->count++];
}

/* Puts row i behind the rows that are kept, and the one there in its place: rows keep their memory for why. */
static void
keep_row(struct matches *matches, uint32_t i, uint32_t *kept)
{
	struct match row = matches->rows[*kept];

	matches->rows[(*kept)++] = matches->rows[i];
	matches->rows[i] = row;
}

void
matches_drop_expired(struct matches *matches, const struct pack_tables *tables, uint64_t time)
{
	uint32_t i, kept = 0;

	for (i = 0; i < matches->count; ++i) {
		uint64_t expires = tables->rules[matches->rows[i].rule].expires;

		if (!expires || time / 1000000000 <= expires)
			keep_row(matches, i, &kept);
	}
	matches->count = kept;
}

uint32_t
matches_drop_silent(struct matches *matches, const struct pack_tables *tables)
{
	uint32_t i, kept = 0, dropped;

	for (i = 0; i < matches->count; ++i)
		if (!(tables->rules[matches->rows[i].rule].flags & PACK_RULE_SILENT))
			keep_row(matches, i, &kept);
	dropped = matches->count - kept;
	matches->count = kept;
	return dropped;
}

static int
stands_after(const struct pack_tables *tables, const struct match *a, const struct match *b)
{
	const struct pack_rule *x = &tables->rules[a->rule], *y = &tables->rules[b->rule];

	if (x->level != y->level)
		return x->level < y->level;
	return strcmp(pack_text_data(tables, x->id), pack_text_data(tables, y->id)) > 0;
}

void
matches_sort(struct matches *matches, const struct pack_tables *tables)
{
	struct match row;
	uint32_t i, j;

	for (i = 1; i < matches->count; ++i) {
		row = matches->rows[i];
		for (j = i; j && stands_after(tables, &matches->rows[j - 1], &row); --j)
			matches->rows[j] = matches->rows[j - 1];
		matches->rows[j] = row;
	}
}
