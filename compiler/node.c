/*
 * node.c - looking into nodes, and the YAML 1.2 core schema for plain scalars.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "ir.h"
#include "node.h"
#include "scalar.h"
#include "utf8.h"

static int
is_one_of(struct ir_text text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(words[i]) == text.size && !memcmp(words[i], text.data, text.size))
			return 1;
	return 0;
}

static size_t
digits_skip(struct ir_text text, size_t at, const char *digits)
{
	while (at < text.size && text.data[at] && strchr(digits, text.data[at]))
		at++;
	return at;
}

static int
is_integer(struct ir_text text)
{
	size_t sign = text.size && strchr("+-", text.data[0]) && text.data[0];

	if (text.size > 2 && text.data[0] == '0' && text.data[1] == 'x')
		return digits_skip(text, 2, "0123456789abcdefABCDEF") == text.size;
	if (text.size > 2 && text.data[0] == '0' && text.data[1] == 'o')
		return digits_skip(text, 2, "01234567") == text.size;
	return text.size > sign && digits_skip(text, sign, "0123456789") == text.size;
}

static int
is_real(struct ir_text text)
{
	static const char *const words[] = {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
	                                    ".nan", ".NaN", ".NAN"};
	size_t at = text.size && strchr("+-", text.data[0]) && text.data[0], whole, end;

	whole = digits_skip(text, at, "0123456789");
	end = whole;
	if (whole < text.size && text.data[whole] == '.')
		end = digits_skip(text, whole + 1, "0123456789");
	if (whole == at && end <= whole + 1)
		return is_one_of(text, words, sizeof(words) / sizeof(*words));
	if (end < text.size && (text.data[end] | 32) == 'e') {
		end++;
		end += end < text.size && (text.data[end] == '+' || text.data[end] == '-');
		return end < text.size && digits_skip(text, end, "0123456789") == text.size;
	}
	return end == text.size;
}

enum node_type
scalar_type(struct ir_text text)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
	static const char *const bools[] = {"true", "True", "TRUE", "false", "False", "FALSE"};

	if (is_one_of(text, nulls, sizeof(nulls) / sizeof(*nulls)))
		return NODE_NULL;
	if (is_one_of(text, bools, sizeof(bools) / sizeof(*bools)))
		return NODE_BOOL;
	if (is_integer(text))
		return NODE_INTEGER;
	return is_real(text) ? NODE_REAL : NODE_STRING;
}

int
node_is_scalar(const struct node *node)
{
	return node && node->type != NODE_LIST && node->type != NODE_MAP;
}

int
node_is(const struct node *node, const char *text)
{
	return node_is_scalar(node) && node->text.size == strlen(text) && !memcmp(node->text.data, text, node->text.size);
}

const struct node *
node_key(const struct node *map, const char *key)
{
	for (size_t i = 0; map && map->type == NODE_MAP && i < map->count; i++)
		if (node_is(map->keys[i], key))
			return map->keys[i];
	return NULL;
}

const struct node *
node_get(const struct node *map, const char *key)
{
	for (size_t i = 0; map && map->type == NODE_MAP && i < map->count; i++)
		if (node_is(map->keys[i], key))
			return map->items[i];
	return NULL;
}

const char *
node_type_name(enum node_type type)
{
	static const char *const names[] = {"null", "a boolean", "an integer", "a real number", "a string", "a list",
	                                    "a map"};

	return names[type];
}

int
node_is_exact(const struct node *node)
{
	return node->place.width == utf8_count(node->text.data, node->text.size) + 2 * !!node->quoted;
}

struct place
node_place(const struct node *node, size_t offset, size_t size)
{
	struct place place = node->place;

	if (!node_is_exact(node) || offset > node->text.size || size > node->text.size - offset)
		return place;
	place.column += !!node->quoted + utf8_count(node->text.data, offset);
	place.width = utf8_count(node->text.data + offset, size);
	return place;
}

int
node_integer(const struct node *node, int64_t *value)
{
	const char *text = node->text.data;
	int base = !strncmp(text, "0x", 2) ? 16 : !strncmp(text, "0o", 2) ? 8 : 10;

	errno = 0;
	*value = strtoll(base == 10 ? text : text + 2, NULL, base);
	return -errno;
}
