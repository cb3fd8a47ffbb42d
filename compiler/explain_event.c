/*
 * explain_event.c - finds the event that a user names.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "options.h"
#include "suite.h"
#include "explain_event.h"
#include "pack.h"
#include "trial.h"

static int
ends(const char *text, const char *end)
{
	size_t size = strlen(text), end_size = strlen(end);

	return size >= end_size && !strcmp(text + size - end_size, end);
}

void
event_operand_parse(struct arena *arena, const char *word, struct event_operand *operand)
{
	const char *colon = strrchr(word, ':');

	*operand = (struct event_operand){.path = word};
	if (word[strspn(word, " \t\r\n")] == '{') {
		operand->text = word;
		return;
	}
	if (colon && colon[1] && !colon[1 + strspn(colon + 1, "0123456789")] && access(word, F_OK)) {
		operand->path = arena_print(arena, "%.*s", (int)(colon - word), word);
		operand->line = strtoull(colon + 1, NULL, 10);
	}
	operand->is_test = ends(operand->path, ".test.yml") || ends(operand->path, ".test.yaml") ||
	                   ends(operand->path, "info.yml");
}

struct search { /* through a file */
	struct arena *arena;
	uint64_t wanted; /* line; 0: the first event */
	struct event_text *event;
};

/* The event that the wanted line belongs to is the last that begins at it or before. */
static int
event_visit(void *data, const char *text, size_t size, uint64_t line)
{
	struct search *search = data;

	if (search->event->data && (!search->wanted || line > search->wanted)) {
		search->event->more++;
		return 0;
	}
	if (search->event->data)
		search->event->more++;
	search->event->data = arena_text(search->arena, text, size).data;
	search->event->size = size;
	search->event->line = line;
	return 0;
}

static int
file_find(struct arena *arena, const char *path, uint64_t line, struct event_text *event)
{
	struct search search = {arena, line, event};
	uint64_t bad = 0;
	int error;

	event->name = strcmp(path, "-") ? path : "(stdin)";
	error = trial_events(path, event_visit, &search, stderr, &bad);
	if (error) {
		options_error("%s: %s", path, options_errno(error));
		return CODE_CANNOT;
	}
	if (event->data && (!bad || line))
		return 0;
	if (!bad)
		options_error("%s: no event", path);
	return CODE_CONTENT;
}

/* The case that begins at the line, or the last before it. */
static const struct suite_case *
case_find(const struct event_operand *operand, const struct suite *suite, const struct sigma_rule *rule)
{
	const struct suite_case *found = NULL;

	for (size_t i = 0; i < suite->count; i++) {
		const struct suite_case *one = &suite->cases[i];

		if (one->rule != rule || strcmp(one->place.source->name, operand->path))
			continue;
		if (!found || (operand->line >= one->place.line && one->place.line > found->place.line))
			found = one;
	}
	return found && (!operand->line || found->place.line <= operand->line) ? found : NULL;
}

static int
case_missing(const struct event_operand *operand, const struct sigma_rule *rule)
{
	options_error("%s: no test of \"%s\" stands at line %llu", operand->path, rule->title.data,
	              (unsigned long long)operand->line);
	return CODE_CONTENT;
}

static int
test_find(struct arena *arena, const struct event_operand *operand, const struct suite *suite,
          const struct sigma_rule *rule, struct event_text *event)
{
	const struct suite_case *one = case_find(operand, suite, rule);

	if (!one)
		return case_missing(operand, rule);
	if (one->file)
		return file_find(arena, one->file, 0, event);
	*event = (struct event_text){.name = operand->path, .line = one->place.line, .data = one->events[0].data,
	                             .size = one->events[0].size};
	return 0;
}

int
event_find(struct arena *arena, const struct event_operand *operand, const struct suite *suite,
           const struct sigma_rule *rule, struct event_text *event)
{
	*event = (struct event_text){.name = "(event)", .line = 1};
	if (operand->is_test)
		return test_find(arena, operand, suite, rule, event);
	if (!operand->text)
		return file_find(arena, operand->path, operand->line, event);
	event->data = operand->text;
	event->size = strlen(operand->text);
	return 0;
}

struct gathering {
	struct arena *arena;
	const char *name;
	uint64_t last; /* line; 0: the end */
	struct event_text *events;
	size_t count;
};

static void
event_gather(struct gathering *gathering, const char *data, size_t size, uint64_t line)
{
	gathering->events = arena_grow(gathering->arena, gathering->events, gathering->count,
	                               sizeof(*gathering->events));
	gathering->events[gathering->count++] = (struct event_text){
		.name = gathering->name, .line = line, .data = arena_text(gathering->arena, data, size).data, .size = size,
	};
}

static int
gather_visit(void *data, const char *text, size_t size, uint64_t line)
{
	struct gathering *gathering = data;

	if (!gathering->last || line <= gathering->last)
		event_gather(gathering, text, size, line);
	return 0;
}

static int
file_gather(struct gathering *gathering, const char *path)
{
	uint64_t bad = 0;
	int error;

	gathering->name = strcmp(path, "-") ? path : "(stdin)";
	error = trial_events(path, gather_visit, gathering, stderr, &bad);
	if (!error)
		return bad ? CODE_CONTENT : 0;
	options_error("%s: %s", path, options_errno(error));
	return CODE_CANNOT;
}

static int
test_gather(struct gathering *gathering, const struct event_operand *operand, const struct suite *suite,
            const struct sigma_rule *rule)
{
	const struct suite_case *one = case_find(operand, suite, rule);

	if (!one)
		return case_missing(operand, rule);
	gathering->last = 0;
	if (one->file)
		return file_gather(gathering, one->file);
	gathering->name = operand->path;
	for (size_t i = 0; i < one->event_count; i++)
		event_gather(gathering, one->events[i].data, one->events[i].size, one->lines[i]);
	return 0;
}

int
event_find_all(struct arena *arena, const struct event_operand *operand, const struct suite *suite,
               const struct sigma_rule *rule, struct event_text **events, size_t *count)
{
	struct gathering gathering = {.arena = arena, .name = "(event)", .last = operand->line};
	int code = 0;

	if (operand->is_test)
		code = test_gather(&gathering, operand, suite, rule);
	else if (!operand->text)
		code = file_gather(&gathering, operand->path);
	else
		event_gather(&gathering, operand->text, strlen(operand->text), 1);
	*events = gathering.events;
	*count = gathering.count;
	return code;
}
