/* layout_reading.c - takes the rarer values of a line. */
#include "json.h"
#include "json_index.h"
#include "layout.h"
#include "pack.h"
#include "layout_reading.h"

const char *
take_other(struct value *value, const char *at, const char *end)
{
	struct json_text text;
	struct json json;

	json_start(&json, at, (size_t)(end - at));
	switch (json_next(&json, &text)) {
	case JSON_NUMBER:
		*value = (struct value){ text.data, (uint32_t)text.size, VALUE_NUMBER, 0, 0 };
		return json.at;
	case JSON_TRUE:
		*value = (struct value){ "true", 4, VALUE_BOOL, 0, 0 };
		return json.at;
	case JSON_FALSE:
		*value = (struct value){ "false", 5, VALUE_BOOL, 0, 0 };
		return json.at;
	case JSON_NULL:
		*value = (struct value){ NULL, 0, VALUE_NULL, 0, 0 };
		return json.at;
	default:
		return NULL;
	}
}

static const char *
skip_space(const char *at)
{
	while (*at == ' ')
		++at;
	return at;
}

const char *
take_list(struct reading *r, struct value *value, const char *at)
{
	const char *end = r->line + r->index.size;
	struct value *items = r->items + r->item_count;
	uint32_t count = 0;

	*value = (struct value){ items, 0, VALUE_LIST, 0, RAW };
	at = skip_space(at);
	if (*at == ']')
		return at + 1;
	for (;; at = skip_space(at + 1)) {
		if (r->item_count++ == ITEM_MAX || *at == '{' || *at == '[')
			return NULL;
		at = *at == '"' ? take_string(r, &items[count++], at + 1) : take_bare(r, &items[count++], at);
		if (!at || at >= end)
			return NULL;
		at = skip_space(at);
		if (*at == ']')
			break;
		if (*at != ',')
			return NULL;
	}
	value->size = count;
	return at + 1;
}
