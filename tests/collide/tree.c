/* tree.c - JSON trees: written with thrown escapes, and bound to fields by search. */
#include <string.h>

#include "pack.h"
#include "pool.h"
#include "tree.h"

struct tree *
tree_new(struct pool *pool, enum tree_type type)
{
	struct tree *tree = pool_take(pool, sizeof(*tree));

	tree->type = type;
	return tree;
}

struct tree *
tree_scalar(struct pool *pool, enum tree_type type, const void *data, uint32_t size)
{
	struct tree *tree = tree_new(pool, type);

	tree->text = (struct bytes){ pool_copy(pool, data, size), size };
	return tree;
}

void
tree_add(struct pool *pool, struct tree *tree, struct bytes key, struct tree *item)
{
	if (tree->count == tree->room) {
		struct tree **items = pool_take(pool, (2 * tree->room + 4) * sizeof(*items));
		struct bytes *keys = pool_take(pool, (2 * tree->room + 4) * sizeof(*keys));

		if (tree->count) {
			memcpy(items, tree->items, tree->count * sizeof(*items));
			memcpy(keys, tree->keys, tree->count * sizeof(*keys));
		}
		tree->items = items;
		tree->keys = keys;
		tree->room = 2 * tree->room + 4;
	}
	tree->items[tree->count] = item;
	tree->keys[tree->count++] = key;
}

static uint32_t
digits_skip(const char *data, uint32_t size, uint32_t at)
{
	while (at < size && data[at] >= '0' && data[at] <= '9')
		at++;
	return at;
}

int
tree_is_number(const char *data, uint32_t size)
{
	uint32_t at = size && data[0] == '-', start = at;

	at = digits_skip(data, size, at);
	if (at == start || (data[start] == '0' && at > start + 1))
		return 0;
	if (at < size && data[at] == '.') {
		start = at + 1;
		if ((at = digits_skip(data, size, start)) == start)
			return 0;
	}
	if (at < size && (data[at] | 32) == 'e') {
		start = at + 1;
		start += start < size && (data[start] == '+' || data[start] == '-');
		if ((at = digits_skip(data, size, start)) == start)
			return 0;
	}
	return at == size;
}

/* Writing -------------------------------------------------------------------------------------------------------- */

/* Well-formed UTF-8 of two bytes or more (lone surrogates in three included): its size, else 0. */
static uint32_t
point_read(const uint8_t *text, uint32_t left, uint32_t *point)
{
	uint32_t size = *text >= 0xf0 ? 4 : *text >= 0xe0 ? 3 : 2;

	if (*text < 0xc2 || *text > 0xf4 || size > left)
		return 0;
	*point = *text & (0xff >> (size + 1));
	for (uint32_t i = 1; i < size; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (text[i] & 0x3f);
	}
	return *point > 0x10ffff || *point < (size == 2 ? 0x80u : size == 3 ? 0x800u : 0x10000u) ? 0 : size;
}

/* The letter of a short escape, 0 if there is none. */
static char
escape_letter(uint32_t point)
{
	switch (point) {
	case '\b': return 'b';
	case '\f': return 'f';
	case '\n': return 'n';
	case '\r': return 'r';
	case '\t': return 't';
	case '"': case '\\': case '/': return point;
	default: return 0;
	}
}

static void
point_write(FILE *out, uint32_t point, struct dice *dice)
{
	char letter = escape_letter(point);

	if (letter && (!dice || dice_roll(dice, 2)))
		fprintf(out, "\\%c", letter);
	else if (point >= 0x10000)
		fprintf(out, "\\u%04x\\u%04X", 0xd800 + ((point - 0x10000) >> 10), 0xdc00 + (point & 0x3ff));
	else
		fprintf(out, dice && dice_roll(dice, 2) ? "\\u%04X" : "\\u%04x", point);
}

/* Lone surrogates are never escaped: two of them side by side would become one character. */
static void
string_write(FILE *out, struct bytes text, struct dice *dice)
{
	const uint8_t *data = (const uint8_t *)text.data;
	uint32_t point, size, often = dice ? dice_roll(dice, 3) * 4 : 0;

	fputc('"', out);
	for (uint32_t at = 0; at < text.size; at += size) {
		int escape = often && dice_roll(dice, often) == 0;

		size = 1;
		point = data[at];
		if (point >= 0x80) {
			size = point_read(data + at, text.size - at, &point);
			escape &= size && !(point >= 0xd800 && point < 0xe000);
			point = size ? point : data[at];
			size += !size;
		}
		if (escape || point < 0x20 || point == '"' || point == '\\')
			point_write(out, point, dice);
		else
			fwrite(data + at, 1, size, out);
	}
	fputc('"', out);
}

static void
blank_write(FILE *out, struct dice *dice)
{
	static const char *const blanks[] = { "", "", "", " ", "\t", "  ", NULL };

	if (dice)
		fputs(dice_pick(dice, blanks), out);
}

void
tree_write(FILE *out, const struct tree *tree, struct dice *dice)
{
	switch (tree->type) {
	case TREE_NULL: fputs("null", out); return;
	case TREE_STRING: string_write(out, tree->text, dice); return;
	case TREE_BOOL: case TREE_NUMBER: fwrite(tree->text.data, 1, tree->text.size, out); return;
	default: break;
	}
	fputc(tree->type == TREE_LIST ? '[' : '{', out);
	for (uint32_t i = 0; i < tree->count; i++) {
		blank_write(out, dice);
		if (tree->type == TREE_OBJECT) {
			string_write(out, tree->keys[i], dice);
			blank_write(out, dice);
			fputc(':', out);
			blank_write(out, dice);
		}
		tree_write(out, tree->items[i], dice);
		blank_write(out, dice);
		fputs(i + 1 < tree->count ? "," : "", out);
	}
	fputc(tree->type == TREE_LIST ? ']' : '}', out);
}

/* Binding -------------------------------------------------------------------------------------------------------- */

struct found { /* values of one field */
	struct pool *pool;
	struct value *values;
	uint32_t count, room;
	int is_list, is_there;
};

static struct value
scalar_value(const struct tree *tree)
{
	static const uint8_t types[] = { VALUE_NULL, VALUE_BOOL, VALUE_NUMBER, VALUE_STRING, VALUE_LIST, VALUE_OBJECT };
	struct value value = { .type = types[tree->type] };

	if (tree->type >= TREE_BOOL && tree->type <= TREE_STRING) {
		value.data = tree->text.data;
		value.size = tree->text.size > VALUE_TEXT_MAX ? VALUE_TEXT_MAX : tree->text.size;
		value.flags = tree->text.size > VALUE_TEXT_MAX ? VALUE_CUT : 0;
	}
	if (tree->type == TREE_NUMBER && tree->text.size == 2 && !memcmp(tree->text.data, "-0", 2))
		value = (struct value){ "0", 1, VALUE_NUMBER, 0, 0 };
	return value;
}

static void
found_add(struct found *found, const struct tree *tree)
{
	if (tree->type == TREE_LIST) {
		found->is_list = found->is_there = 1;
		for (uint32_t i = 0; i < tree->count; i++)
			found_add(found, tree->items[i]);
		return;
	}
	if (found->count == found->room) {
		struct value *values = pool_take(found->pool, (2 * found->room + 4) * sizeof(*values));

		if (found->count)
			memcpy(values, found->values, found->count * sizeof(*values));
		found->values = values;
		found->room = 2 * found->room + 4;
	}
	found->is_there = 1;
	found->values[found->count++] = scalar_value(tree);
}

/* Names of fields are the same without the key's blanks. */
static int
key_is(struct bytes key, struct bytes name)
{
	uint32_t at = 0;

	if (key.size == name.size && !memcmp(key.data, name.data, name.size))
		return 1;
	for (uint32_t i = 0; i < key.size; i++) {
		if (key.data[i] == ' ')
			continue;
		if (at == name.size || key.data[i] != name.data[at++])
			return 0;
	}
	return at == name.size;
}

/* What stands under a key: the last one given. */
static const struct tree *
object_get(const struct tree *object, struct bytes name)
{
	for (uint32_t i = object->count; i-- > 0;)
		if (key_is(object->keys[i], name))
			return object->items[i];
	return NULL;
}

/* Every way along a dotted path; lists on it fan out. */
static void
path_search(struct found *found, const struct tree *tree, struct bytes path)
{
	const char *dot = path.size ? memchr(path.data, '.', path.size) : NULL;
	struct bytes first = { path.data, dot ? dot - path.data : path.size };
	const struct tree *child;

	if (tree->type == TREE_LIST) {
		uint32_t before = found->count;
		int was_list = found->is_list;

		for (uint32_t i = 0; i < tree->count; i++)
			path_search(found, tree->items[i], path);
		found->is_list = found->count > before ? 1 : found->is_list | was_list;
		return;
	}
	child = tree->type == TREE_OBJECT ? object_get(tree, first) : NULL;
	if (child && dot)
		path_search(found, child, (struct bytes){ dot + 1, path.size - first.size - 1 });
	else if (child)
		found_add(found, child);
}

static void
leaves_add(struct found *found, const struct tree *tree)
{
	if (tree->type == TREE_STRING || tree->type == TREE_NUMBER)
		found_add(found, tree);
	for (uint32_t i = 0; i < tree->count; i++)
		leaves_add(found, tree->items[i]);
}

static int
found_has_cut(const struct found *found)
{
	for (uint32_t i = 0; i < found->count; i++)
		if (found->values[i].flags & VALUE_CUT)
			return 1;
	return 0;
}

struct event *
tree_bind(struct pool *pool, const struct tree *tree, const struct bytes *fields, uint32_t field_count)
{
	struct value *slots = pool_take(pool, (field_count + 1) * sizeof(*slots));
	uint64_t *present = pool_take(pool, (field_count / 64 + 1) * sizeof(*present));
	struct event *event = pool_take(pool, sizeof(*event));
	struct found leaves = { .pool = pool };

	for (uint32_t i = 0; i < field_count; i++) {
		const struct tree *flat = object_get(tree, fields[i]);
		struct found found = { .pool = pool };

		if (flat)
			found_add(&found, flat);
		else if (memchr(fields[i].data, '.', fields[i].size))
			path_search(&found, tree, fields[i]);
		if (!found.is_there)
			continue;
		present[i / 64] |= UINT64_C(1) << i % 64;
		slots[i] = found.is_list ? (struct value){ found.values, found.count, VALUE_LIST, 0, 0 } : found.values[0];
		event->flags |= found_has_cut(&found) ? EVENT_HAS_CUT : 0;
	}
	leaves_add(&leaves, tree);
	event->flags |= found_has_cut(&leaves) ? EVENT_HAS_CUT : 0;
	event->slots = slots;
	event->present = present;
	event->leaves = leaves.values;
	event->leaf_count = leaves.count;
	return event;
}
