/* correlate.c - makes a correlation engine of a pack's tables, and hands state from one pack's to the next's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "correlate.h"
#include "fold.h"
#include "group_table.h"
#include "matches.h"
#include "pack.h"
#include "packfile.h"
#include "pipeline.h"
#include "window.h"
#include "correlate_state.h"

enum { CAUSE_MIN = 4, SECOND_NS = 1000000000 };

/* A count that exceeds all limits need not be known exactly. */
static uint32_t
entries_needed(const struct pack_correlation *row)
{
	double most = 0;
	int i;

	if (row->type != PACK_EVENT_COUNT && row->type != PACK_VALUE_COUNT)
		return UINT32_MAX;
	for (i = 0; i < row->compare_count; ++i)
		most = row->limits[i] > most ? row->limits[i] : most;
	return most < UINT32_MAX - 1.0 ? (uint32_t)most + 1 : UINT32_MAX;
}

static void
describe(struct correlation *correlation, const struct pack_correlation *row)
{
	uint32_t keep = entries_needed(row), causes = row->type == PACK_EVENT_COUNT ? keep : CORRELATE_CAUSE_MAX;

	correlation->row = row;
	correlation->spec = (struct window_spec){ row->type, keep, row->references.count, row->percentile, CORRELATE_LATE_NS };
	correlation->span = row->timespan * SECOND_NS;
	correlation->cause_max = causes < CAUSE_MIN ? CAUSE_MIN : causes < CORRELATE_CAUSE_MAX ? causes : CORRELATE_CAUSE_MAX;
}

static int
make_links(struct correlate *c)
{
	const struct pack_tables *t = c->tables;
	uint32_t i, j, count = 0, *next;

	c->first_links = calloc(t->rule_count + 2, sizeof *c->first_links);
	for (i = 0; c->first_links && i < t->correlation_count; ++i)
		for (j = 0; j < t->correlations[i].references.count; ++j, ++count)
			++c->first_links[t->correlation_references[t->correlations[i].references.first + j].rule + 2];
	c->links = calloc(count + 1, sizeof *c->links);
	if (!c->first_links || !c->links)
		return -ENOMEM;
	/* each rule's count becomes where its links begin; filling them moves that to where it should stand */
	next = c->first_links + 1;
	for (i = 0; i < t->rule_count; ++i)
		next[i + 1] += next[i];
	for (i = 0; i < t->correlation_count; ++i)
		for (j = 0; j < t->correlations[i].references.count; ++j)
			c->links[next[t->correlation_references[t->correlations[i].references.first + j].rule]++] =
				(struct link){ i, j };
	return 0;
}

int
correlate_new(struct correlate **correlate, const struct pack_tables *tables, const struct correlate_config *config)
{
	struct correlate *c;
	uint32_t i;

	*correlate = NULL;
	if (!tables->correlation_count)
		return 0;
	c = calloc(1, sizeof *c);
	if (!c)
		return -ENOMEM;
	c->tables = tables;
	c->config = *config;
	c->correlations = calloc(tables->correlation_count, sizeof *c->correlations);
	c->folded = malloc(FOLD_ROOM(VALUE_TEXT_MAX));
	c->groups = group_table_new(config->memory, tables->correlation_count);
	if (!c->correlations || !c->folded || !c->groups || make_links(c)) {
		correlate_free(c);
		return -ENOMEM;
	}
	for (i = 0; i < tables->correlation_count; ++i)
		describe(&c->correlations[i], &tables->correlations[i]);
	*correlate = c;
	return 0;
}

void
correlate_free(struct correlate *c)
{
	if (!c)
		return;
	group_table_free(c->groups);
	free(c->correlations);
	free(c->first_links);
	free(c->links);
	free(c->folded);
	free(c);
}

int
correlate_wants(const struct correlate *c, const struct matches *matches)
{
	uint32_t i;

	for (i = 0; i < matches->count; ++i)
		if (c->first_links[matches->rows[i].rule] != c->first_links[matches->rows[i].rule + 1])
			return 1;
	return 0;
}

static int
means_the_same(const struct correlate *a, uint32_t i, const struct correlate *b, uint32_t j)
{
	const struct pack_rule *x = &a->tables->rules[a->correlations[i].row->rule];
	const struct pack_rule *y = &b->tables->rules[b->correlations[j].row->rule];

	return !memcmp(x->digest, y->digest, sizeof x->digest) && x->id.size == y->id.size &&
	       !memcmp(pack_text_data(a->tables, x->id), pack_text_data(b->tables, y->id), x->id.size);
}

/* Groups keep their hashes, so the key they were made with goes along. */
static void
take_state(struct correlate *fresh, struct correlate *old, const uint32_t *to)
{
	uint32_t i;

	for (i = 0; i < old->tables->correlation_count; ++i)
		if (to[i] != UINT32_MAX)
			fresh->correlations[to[i]].clock = old->correlations[i].clock;
	group_table_free(fresh->groups);
	fresh->groups = old->groups;
	old->groups = NULL;
	fresh->newest = old->newest;
	fresh->evicted_seen = old->evicted_seen;
	memcpy(fresh->config.key, old->config.key, sizeof fresh->config.key);
}

int
correlate_carry(struct correlate *fresh, struct correlate *old, struct correlate_counters *counters)
{
	uint32_t i, j, carried = 0, count = old ? old->tables->correlation_count : 0;
	uint32_t *to = calloc(count + 1, sizeof *to);

	if (!to)
		return -ENOMEM;
	for (i = 0; i < count; ++i) {
		to[i] = UINT32_MAX;
		for (j = 0; fresh && j < fresh->tables->correlation_count && to[i] == UINT32_MAX; ++j)
			if (means_the_same(old, i, fresh, j))
				to[i] = j;
		carried += to[i] != UINT32_MAX;
	}
	if (fresh && old) {
		if (group_table_renumber(old->groups, to, count, fresh->tables->correlation_count)) {
			free(to);
			return -ENOMEM;
		}
		take_state(fresh, old, to);
	}
	free(to);
	counters->groups = fresh ? group_table_counters(fresh->groups)->groups : 0;
	counters->carried += carried;
	counters->reset += count - carried;
	return 0;
}
