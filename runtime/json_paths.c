/*
 * json_paths.c - picks the scalars at a few dotted paths out of one JSON object.
 */
#include "json_paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

enum { PATH_MAX_SIZE = 256, DEPTH_MAX = 16 };

struct walk {
	char path[PATH_MAX_SIZE + 2];
	size_t ends[DEPTH_MAX]; /* of path, before the member of each open object */
	int depth;
};

/* The path goes on with key; too long or deep a path is nobody's, nor is what is below it. */
static void
key_enter(struct walk *walk, const struct json_text *key)
{
	size_t at = walk->depth ? walk->ends[(walk->depth < DEPTH_MAX ? walk->depth : DEPTH_MAX) - 1] : 0;

	if (walk->depth > DEPTH_MAX || at + key->size + 2 > PATH_MAX_SIZE) {
		strcpy(walk->path + (at < PATH_MAX_SIZE ? at : PATH_MAX_SIZE), "?");
		return;
	}
	if (at)
		walk->path[at++] = '.';
	memcpy(walk->path + at, key->data, key->size);
	walk->path[at + key->size] = 0;
}

static void
object_enter(struct walk *walk)
{
	if (walk->depth < DEPTH_MAX)
		walk->ends[walk->depth] = strlen(walk->path);
	walk->depth++;
}

static void
object_leave(struct walk *walk)
{
	walk->depth--;
	if (walk->depth < DEPTH_MAX)
		walk->path[walk->ends[walk->depth]] = 0;
}

int
json_paths_read(const char *line, size_t size, const char *const *paths, int count, struct json_text *texts)
{
	struct walk walk = {.depth = 0};
	struct json json;
	struct json_text text;
	enum json_token token;
	int found = 0;

	memset(texts, 0, (size_t)count * sizeof(*texts));
	json_start(&json, line, size);
	while ((token = json_next(&json, &text)) != JSON_END) {
		if (token == JSON_ERROR)
			return -EINVAL;
		if (token == JSON_OBJECT)
			object_enter(&walk);
		else if (token == JSON_OBJECT_END)
			object_leave(&walk);
		else if (token == JSON_KEY)
			key_enter(&walk, &text);
		for (int i = 0; (token == JSON_STRING || token == JSON_NUMBER) && i < count; i++) {
			if (texts[i].data || strcmp(paths[i], walk.path) != 0)
				continue;
			texts[i] = text;
			found++;
		}
	}
	return found;
}

void
json_text_copy(char *out, size_t room, const struct json_text *text)
{
	int cut = 0;
	size_t size = text->data ? json_unescape(out, room - 1, text->data, text->size, &cut) : 0;

	out[size] = 0;
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)out[i] < ' ' || out[i] == 127)
			out[i] = '?';
		else if (out[i] == '\xc2' && (unsigned char)out[i + 1] >> 5 == 4) /* U+0080..U+009F */
			out[i] = '?', out[i + 1] = '?';
	}
}

unsigned long long
json_text_number(const struct json_text *text)
{
	char digits[32];

	json_text_copy(digits, sizeof(digits), text);
	return strtoull(digits, NULL, 10);
}
