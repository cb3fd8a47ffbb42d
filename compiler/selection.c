/*
 * selection.c - which rules are taken: -i and -x KEY:GLOB.
 *
 * One KEY: any of its includes may fit; different KEYs: all must; an exclude wins. Deprecated and unsupported rules are
 * out unless some -i names a status.
 */
#include <errno.h>
#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "options.h"

enum key { KEY_ID, KEY_NAME, KEY_PATH, KEY_STATUS, KEY_LEVEL, KEY_TAG, KEY_LOGSOURCE, KEY_COUNT };

static const char *const keys[KEY_COUNT] = {"id", "name", "path", "status", "level", "tag", "logsource"};
static const char *const levels[] = {"informational", "low", "medium", "high", "critical"};

enum { LEVEL_COUNT = sizeof(levels) / sizeof(*levels) };

static enum key
key_find(const char *text, size_t size)
{
	for (int key = 0; key < KEY_COUNT; key++)
		if (strlen(keys[key]) == size && !strncmp(keys[key], text, size))
			return key;
	return KEY_COUNT;
}

int
selection_add(struct selection *selection, int exclude, const char *text)
{
	const char *colon = strchr(text, ':');
	enum key key = colon ? key_find(text, colon - text) : KEY_COUNT;

	if (key == KEY_COUNT)
		return -EINVAL;
	if (selection->count == sizeof(selection->rules) / sizeof(*selection->rules))
		return -E2BIG;
	selection->rules[selection->count++] = (struct selection_rule){exclude, keys[key], colon + 1};
	if (key == KEY_STATUS && !exclude)
		selection->status_included = 1;
	return 0;
}

static int
level_number(const char *text, size_t size)
{
	for (int i = 0; i < LEVEL_COUNT; i++)
		if (strlen(levels[i]) == size && !strncmp(levels[i], text, size))
			return i;
	return -1;
}

/* "high+" is high and above. */
static int
level_fits(const char *glob, const char *level)
{
	size_t size = strlen(glob);

	if (size && glob[size - 1] == '+')
		return level && level_number(level, strlen(level)) >= level_number(glob, size - 1);
	return level && !fnmatch(glob, level, FNM_CASEFOLD);
}

static int
rule_fits(const struct selection_rule *rule, const struct selection_subject *subject)
{
	const char *const texts[KEY_COUNT] = {
		[KEY_ID] = subject->id, [KEY_NAME] = subject->name, [KEY_PATH] = subject->path,
		[KEY_STATUS] = subject->status, [KEY_LOGSOURCE] = subject->logsource,
	};
	enum key key = key_find(rule->key, strlen(rule->key));

	if (key == KEY_LEVEL)
		return level_fits(rule->glob, subject->level);
	if (key != KEY_TAG)
		return texts[key] && !fnmatch(rule->glob, texts[key], FNM_CASEFOLD);
	for (size_t i = 0; i < subject->tag_count; i++)
		if (!fnmatch(rule->glob, subject->tags[i], FNM_CASEFOLD))
			return 1;
	return 0;
}

int
selection_takes(const struct selection *selection, const struct selection_subject *subject)
{
	int asked[KEY_COUNT] = {0}, fits[KEY_COUNT] = {0};

	if (!selection->status_included && subject->status &&
	    (!strcmp(subject->status, "deprecated") || !strcmp(subject->status, "unsupported")))
		return 0;
	for (size_t i = 0; i < selection->count; i++) {
		const struct selection_rule *rule = &selection->rules[i];
		enum key key = key_find(rule->key, strlen(rule->key));
		int fit = rule_fits(rule, subject);

		if (rule->exclude && fit)
			return 0;
		asked[key] |= !rule->exclude;
		fits[key] |= !rule->exclude && fit;
	}
	for (int key = 0; key < KEY_COUNT; key++)
		if (asked[key] && !fits[key])
			return 0;
	return 1;
}
