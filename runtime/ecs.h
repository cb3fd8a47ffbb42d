/*
 * ecs.h - one ECS document: values set by field in any order, written as nested objects in the order of ecs.def.
 */
#ifndef ECS_H
#define ECS_H

#include <stddef.h>
#include <stdint.h>

struct line;

enum ecs_field {
#define ECS(name, key, type, array) ECS_##name,
#include "ecs.def"
	ECS_FIELD_COUNT,
	ECS_NONE = ECS_FIELD_COUNT,
};

/* A list has its own limit, so that a long one (process.args) leaves room for what every alert has to say. */
enum { ECS_VALUE_MAX = 1024, ECS_ARENA_SIZE = 8192, ECS_LIST_MAX = 64, ECS_ARGS_MAX = 256 };
enum { ECS_WORDS = (ECS_FIELD_COUNT + 63) / 64 };

struct ecs_value {
	const char *data;
	const char *json; /* the same as JSON writes it; NULL: not known; data: it is no string */
	uint32_t size, json_size;
	uint16_t next; /* of the same field, + 1; 0: the last */
};

/* Borrows the texts it is given until it is written, but for ecs_copy's. What does not fit is left out and counted. */
struct ecs_doc {
	uint64_t set[ECS_WORDS]; /* bits of the fields that have values */
	uint16_t first[ECS_FIELD_COUNT], last[ECS_FIELD_COUNT]; /* of a field that is set: in values */
	struct ecs_value values[ECS_VALUE_MAX];
	uint32_t value_count, arena_used, left_out;
	char arena[ECS_ARENA_SIZE];
};

enum ecs_field ecs_find(const char *key, size_t size); /* ECS_NONE: none of ours */
const char *ecs_key(enum ecs_field field);
void ecs_start(struct ecs_doc *doc);

static inline int
ecs_has(const struct ecs_doc *doc, enum ecs_field field)
{
	return doc->set[field / 64] >> field % 64 & 1;
}

/* The field's first value; NULL: it is not set. */
static inline const char *
ecs_get(const struct ecs_doc *doc, enum ecs_field field, size_t *size)
{
	const struct ecs_value *value = &doc->values[doc->first[field]];

	if (!ecs_has(doc, field)) {
		*size = 0;
		return NULL;
	}
	*size = value->size;
	return value->data;
}

/* Sets a field, or adds to one that is an array (a value once). A field that is set keeps its value. 0; -EINVAL: the
 * text is not of the field's type (a number, an address, a time, true or false); -ENOSPC. */
int ecs_set(struct ecs_doc *doc, enum ecs_field field, const char *data, size_t size);
/* The same of a string that JSON writes in that way; json NULL: not known. */
int ecs_set_string(struct ecs_doc *doc, enum ecs_field field, const char *data, size_t size, const char *json,
                   size_t json_size);
/* Sets a field to the first value of another one of its type, or adds that. */
int ecs_set_same(struct ecs_doc *doc, enum ecs_field field, enum ecs_field from); /* from is set */
int ecs_set_text(struct ecs_doc *doc, enum ecs_field field, const char *text); /* NULL and "" are not set */
int ecs_set_number(struct ecs_doc *doc, enum ecs_field field, uint64_t number);
int ecs_set_time(struct ecs_doc *doc, enum ecs_field field, uint64_t ns);
int ecs_copy(struct ecs_doc *doc, enum ecs_field field, const char *data, size_t size);
/* A value that is JSON already (threat.enrichments). */
int ecs_set_json(struct ecs_doc *doc, enum ecs_field field, const char *data, size_t size);
#endif
