/*
 * event_line.c - events for people: the kind, who, and every field that a rule could ask for.
 */
#include <stdio.h>
#include <string.h>

#include "decode.h"
#include "event_line.h"
#include "pack.h"
#include "record.h"
#include "vocabulary.h"

struct line {
	char *text;
	size_t size, used;
};

static void
line_put(struct line *line, char c)
{
	if (line->used + 1 < line->size)
		line->text[line->used++] = c;
}

static void
line_puts(struct line *line, const char *text)
{
	while (*text)
		line_put(line, *text++);
}

/* Quoted where it has more than letters, digits and what paths and addresses are made of. */
static void
line_put_value(struct line *line, const struct value *value)
{
	const unsigned char *text = value->data;
	int plain = value->size > 0;

	for (uint32_t i = 0; i < value->size && plain; i++)
		plain = text[i] > ' ' && text[i] != '"' && text[i] != '\\' && text[i] != 0x7f;
	if (!plain)
		line_put(line, '"');
	for (uint32_t i = 0; i < value->size; i++) {
		char escape[8];

		if (text[i] >= ' ' && text[i] != '"' && text[i] != '\\' && text[i] != 0x7f) {
			line_put(line, text[i]);
			continue;
		}
		snprintf(escape, sizeof(escape), text[i] == '"' || text[i] == '\\' ? "\\%c" : "\\x%02x", text[i]);
		line_puts(line, escape);
	}
	if (!plain)
		line_put(line, '"');
	if (value->flags & VALUE_CUT)
		line_puts(line, "[cut]");
}

/* Shown at the line's start already, or of no use to people. */
static int
field_is_silent(const struct vocabulary_field *field)
{
	return !field->name[0] || field->storage == STORAGE_VIEW || strcmp(field->member, "process_id") == 0 ||
	       strcmp(field->member, "user") == 0;
}

size_t
event_line(char *text, size_t size, const struct record_head *record, const struct vocabulary_kind *kind,
           const struct subject *subject, struct decode_arena *arena)
{
	struct line line = {text, size, 0};
	char start[128];
	int shown = 0;

	snprintf(start, sizeof(start), "%s pid %u %.64s", kind->name, record->pid, subject->user ? subject->user : "-");
	line_puts(&line, start);
	for (int named = 1; named >= 0 && !shown; named--)
		for (const struct vocabulary_field *field = kind->fields; field->member; field++) {
			size_t used = arena->used;
			int shows = named ? !field_is_silent(field) : !field->name[0];
			struct value value;

			if (!shows || !decode_field(record, field, subject, arena, &value))
				continue;
			line_put(&line, ' ');
			line_puts(&line, named ? field->name : field->member);
			line_put(&line, '=');
			line_put_value(&line, &value);
			arena->used = used;
			shown += named && field->storage != STORAGE_DERIVED;
		}
	line.text[line.used] = 0;
	return line.used;
}
