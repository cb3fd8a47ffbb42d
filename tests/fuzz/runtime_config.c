/* runtime_config.c - any bytes as rsnl.yaml: read or refused, and what is read prints and reads back. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config config, again;
	static FILE *nowhere;
	char *text;
	size_t length;
	FILE *out;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	if (config_parse(&config, (const char *)data, size, "f", nowhere))
		return 0;
	assert(!config_check(&config, sizeof(config)));
	out = open_memstream(&text, &length);
	config_print(&config, out);
	fclose(out);
	config_parse(&again, text, length, "f", nowhere);
	free(text);
	return 0;
}
