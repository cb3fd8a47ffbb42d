/* runtime_event_xml.c - any UTF-16 as an event that Windows renders: it ends as an error or as JSON. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "binxml.h"
#include "event_xml.h"
#include "json.h"
#include "line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_json(const struct line *line)
{
	struct json_text token;
	enum json_token got;
	struct json json;

	json_start(&json, line->data, line->size);
	while ((got = json_next(&json, &token)) != JSON_END && got != JSON_ERROR)
		;
	assert(got == JSON_END);
}

/* Each byte is one character, so that XML is found sooner; a first byte of 0 says that they are units as they are. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct event_xml xml;
	static struct line line;
	const int is_wide = size && !data[0];
	const size_t text_size = is_wide ? size - 1 : 2 * size;
	uint8_t *text = calloc(1, text_size + !text_size);

	for (size_t i = 0; i < text_size; i += is_wide ? 1 : 2)
		text[i] = is_wide ? data[i + 1] : data[i / 2];
	if (!event_xml_read(&xml, text, text_size)) {
		line.size = 0;
		binxml_write(&xml.tree, &line);
		check_json(&line);
	}
	free(text);
	return 0;
}
