/*
 * vocabulary.h - event.def as tables to look things up in: kinds by name or number, fields by the name a rule uses.
 */
#ifndef VOCABULARY_H
#define VOCABULARY_H

#include <stddef.h>
#include <stdint.h>

enum vocabulary_storage { /* the rows of event.def */
	STORAGE_TEXT, STORAGE_ARGS, STORAGE_U32, STORAGE_U64, STORAGE_ADDRESS, STORAGE_PORT, STORAGE_DERIVED,
	STORAGE_VIEW,
};

enum vocabulary_reach { /* is the value there with an event of the kind? */
	VOCABULARY_ALWAYS, VOCABULARY_SOMETIMES, VOCABULARY_NEVER, VOCABULARY_LATE,
};

struct vocabulary_field {
	const char *member; /* of the record's struct, or the derived value's name; NULL ends a kind's fields */
	const char *name;   /* as Sigma writes it; "": rules cannot ask for it */
	const char *ecs;    /* dotted ECS key; "": not written by itself */
	uint8_t storage;    /* enum vocabulary_storage */
	uint8_t on_linux, on_windows; /* enum vocabulary_reach */
	uint16_t offset;    /* in the record; 0 for STORAGE_DERIVED and STORAGE_VIEW */
};

struct vocabulary_kind {
	const char *name;
	const char *category, *type, *action, *dataset; /* of the ECS event */
	uint32_t number; /* enum record_kind */
	uint32_t size;   /* bytes of the record's struct */
	struct vocabulary_field fields[];
};

/* NULL: there is no such kind. Kinds and fields are constants. */
const struct vocabulary_kind *vocabulary_kind(uint32_t number);
/* The field that a rule calls so; NULL: the kind has none. */
const struct vocabulary_field *vocabulary_field(const struct vocabulary_kind *kind, const char *name, size_t size);
#endif
