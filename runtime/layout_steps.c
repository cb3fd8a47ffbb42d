/* layout_steps.c - steps found by their text in a table, or learned. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json_index.h"
#include "layout.h"
#include "layout_steps.h"

int
steps_init(struct steps *s)
{
	*s = (struct steps){ 0 };
	s->steps = malloc(STEP_MAX * sizeof *s->steps);
	s->members = malloc(LAYOUT_MEMBERS * sizeof *s->members);
	s->table = malloc(STEP_TABLE * sizeof *s->table);
	s->member_table = malloc(2 * LAYOUT_MEMBERS * sizeof *s->member_table);
	s->texts = malloc(STEP_TEXT_ROOM);
	if (!s->steps || !s->members || !s->table || !s->member_table || !s->texts)
		return -ENOMEM;
	steps_forget(s);
	return 0;
}

void
steps_done(struct steps *s)
{
	free(s->steps);
	free(s->members);
	free(s->table);
	free(s->member_table);
	free(s->texts);
}

void
steps_forget(struct steps *s)
{
	s->steps[0] = (struct step){ .kind = STEP_ROOT };
	s->members[0] = (struct member){ 0 };
	s->count = s->member_count = 1;
	s->text_used = 0;
	s->full = 0;
	memset(s->table, 0, STEP_TABLE * sizeof *s->table);
	memset(s->member_table, 0, 2 * LAYOUT_MEMBERS * sizeof *s->member_table);
}

static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static uint32_t
hash_text(uint32_t object, const char *text, uint32_t size)
{
	uint64_t hash = object + 1, word;

	for (; size >= 8; text += 8, size -= 8) {
		memcpy(&word, text, 8);
		hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	word = size;
	while (size--)
		word = word << 8 | (uint8_t)*text++;
	return (uint32_t)mix(hash ^ word);
}

/* The place of a member in the table: its own, or a free one. */
static uint16_t *
member_place(const struct steps *s, const struct member *wanted)
{
	uint32_t i = hash_text(wanted->object, wanted->key, wanted->key_size) % (2 * LAYOUT_MEMBERS);
	const struct member *member;

	for (; s->member_table[i]; i = (i + 1) % (2 * LAYOUT_MEMBERS)) {
		member = &s->members[s->member_table[i]];
		if (member->object == wanted->object && member->kind == wanted->kind && member->key_size == wanted->key_size &&
		    !memcmp(member->key, wanted->key, wanted->key_size))
			break;
	}
	return &s->member_table[i];
}

/* Sets a new step's member, whose key is kept in its text. 0, or -1: there is no room. */
static int
find_member(struct steps *s, struct step *step)
{
	const struct member member = { step->within, (uint8_t)step_kind(step), step->text + step->key, step->key_size };
	uint16_t *place = member_place(s, &member);

	if (!*place) {
		if (s->member_count == LAYOUT_MEMBERS)
			return -1;
		*place = (uint16_t)s->member_count++;
		s->members[*place] = member;
	}
	step->member = *place;
	step->sign = mix(step->member);
	step->object = member.kind == LAYOUT_OBJECT ? step->member : step->within;
	return 0;
}

static struct step *
learn(struct steps *s, const struct step *new, uint16_t object)
{
	struct step *step = &s->steps[s->count];

	if (new->depth > LAYOUT_DEPTH)
		return NULL;
	s->full = s->count == STEP_MAX || new->size > STEP_TEXT_ROOM - s->text_used;
	if (s->full)
		return NULL;
	*step = *new;
	step->text = memcpy(s->texts + s->text_used, new->text, new->size);
	step->number = (uint16_t)s->count;
	step->within = object;
	if (step->kind == LAYOUT_LEAVE || step->kind == STEP_END) {
		step->object = s->members[object].object;
	} else if (find_member(s, step)) {
		s->full = 1;
		return NULL;
	}
	s->text_used += new->size;
	++s->count;
	return step;
}

static inline const char *
skip_space(const char *at)
{
	while (*at == ' ')
		++at;
	return at;
}

/* Reads the key at at and up to its value. The start of that, or NULL. */
static const char *
read_key(struct step *step, const struct json_index *index, const char *line, const char *at)
{
	size_t from = (size_t)(at - line) + 1, to = json_index_quote(index, from);
	const char *behind = line + to + 1;

	if (*at != '"' || to >= index->size || json_index_escaped(index, from, to - from))
		return NULL;
	step->key = (uint16_t)(at + 1 - step->text);
	step->key_size = (uint16_t)(to - from);
	behind = skip_space(behind);
	return *behind == ':' ? skip_space(behind + 1) : NULL;
}

static uint8_t
kind_of(char c)
{
	return c == '"' ? STEP_STRING : c == '{' ? LAYOUT_OBJECT : c == '[' ? LAYOUT_LIST : LAYOUT_SCALAR;
}

/* Takes what stands before end as the step's. 0, or -1: it is too long. */
static int
step_ends(struct step *step, const char *end)
{
	size_t size = (size_t)(end - step->text);

	step->size = (uint16_t)size;
	return size > UINT16_MAX ? -1 : 0;
}

/* What stands at at. 0, or -1. */
static int
read_step(struct step *step, const struct step *before, const struct json_index *index, const char *line, const char *at)
{
	int opened = before->kind == STEP_ROOT || before->kind == LAYOUT_OBJECT;

	*step = (struct step){ .text = at, .depth = before->depth };
	if (before->kind == STEP_ROOT) {
		step->depth = 1;
		++at;
	}
	at = skip_space(at);
	if (*at == '}') {
		step->kind = step->depth-- == 1 ? STEP_END : LAYOUT_LEAVE;
		return step_ends(step, at + 1);
	}
	if (!opened) {
		if (*at != ',')
			return -1;
		at = skip_space(at + 1);
	}
	at = read_key(step, index, line, at);
	if (!at)
		return -1;
	step->kind = kind_of(*at);
	step->depth += step->kind == LAYOUT_OBJECT;
	return step_ends(step, at + (step->kind != LAYOUT_SCALAR));
}

struct step *
steps_find(struct steps *s, const struct step *before, const struct json_index *index, const char *line, const char *at)
{
	uint16_t object = before->object;
	struct step new, *step;
	uint32_t i;

	if (at >= line + index->size || read_step(&new, before, index, line, at))
		return NULL;
	for (i = hash_text(object, new.text, new.size) % STEP_TABLE; s->table[i]; i = (i + 1) % STEP_TABLE) {
		step = &s->steps[s->table[i]];
		if (step->within == object && step->kind == new.kind && step->size == new.size &&
		    !memcmp(step->text, new.text, new.size))
			return step;
	}
	step = learn(s, &new, object);
	if (step)
		s->table[i] = step->number;
	return step;
}
