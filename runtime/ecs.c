/* ecs.c - the document of ECS fields: typed, collected by field, written as nested objects. */
#include <errno.h>
#include <string.h>

#include "address.h"
#include "ecs.h"
#include "line.h"
#include "timestamp.h"

enum ecs_type { KEYWORD, DATE, LONG, IP, BOOLEAN, NESTED };
enum { PRESENT = 0xffffffff };

static const struct {
	const char *key;
	uint8_t type, array;
} fields[] = {
#define ECS(name, key, type, array) { key, type, array },
#include "ecs.def"
};

enum ecs_field
ecs_find(const char *key, size_t size)
{
	int i;

	for (i = 0; i < ECS_FIELD_COUNT; ++i)
		if (fields[i].key[0] == *key && !strncmp(fields[i].key, key, size) && !fields[i].key[size])
			break;
	return (enum ecs_field)i;
}

void
ecs_start(struct ecs_doc *doc)
{
	memset(doc->first, 0, sizeof doc->first);
	doc->value_count = doc->arena_used = doc->left_out = 0;
}

const char *
ecs_get(const struct ecs_doc *doc, enum ecs_field field, size_t *size)
{
	const struct ecs_value *value = doc->first[field] ? &doc->values[doc->first[field] - 1] : NULL;

	*size = value ? value->size : 0;
	return value ? value->data : NULL;
}

/* How many values the field has; PRESENT: this one is among them. Arguments may repeat. */
static uint32_t
list_count(const struct ecs_doc *doc, enum ecs_field field, const struct ecs_value *value)
{
	uint32_t i, count = 0;

	for (i = doc->first[field]; i; i = doc->values[i - 1].next, ++count)
		if (field != ECS_process_args && doc->values[i - 1].size == value->size &&
		    !memcmp(doc->values[i - 1].data, value->data, value->size))
			return PRESENT;
	return count;
}

static int
add_value(struct ecs_doc *doc, enum ecs_field field, struct ecs_value value)
{
	uint32_t count;

	if (doc->first[field] && !fields[field].array)
		return 0;
	count = list_count(doc, field, &value);
	if (count == PRESENT)
		return 0;
	if (count >= (field == ECS_process_args ? ECS_ARGS_MAX : ECS_LIST_MAX) || doc->value_count == ECS_VALUE_MAX) {
		++doc->left_out;
		return -ENOSPC;
	}
	doc->values[doc->value_count++] = value;
	if (doc->first[field])
		doc->values[doc->last[field] - 1].next = (uint16_t)doc->value_count;
	else
		doc->first[field] = (uint16_t)doc->value_count;
	doc->last[field] = (uint16_t)doc->value_count;
	return 0;
}

static int
is_long(const char *data, size_t size)
{
	size_t i = size > 1 && data[0] == '-';

	if (!size || size - i > 18 || (data[i] == '0' && size - i > 1)) /* JSON has no 007 */
		return 0;
	for (; i < size; ++i)
		if (data[i] < '0' || data[i] > '9')
			return 0;
	return 1;
}

static const char *
arena_copy(struct ecs_doc *doc, const char *data, size_t size)
{
	char *copy = doc->arena + doc->arena_used;

	if (size > sizeof doc->arena - doc->arena_used) {
		++doc->left_out;
		return NULL;
	}
	memcpy(copy, data, size);
	doc->arena_used += (uint32_t)size;
	return copy;
}

int
ecs_set(struct ecs_doc *doc, enum ecs_field field, const char *data, size_t size)
{
	uint8_t address[16];
	uint64_t ns;

	switch (fields[field].type) {
	case LONG:
		if (!is_long(data, size))
			return -EINVAL;
		break;
	case IP:
		if (address_parse(data, size, address))
			return -EINVAL;
		break;
	case DATE:
		if (timestamp_parse(data, size, &ns))
			return -EINVAL;
		return ecs_set_time(doc, field, ns);
	case BOOLEAN:
		if (size == 4 && !memcmp(data, "True", 4))
			data = "true";
		if (size == 5 && !memcmp(data, "False", 5))
			data = "false";
		if ((size != 4 || memcmp(data, "true", 4)) && (size != 5 || memcmp(data, "false", 5)))
			return -EINVAL;
		break;
	case NESTED:
		return -EINVAL;
	}
	return add_value(doc, field, (struct ecs_value){ data, (uint32_t)size, 0, 0 });
}

int
ecs_set_text(struct ecs_doc *doc, enum ecs_field field, const char *text)
{
	return text && *text ? ecs_set(doc, field, text, strlen(text)) : 0;
}

int
ecs_copy(struct ecs_doc *doc, enum ecs_field field, const char *data, size_t size)
{
	const char *copy = arena_copy(doc, data, size);

	return copy ? ecs_set(doc, field, copy, size) : -ENOSPC;
}

int
ecs_set_number(struct ecs_doc *doc, enum ecs_field field, uint64_t number)
{
	char text[20];

	return ecs_copy(doc, field, text, line_digits(text, number));
}

int
ecs_set_time(struct ecs_doc *doc, enum ecs_field field, uint64_t ns)
{
	char text[TIMESTAMP_SIZE];
	const char *copy;

	timestamp_write(text, ns);
	copy = arena_copy(doc, text, strlen(text));
	return copy ? add_value(doc, field, (struct ecs_value){ copy, (uint32_t)strlen(text), 0, 0 }) : -ENOSPC;
}

int
ecs_set_json(struct ecs_doc *doc, enum ecs_field field, const char *data, size_t size)
{
	return add_value(doc, field, (struct ecs_value){ data, (uint32_t)size, 0, 1 });
}

static void
write_value(const struct ecs_value *value, uint8_t type, struct line *line, size_t text_max)
{
	line_comma(line);
	if (value->raw || type == LONG || type == BOOLEAN)
		line_raw(line, value->data, value->size);
	else
		line_string(line, value->data, value->size, text_max);
}

static void
write_field(const struct ecs_doc *doc, enum ecs_field field, struct line *line, size_t text_max)
{
	uint32_t i = doc->first[field];

	if (!fields[field].array) {
		write_value(&doc->values[i - 1], fields[field].type, line, text_max);
		return;
	}
	line_raw(line, "[", 1);
	for (; i; i = doc->values[i - 1].next)
		write_value(&doc->values[i - 1], fields[field].type, line, text_max);
	line_raw(line, "]", 1);
}

/* Bytes of the objects that both keys lie in, with their last dot. */
static size_t
common_objects(const char *a, const char *b)
{
	size_t i, common = 0;

	for (i = 0; a[i] && a[i] == b[i]; ++i)
		if (a[i] == '.')
			common = i + 1;
	return common;
}

static void
close_objects(struct line *line, const char *key, size_t common)
{
	for (key += common; *key; ++key)
		if (*key == '.')
			line_raw(line, "}", 1);
}

static void
open_objects(struct line *line, const char *key)
{
	const char *at;

	for (at = key; *at; ++at)
		if (*at == '.') {
			line_object(line, key, (size_t)(at - key));
			key = at + 1;
		}
	line_key(line, key);
}

void
ecs_write(const struct ecs_doc *doc, struct line *line, size_t text_max)
{
	const char *last = "";
	size_t common;
	int i;

	for (i = 0; i < ECS_FIELD_COUNT; ++i) {
		if (!doc->first[i])
			continue;
		common = common_objects(last, fields[i].key);
		close_objects(line, last, common);
		open_objects(line, fields[i].key + common);
		write_field(doc, (enum ecs_field)i, line, text_max);
		last = fields[i].key;
	}
	close_objects(line, last, 0);
}
