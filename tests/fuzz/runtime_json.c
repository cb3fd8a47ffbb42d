/* runtime_json.c - any bytes walked as JSON: ends, stays inside, and a string never grows when it is decoded. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *decoded = malloc(size + 1);
	struct json json;
	struct json_text text;
	enum json_token token;
	size_t line, column;
	int cut;

	json_start(&json, (const char *)data, size);
	do {
		token = json_next(&json, &text);
		if (token == JSON_KEY || token == JSON_STRING) {
			assert(text.data >= json.start && text.data + text.size <= json.end);
			assert(json_unescape(decoded, text.size, text.data, text.size, &cut) <= text.size);
		}
	} while (token != JSON_ERROR && token != JSON_END);
	json_place(json.start, json.at, &line, &column);
	free(decoded);
	return 0;
}
