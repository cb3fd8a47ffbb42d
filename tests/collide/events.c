/* events.c - what one rule wants of each field, made true in one text, then spoilt, wrapped and hidden among others. */
#include <stdio.h>
#include <string.h>

#include "ir.h"
#include "pack.h"
#include "packfile.h"
#include "pool.h"
#include "evaluate.h"
#include "texts.h"
#include "tree.h"
#include "events.h"

enum { WANTS_MAX = 64, DEPTH_MAX = 100, LONG_ODDS = 200 };

struct wants { /* predicates that shall be true */
	uint32_t list[WANTS_MAX], count;
};

/* Makes the expression so, and of several ways one. */
static void
wants_add(const struct event_maker *maker, struct wants *wants, const struct ir_expr *expr, int so, int depth)
{
	int all = (expr->type == IR_AND) == so;

	if (expr->type == IR_PREDICATE && so && wants->count < WANTS_MAX)
		wants->list[wants->count++] = expr->predicate;
	if (expr->type < IR_NOT || depth == DEPTH_MAX)
		return;
	if (expr->type == IR_NOT)
		wants_add(maker, wants, expr->children[0], !so, depth + 1);
	else if (!all && expr->child_count)
		wants_add(maker, wants, expr->children[dice_roll(maker->dice, expr->child_count)], so, depth + 1);
	for (uint32_t i = 0; all && expr->type != IR_NOT && i < expr->child_count; i++)
		wants_add(maker, wants, expr->children[i], so, depth + 1);
}

static const struct ir_predicate *
predicate_of(const struct event_maker *maker, uint32_t number)
{
	return maker->group->predicates + number;
}

/* Where in a text it wants to stand: 0 at the start, 2 at the end, 3 alone, 1 anywhere. */
static int
want_place(const struct ir_predicate *predicate)
{
	const struct ir_value *value = predicate->values;

	switch (predicate->op) {
	case PACK_STARTSWITH: return 0;
	case PACK_ENDSWITH: case PACK_SUBDOMAIN: return 2;
	case PACK_CONTAINS: case PACK_KEYWORD: return 1;
	case PACK_WILDCARD:
		if (value->pieces[0].type != IR_ANY_RUN)
			return value->pieces[value->piece_count - 1].type != IR_ANY_RUN ? 3 : 0;
		return value->pieces[value->piece_count - 1].type != IR_ANY_RUN ? 2 : 1;
	case PACK_REGEX:
		if (value->text.size && value->text.data[0] == '^')
			return 0;
		return value->text.size && value->text.data[value->text.size - 1] == '$' ? 2 : 1;
	default: return 3;
	}
}

static void
want_add(const struct event_maker *maker, struct text *text, uint32_t number)
{
	const struct ir_predicate *predicate = predicate_of(maker, number);
	uint32_t value = dice_roll(maker->dice, predicate->value_count);

	if (predicate->part)
		text_set_time(maker->dice, text);
	else if (predicate->value_count)
		text_add_value(maker->dice, text, predicate, predicate->values + value,
		               predicate->op == PACK_REGEX ? evaluator_regex(maker->evaluator, number, value) : NULL);
}

/* A time that fits all that is wanted of the field, if one is found soon. */
static void
want_time(const struct event_maker *maker, struct text *text, const struct wants *wants)
{
	int fits = 0;

	for (int tries = 0; tries < 200 && !fits; tries++) {
		text_set_time(maker->dice, text);
		fits = 1;
		for (uint32_t i = 0; i < wants->count; i++)
			fits &= evaluator_fits(maker->evaluator, maker->pool, wants->list[i], text->data, text->size);
	}
}

/* One text for all that is wanted of a field. */
static void
wants_meet(const struct event_maker *maker, struct text *text, const struct wants *wants)
{
	text->size = 0;
	for (uint32_t i = 0; i < wants->count; i++)
		if (predicate_of(maker, wants->list[i])->part) {
			want_time(maker, text, wants);
			return;
		}
	for (int place = 0; place < 4; place++)
		for (uint32_t i = 0; i < wants->count; i++) {
			if (want_place(predicate_of(maker, wants->list[i])) != place)
				continue;
			if (place == 3)
				text->size = 0;
			if (place && place < 3 && dice_roll(maker->dice, 3) == 0)
				text_add_junk(maker->dice, text);
			want_add(maker, text, wants->list[i]);
			if (place < 2 && dice_roll(maker->dice, 4) == 0)
				text_add_junk(maker->dice, text);
		}
}

/* Trees ---------------------------------------------------------------------------------------------------------- */

/* Texts begin as others did before them, now and then; or are what they were: images remember both. */
static void
text_begin(const struct event_maker *maker, struct text *text)
{
	struct text *before = maker->before + dice_roll(maker->dice, EVENT_TEXTS_BEFORE), made = { .size = 0 };
	uint32_t size = dice_roll(maker->dice, 2) ? before->size : dice_roll(maker->dice, before->size + 1);

	if (dice_roll(maker->dice, 8) == 0) {
		*text = *before;
		return;
	}
	if (dice_roll(maker->dice, 3) == 0 && text->size + size <= TEXT_ROOM) {
		memcpy(made.data, before->data, size);
		memcpy(made.data + size, text->data, text->size);
		made.size = size + text->size;
		*text = made;
	}
	if (dice_roll(maker->dice, 8) == 0 || !before->size)
		*before = *text;
}

/* Text as a scalar, as other types where it may be; seldom so long that its end or its middle is cut away. */
static struct tree *
text_tree(const struct event_maker *maker, struct text *text)
{
	struct dice *dice = maker->dice;
	uint32_t before;
	char *data;

	text_begin(maker, text);
	if (dice_roll(dice, 3) == 0)
		text_fold(dice, text);
	if (dice_roll(dice, 6) == 0)
		text_change(dice, text);
	if (tree_is_number(text->data, text->size) && dice_roll(dice, 2))
		return tree_scalar(maker->pool, TREE_NUMBER, text->data, text->size);
	if (dice_roll(dice, 2) && ((text->size == 4 && !memcmp(text->data, "true", 4)) ||
	                           (text->size == 5 && !memcmp(text->data, "false", 5))))
		return tree_scalar(maker->pool, TREE_BOOL, text->data, text->size);
	if (dice_roll(dice, LONG_ODDS))
		return tree_scalar(maker->pool, TREE_STRING, text->data, text->size);
	before = dice_roll(dice, 2) ? VALUE_TEXT_MAX - dice_roll(dice, text->size + 4) : dice_roll(dice, VALUE_TEXT_MAX);
	before = dice_roll(dice, 3) ? before : 0;
	data = pool_take(maker->pool, before + text->size + VALUE_TEXT_MAX);
	memset(data, "a x\\"[dice_roll(dice, 4)], before + text->size + VALUE_TEXT_MAX);
	memcpy(data + before, text->data, text->size);
	before += text->size + (dice_roll(dice, 2) ? dice_roll(dice, 3) : VALUE_TEXT_MAX - text->size);
	return tree_scalar(maker->pool, TREE_STRING, data, before);
}

/* Among other members of a list, now and then. */
static struct tree *
tree_wrap(const struct event_maker *maker, struct tree *tree)
{
	struct tree *list = tree_new(maker->pool, TREE_LIST), *other;
	struct bytes none = { "", 0 };

	if (dice_roll(maker->dice, 8))
		return tree;
	for (uint32_t count = dice_roll(maker->dice, 4); count > 0; count--) {
		struct text junk = { .size = 0 };

		text_add_junk(maker->dice, &junk);
		other = tree_scalar(maker->pool, TREE_STRING, junk.data, junk.size);
		if (dice_roll(maker->dice, 4) == 0)
			other = tree_new(maker->pool, dice_roll(maker->dice, 2) ? TREE_NULL : TREE_OBJECT);
		tree_add(maker->pool, list, none, other);
	}
	tree_add(maker->pool, list, none, dice_roll(maker->dice, 6) ? tree : tree_wrap(maker, tree));
	return list;
}

static struct bytes
key_of(const struct event_maker *maker, struct bytes name)
{
	char key[256];
	uint32_t at = dice_roll(maker->dice, name.size);

	if (dice_roll(maker->dice, 40) || name.size > 100 || !name.size)
		return name;
	memcpy(key, name.data, at);
	key[at] = ' ';
	memcpy(key + at + 1, name.data + at, name.size - at);
	return (struct bytes){ pool_copy(maker->pool, key, name.size + 1), name.size + 1 };
}

/* Under its name, or down the path of its name. */
static void
field_add(const struct event_maker *maker, struct tree *event, struct bytes name, struct tree *tree)
{
	const char *dot = name.size ? memchr(name.data, '.', name.size) : NULL;
	struct tree *inner;

	if (dot && dice_roll(maker->dice, 2)) {
		struct bytes first = { name.data, dot - name.data }, rest = { dot + 1, name.size - (dot + 1 - name.data) };

		inner = tree_new(maker->pool, TREE_OBJECT);
		for (uint32_t i = 0; i < event->count; i++)
			if (event->keys[i].size == first.size && !memcmp(event->keys[i].data, first.data, first.size) &&
			    event->items[i]->type == TREE_OBJECT) {
				field_add(maker, event->items[i], rest, tree);
				return;
			}
		field_add(maker, inner, rest, tree);
		tree_add(maker->pool, event, first, tree_wrap(maker, inner));
		return;
	}
	if (dice_roll(maker->dice, 40) == 0)
		tree_add(maker->pool, event, name, tree_wrap(maker, tree_scalar(maker->pool, TREE_STRING, "first", 5)));
	tree_add(maker->pool, event, key_of(maker, name), tree);
}

/* A text that stands in the event already; else some word. */
static void
text_take(const struct event_maker *maker, const struct tree *event, uint32_t field, struct text *text)
{
	struct bytes name = maker->fields[field];

	for (uint32_t i = 0; i < event->count; i++)
		if (event->keys[i].size == name.size && !memcmp(event->keys[i].data, name.data, name.size) &&
		    event->items[i]->type == TREE_STRING) {
			text_add(text, event->items[i]->text.data, event->items[i]->text.size);
			return;
		}
	text_add_string(text, dice_roll(maker->dice, 2) ? "Some Kelvin" : "x");
}

/* A field that compares with another, both of them. */
static void
fields_add(const struct event_maker *maker, struct tree *event, const struct ir_predicate *predicate)
{
	struct text text = { .size = 0 }, other = { .size = 0 };

	text_take(maker, event, predicate->other, &other);
	field_add(maker, event, maker->fields[predicate->other], tree_wrap(maker, text_tree(maker, &other)));
	if (predicate->op != PACK_FIELD_EQUALS && predicate->op != PACK_FIELD_STARTSWITH)
		text_add_junk(maker->dice, &text);
	text_add(&text, other.data, other.size);
	if (predicate->op != PACK_FIELD_EQUALS && predicate->op != PACK_FIELD_ENDSWITH)
		text_add_junk(maker->dice, &text);
	field_add(maker, event, maker->fields[predicate->field], tree_wrap(maker, text_tree(maker, &text)));
}

/* The first predicate and all others of its field, which are taken off. */
static void
field_make(const struct event_maker *maker, struct tree *event, struct wants *wants)
{
	const struct ir_predicate *predicate = predicate_of(maker, wants->list[0]);
	struct wants same = { .count = 0 }, rest = { .count = 0 };
	struct bytes name = { "leaf", 4 };
	struct text text;

	for (uint32_t i = 0; i < wants->count; i++) {
		int is_same = predicate_of(maker, wants->list[i])->field == predicate->field;
		struct wants *to = is_same ? &same : &rest;

		to->list[to->count++] = wants->list[i];
	}
	*wants = rest;
	if (predicate->field != IR_NONE)
		name = maker->fields[predicate->field];
	if (predicate->op == PACK_IS_NULL) {
		if (dice_roll(maker->dice, 2))
			field_add(maker, event, name, tree_wrap(maker, tree_new(maker->pool, TREE_NULL)));
		return;
	}
	if (predicate->op >= PACK_FIELD_EQUALS && predicate->op <= PACK_FIELD_CONTAINS) {
		fields_add(maker, event, predicate);
		return;
	}
	wants_meet(maker, &text, &same);
	field_add(maker, event, name, tree_wrap(maker, text_tree(maker, &text)));
}

/* Parts of any predicates, side by side. */
static void
stray_add(const struct event_maker *maker, struct tree *event)
{
	uint32_t number = dice_roll(maker->dice, maker->group->predicate_count);
	uint32_t field = predicate_of(maker, number)->field;
	struct text text = { .size = 0 };
	struct tree *tree;

	for (uint32_t parts = dice_roll(maker->dice, 4); parts > 0; parts--) {
		want_add(maker, &text, number);
		if (dice_roll(maker->dice, 3) == 0)
			text_add_junk(maker->dice, &text);
		number = dice_roll(maker->dice, maker->group->predicate_count);
	}
	tree = text_tree(maker, &text);
	if (dice_roll(maker->dice, 12) == 0)
		tree = tree_new(maker->pool, dice_roll(maker->dice, 2) ? TREE_NULL : TREE_OBJECT);
	field_add(maker, event, field == IR_NONE ? (struct bytes){ "stray", 5 } : maker->fields[field],
	          tree_wrap(maker, tree));
}

struct tree *
event_make(const struct event_maker *maker)
{
	struct tree *event = tree_new(maker->pool, TREE_OBJECT);
	struct wants wants = { .count = 0 };
	const struct ir_rule *rule = maker->group->rules[dice_roll(maker->dice, maker->group->rule_count)];

	for (uint32_t i = dice_roll(maker->dice, 3); i > 0 && maker->group->predicate_count; i--)
		stray_add(maker, event);
	if (dice_roll(maker->dice, 6))
		wants_add(maker, &wants, rule->expr, 1, 0);
	while (wants.count) {
		if (dice_roll(maker->dice, 30) == 0)
			wants.list[0] = wants.list[--wants.count];
		else
			field_make(maker, event, &wants);
	}
	return event;
}
