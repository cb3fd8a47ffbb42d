/* replay_routing.c - parses what a user says about recorded events: their logsource and their names of fields. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "command.h"
#include "os.h"
#include "pipeline.h"
#include "replay_routing.h"

enum { FIELDS_SIZE_MAX = 1 << 20 };

static int
parse_keys(struct replay_routing *routing, char *at)
{
	char *next, *value;

	for (; at; at = next) {
		next = strchr(at, ',');
		if (next)
			*next++ = 0;
		value = strchr(at, '=');
		if (!value || !value[1])
			return -EINVAL;
		*value++ = 0;
		if (!strcmp(at, "product"))
			routing->product = value;
		else if (!strcmp(at, "category"))
			routing->category = value;
		else if (!strcmp(at, "service"))
			routing->service = value;
		else
			return -EINVAL;
	}
	routing->routing = ROUTING_KEYS;
	return 0;
}

static const char *
take_name(char *name)
{
	return name && *name && strcmp(name, "*") ? name : NULL;
}

static int
parse_logsource(struct replay_routing *routing, char *at)
{
	char *category = strchr(at, '/'), *service;

	if (!category)
		return -EINVAL;
	*category++ = 0;
	service = strchr(category, '/');
	if (service)
		*service++ = 0;
	if (service && strchr(service, '/'))
		return -EINVAL;
	routing->product = take_name(at);
	routing->category = take_name(category);
	routing->service = take_name(service);
	routing->routing = ROUTING_LOGSOURCE;
	return 0;
}

int
replay_routing_parse(struct replay_routing *routing, const char *value)
{
	int error = 0;

	replay_routing_done(routing);
	routing->text = strdup(value);
	if (!routing->text)
		error = -ENOMEM;
	else if (!strcmp(value, "auto"))
		routing->routing = ROUTING_AUTO;
	else if (!strcmp(value, "all"))
		routing->routing = ROUTING_ALL;
	else if (!strncmp(value, "keys:", 5))
		error = parse_keys(routing, routing->text + 5);
	else
		error = parse_logsource(routing, routing->text);
	if (error)
		message("replay: --routing takes auto, all, PRODUCT/CATEGORY[/SERVICE] or keys:product=K,category=K,service=K, "
		        "not \"%s\"", value);
	return error;
}

void
replay_routing_done(struct replay_routing *routing)
{
	free(routing->text);
	*routing = (struct replay_routing){ 0 };
}

/* Without white space and quotes around it. */
static char *
trim(char *text)
{
	size_t size;

	while (*text == ' ' || *text == '\t')
		++text;
	size = strlen(text);
	while (size && strchr(" \t\r", text[size - 1]))
		text[--size] = 0;
	if (size > 1 && (*text == '"' || *text == '\'') && text[size - 1] == *text) {
		text[size - 1] = 0;
		++text;
	}
	return text;
}

static int
parse_line(struct replay_fields *fields, char *line)
{
	struct bind_field *rows;
	char *colon;

	line = trim(line);
	if (!*line || *line == '#')
		return 0;
	colon = strchr(line, ':');
	if (!colon)
		return -EINVAL;
	*colon = 0;
	rows = realloc(fields->rows, (fields->count + 1) * sizeof *rows);
	if (!rows)
		return -ENOMEM;
	fields->rows = rows;
	rows[fields->count++] = (struct bind_field){ trim(line), trim(colon + 1) };
	return *rows[fields->count - 1].name && *rows[fields->count - 1].path ? 0 : -EINVAL;
}

int
replay_fields_read(struct replay_fields *fields, const char *path)
{
	char *line, *next;
	size_t size, number = 1;
	void *text;
	int error;

	replay_fields_done(fields);
	error = os_read_file(path, FIELDS_SIZE_MAX, &text, &size);
	if (error) {
		message("%s: %s", path, message_errno(error));
		return error;
	}
	fields->text = text;
	for (line = text; line && !error; line = next, ++number) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		error = parse_line(fields, line);
		if (error)
			message("%s:%zu:1: error: a line \"Field: key\" expected [bad-fields]", path, number);
	}
	return error;
}

void
replay_fields_done(struct replay_fields *fields)
{
	free(fields->rows);
	free(fields->text);
	*fields = (struct replay_fields){ 0 };
}
