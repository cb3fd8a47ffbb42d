/*
 * explain_event.h - the event that a user names: its text, a file, a place in one.
 *
 * Include diag.h, ir.h, node.h, ast.h and suite.h first.
 */
#ifndef EXPLAIN_EVENT_H
#define EXPLAIN_EVENT_H

#include <stddef.h>
#include <stdint.h>

struct arena;

struct event_operand {
	const char *text;  /* given itself; NULL: in a file */
	const char *path;  /* "-": standard input */
	uint64_t line;     /* 0: the first event */
	int is_test;       /* path is a file of rule tests */
};

struct event_text {
	const char *name;  /* for messages: "(event)" or the file */
	uint64_t line;     /* it begins at */
	const char *data;  /* in the arena */
	size_t size;
	size_t more;       /* how many others the file has */
};

/* {...}, FILE, FILE:LINE or -. */
void event_operand_parse(struct arena *arena, const char *word, struct event_operand *operand);
/* Finds the event. suite has the tests of operand->path, if it is a file of tests, and rule is whose they are. 0, or an
 * enum exit_code after a message. */
int event_find(struct arena *arena, const struct event_operand *operand, const struct suite *suite,
               const struct sigma_rule *rule, struct event_text *event);
/* The same for a correlation: all events of the file or test, up to the line where one is named. */
int event_find_all(struct arena *arena, const struct event_operand *operand, const struct suite *suite,
                   const struct sigma_rule *rule, struct event_text **events, size_t *count);
#endif
