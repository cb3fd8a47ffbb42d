/* binxml_write.c - the tree of a record as JSON. */
#include <string.h>

#include "binxml.h"
#include "line.h"

/* Whether a name in UTF-16 is this ASCII text. */
static int
is_named(const struct binxml_node *node, const char *name)
{
	const size_t size = strlen(name);
	size_t i;

	for (i = 0; i < size && 2 * i + 1 < node->size; ++i)
		if (node->data[2 * i] != (uint8_t)name[i] || node->data[2 * i + 1])
			return 0;
	return 2 * size == node->size;
}

static int
same_name(const struct binxml_node *one, const struct binxml_node *other)
{
	return one->hash == other->hash && one->size == other->size && !memcmp(one->data, other->data, one->size);
}

static const struct binxml_node *
child(const struct binxml *xml, const struct binxml_node *node)
{
	return node->first ? &xml->nodes[node->first] : NULL;
}

static const struct binxml_node *
next(const struct binxml *xml, const struct binxml_node *node)
{
	return node->next ? &xml->nodes[node->next] : NULL;
}

/* The text that names <Data Name="X">; NULL: the element is called as it is. */
static const struct binxml_node *
data_name(const struct binxml *xml, const struct binxml_node *element)
{
	const struct binxml_node *at, *text;

	if (!is_named(element, "Data"))
		return NULL;
	for (at = child(xml, element); at; at = next(xml, at)) {
		text = at->kind == BINXML_ATTRIBUTE && is_named(at, "Name") ? child(xml, at) : NULL;
		if (text && text->type == BINXML_STRING && text->size)
			return text;
	}
	return NULL;
}

static int
same_key(const struct binxml *xml, const struct binxml_node *one, const struct binxml_node *other)
{
	const struct binxml_node *name;

	if (!same_name(one, other))
		return 0;
	name = data_name(xml, one);
	one = name ? name : one;
	name = data_name(xml, other);
	other = name ? name : other;
	return one->size == other->size && !memcmp(one->data, other->data, one->size);
}

/* How many children of a kind; an attribute without a value says nothing and does not count. */
static uint32_t
count_kind(const struct binxml *xml, const struct binxml_node *node, enum binxml_kind kind)
{
	const struct binxml_node *at;
	uint32_t count = 0;

	for (at = child(xml, node); at; at = next(xml, at))
		count += at->kind == kind && (kind != BINXML_ATTRIBUTE || at->first);
	return count;
}

/* A value as part of a longer string. */
static void
write_piece(const struct binxml_node *text, struct line *json)
{
	const size_t start = json->size;

	binxml_write_value(json, text->type, text->data, text->size);
	if (json->failed || json->data[start] != '"')
		return;
	json->size -= 2;
	memmove(json->data + start, json->data + start + 1, json->size - start);
}

/* The text of an element or attribute: one value as it is, several as one string. */
static void
write_texts(const struct binxml *xml, const struct binxml_node *node, uint32_t count, struct line *json)
{
	const struct binxml_node *at;

	if (count > 1)
		line_raw(json, "\"", 1);
	for (at = child(xml, node); at; at = next(xml, at))
		if (at->kind == BINXML_TEXT && count > 1)
			write_piece(at, json);
		else if (at->kind == BINXML_TEXT)
			binxml_write_value(json, at->type, at->data, at->size);
	if (count > 1)
		line_raw(json, "\"", 1);
}

static void
write_key(struct line *json, const struct binxml_node *name)
{
	line_comma(json);
	binxml_write_utf16(json, name->data, name->size);
	line_raw(json, ":", 1);
}

/* Attributes but the Name that has become the key. */
static void
write_attributes(const struct binxml *xml, const struct binxml_node *element, struct line *json)
{
	const struct binxml_node *at;

	line_key(json, "#attributes");
	line_raw(json, "{", 1);
	for (at = child(xml, element); at; at = next(xml, at)) {
		if (at->kind != BINXML_ATTRIBUTE || !at->first)
			continue;
		write_key(json, at);
		write_texts(xml, at, count_kind(xml, at, BINXML_TEXT), json);
	}
	line_raw(json, "}", 1);
}

static void write_content(const struct binxml *xml, const struct binxml_node *element, struct line *json);

/* A child element and all that follow under the same key, unless one before it had that key. */
static void
write_member(const struct binxml *xml, const struct binxml_node *parent, const struct binxml_node *element,
             struct line *json)
{
	const struct binxml_node *name = data_name(xml, element), *at;
	uint32_t count = 0;

	for (at = child(xml, parent); at != element; at = next(xml, at))
		if (at->kind == BINXML_ELEMENT && same_key(xml, at, element))
			return;
	write_key(json, name ? name : element);
	for (at = element; at; at = next(xml, at))
		count += at->kind == BINXML_ELEMENT && same_key(xml, at, element);
	if (count > 1)
		line_raw(json, "[", 1);
	for (at = element; at; at = next(xml, at)) {
		if (at->kind != BINXML_ELEMENT || !same_key(xml, at, element))
			continue;
		line_comma(json);
		write_content(xml, at, json);
	}
	if (count > 1)
		line_raw(json, "]", 1);
}

static void
write_members(const struct binxml *xml, const struct binxml_node *element, struct line *json)
{
	const struct binxml_node *at;

	for (at = child(xml, element); at; at = next(xml, at))
		if (at->kind == BINXML_ELEMENT)
			write_member(xml, element, at, json);
}

static void
write_content(const struct binxml *xml, const struct binxml_node *element, struct line *json)
{
	const uint32_t attributes = count_kind(xml, element, BINXML_ATTRIBUTE) - (data_name(xml, element) != NULL);
	const uint32_t elements = count_kind(xml, element, BINXML_ELEMENT);
	const uint32_t texts = count_kind(xml, element, BINXML_TEXT);

	if (!attributes && !elements && !texts) {
		line_text(json, "null");
		return;
	}
	if (!attributes && !elements) {
		write_texts(xml, element, texts, json);
		return;
	}
	line_raw(json, "{", 1);
	if (attributes)
		write_attributes(xml, element, json);
	if (texts) {
		line_key(json, "#text");
		write_texts(xml, element, texts, json);
	}
	write_members(xml, element, json);
	line_raw(json, "}", 1);
}

void
binxml_write(const struct binxml *xml, struct line *json)
{
	line_raw(json, "{", 1);
	write_members(xml, &xml->nodes[0], json);
	line_raw(json, "}", 1);
}
