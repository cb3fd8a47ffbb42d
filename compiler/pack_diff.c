/*
 * pack_diff.c - the rules that two packs have and do not have in common.
 */
#include "packfile.h"
#include "diag.h"
#include "ir.h"
#include "unseal.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "pack_diff.h"

static const char *const levels[] = {"informational", "low", "medium", "high", "critical"};

struct pair { /* a rule of the old pack and the same of the new one */
	const struct pack_tables *tables[2];
	const struct pack_rule *rules[2];
};

static const struct pack_rule *
rule_at(const struct pack_side *side, size_t index)
{
	return &side->pack.tables.rules[side->rules[index]];
}

static int
id_compare(const struct pack_tables *one, const struct pack_rule *left, const struct pack_tables *two,
           const struct pack_rule *right)
{
	return strcmp(pack_text_data(one, left->id), pack_text_data(two, right->id));
}

static int
order_compare(const void *one, const void *two, void *data)
{
	const struct pack_tables *tables = data;

	return id_compare(tables, &tables->rules[*(const uint32_t *)one], tables, &tables->rules[*(const uint32_t *)two]);
}

void
pack_side_rules(struct pack_side *side, struct arena *arena)
{
	struct pack_tables *tables = &side->pack.tables;
	uint32_t *rules = arena_alloc(arena, (tables->rule_count + 1) * sizeof(*rules));

	side->rule_count = 0;
	for (uint32_t i = 0; i < tables->rule_count; i++)
		if (tables->rules[i].engine != PACK_IOC)
			rules[side->rule_count++] = i;
	qsort_r(rules, side->rule_count, sizeof(*rules), order_compare, tables);
	side->rules = rules;
}

static int
text_differs(const struct pair *pair, struct pack_text old, struct pack_text new)
{
	return old.size != new.size ||
	       memcmp(pack_text_data(pair->tables[0], old), pack_text_data(pair->tables[1], new), old.size);
}

static int
list_differs(const struct pair *pair, struct pack_list old, struct pack_list new)
{
	if (old.count != new.count)
		return 1;
	for (uint32_t i = 0; i < old.count; i++)
		if (text_differs(pair, pair->tables[0]->texts[old.first + i], pair->tables[1]->texts[new.first + i]))
			return 1;
	return 0;
}

static int
slot_differs(const struct pair *pair, uint32_t old, uint32_t new)
{
	if (old == PACK_NONE || new == PACK_NONE)
		return old != new;
	return text_differs(pair, pair->tables[0]->slots[old].name, pair->tables[1]->slots[new].name);
}

static const struct pack_predicate *
predicate_of(const struct pair *pair, int side, uint32_t use)
{
	const struct pack_tables *tables = pair->tables[side];
	const struct pack_rule *rule = pair->rules[side];

	return &tables->predicates[tables->groups[rule->group].predicates.first +
	                           tables->uses[rule->uses.first + use].predicate];
}

static int
use_differs(const struct pair *pair, uint32_t number)
{
	const struct pack_use *old = &pair->tables[0]->uses[pair->rules[0]->uses.first + number];
	const struct pack_use *new = &pair->tables[1]->uses[pair->rules[1]->uses.first + number];
	const struct pack_predicate *was = predicate_of(pair, 0, number), *is = predicate_of(pair, 1, number);

	return text_differs(pair, old->part, new->part) || old->negated != new->negated || was->op != is->op ||
	       was->flags != is->flags || was->part != is->part || slot_differs(pair, was->slot, is->slot) ||
	       slot_differs(pair, was->other, is->other) || list_differs(pair, was->values, is->values);
}

static int
detection_differs(const struct pair *pair)
{
	if (pair->rules[0]->uses.count != pair->rules[1]->uses.count)
		return 1;
	for (uint32_t i = 0; pair->rules[0]->group != PACK_NONE && pair->rules[1]->group != PACK_NONE &&
	                     i < pair->rules[0]->uses.count; i++)
		if (use_differs(pair, i))
			return 1;
	return 0;
}

static int
logsource_differs(const struct pair *pair)
{
	const struct pack_rule *old = pair->rules[0], *new = pair->rules[1];
	const struct pack_group *was, *is;

	if (old->group == PACK_NONE || new->group == PACK_NONE)
		return old->group != new->group;
	was = &pair->tables[0]->groups[old->group];
	is = &pair->tables[1]->groups[new->group];
	return text_differs(pair, was->product, is->product) || text_differs(pair, was->category, is->category) ||
	       text_differs(pair, was->service, is->service);
}

static int
prose_differs(const struct pair *pair)
{
	const struct pack_rule *old = pair->rules[0], *new = pair->rules[1];

	return text_differs(pair, old->status, new->status) || text_differs(pair, old->version, new->version) ||
	       text_differs(pair, old->author, new->author) || text_differs(pair, old->license, new->license) ||
	       text_differs(pair, old->description, new->description) ||
	       list_differs(pair, old->references, new->references) || text_differs(pair, old->note, new->note);
}

static void
part_print(FILE *out, int differs, const char *name, size_t *count)
{
	if (!differs)
		return;
	fprintf(out, "%s%s", *count ? "; " : " ", name);
	++*count;
}

/* What of the rule is other; a condition is seen by the digest alone. Returns how many parts. */
static size_t
parts_print(FILE *out, const struct pair *pair)
{
	const struct pack_rule *old = pair->rules[0], *new = pair->rules[1];
	int other = memcmp(old->digest, new->digest, sizeof(old->digest)) || old->flags != new->flags ||
	            old->engine != new->engine;
	int detection = detection_differs(pair), logsource = logsource_differs(pair), prose = prose_differs(pair);
	int title = text_differs(pair, old->title, new->title), tags = list_differs(pair, old->tags, new->tags);
	int level = old->level != new->level;
	size_t count = 0;

	part_print(out, logsource, "logsource", &count);
	part_print(out, detection || (other && !logsource && !prose && !title && !tags && !level), "detection", &count);
	if (level)
		fprintf(out, "%slevel %s -> %s", count++ ? "; " : " ", levels[old->level], levels[new->level]);
	part_print(out, title, "title", &count);
	part_print(out, tags, "tags", &count);
	part_print(out, prose, "text", &count);
	return count;
}

static void
rule_print(FILE *out, char sign, const struct pack_side *side, size_t index)
{
	const struct pack_tables *tables = &side->pack.tables;
	const struct pack_rule *rule = rule_at(side, index);

	fprintf(out, "%c %s %s %s\n", sign, pack_text_data(tables, rule->id), levels[rule->level],
	        pack_text_data(tables, rule->title));
}

static void
pair_print(FILE *out, const struct pack_side *old, size_t i, const struct pack_side *new, size_t j,
           struct pack_changes *changes)
{
	const struct pair pair = {{&old->pack.tables, &new->pack.tables}, {rule_at(old, i), rule_at(new, j)}};
	char *text = NULL;
	size_t size;
	FILE *parts = open_memstream(&text, &size);

	if (!parts)
		abort();
	if (parts_print(parts, &pair)) {
		fflush(parts);
		fprintf(out, "~ %s%s\n", pack_text_data(pair.tables[1], pair.rules[1]->id), text);
		changes->changed++;
	}
	fclose(parts);
	free(text);
}

void
pack_diff_rules(FILE *out, const struct pack_side *old, const struct pack_side *new, struct pack_changes *changes)
{
	size_t i = 0, j = 0;

	while (i < old->rule_count || j < new->rule_count) {
		int order = i == old->rule_count   ? 1
		            : j == new->rule_count ? -1
		                                   : id_compare(&old->pack.tables, rule_at(old, i), &new->pack.tables,
		                                                rule_at(new, j));

		if (order < 0)
			rule_print(out, '-', old, i);
		else if (order > 0)
			rule_print(out, '+', new, j);
		else
			pair_print(out, old, i, new, j, changes);
		changes->removed += order < 0;
		changes->added += order > 0;
		i += order <= 0;
		j += order >= 0;
	}
}
