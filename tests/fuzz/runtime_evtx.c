/* runtime_evtx.c - any bytes as the chunk of a Windows event log: every record ends as an error or as JSON. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "binxml.h"
#include "evtx.h"
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t bytes[EVTX_CHUNK_SIZE];
	static struct binxml xml;
	static struct line line;
	struct evtx_chunk chunk;
	struct evtx_record record;

	memset(bytes, 0, sizeof bytes);
	memcpy(bytes, data, size < sizeof bytes ? size : sizeof bytes);
	if (evtx_chunk_open(&chunk, bytes) <= 0)
		return 0;
	while (evtx_record_next(&chunk, &record) > 0) {
		if (binxml_read(&xml, bytes, sizeof bytes, record.at, record.end))
			continue;
		line.size = 0;
		binxml_write(&xml, &line);
		check_json(&line);
	}
	return 0;
}
