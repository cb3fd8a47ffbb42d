/* unrouted.c - the first events of each shape that no route takes: where they stand and what their keys are. */
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "source.h"
#include "unrouted.h"

enum { LOOK_MAX = 4096 }; /* events: what differs later is not worth a walk through all of them */

static size_t
add_key(char *keys, size_t used, const struct json_text *name)
{
	const char *comma = used ? ", " : "";
	size_t i, size = strlen(comma) + name->size;

	if (used + size + sizeof ", ..." > UNROUTED_KEYS) {
		if (used < 4 || strcmp(keys + used - 3, "..."))
			used += (size_t)snprintf(keys + used, UNROUTED_KEYS - used, "%s...", comma);
		return used;
	}
	used += (size_t)sprintf(keys + used, "%s", comma);
	for (i = 0; i < name->size; ++i)
		keys[used++] = (unsigned char)name->data[i] < ' ' || name->data[i] == 0x7f ? '?' : name->data[i];
	keys[used] = 0;
	return used;
}

static void
list_keys(char *keys, const struct raw_event *raw)
{
	struct json_text text;
	enum json_token got;
	struct json json;
	size_t used = 0;

	*keys = 0;
	json_start(&json, raw->data, raw->size);
	while ((got = json_next(&json, &text)) != JSON_END && got != JSON_ERROR)
		if (got == JSON_KEY && json.depth == 1)
			used = add_key(keys, used, &text);
}

void
unrouted_note(void *data, const struct raw_event *raw)
{
	struct unrouted *unrouted = data;
	uint32_t i, at = unrouted->count;

	if (at == UNROUTED_EXAMPLES || unrouted->seen == LOOK_MAX || !raw->file)
		return;
	++unrouted->seen;
	list_keys(unrouted->examples[at].keys, raw);
	for (i = 0; i < at; ++i)
		if (!strcmp(unrouted->examples[i].keys, unrouted->examples[at].keys))
			return;
	unrouted->examples[at].file = raw->file;
	unrouted->examples[at].line = raw->position;
	++unrouted->count;
}

void
unrouted_print(const struct unrouted *unrouted, FILE *out)
{
	uint32_t i;

	for (i = 0; i < unrouted->count; ++i)
		fprintf(out, "%s:%llu: note: unrouted, with %s%s\n", unrouted->examples[i].file,
		        (unsigned long long)unrouted->examples[i].line, *unrouted->examples[i].keys ? "the keys " : "no key",
		        unrouted->examples[i].keys);
}
