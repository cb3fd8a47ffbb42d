/*
 * role_config.c - the process that reads rsnl.yaml: no rights, one text to read, one struct to write.
 */
#include <string.h>

#include "config.h"
#include "memory.h"
#include "message.h"
#include "role.h"

/* The text's first line is the name it is known by; broker wrote both. */
int
role_config(const int *given)
{
	static struct config config;
	static char name[4096];
	struct config *result = memory_take(given[CONFIG_FD_RESULT], sizeof(config));
	const void *text;
	const char *body;
	size_t size, head;

	if (!result || memory_map(given[CONFIG_FD_TEXT], &text, &size))
		return 3;
	body = memchr(text, '\n', size);
	head = body ? (size_t)(body - (const char *)text) : sizeof(name);
	if (head >= sizeof(name))
		return 3;
	memcpy(name, text, head);
	if (config_parse(&config, body + 1, size - head - 1, name, stderr))
		return 2;
	memcpy(result, &config, sizeof(config));
	return 0;
}
