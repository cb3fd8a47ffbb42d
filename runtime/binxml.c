/* binxml.c - the tokens of binary XML, into a tree. */
#include <errno.h>
#include <string.h>

#include "binxml.h"
#include "bytes.h"

enum token {
	TOKEN_END = 0x00, TOKEN_OPEN = 0x01, TOKEN_CLOSE_OPEN = 0x02, TOKEN_CLOSE_EMPTY = 0x03, TOKEN_CLOSE = 0x04,
	TOKEN_TEXT = 0x05, TOKEN_ATTRIBUTE = 0x06, TOKEN_CDATA = 0x07, TOKEN_CHARACTER = 0x08, TOKEN_ENTITY = 0x09,
	TOKEN_INSTRUCTION = 0x0a, TOKEN_INSTRUCTION_DATA = 0x0b, TOKEN_TEMPLATE = 0x0c, TOKEN_VALUE = 0x0d,
	TOKEN_OPTIONAL_VALUE = 0x0e, TOKEN_FRAGMENT = 0x0f,
	TOKEN_MORE = 0x40, /* or'ed: attributes, or more of the same, follow */
};

enum { NAME_HEAD = 8, TEMPLATE_HEAD = 24, VALUE_HEAD = 4 };

struct values { /* what an instance puts into its template's substitutions */
	const uint8_t *heads; /* size, type, 0: VALUE_HEAD bytes each */
	uint32_t first, end;  /* of their bytes, in the chunk */
	uint32_t count;
};

struct input { /* a run of tokens */
	uint32_t at, end;
	int has_dependencies;        /* elements state the substitution they depend on */
	const struct values *values; /* NULL outside of a template */
};

static int read_content(struct binxml *xml, struct input *input, uint32_t parent);

static int
wrong(struct binxml *xml, const char *error)
{
	xml->error = error;
	return -EBADMSG;
}

/* The next size bytes, stepped over; NULL: there are fewer. */
static const uint8_t *
take(struct binxml *xml, struct input *input, uint32_t size)
{
	const uint8_t *bytes = xml->chunk + input->at;

	if (size > input->end - input->at) {
		xml->error = "it ends in the middle of a token";
		return NULL;
	}
	input->at += size;
	return bytes;
}

void
binxml_clear(struct binxml *xml)
{
	xml->text_size = xml->steps = xml->depth = 0;
	xml->node_count = 1;
	xml->nodes[0] = (struct binxml_node){ .kind = BINXML_ELEMENT };
}

struct binxml_node *
binxml_add(struct binxml *xml, uint32_t parent, enum binxml_kind kind)
{
	struct binxml_node *up = &xml->nodes[parent], *node = &xml->nodes[xml->node_count];

	if (xml->node_count == BINXML_NODE_MAX) {
		xml->error = "it has too many elements and values";
		return NULL;
	}
	*node = (struct binxml_node){ .kind = (uint8_t)kind };
	if (up->last)
		xml->nodes[up->last].next = (uint16_t)xml->node_count;
	else
		up->first = (uint16_t)xml->node_count;
	up->last = (uint16_t)xml->node_count++;
	return node;
}

int
binxml_add_text(struct binxml *xml, uint32_t parent, uint8_t type, const uint8_t *data, uint32_t size)
{
	struct binxml_node *node = binxml_add(xml, parent, BINXML_TEXT);

	if (!node)
		return -EBADMSG;
	xml->text_size += size;
	if (xml->text_size > BINXML_TEXT_MAX)
		return wrong(xml, "its values are too long");
	node->type = type;
	node->data = data;
	node->size = (uint16_t)size;
	return 0;
}

void
binxml_set_name(struct binxml_node *node, const uint8_t *name, uint16_t size)
{
	node->data = name;
	node->size = size;
	for (uint16_t i = 0; i < size; ++i)
		node->hash = node->hash * 31 + name[i];
}

/* A name stands where its offset says: here, and is stepped over, or where it was first used. */
static int
read_name(struct binxml *xml, struct input *input, struct binxml_node *node)
{
	const uint8_t *bytes = take(xml, input, 4);
	struct input name = { 0, xml->chunk_size, 0, NULL };
	uint32_t size;
	int is_here;

	if (!bytes)
		return -EBADMSG;
	name.at = read_u32(bytes);
	is_here = name.at == input->at;
	if (name.at > name.end || !(bytes = take(xml, &name, NAME_HEAD)))
		return wrong(xml, "a name lies outside of its chunk");
	size = 2u * read_u16(bytes + 6);
	bytes = take(xml, &name, size + 2);
	if (!bytes)
		return wrong(xml, "a name lies outside of its chunk");
	if (is_here && !take(xml, input, NAME_HEAD + size + 2))
		return -EBADMSG;
	if (!node)
		return 0;
	binxml_set_name(node, bytes, (uint16_t)size);
	return 0;
}

/* UTF-16 with its number of characters before it. */
static int
read_text(struct binxml *xml, struct input *input, uint32_t parent)
{
	const uint8_t *bytes = take(xml, input, 2);
	uint32_t size = bytes ? 2u * read_u16(bytes) : 0;

	bytes = bytes ? take(xml, input, size) : NULL;
	return bytes ? binxml_add_text(xml, parent, BINXML_STRING, bytes, size) : -EBADMSG;
}

/* &lt; and the like are known by their first letters. */
static int
read_entity(struct binxml *xml, struct input *input, uint32_t parent)
{
	static const char names[][5] = { "amp", "lt", "gt", "quot", "apos" };
	static const uint8_t characters[][2] = { "&", "<", ">", "\"", "'" };
	struct binxml_node name = { 0 };
	size_t i, at;

	if (read_name(xml, input, &name))
		return -EBADMSG;
	for (i = 0; i < sizeof names / sizeof *names; ++i) {
		for (at = 0; names[i][at] && 2 * at + 1 < name.size && name.data[2 * at] == names[i][at]; ++at)
			;
		if (!names[i][at] && 2 * at == name.size)
			return binxml_add_text(xml, parent, BINXML_STRING, characters[i], 2);
	}
	return wrong(xml, "an entity is not known");
}

/* A value that is binary XML becomes content of its own; one that is null is nothing. Steps count the search as well. */
static int
read_value(struct binxml *xml, const struct values *values, uint32_t number, uint32_t parent)
{
	struct input inner = { values->first, values->end, 0, NULL };
	uint32_t i, size;
	uint8_t type;

	for (i = 0; i < number; ++i)
		inner.at += read_u16(values->heads + VALUE_HEAD * i);
	size = read_u16(values->heads + VALUE_HEAD * number);
	type = values->heads[VALUE_HEAD * number + 2];
	if (inner.at > values->end || size > values->end - inner.at)
		return wrong(xml, "a value lies outside of its record");
	inner.end = inner.at + size;
	xml->steps += number / 16;
	if (type == BINXML_XML)
		return read_content(xml, &inner, parent);
	return type == BINXML_NULL ? 0 : binxml_add_text(xml, parent, type, xml->chunk + inner.at, size);
}

/* Puts a value of the instance here. */
static int
read_substitution(struct binxml *xml, struct input *input, uint32_t parent)
{
	const uint8_t *bytes = take(xml, input, 3);
	uint32_t number;

	if (!bytes)
		return -EBADMSG;
	number = read_u16(bytes);
	if (!input->values || number >= input->values->count)
		return wrong(xml, "a substitution has no value");
	return read_value(xml, input->values, number, parent);
}

/* The values that stand behind a template or a reference to one. */
static int
read_values(struct binxml *xml, struct input *input, struct values *values)
{
	const uint8_t *bytes = take(xml, input, 4);
	uint32_t i, size = 0;

	if (!bytes)
		return -EBADMSG;
	values->count = read_u32(bytes);
	if (values->count > BINXML_NODE_MAX || !(values->heads = take(xml, input, VALUE_HEAD * values->count)))
		return wrong(xml, "it has more values than bytes");
	for (i = 0; i < values->count; ++i)
		size += read_u16(values->heads + VALUE_HEAD * i);
	values->first = input->at;
	if (!take(xml, input, size))
		return -EBADMSG;
	values->end = input->at;
	return 0;
}

static int
read_template(struct binxml *xml, struct input *input, uint32_t parent)
{
	const uint8_t *bytes = take(xml, input, 9);
	struct values values = { 0 };
	struct input body = { 0, xml->chunk_size, 1, &values };
	int is_here;

	if (!bytes)
		return -EBADMSG;
	body.at = read_u32(bytes + 5);
	is_here = body.at == input->at;
	if (body.at > body.end || !(bytes = take(xml, &body, TEMPLATE_HEAD)) ||
	    read_u32(bytes + 20) > body.end - body.at)
		return wrong(xml, "a template lies outside of its chunk");
	body.end = body.at + read_u32(bytes + 20);
	if ((is_here && !take(xml, input, body.end - input->at)) || read_values(xml, input, &values))
		return -EBADMSG;
	return read_content(xml, &body, parent);
}

static int
read_attribute(struct binxml *xml, struct input *input, uint32_t parent)
{
	struct binxml_node *node = binxml_add(xml, parent, BINXML_ATTRIBUTE);

	if (!node || read_name(xml, input, node))
		return -EBADMSG;
	return read_content(xml, input, (uint32_t)(node - xml->nodes));
}

static int
read_element(struct binxml *xml, struct input *input, uint32_t parent, int has_attributes)
{
	struct binxml_node *node = binxml_add(xml, parent, BINXML_ELEMENT);
	const uint32_t number = xml->node_count - 1;
	const uint8_t *token;

	if (!node || !take(xml, input, input->has_dependencies ? 6 : 4) || read_name(xml, input, node) ||
	    (has_attributes && !take(xml, input, 4)))
		return -EBADMSG;
	while ((token = take(xml, input, 1)) && (*token & ~TOKEN_MORE) == TOKEN_ATTRIBUTE)
		if (read_attribute(xml, input, number))
			return -EBADMSG;
	if (!token)
		return -EBADMSG;
	if (*token == TOKEN_CLOSE_EMPTY)
		return 0;
	if (*token != TOKEN_CLOSE_OPEN)
		return wrong(xml, "an element's tag does not end");
	if (read_content(xml, input, number))
		return -EBADMSG;
	token = take(xml, input, 1);
	return token && *token == TOKEN_CLOSE ? 0 : wrong(xml, "an element does not end");
}

static int
read_character(struct binxml *xml, struct input *input, uint32_t parent)
{
	const uint8_t *bytes = take(xml, input, 2);

	return bytes ? binxml_add_text(xml, parent, BINXML_STRING, bytes, 2) : -EBADMSG;
}

/* A processing instruction: its name or its text, which no event has a use for. */
static int
skip_instruction(struct binxml *xml, struct input *input, int is_name)
{
	const uint8_t *bytes;

	if (is_name)
		return read_name(xml, input, NULL);
	bytes = take(xml, input, 2);
	return bytes && take(xml, input, 2u * read_u16(bytes)) ? 0 : -EBADMSG;
}

/* One token that can stand among content; 1: it cannot, and is not stepped over. */
static int
read_token(struct binxml *xml, struct input *input, uint32_t parent)
{
	const uint8_t token = *take(xml, input, 1);
	const uint8_t *type;

	switch (token & ~TOKEN_MORE) {
	case TOKEN_OPEN:
		return xml->nodes[parent].kind == BINXML_ELEMENT ? read_element(xml, input, parent, token & TOKEN_MORE)
		                                                 : wrong(xml, "an attribute has an element in it");
	case TOKEN_TEXT:
		type = take(xml, input, 1);
		return type && *type == BINXML_STRING ? read_text(xml, input, parent)
		                                      : wrong(xml, "a text is of an unknown type");
	case TOKEN_CDATA:
		return read_text(xml, input, parent);
	case TOKEN_CHARACTER:
		return read_character(xml, input, parent);
	case TOKEN_ENTITY:
		return read_entity(xml, input, parent);
	case TOKEN_INSTRUCTION:
	case TOKEN_INSTRUCTION_DATA:
		return skip_instruction(xml, input, (token & ~TOKEN_MORE) == TOKEN_INSTRUCTION);
	case TOKEN_TEMPLATE:
		return read_template(xml, input, parent);
	case TOKEN_VALUE:
	case TOKEN_OPTIONAL_VALUE:
		return read_substitution(xml, input, parent);
	case TOKEN_FRAGMENT:
		return take(xml, input, 3) ? 0 : -EBADMSG;
	}
	--input->at;
	return 1;
}

/* Content of parent, up to a token that ends it, which is left to the caller, or to the end of the input. */
static int
read_content(struct binxml *xml, struct input *input, uint32_t parent)
{
	int got = 0;

	if (++xml->depth > BINXML_DEPTH_MAX)
		return wrong(xml, "its elements nest too deep");
	while (!got && input->at < input->end) {
		if (++xml->steps > BINXML_STEP_MAX)
			return wrong(xml, "it takes too many steps to read");
		got = read_token(xml, input, parent);
	}
	--xml->depth;
	return got < 0 ? got : 0;
}

int
binxml_read(struct binxml *xml, const uint8_t *chunk, uint32_t chunk_size, uint32_t at, uint32_t end)
{
	struct input input = { at, end, 1, NULL };

	binxml_clear(xml);
	xml->chunk = chunk;
	xml->chunk_size = chunk_size;
	return read_content(xml, &input, 0);
}
