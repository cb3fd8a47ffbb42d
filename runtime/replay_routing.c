/* replay_routing.c - parses what a user says about recorded events: their logsource and their names of fields. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "field_map.h"
#include "pipeline.h"
#include "replay_routing.h"

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

int
replay_fields_read(struct field_map *fields, const char *path)
{
	size_t line;
	int error = field_map_read(fields, path, &line);

	if (error == -EINVAL)
		message("%s:%zu:1: error: a line \"Field: key\" expected [bad-fields]", path, line);
	else if (error)
		message("%s: %s", path, message_errno(error));
	return error;
}
