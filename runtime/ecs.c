/* ecs.c - the document of ECS fields: typed, collected by field. */
#include <errno.h>
#include <string.h>

#include "address.h"
#include "ecs.h"
#include "ecs_row.h"
#include "line.h"
#include "timestamp.h"

enum { PRESENT = INT32_MAX };

const struct ecs_row ecs_rows[] = {
#define ECS(name, key, type, array) { key, ECS_##type, array },
#include "ecs.def"
};

enum ecs_field
ecs_find(const char *key, size_t size)
{
	int i;

	for (i = 0; i < ECS_FIELD_COUNT; ++i)
		if (ecs_rows[i].key[0] == *key && !strncmp(ecs_rows[i].key, key, size) && !ecs_rows[i].key[size])
			break;
	return (enum ecs_field)i;
}

const char *
ecs_key(enum ecs_field field)
{
	return ecs_rows[field].key;
}

void
ecs_start(struct ecs_doc *doc)
{
	memset(doc->set, 0, sizeof doc->set);
	doc->value_count = doc->arena_used = doc->left_out = 0;
}

/* How many values the field has; PRESENT: this one is among them. Arguments may repeat. */
static uint32_t
list_count(const struct ecs_doc *doc, enum ecs_field field, const char *data, uint32_t size)
{
	uint32_t i, count = 1;

	for (i = doc->first[field];; i = doc->values[i].next - 1u, ++count) {
		if (field != ECS_process_args && doc->values[i].size == size && !memcmp(doc->values[i].data, data, size))
			return PRESENT;
		if (!doc->values[i].next)
			return count;
	}
}

/* Whether a field that has values takes one more: 0, PRESENT or a negative errno. */
static int
check_item(struct ecs_doc *doc, enum ecs_field field, const char *data, uint32_t size)
{
	uint32_t count = ecs_rows[field].array ? list_count(doc, field, data, size) : PRESENT;

	if (count == PRESENT)
		return PRESENT;
	if (count < (field == ECS_process_args ? ECS_ARGS_MAX : ECS_LIST_MAX))
		return 0;
	++doc->left_out;
	return -ENOSPC;
}

/* As the field's last value; there is room for it. */
static inline void
put_value(struct ecs_doc *doc, enum ecs_field field, const char *data, size_t size, const char *json, size_t json_size)
{
	doc->last[field] = (uint16_t)doc->value_count;
	doc->values[doc->value_count++] = (struct ecs_value){ data, json, (uint32_t)size, (uint32_t)json_size, 0 };
}

/* To a field that has values, or of a document that is full. */
static __attribute__((noinline)) int
add_more(struct ecs_doc *doc, enum ecs_field field, const char *data, size_t size, const char *json, size_t json_size)
{
	int error = ecs_has(doc, field) ? check_item(doc, field, data, (uint32_t)size) : 0;

	if (error)
		return error == PRESENT ? 0 : error;
	if (doc->value_count == ECS_VALUE_MAX) {
		++doc->left_out;
		return -ENOSPC;
	}
	doc->values[doc->last[field]].next = (uint16_t)(doc->value_count + 1);
	put_value(doc, field, data, size, json, json_size);
	return 0;
}

static inline int
add_value(struct ecs_doc *doc, enum ecs_field field, const char *data, size_t size, const char *json, size_t json_size)
{
	if (ecs_has(doc, field) || doc->value_count == ECS_VALUE_MAX)
		return add_more(doc, field, data, size, json, json_size);
	doc->set[field / 64] |= UINT64_C(1) << field % 64;
	doc->first[field] = (uint16_t)doc->value_count;
	put_value(doc, field, data, size, json, json_size);
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

static int
set_boolean(struct ecs_doc *doc, enum ecs_field field, const char *data, size_t size)
{
	if (size == 4 && !memcmp(data, "True", 4))
		data = "true";
	if (size == 5 && !memcmp(data, "False", 5))
		data = "false";
	if ((size != 4 || memcmp(data, "true", 4)) && (size != 5 || memcmp(data, "false", 5)))
		return -EINVAL;
	return add_value(doc, field, data, size, data, size);
}

/* What is no keyword. */
static __attribute__((noinline)) int
set_typed(struct ecs_doc *doc, enum ecs_field field, const char *data, size_t size)
{
	uint8_t address[16];
	uint64_t ns;

	switch (ecs_rows[field].type) {
	case ECS_LONG:
		return is_long(data, size) ? add_value(doc, field, data, size, data, size) : -EINVAL;
	case ECS_IP:
		return address_parse(data, size, address) ? -EINVAL : add_value(doc, field, data, size, NULL, 0);
	case ECS_DATE:
		return timestamp_parse(data, size, &ns) ? -EINVAL : ecs_set_time(doc, field, ns);
	case ECS_BOOLEAN:
		return set_boolean(doc, field, data, size);
	default:
		return -EINVAL;
	}
}

int
ecs_set(struct ecs_doc *doc, enum ecs_field field, const char *data, size_t size)
{
	return ecs_set_string(doc, field, data, size, NULL, 0);
}

int
ecs_set_string(struct ecs_doc *doc, enum ecs_field field, const char *data, size_t size, const char *json,
               size_t json_size)
{
	return ecs_rows[field].type == ECS_KEYWORD ? add_value(doc, field, data, size, json, json_size)
	                                           : set_typed(doc, field, data, size);
}

int
ecs_set_same(struct ecs_doc *doc, enum ecs_field field, enum ecs_field from)
{
	const struct ecs_value *value = &doc->values[doc->first[from]];

	return add_value(doc, field, value->data, value->size, value->json, value->json_size);
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
	return copy ? add_value(doc, field, copy, strlen(text), NULL, 0) : -ENOSPC;
}

int
ecs_set_json(struct ecs_doc *doc, enum ecs_field field, const char *data, size_t size)
{
	return add_value(doc, field, data, size, data, size);
}
