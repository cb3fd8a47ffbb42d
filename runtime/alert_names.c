/* alert_names.c - the vocabulary's ECS keys, as tables by number of a name. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "alert_fields.h"
#include "ecs.h"
#include "snippets.h"
#include "alert_names.h"
#include "bind.h"
#include "line.h"
#include "packfile.h"
#include "record.h"
#include "vocabulary.h"

struct key { /* size 0: it is not there yet */
	uint32_t at, size;
};

struct alert_names {
	const struct pack_tables *tables;
	uint8_t *recorded[RECORD_KIND_MAX], *live[RECORD_KIND_MAX]; /* by number: enum ecs_field */
	uint8_t hashed[RECORD_KIND_MAX]; /* enum alert_hashed */
	uint32_t hashes;    /* number of that name */
	uint32_t key_count; /* 0: this and hashes are not known yet */
	struct key *keys;   /* by number */
	struct line texts;  /* of keys */
};

_Static_assert(ECS_NONE <= UINT8_MAX, "tables hold fields in a byte");

struct alert_names *
alert_names_new(const struct pack_tables *tables)
{
	struct alert_names *names = calloc(1, sizeof *names);

	if (names)
		names->tables = tables;
	return names;
}

void
alert_names_free(struct alert_names *names)
{
	uint32_t i;

	for (i = 0; names && i < RECORD_KIND_MAX; ++i) {
		free(names->recorded[i]);
		free(names->live[i]);
	}
	if (names) {
		free(names->keys);
		line_done(&names->texts);
	}
	free(names);
}

static enum ecs_field
look_up(const struct pack_tables *tables, const struct alert_event *event, uint32_t number)
{
	struct bind_name name;
	const struct vocabulary_field *row;

	if (number < tables->slot_count)
		name = (struct bind_name){ pack_text_data(tables, tables->slots[number].name), tables->slots[number].name.size };
	else
		name = event->names[number];
	row = event->kind ? vocabulary_field(event->kind, name.data, name.size) : NULL;
	if (!row && !event->subject)
		row = vocabulary_field(vocabulary_kind(RECORD_recorded), name.data, name.size);
	return row && *row->ecs ? ecs_find(row->ecs, strlen(row->ecs)) : ECS_NONE;
}

static uint8_t *
make_table(const struct pack_tables *tables, const struct alert_event *event)
{
	uint32_t count = event->name_count > tables->slot_count ? event->name_count : tables->slot_count, i;
	uint8_t *table = malloc(count + 1);

	for (i = 0; table && i < count; ++i)
		table[i] = (uint8_t)look_up(tables, event, i);
	return table;
}

/* Hashes belong to what the kind is about. */
static enum alert_hashed
what_is_hashed(const struct vocabulary_kind *kind)
{
	const struct vocabulary_field *row = kind ? vocabulary_field(kind, "sha256", 6) : NULL;

	if (!row)
		return HASHED_PROCESS;
	return !strncmp(row->ecs, "dll.", 4) ? HASHED_DLL : !strncmp(row->ecs, "file.", 5) ? HASHED_FILE : HASHED_PROCESS;
}

const uint8_t *
alert_names_fields(struct alert_names *names, const struct alert_event *event)
{
	uint8_t **tables = event->subject ? names->live : names->recorded;
	uint32_t kind = event->kind ? event->kind->number : 0;

	if (!tables[kind]) {
		tables[kind] = make_table(names->tables, event);
		names->hashed[kind] = (uint8_t)what_is_hashed(event->kind);
	}
	return tables[kind];
}

enum alert_hashed
alert_names_hashed(const struct alert_names *names, const struct alert_event *event)
{
	return (enum alert_hashed)names->hashed[event->kind ? event->kind->number : 0];
}

/* Room for what is known of the event's names, which are the same for all events. 0 or -ENOMEM. */
static int
know_names(struct alert_names *names, const struct alert_event *event)
{
	uint32_t i;

	if (names->key_count)
		return 0;
	names->keys = calloc(event->name_count + 1, sizeof *names->keys);
	if (!names->keys)
		return -ENOMEM;
	names->key_count = event->name_count;
	names->hashes = UINT32_MAX;
	for (i = 0; i < event->name_count; ++i)
		if (event->names[i].size == 6 && !memcmp(event->names[i].data, "Hashes", 6))
			names->hashes = i;
	return 0;
}

uint32_t
alert_names_hashes(struct alert_names *names, const struct alert_event *event)
{
	return know_names(names, event) ? UINT32_MAX : names->hashes;
}

struct snippet
alert_names_key(struct alert_names *names, const struct alert_event *event, uint32_t number)
{
	struct line *texts = &names->texts;
	struct key *key;

	if (know_names(names, event))
		return (struct snippet){ NULL, 0 };
	key = &names->keys[number];
	if (!key->size) {
		line_cut(texts, texts->size);
		key->at = (uint32_t)texts->size;
		line_raw(texts, ",", 1);
		line_string(texts, event->names[number].data, event->names[number].size, ALERT_NAME_MAX);
		line_raw(texts, ":", 1);
		key->size = texts->failed ? 0 : (uint32_t)texts->size - key->at;
	}
	return key->size ? (struct snippet){ texts->data + key->at, key->size } : (struct snippet){ NULL, 0 };
}
