/*
 * explain_item.c - one item of a rule beside what the event has for it.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "explain.h"
#include "pack.h"
#include "packfile.h"
#include "trial.h"
#include "utf8.h"

enum { SHOWN_MAX = 200, ITEMS_MAX = 8, NAME_MAX_SIZE = 128 };

void
explain_print_text(FILE *out, const char *text, size_t size)
{
	size_t step;

	fputc('"', out);
	for (size_t i = 0; i < size; i += step) {
		unsigned char byte = text[i];

		if (i >= SHOWN_MAX) {
			fprintf(out, "\"... (%zu bytes)", size);
			return;
		}
		step = utf8_size(text + i, size - i);
		if (!step || byte < ' ' || byte == 0x7f)
			fprintf(out, "\\x%02x", byte);
		else
			fwrite(text + i, 1, step, out);
		step = step ? step : 1;
	}
	fputc('"', out);
}

static void
value_print(FILE *out, const struct value *value)
{
	const struct value *items = value->data;

	switch (value->type) {
	case VALUE_NULL:
		fputs("null", out);
		break;
	case VALUE_STRING:
		explain_print_text(out, value->data, value->size);
		break;
	case VALUE_NUMBER:
	case VALUE_BOOL:
		fprintf(out, "%.*s", (int)value->size, (const char *)value->data);
		break;
	case VALUE_LIST:
		fputc('[', out);
		for (uint32_t i = 0; i < value->size && i < ITEMS_MAX; i++) {
			fputs(i ? ", " : "", out);
			value_print(out, &items[i]);
		}
		fputs(value->size > ITEMS_MAX ? ", ...]" : "]", out);
		break;
	default:
		fputs("an object", out);
	}
	if (value->flags & VALUE_CUT)
		fprintf(out, " (cut at %d bytes)", VALUE_TEXT_MAX);
}

/* FIELD|MODIFIER "value" or FIELD|MODIFIER N values. */
static void
print_label(FILE *out, const struct sigma_item *item)
{
	fputs(item->field.size ? item->field.data : "any value", out);
	for (size_t i = 0; i < item->modifier_count; i++)
		fprintf(out, "|%s", item->modifiers[i].name.data);
	if (item->value_count > 1) {
		fprintf(out, " %zu values", item->value_count);
	} else if (!item->value_count || item->values[0].node->type == NODE_NULL) {
		fputs(" null", out);
	} else if (item->values[0].node->type == NODE_STRING) {
		fputc(' ', out);
		explain_print_text(out, item->values[0].node->text.data, item->values[0].node->text.size);
	} else {
		fprintf(out, " %s", item->values[0].node->text.data);
	}
}

/* Lower case, letters and digits only, and the long form of a common short one: cmd_line and CommandLine are alike. */
static const char *
name_plain(const char *name, size_t size, char plain[NAME_MAX_SIZE])
{
	size_t used = 0;

	for (size_t i = 0; i < size && used + 8 < NAME_MAX_SIZE; i++) {
		if (!isalnum((unsigned char)name[i]))
			continue;
		plain[used++] = tolower((unsigned char)name[i]);
		if (used >= 3 && !memcmp(plain + used - 3, "cmd", 3)) {
			memcpy(plain + used - 3, "command", 7);
			used += 4;
		}
	}
	plain[used] = '\0';
	return plain;
}

/* Whether some shape finds the field at the path. */
static int
shape_knows(const struct pack_tables *tables, uint32_t slot, const char *path)
{
	for (uint32_t i = 0; i < tables->path_count; i++)
		if (tables->paths[i].slot == slot && !strcmp(pack_text_data(tables, tables->paths[i].path), path))
			return 1;
	return 0;
}

/* The event's key that is probably the field; NULL: none. */
static const char *
key_find(const struct explaining *explaining, const char *field, uint32_t slot)
{
	char wanted[NAME_MAX_SIZE], name[NAME_MAX_SIZE];

	name_plain(field, strlen(field), wanted);
	for (size_t i = 0; i < explaining->key_count; i++) {
		const char *key = explaining->keys[i], *dot = strrchr(key, '.');

		if (!strcmp(name_plain(key, strlen(key), name), wanted) ||
		    (dot && !strcmp(name_plain(dot + 1, strlen(dot + 1), name), wanted)))
			return key;
	}
	for (size_t i = 0; slot != PACK_NONE && i < explaining->key_count; i++)
		if (shape_knows(trial_tables(explaining->trial), slot, explaining->keys[i]))
			return explaining->keys[i];
	return NULL;
}

/* Returns 0 where the field is known to be absent already. */
static int
absent_add(struct explaining *explaining, const char *field)
{
	for (size_t i = 0; i < explaining->absent_count; i++)
		if (!strcmp(explaining->absent[i], field))
			return 0;
	explaining->absent = arena_grow(explaining->arena, explaining->absent, explaining->absent_count,
	                                sizeof(*explaining->absent));
	explaining->absent[explaining->absent_count++] = field;
	return 1;
}

static uint32_t
slot_find(const struct pack_tables *tables, const char *field)
{
	for (uint32_t i = 0; i < tables->slot_count; i++)
		if (!strcmp(pack_text_data(tables, tables->slots[i].name), field))
			return i;
	return PACK_NONE;
}

static void
field_print(FILE *out, struct explaining *explaining, const char *field)
{
	uint32_t slot = slot_find(trial_tables(explaining->trial), field);
	const struct event *event = &explaining->look->event;
	const char *key;

	if (slot != PACK_NONE && event->present[slot / 64] >> slot % 64 & 1) {
		value_print(out, &event->slots[slot]);
		return;
	}
	fputs("field is absent", out);
	key = absent_add(explaining, field) ? key_find(explaining, field, slot) : NULL;
	if (key)
		fprintf(out, "; the event has \"%s\" (map it: --fields)", key);
}

static int
item_is_present(const struct explaining *explaining, const struct sigma_item *item)
{
	uint32_t slot = item->field.size ? slot_find(trial_tables(explaining->trial), item->field.data) : PACK_NONE;

	return !item->field.size || (slot != PACK_NONE && explaining->look->event.present[slot / 64] >> slot % 64 & 1);
}

/* The first predicate of an expression that is true; IR_NONE: none. */
static uint32_t
predicate_true(const struct explaining *explaining, const struct ir_expr *expr)
{
	uint32_t found = IR_NONE, number;

	if (expr->type == IR_PREDICATE) {
		number = explaining->group->numbers[expr->predicate];
		return explaining->look->yes[number / 64] >> number % 64 & 1 ? number : IR_NONE;
	}
	for (uint32_t i = 0; i < expr->child_count && found == IR_NONE; i++)
		found = predicate_true(explaining, expr->children[i]);
	return found;
}

/* The first of the values that all must be there which is not. */
static void
missing_print(FILE *out, const struct explaining *explaining, const struct sigma_item *item)
{
	if (!item->all || item->negated || item->value_count < 2 || item->expr->child_count != item->value_count)
		return;
	for (size_t i = 0; i < item->value_count; i++) {
		const struct node *node = item->values[i].node;

		if (explain_expr_truth(explaining, item->expr->children[i]) == TRUTH_YES)
			continue;
		fputs(" lacks ", out);
		explain_print_text(out, node->text.data, node->text.size);
		return;
	}
}

/* Which of many values it was. */
static void
pattern_print(FILE *out, const struct explaining *explaining, const struct sigma_item *item)
{
	uint32_t predicate = item->all ? IR_NONE : predicate_true(explaining, item->expr);
	struct trial_why why;

	if (predicate == IR_NONE)
		return;
	trial_explain(explaining->trial, explaining->look, explaining->number, predicate, &why);
	if (!item->field.size && why.value) {
		fputs(": ", out);
		explain_print_text(out, why.value, why.value_size);
	}
	if (item->value_count > 1 && why.pattern) {
		fputs(" has ", out);
		explain_print_text(out, why.pattern, why.pattern_size);
	}
}

void
explain_print_item(FILE *out, struct explaining *explaining, const struct sigma_item *item)
{
	print_label(out, item);
	if (item->field.size) {
		fputs(": ", out);
		field_print(out, explaining, item->field.data);
	}
	for (size_t i = 0; item->fieldref && i < item->value_count; i++) {
		fprintf(out, "; %s: ", item->values[i].node->text.data);
		field_print(out, explaining, item->values[i].node->text.data);
	}
	if (explain_expr_truth(explaining, item->expr) == TRUTH_YES)
		pattern_print(out, explaining, item);
	else if (item_is_present(explaining, item))
		missing_print(out, explaining, item);
	fputc('\n', out);
}
