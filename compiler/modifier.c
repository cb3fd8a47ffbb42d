/*
 * modifier.c - what each modifier does to an item, left to right: one function each, one row of modifier.def.
 *
 * Requires parsed items. Leaves true: the item's comparison, flags and patterns say all that its modifiers meant, and
 * every value fits its comparison (value.c).
 */
#include <errno.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "packfile.h"
#include "pattern.h"
#include "placeholder.h"
#include "value.h"

struct state {
	struct arena *arena;
	struct diag_list *diags;
	struct sigma_item *item;
	const struct sigma_modifier *modifier; /* the one at work */
	const struct sigma_modifier *compared; /* the one that chose the comparison; NULL: none, or implied */
	const struct sigma_modifier *dashed;   /* windash, once it was applied */
	const struct sigma_modifier *expanded; /* expand, likewise */
	const struct placeholders *placeholders;
};

struct row {
	const char *name;
	int (*apply)(struct state *state, int argument);
	int argument;
};

static int
conflict(struct state *state, const struct sigma_modifier *other)
{
	diag_add(state->diags, state->modifier->place, DIAG_bad_modifier, "modifier \"%s\" cannot be combined with \"%s\"",
	         state->modifier->name.data, other->name.data);
	return -EBADMSG;
}

static int
comparison_is_text(enum sigma_comparison comparison)
{
	return comparison <= SIGMA_ENDSWITH;
}

/* Patterns of values as they are written; done once, by the first modifier that changes them. */
static int
patterns_need(struct state *state)
{
	struct sigma_item *item = state->item;

	if (!comparison_is_text(item->comparison) || item->part || item->fieldref) {
		diag_add(state->diags, state->modifier->place, DIAG_bad_modifier,
		         "modifier \"%s\" needs text that is compared as it is", state->modifier->name.data);
		return -EBADMSG;
	}
	for (size_t i = 0; i < item->value_count; i++)
		if (value_read(state->arena, state->diags, &item->values[i]))
			return -EBADMSG;
	return 0;
}

static int
encoding_begin(struct state *state)
{
	if (state->compared && state->item->comparison != SIGMA_EQUALS) {
		diag_add(state->diags, state->modifier->place, DIAG_bad_modifier, "modifier \"%s\" belongs before \"%s\"",
		         state->modifier->name.data, state->compared->name.data);
		return -EBADMSG;
	}
	state->item->encoded = 1;
	return patterns_need(state);
}

static int
modifier_compare(struct state *state, int argument)
{
	struct sigma_item *item = state->item;

	if (state->compared)
		return conflict(state, state->compared);
	if (item->comparison != SIGMA_EQUALS && item->comparison != (enum sigma_comparison)argument) {
		diag_add(state->diags, state->modifier->place, DIAG_bad_modifier,
		         "base64offset implies contains; \"%s\" cannot follow", state->modifier->name.data);
		return -EBADMSG;
	}
	if (argument == SIGMA_REGEX && state->expanded)
		return conflict(state, state->expanded);
	if ((!comparison_is_text(argument) && (item->encoded || state->dashed || item->fieldref)) ||
	    (item->part && argument < SIGMA_LT)) {
		diag_add(state->diags, state->modifier->place, DIAG_bad_modifier, "modifier \"%s\" cannot follow \"%s\"",
		         state->modifier->name.data, state->modifier[-1].name.data);
		return -EBADMSG;
	}
	item->comparison = argument;
	state->compared = state->modifier;
	return 0;
}

static int
modifier_regex_flag(struct state *state, int argument)
{
	if (state->item->comparison != SIGMA_REGEX) {
		diag_add(state->diags, state->modifier->place, DIAG_bad_modifier, "modifier \"%s\" needs \"re\" before it",
		         state->modifier->name.data);
		return -EBADMSG;
	}
	state->item->regex_flags |= argument;
	return 0;
}

static int
modifier_all(struct state *state, int argument)
{
	(void)argument;
	state->item->all = 1;
	if (state->item->value_count == 1)
		diag_add(state->diags, state->modifier->place, DIAG_redundant_all,
		         "\"all\" does nothing with a single value");
	return 0;
}

static int
modifier_cased(struct state *state, int argument)
{
	(void)argument;
	state->item->cased = 1;
	return 0;
}

static int
modifier_neq(struct state *state, int argument)
{
	(void)argument;
	state->item->negated = 1;
	return 0;
}

static int
modifier_part(struct state *state, int argument)
{
	struct sigma_item *item = state->item;

	if (state->compared || item->part || item->encoded || state->dashed || item->fieldref)
		return conflict(state, state->modifier > item->modifiers ? &state->modifier[-1] : state->modifier);
	item->part = argument;
	return 0;
}

static int
modifier_fieldref(struct state *state, int argument)
{
	struct sigma_item *item = state->item;

	(void)argument;
	if (!comparison_is_text(item->comparison))
		return conflict(state, state->compared);
	if (item->encoded || state->dashed || item->part)
		return conflict(state, &state->modifier[-1]);
	item->fieldref = 1;
	return 0;
}

static int
modifier_utf16(struct state *state, int argument)
{
	if (encoding_begin(state))
		return -EBADMSG;
	for (size_t i = 0; i < state->item->value_count; i++) {
		struct sigma_value *value = &state->item->values[i];

		if (value->regex.size) {
			diag_add(state->diags, value->node->place, DIAG_bad_value, "the value has too many dashes for \"%s\"",
			         state->modifier->name.data);
			return -EBADMSG;
		}
		for (size_t j = 0; j < value->pattern_count; j++)
			value->patterns[j] = pattern_utf16(state->arena, &value->patterns[j], argument);
	}
	return 0;
}

/* Replaces every pattern by its base64 forms for offsets first to last. */
static int
base64_apply(struct state *state, int first, int last)
{
	struct sigma_item *item = state->item;

	if (encoding_begin(state))
		return -EBADMSG;
	for (size_t i = 0; i < item->value_count; i++) {
		struct sigma_value *value = &item->values[i];
		struct sigma_pattern *patterns = NULL;
		size_t count = 0;

		for (size_t j = 0; j < value->pattern_count; j++) {
			struct ir_text text = pattern_text(state->arena, &value->patterns[j]), encoded;

			if (!text.data || value->regex.size) {
				diag_add(state->diags, value->node->place, DIAG_bad_value,
				         value->regex.size ? "the value has too many dashes for \"%s\""
				         : "\"%s\" cannot encode a wildcard; write \"\\*\" or \"\\?\" for the character",
				         state->modifier->name.data);
				return -EBADMSG;
			}
			for (int offset = first; offset <= last; offset++) {
				encoded = pattern_base64(state->arena, text, offset);
				if (first < last && !encoded.size)
					continue;
				patterns = arena_grow(state->arena, patterns, count, sizeof(*patterns));
				patterns[count++] = pattern_literal(state->arena, encoded);
			}
		}
		if (!count) {
			diag_add(state->diags, value->node->place, DIAG_bad_value, "the value is too short for base64offset");
			return -EBADMSG;
		}
		value->patterns = patterns;
		value->pattern_count = count;
	}
	return 0;
}

static int
modifier_base64(struct state *state, int argument)
{
	(void)argument;
	return base64_apply(state, -1, -1);
}

static int
modifier_base64offset(struct state *state, int argument)
{
	(void)argument;
	if (base64_apply(state, 0, 2))
		return -EBADMSG;
	state->item->comparison = SIGMA_CONTAINS;
	return 0;
}

static int
modifier_windash(struct state *state, int argument)
{
	struct sigma_item *item = state->item;

	(void)argument;
	if (item->encoded) {
		diag_add(state->diags, state->modifier->place, DIAG_bad_modifier,
		         "modifier \"windash\" belongs before what encodes the value");
		return -EBADMSG;
	}
	if (patterns_need(state))
		return -EBADMSG;
	for (size_t i = 0; i < item->value_count; i++) {
		struct sigma_value *value = &item->values[i];
		struct sigma_pattern *spellings = NULL;
		size_t count = pattern_windash(state->arena, &value->patterns[0], &spellings, &value->regex);

		if (!count)
			continue;
		value->patterns = spellings;
		value->pattern_count = count;
	}
	state->dashed = state->modifier;
	return 0;
}

static int modifier_expand(struct state *state, int argument);

static const struct row rows[] = {
#define MODIFIER(name, function, argument) {name, modifier_##function, argument},
#include "modifier.def"
};
static const char *const names[] = {
#define MODIFIER(name, function, argument) name,
#include "modifier.def"
};

enum { ROW_COUNT = sizeof(rows) / sizeof(*rows) };

static const struct row *
row_find(struct ir_text name)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (strlen(rows[i].name) == name.size && !memcmp(rows[i].name, name.data, name.size))
			return &rows[i];
	return NULL;
}

static int
modifier_expand(struct state *state, int argument)
{
	struct sigma_item *item = state->item;
	int is_text = 1, is_all = 0;

	(void)argument;
	if (item->comparison == SIGMA_REGEX)
		return conflict(state, state->compared);
	if (item->encoded || state->dashed) {
		diag_add(state->diags, state->modifier->place, DIAG_bad_modifier,
		         "modifier \"expand\" belongs before \"%s\"", state->modifier[-1].name.data);
		return -EBADMSG;
	}
	for (size_t i = 0; i < item->modifier_count; i++) {
		const struct row *row = row_find(item->modifiers[i].name);

		is_all |= row && row->apply == modifier_all;
		is_text &= !row || (row->apply != modifier_part && row->apply != modifier_fieldref &&
		                    (row->apply != modifier_compare || comparison_is_text(row->argument)));
	}
	state->expanded = state->modifier;
	return placeholders_expand(state->arena, state->diags, state->placeholders, item, state->modifier, is_text, is_all);
}

static void
unknown_modifier(struct state *state)
{
	struct ir_text name = state->modifier->name;
	const char *nearest = diag_nearest(name.data, name.size, names, ROW_COUNT);

	if (!name.size)
		diag_add(state->diags, state->modifier->place, DIAG_unknown_modifier, "no modifier after \"|\"");
	else if (nearest)
		diag_add(state->diags, state->modifier->place, DIAG_unknown_modifier,
		         "unknown modifier \"%s\"; did you mean \"%s\"?", name.data, nearest);
	else
		diag_add(state->diags, state->modifier->place, DIAG_unknown_modifier, "unknown modifier \"%s\"", name.data);
}

static int
is_repeated(const struct sigma_item *item, const struct sigma_modifier *modifier, const struct row *row)
{
	for (const struct sigma_modifier *before = item->modifiers; before < modifier; before++) {
		const struct row *other = row_find(before->name);

		if (other && other->apply == row->apply && other->argument == row->argument)
			return 1;
	}
	return 0;
}

/* Only what keeps a keyword a substring of some leaf may be said about keywords. */
static int
keywords_check(struct state *state)
{
	enum sigma_comparison comparison = state->item->comparison;

	if (comparison <= SIGMA_CONTAINS && !state->item->part && !state->item->fieldref)
		return 0;
	state->modifier = state->compared ? state->compared : &state->item->modifiers[state->item->modifier_count - 1];
	diag_add(state->diags, state->modifier->place, DIAG_bad_modifier, "modifier \"%s\" needs a field before \"|\"",
	         state->modifier->name.data);
	return -EBADMSG;
}

int
modifier_apply(struct arena *arena, struct diag_list *diags, const struct placeholders *placeholders,
               struct sigma_item *item)
{
	struct state state = {.arena = arena, .diags = diags, .item = item, .placeholders = placeholders};

	for (size_t i = 0; i < item->modifier_count; i++) {
		const struct row *row = row_find(item->modifiers[i].name);

		state.modifier = &item->modifiers[i];
		if (!row) {
			unknown_modifier(&state);
			return -EBADMSG;
		}
		if (is_repeated(item, state.modifier, row)) {
			diag_add(diags, state.modifier->place, DIAG_bad_modifier, "modifier \"%s\" is given twice",
			         state.modifier->name.data);
			return -EBADMSG;
		}
		if (row->apply(&state, row->argument))
			return -EBADMSG;
	}
	if (!item->field.size && keywords_check(&state))
		return -EBADMSG;
	return values_check(arena, diags, item, state.compared);
}
