/*
 * keyword.c - finds in each keyword the run of characters that a line of JSON must show and that says most, and for each
 * rule the keywords that it hangs on.
 */
#include <string.h>

#include "arena.h"
#include "ir.h"
#include "keyword.h"
#include "literal.h"

enum { LITERAL_MIN = 3, RARE = 5 };

/* JSON has a short escape for quote, backslash and slash. */
static int
byte_is_plain(uint8_t byte)
{
	return byte >= ' ' && byte < 0x7f && !strchr("\"\\/", byte);
}

/* Punctuation is rare in the lines of events. */
static uint32_t
byte_worth(uint8_t byte)
{
	return (uint8_t)(byte - 'a') < 26 || (byte >= '-' && byte <= '9') || byte == ' ' ? 1 : RARE;
}

/* A slash may stand first: whatever JSON puts before it, it is what stands before the rest. */
static struct ir_text
text_plain(struct ir_text text, uint32_t *worth)
{
	struct ir_text best = { text.data, 0 };
	uint32_t now = 0;

	*worth = 0;
	for (uint32_t i = 0, start = 0; i < text.size; i++) {
		if (!byte_is_plain((uint8_t)text.data[i])) {
			start = text.data[i] == '/' ? i : i + 1;
			now = start == i;
			continue;
		}
		now += byte_worth((uint8_t)text.data[i]);
		if (i + 1 - start < LITERAL_MIN || now <= *worth)
			continue;
		*worth = now;
		best = (struct ir_text){ text.data + start, i + 1 - start };
	}
	return best;
}

struct finder {
	struct arena *arena;
	const struct ir_group *group;
	struct ir_text **texts; /* of each predicate */
	uint32_t *counts;
	uint32_t *worth;        /* of the least of those; 0: a value has none, or the predicate is no keyword */
	uint8_t *taken;
};

static void
predicate_read(struct finder *finder, uint32_t number)
{
	const struct ir_predicate *predicate = &finder->group->predicates[number];
	uint32_t least = UINT32_MAX, worth;

	for (uint32_t k = 0; k < predicate->value_count && least; k++) {
		struct literals literals = literals_required(finder->arena, predicate, &predicate->values[k]);

		least = literals.count ? least : 0;
		for (uint32_t j = 0; j < literals.count; j++) {
			uint32_t count = finder->counts[number];

			finder->texts[number] = arena_grow(finder->arena, finder->texts[number], count, sizeof(struct ir_text));
			finder->texts[number][finder->counts[number]++] = text_plain(literals.texts[j], &worth);
			least = worth < least ? worth : least;
		}
	}
	finder->worth[number] = predicate->value_count ? least : 0;
}

/* One of some texts must be there for the expression to be true: the worth of the least of them; 0: none must. */
static uint32_t
expr_worth(const struct finder *finder, const struct ir_expr *expr)
{
	uint32_t found = expr->type == IR_OR ? UINT32_MAX : 0;

	if (expr->type == IR_FALSE)
		return UINT32_MAX;
	if (expr->type == IR_PREDICATE)
		return finder->worth[expr->predicate];
	if (expr->type != IR_AND && expr->type != IR_OR)
		return 0;
	for (uint32_t i = 0; i < expr->child_count; i++) {
		uint32_t worth = expr_worth(finder, expr->children[i]);

		if (expr->type == IR_OR ? worth < found : worth > found)
			found = worth;
	}
	return found;
}

/* Those texts. */
static void
take_least(struct finder *finder, const struct ir_expr *expr)
{
	uint32_t worth = expr_worth(finder, expr);

	if (expr->type == IR_PREDICATE)
		finder->taken[expr->predicate] = 1;
	for (uint32_t i = 0; i < expr->child_count; i++) {
		if (expr->type == IR_AND && expr_worth(finder, expr->children[i]) != worth)
			continue;
		take_least(finder, expr->children[i]);
		if (expr->type == IR_AND)
			break;
	}
}

static int
all_have_texts(const struct finder *finder, const struct ir_expr *expr)
{
	if (expr->type == IR_PREDICATE && finder->group->predicates[expr->predicate].field == IR_NONE)
		return finder->worth[expr->predicate] != 0;
	for (uint32_t i = 0; i < expr->child_count; i++)
		if (!all_have_texts(finder, expr->children[i]))
			return 0;
	return 1;
}

static void
take(void *context, uint32_t predicate)
{
	struct finder *finder = context;

	finder->taken[predicate] = 1;
}

/* Texts without which the expression is what it is without any keyword. 0: there are none. */
static int
take_some(struct finder *finder, const struct ir_expr *expr)
{
	if (expr_worth(finder, expr)) {
		take_least(finder, expr);
		return 1;
	}
	if (all_have_texts(finder, expr)) {
		ir_expr_visit(expr, take, finder);
		return 1;
	}
	if (expr->type != IR_AND && expr->type != IR_OR)
		return 0;
	for (uint32_t i = 0; i < expr->child_count; i++)
		if (!take_some(finder, expr->children[i]))
			return 0;
	return 1;
}

/* A rule that no event fits without a keyword says nothing of events without its texts. Of others all keywords have to be
 * known where they fit, to say why. */
static int
rule_take(struct finder *finder, const struct ir_expr *expr, int *some)
{
	if (!expr_worth(finder, expr) && !all_have_texts(finder, expr))
		*some = 1;
	return take_some(finder, expr);
}

const struct ir_text *
keyword_literals(struct arena *arena, const struct ir_group *group, uint32_t *count, int *some)
{
	const uint32_t room = group->predicate_count + 1;
	struct finder finder = { arena, group, arena_alloc(arena, room * sizeof(*finder.texts)),
		arena_alloc(arena, room * sizeof(*finder.counts)), arena_alloc(arena, room * sizeof(*finder.worth)),
		arena_alloc(arena, room) };
	struct ir_text *texts = NULL;
	int any = 0;

	*count = *some = 0;
	for (uint32_t i = 0; i < group->predicate_count; i++)
		if (group->predicates[i].field == IR_NONE) {
			predicate_read(&finder, i);
			any = 1;
		}
	for (uint32_t i = 0; any && i < group->rule_count; i++)
		if (!rule_take(&finder, group->rules[i]->expr, some))
			return NULL;
	for (uint32_t i = 0; i < group->predicate_count; i++)
		for (uint32_t k = 0; finder.taken[i] && k < finder.counts[i]; k++) {
			texts = arena_grow(arena, texts, *count, sizeof(*texts));
			texts[(*count)++] = finder.texts[i][k];
		}
	return texts;
}
