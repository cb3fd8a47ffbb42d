/*
 * config_value.c - the table of config keys, and how one value is read, printed and compared.
 */
#include "config_value.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "os.h"
#include "record_kinds.h"

static const struct config_key keys[] = {
#define KEY(section, name, type, member, fallback, min, max, words, supported) \
	{section, name, CONFIG_KEY_##type, offsetof(struct config, member), sizeof(((struct config *)0)->member), fallback, \
	 min, max, words, supported},
#include "config_keys.h"
};

static const char *const sink_names[] = {"file", "stdout", "syslog", "http", "kafka", "unix"};

static const struct {
	const char *wants;
	int list, plain;
} types[] = {
	[CONFIG_KEY_TEXT] = {"a text", 0, 0},
	[CONFIG_KEY_PATH] = {"an absolute path", 0, 0},
	[CONFIG_KEY_WORD] = {"one word", 0, 0},
	[CONFIG_KEY_BOOL] = {"true or false", 0, 1},
	[CONFIG_KEY_COUNT] = {"a number", 0, 1},
	[CONFIG_KEY_COUNT_OR_AUTO] = {"a number or auto", 0, 1},
	[CONFIG_KEY_SIZE] = {"a size such as 8Mi", 0, 0},
	[CONFIG_KEY_POWER] = {"a size that is a power of two, such as 8Mi", 0, 0},
	[CONFIG_KEY_DURATION] = {"a duration such as 10s", 0, 0},
	[CONFIG_KEY_MODE] = {"a file mode such as '0640'", 0, 0},
	[CONFIG_KEY_MASK] = {"a list of words", 1, 0},
	[CONFIG_KEY_KINDS] = {"pack, all, or a list of event kinds", 1, 0},
	[CONFIG_KEY_PATHS] = {"a list of absolute path prefixes", 1, 0},
};

const struct config_key *
config_key_at(size_t index)
{
	return index < sizeof(keys) / sizeof(*keys) ? &keys[index] : NULL;
}

const struct config_key *
config_key_find(const char *section, const char *name)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (!strcmp(keys[i].section, section) && !strcmp(keys[i].name, name))
			return &keys[i];
	}
	return NULL;
}

int
config_section_exists(const char *section)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (!strcmp(keys[i].section, section))
			return 1;
	}
	return 0;
}

const char *
config_key_wants(const struct config_key *key)
{
	return types[key->type].wants;
}

int
config_key_is_list(const struct config_key *key)
{
	return types[key->type].list;
}

int
config_key_is_plain(const struct config_key *key)
{
	return types[key->type].plain;
}

/* Levenshtein distance of two short names, at most limit + 1. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[32], length = strlen(b);

	if (strlen(a) > 30 || length > 30)
		return 99;
	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			size_t best = corner + (a[i - 1] != b[j - 1]);

			corner = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[length];
}

const char *
config_key_nearest(const char *section, const char *name)
{
	const char *best = NULL;
	size_t least = 3;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const char *near = *section ? keys[i].name : keys[i].section;
		size_t apart = strcmp(section, *section ? keys[i].section : "") ? 99 : distance(name, near);

		if (apart < least && !strchr(near, '.')) {
			least = apart;
			best = near;
		}
	}
	return best;
}

static int
unit_parse(const char *text, const char *const *units, const uint64_t *factors, uint64_t *value)
{
	char *end;
	unsigned long long number;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno)
		return -ERANGE;
	for (; *units; units++, factors++) {
		if (!strcmp(end, *units)) {
			*value = number * *factors;
			return number && *value / number != *factors ? -ERANGE : 0;
		}
	}
	return -EINVAL;
}

int
config_size(const char *text, uint64_t *bytes)
{
	static const char *const units[] = {"Ki", "Mi", "Gi", "k", "M", "G", NULL};
	static const uint64_t factors[] = {1 << 10, 1 << 20, 1 << 30, 1000, 1000000, 1000000000};

	if (!strcmp(text, "0"))
		return *bytes = 0, 0;
	return unit_parse(text, units, factors, bytes);
}

int
config_duration(const char *text, uint64_t *ns)
{
	static const char *const units[] = {"ms", "s", "m", "h", "d", NULL};
	static const uint64_t factors[] = {1000000, 1000000000, 60000000000, 3600000000000, 86400000000000};

	return unit_parse(text, units, factors, ns);
}

/* Index of word in "a|b|c", or -1. */
static int
word_number(const char *words, const char *word, size_t size)
{
	for (int i = 0; *words; i++) {
		size_t length = strcspn(words, "|");

		if (length == size && !strncmp(words, word, size))
			return i;
		words += length + (words[length] == '|');
	}
	return -1;
}

static void
word_text(const char *words, uint32_t number, char *text, size_t size)
{
	while (number-- && strchr(words, '|'))
		words = strchr(words, '|') + 1;
	snprintf(text, size, "%.*s", (int)strcspn(words, "|"), words);
}

static int
text_set(const struct config_key *key, const char *text, void *member, char *why, size_t size)
{
	size_t length = strlen(text);

	if (length < key->min)
		return snprintf(why, size, "may not be empty"), -1;
	if (length >= key->size)
		return snprintf(why, size, "longer than %zu bytes", key->size - 1), -1;
	memset(member, 0, key->size);
	if (key->type != CONFIG_KEY_PATH || !length) {
		memcpy(member, text, length);
	} else if (os_path(text, member, key->size)) {
		memset(member, 0, key->size);
		return snprintf(why, size, "\"%s\" is not an absolute path", text), -1;
	}
	return 0;
}

static int
count_set(const struct config_key *key, const char *text, void *member, char *why, size_t size)
{
	char *end;
	unsigned long number;
	uint32_t value = 0;

	if (key->type != CONFIG_KEY_COUNT_OR_AUTO || strcmp(text, "auto") != 0) {
		errno = 0;
		number = strtoul(text, &end, key->type == CONFIG_KEY_MODE ? 8 : 10);
		if (!isdigit((unsigned char)*text) || *end || errno || number < key->min || number > key->max) {
			if (key->type == CONFIG_KEY_MODE)
				return snprintf(why, size, "\"%s\" is not a mode from 0000 to 0777", text), -1;
			return snprintf(why, size, "\"%s\" is not a number from %llu to %llu", text, (unsigned long long)key->min,
			                (unsigned long long)key->max), -1;
		}
		value = (uint32_t)number;
	}
	memcpy(member, &value, sizeof(value));
	return 0;
}

static void quantity_text(enum config_key_type type, uint64_t value, char *text, size_t size);

static int
quantity_set(const struct config_key *key, const char *text, void *member, char *why, size_t size)
{
	int is_time = key->type == CONFIG_KEY_DURATION;
	uint64_t value = 0;
	int error = is_time ? config_duration(text, &value) : config_size(text, &value);
	char least[32], most[32];

	if (error == -EINVAL)
		return snprintf(why, size, "\"%s\" is not %s", text, types[key->type].wants), -1;
	if (error || value < key->min || value > key->max) {
		quantity_text(key->type, key->min, least, sizeof(least));
		quantity_text(key->type, key->max, most, sizeof(most));
		return snprintf(why, size, "%s is outside %s to %s", text, least, most), -1;
	}
	if (key->type == CONFIG_KEY_POWER && (value & (value - 1)))
		return snprintf(why, size, "%s is not a power of two", text), -1;
	memcpy(member, &value, sizeof(value));
	return 0;
}

static int
word_set(const struct config_key *key, const char *text, void *member, char *why, size_t size)
{
	const char *words = key->type == CONFIG_KEY_BOOL ? "false|true" : key->words;
	int number = word_number(words, text, strlen(text));
	uint32_t value = (uint32_t)number;

	if (number < 0)
		return snprintf(why, size, "\"%s\" is not one of %s", text, words), -1;
	memcpy(member, &value, sizeof(value));
	return 0;
}

static int
mask_set(const struct config_key *key, const char *text, void *member, char *why, size_t size)
{
	uint32_t mask = 0;

	while (*text) {
		size_t length = strcspn(text, ",");
		int number = word_number(key->words, text, length);

		if (number < 0)
			return snprintf(why, size, "\"%.*s\" is not one of %s", (int)length, text, key->words), -1;
		mask |= 1u << number;
		text += length + (text[length] == ',');
	}
	if (mask & ~key->max)
		return snprintf(why, size, "memory and sweep: not supported yet"), -1;
	memcpy(member, &mask, sizeof(mask));
	return 0;
}

static int
kinds_set(const char *text, void *member, char *why, size_t size)
{
	uint64_t mask = 0;

	if (!strcmp(text, "all"))
		mask = UINT64_MAX;
	while (mask != UINT64_MAX && strcmp(text, "pack") != 0 && *text) {
		size_t length = strcspn(text, ",");
		int kind = record_kind_number(text, length);

		if (kind < 0)
			return snprintf(why, size, "\"%.*s\" is not an event kind (rsnlc list kinds)", (int)length, text), -1;
		mask |= 1ull << kind;
		text += length + (text[length] == ',');
	}
	memcpy(member, &mask, sizeof(mask));
	return 0;
}

static int
paths_set(const char *text, void *member, char *why, size_t size)
{
	struct config_list *list = member;

	memset(list, 0, sizeof(*list));
	while (*text) {
		size_t length = strcspn(text, ",");
		char path[CONFIG_PATH_MAX];

		if ((size_t)snprintf(path, sizeof(path), "%.*s", (int)length, text) >= sizeof(path) ||
		    list->count == CONFIG_LIST_MAX || os_path(path, list->items[list->count], CONFIG_PATH_MAX))
			return snprintf(why, size, "\"%.*s\" is not an absolute path prefix, or one too many", (int)length, text), -1;
		list->count++;
		text += length + (text[length] == ',');
	}
	return 0;
}

int
config_value_set(const struct config_key *key, const char *text, void *base, char *why, size_t size)
{
	void *member = (char *)base + key->offset;

	switch (key->type) {
	case CONFIG_KEY_TEXT:
	case CONFIG_KEY_PATH:
		return text_set(key, text, member, why, size);
	case CONFIG_KEY_WORD:
	case CONFIG_KEY_BOOL:
		return word_set(key, text, member, why, size);
	case CONFIG_KEY_COUNT:
	case CONFIG_KEY_COUNT_OR_AUTO:
	case CONFIG_KEY_MODE:
		return count_set(key, text, member, why, size);
	case CONFIG_KEY_SIZE:
	case CONFIG_KEY_POWER:
	case CONFIG_KEY_DURATION:
		return quantity_set(key, text, member, why, size);
	case CONFIG_KEY_MASK:
		return mask_set(key, text, member, why, size);
	case CONFIG_KEY_KINDS:
		return kinds_set(text, member, why, size);
	case CONFIG_KEY_PATHS:
		return paths_set(text, member, why, size);
	}
	return -1;
}

/* The largest unit that divides it, so that it can be read back. */
static void
quantity_text(enum config_key_type type, uint64_t value, char *text, size_t size)
{
	static const struct { const char *name; uint64_t factor; } times[] = {{"d", 86400000000000}, {"h", 3600000000000},
		{"m", 60000000000}, {"s", 1000000000}, {"ms", 1000000}, {NULL, 0}};
	static const struct { const char *name; uint64_t factor; } sizes[] = {{"Gi", 1 << 30}, {"G", 1000000000},
		{"Mi", 1 << 20}, {"M", 1000000}, {"Ki", 1 << 10}, {"k", 1000}, {NULL, 0}};

	if (!value) {
		snprintf(text, size, "%s", type == CONFIG_KEY_DURATION ? "0s" : "0");
		return;
	}
	for (int i = 0; type == CONFIG_KEY_DURATION ? times[i].name != NULL : sizes[i].name != NULL; i++) {
		uint64_t factor = type == CONFIG_KEY_DURATION ? times[i].factor : sizes[i].factor;
		const char *name = type == CONFIG_KEY_DURATION ? times[i].name : sizes[i].name;

		if (value % factor == 0) {
			snprintf(text, size, "%llu%s", (unsigned long long)(value / factor), name);
			return;
		}
	}
	snprintf(text, size, "%llu", (unsigned long long)value);
}

/* "[a, b]" from the words or kinds whose bits are set. */
static void
mask_text(const char *words, uint64_t mask, char *text, size_t size)
{
	size_t used = (size_t)snprintf(text, size, "[");

	for (uint32_t i = 0; i < 64 && used < size; i++) {
		char word[32];

		if (!(mask >> i & 1))
			continue;
		if (words)
			word_text(words, i, word, sizeof(word));
		else
			snprintf(word, sizeof(word), "%s", record_kind_name(i));
		used += (size_t)snprintf(text + used, size - used, "%s%s", used > 1 ? ", " : "", word);
	}
	if (used < size)
		snprintf(text + used, size - used, "]");
}

static void
paths_text(const struct config_list *list, char *text, size_t size)
{
	size_t used = (size_t)snprintf(text, size, "[");

	for (uint32_t i = 0; i < list->count && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s'%s'", i ? ", " : "", list->items[i]);
	if (used < size)
		snprintf(text + used, size - used, "]");
}

void
config_value_print(const struct config_key *key, const void *base, char *text, size_t size)
{
	const void *member = (const char *)base + key->offset;
	uint64_t wide = 0;
	uint32_t narrow = 0;

	memcpy(&narrow, member, sizeof(narrow));
	if (key->size >= sizeof(wide))
		memcpy(&wide, member, sizeof(wide));
	if (key->type == CONFIG_KEY_TEXT || key->type == CONFIG_KEY_PATH)
		snprintf(text, size, "'%s'", (const char *)member);
	else if (key->type == CONFIG_KEY_WORD || key->type == CONFIG_KEY_BOOL)
		word_text(key->type == CONFIG_KEY_BOOL ? "false|true" : key->words, narrow, text, size);
	else if (key->type == CONFIG_KEY_COUNT_OR_AUTO && !narrow)
		snprintf(text, size, "auto");
	else if (key->type == CONFIG_KEY_MODE)
		snprintf(text, size, "'%04o'", narrow);
	else if (key->type == CONFIG_KEY_COUNT || key->type == CONFIG_KEY_COUNT_OR_AUTO)
		snprintf(text, size, "%u", narrow);
	else if (key->type == CONFIG_KEY_MASK)
		mask_text(key->words, narrow, text, size);
	else if (key->type == CONFIG_KEY_PATHS)
		paths_text(member, text, size);
	else if (key->type == CONFIG_KEY_KINDS && (!wide || wide == UINT64_MAX))
		snprintf(text, size, "%s", wide ? "all" : "pack");
	else if (key->type == CONFIG_KEY_KINDS)
		mask_text(NULL, wide, text, size);
	else
		quantity_text(key->type, wide, text, size);
}

int
config_value_equal(const struct config_key *key, const void *a, const void *b)
{
	return !memcmp((const char *)a + key->offset, (const char *)b + key->offset, key->size);
}

void
config_section_init(const char *section, void *base)
{
	char why[256];

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (!strcmp(keys[i].section, section))
			config_value_set(&keys[i], keys[i].fallback, base, why, sizeof(why));
	}
}

void *
config_sink_base(struct config_sink *sink)
{
	return (char *)sink - offsetof(struct config, sinks);
}

int
config_sink_number(const char *type)
{
	for (size_t i = 0; i < sizeof(sink_names) / sizeof(*sink_names); i++) {
		if (!strcmp(sink_names[i], type))
			return (int)i;
	}
	return -1;
}

const char *
config_sink_name(uint32_t type)
{
	return type < sizeof(sink_names) / sizeof(*sink_names) ? sink_names[type] : "?";
}
