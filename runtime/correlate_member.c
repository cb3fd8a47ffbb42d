/* correlate_member.c - the values of a match by the names of a correlation, folded and hashed. */
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "capture.h"
#include "correlate.h"
#include "fold.h"
#include "matches.h"
#include "pack.h"
#include "packfile.h"
#include "pipeline.h"
#include "window.h"
#include "correlate_state.h"

/* Folded text of an ASCII one is itself in small letters; any other takes the long way. */
static uint64_t
fold(uint8_t *out, const struct correlate_text *text)
{
	const uint8_t *from = (const uint8_t *)text->data;
	uint32_t i;

	for (i = 0; i < text->size && from[i] < 0x80; ++i)
		out[i] = from[i] | ((uint8_t)(from[i] - 'A') < 26 ? 0x20 : 0);
	return i == text->size ? i : fold_text(out, from, text->size, 1);
}

static uint64_t
hash_text(struct correlate *c, const struct correlate_text *text)
{
	uint64_t hash, size = fold(c->folded, text);

	crypto_shorthash_siphash24((unsigned char *)&hash, c->folded, size, c->config.key);
	return hash;
}

void
correlate_hash(const struct correlate *c, const uint8_t *seed, uint32_t first, uint32_t count, const uint32_t *at,
               uint64_t hash[2])
{
	uint64_t words[2 + PACK_KEY_MAX];
	uint32_t i;

	memcpy(words, seed, 16);
	for (i = 0; i < count; ++i)
		words[2 + i] = c->members[first + i][at[first + i]].hash;
	crypto_shorthash_siphashx24((unsigned char *)hash, (const unsigned char *)words, (2 + count) * sizeof *words,
	                            c->config.key);
}

/* A list's equal members are one. */
static void
add_member(struct correlate *c, uint32_t name, struct correlate_text text, int is_number)
{
	struct member *members = c->members[name], *fresh = &members[c->member_counts[name]];
	uint32_t i;

	fresh->text = text;
	if (is_number) {
		if (!number_read(text.data, text.size, &fresh->number))
			++c->member_counts[name];
		return;
	}
	fresh->hash = hash_text(c, &text);
	for (i = 0; i < c->member_counts[name]; ++i)
		if (members[i].hash == fresh->hash)
			return;
	++c->member_counts[name];
}

static void
add_members(struct correlate *c, const struct trigger *trigger, const struct pack_key *key, uint32_t name, int is_number)
{
	const struct matches *matches = c->event->matches;
	const struct capture_field *field;
	uint32_t i;

	if (key->name != PACK_NONE && trigger->hold) {
		add_member(c, name, trigger->hold->group[key->name], is_number);
		return;
	}
	field = key->slot == PACK_NONE ? NULL : capture_find(matches, &matches->rows[trigger->match], key->slot);
	for (i = 0; field && i < field->count; ++i) {
		const struct capture_text *text = &matches->capture->texts[field->first + i];

		add_member(c, name, (struct correlate_text){ matches->capture->bytes + text->offset, text->size }, is_number);
	}
}

int
correlate_members(struct correlate *c, const struct trigger *trigger)
{
	const struct pack_correlation *row = c->correlations[trigger->link.correlation].row;
	const struct pack_reference *reference =
		&c->tables->correlation_references[row->references.first + trigger->link.reference];
	const struct pack_key *keys = c->tables->keys + reference->keys.first;
	uint32_t i;

	for (i = 0; i < row->names.count; ++i) {
		int is_value = i >= row->group_count;

		c->member_counts[i] = 0;
		add_members(c, trigger, &keys[i], i, is_value && row->type >= PACK_VALUE_SUM);
		if (!c->member_counts[i])
			return is_value ? -ENODATA : -ENOENT;
	}
	return 0;
}
