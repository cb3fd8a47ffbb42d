/*
 * config_value.h - one config value: its row in the table of keys, read from text, printed, compared.
 */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include <stddef.h>
#include <stdint.h>

struct config_sink;

enum config_key_type {
	CONFIG_KEY_TEXT, CONFIG_KEY_PATH, /* PATH is absolute, or "" where min is 0 */
	CONFIG_KEY_WORD, CONFIG_KEY_BOOL, CONFIG_KEY_COUNT, CONFIG_KEY_COUNT_OR_AUTO,
	CONFIG_KEY_SIZE, CONFIG_KEY_POWER, CONFIG_KEY_DURATION, CONFIG_KEY_MODE, /* MODE is octal text */
	CONFIG_KEY_MASK, CONFIG_KEY_KINDS, CONFIG_KEY_PATHS,
};

struct config_key {
	const char *section, *name;
	enum config_key_type type;
	size_t offset, size; /* of the member in struct config */
	const char *fallback;
	uint64_t min, max;   /* texts: least length; MASK: max are the bits supported */
	const char *words;
	int supported;
};

const struct config_key *config_key_find(const char *section, const char *name); /* NULL: no such key */
const struct config_key *config_key_at(size_t index); /* NULL after the last */
/* The key or section in section that is spelled most alike, NULL when none is near. */
const char *config_key_nearest(const char *section, const char *name);
int config_section_exists(const char *section);
const char *config_key_wants(const struct config_key *key); /* "a duration such as 10s" */
int config_key_is_list(const struct config_key *key);
int config_key_is_plain(const struct config_key *key); /* a quoted text will not do */

/* base is a struct config, or config_sink_base() for keys of a sink. */
int config_value_set(const struct config_key *key, const char *text, void *base, char *why, size_t size); /* 0, -1 */
void config_value_print(const struct config_key *key, const void *base, char *text, size_t size);
int config_value_equal(const struct config_key *key, const void *a, const void *b);
void config_section_init(const char *section, void *base); /* defaults of one section */
/* What to pass as base so that the keys of sinks[0] land in this sink. */
void *config_sink_base(struct config_sink *sink);
int config_sink_number(const char *type); /* enum config_sink_type, or -1 */
const char *config_sink_name(uint32_t type);
#endif
