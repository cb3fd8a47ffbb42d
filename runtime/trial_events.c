/* trial_events.c - the events of a file, and the names in one. */
#include <errno.h>
#include <string.h>

#include "json.h"
#include "pack.h"
#include "source.h"
#include "source_replay.h"
#include "trial.h"

enum { BATCH = 64, PATH_SIZE = 512, DEPTH_MAX = 16 };

int
trial_events(const char *path, int (*visit)(void *data, const char *text, size_t size, uint64_t line), void *data,
             FILE *errors, uint64_t *bad)
{
	struct raw_event events[BATCH];
	struct source *source;
	int i, count, error, result = source_replay_open(&source, &path, 1, errors);

	if (result)
		return result;
	while (!result && (count = source->ops->poll(source, events, BATCH, -1)) > 0)
		for (i = 0; i < count && !result; ++i)
			result = visit(data, events[i].data, events[i].size, events[i].position);
	*bad = source_replay_counters(source)->bad;
	if (!result && source_replay_failed(source, &error))
		result = -error;
	source->ops->close(source);
	return result;
}

struct paths {
	char path[PATH_SIZE];
	size_t ends[DEPTH_MAX]; /* of path, where each open object's members begin */
	uint32_t depth;         /* of objects, without those in lists */
};

static void
enter_key(struct paths *paths, const struct json_text *key)
{
	size_t at = paths->ends[paths->depth];
	int cut;

	if (at + 3 > PATH_SIZE)
		return;
	if (at)
		paths->path[at++] = '.';
	at += json_unescape(paths->path + at, PATH_SIZE - 1 - at, key->data, key->size, &cut);
	paths->path[at] = 0;
}

/* A member that is an object becomes a part of the path; lists are shown by their own name only. */
void
trial_paths(const char *text, size_t size, void (*visit)(void *data, const char *path), void *data)
{
	struct paths paths = { .depth = 0 };
	struct json_text token;
	enum json_token got;
	struct json json;
	uint32_t lists = 0;

	json_start(&json, text, size);
	while ((got = json_next(&json, &token)) != JSON_END && got != JSON_ERROR) {
		lists += (got == JSON_ARRAY) - (got == JSON_ARRAY_END);
		if (lists > 1 || got == JSON_ARRAY_END || (lists && got != JSON_ARRAY))
			continue;
		if (got == JSON_KEY && json.depth < DEPTH_MAX)
			enter_key(&paths, &token);
		else if (got == JSON_OBJECT && json.depth > 1 && json.depth < DEPTH_MAX)
			paths.ends[paths.depth = json.depth - 1] = strlen(paths.path);
		else if (got == JSON_OBJECT_END && json.depth < DEPTH_MAX)
			paths.depth = json.depth ? json.depth - 1 : 0;
		else if (got != JSON_KEY && got != JSON_OBJECT && got != JSON_OBJECT_END && json.depth < DEPTH_MAX)
			visit(data, paths.path);
	}
}
