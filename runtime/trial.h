/*
 * trial.h - a pack on trial: its rules over events given as text, in this process. What rsnlc test and explain run.
 *
 * An event goes the way of a recorded one: shape, fields, routes, views, match(). Where no route leads it to a rule's
 * group, the rule sees it as it is, as with the pack's own vectors. Include pack.h first.
 */
#ifndef TRIAL_H
#define TRIAL_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct pack_tables;
struct trial;

enum { TRIAL_WHY_SIZE = 256 };

struct trial_config {
	const char *fields; /* file for field_map_read(); NULL: none */
	uint32_t unknown;   /* where in scratch the bitmap of undecided predicates begins, in bytes; for trial_look() */
};

/* pack: the bytes of an unsigned pack, not needed afterwards. The trial is the caller's to close. 0; -EINVAL: fields has
 * a wrong line, -EBADMSG: the pack is refused, or another negative errno, each with why filled. */
int trial_open(struct trial **trial, const void *pack, size_t size, const struct trial_config *config,
               char why[TRIAL_WHY_SIZE]);
void trial_close(struct trial *trial); /* NULL is fine */
const struct pack_tables *trial_tables(const struct trial *trial); /* lives as long as the trial */

struct trial_bad { /* where an event stops being a JSON object */
	const char *text;    /* static */
	size_t line, column; /* of the event's text, from 1; column in code points */
};

enum trial_routing {
	TRIAL_GIVEN,    /* an event of a test: meant for the rule, whatever it lacks */
	TRIAL_RECORDED, /* an event of a file: only one that says nothing of its logsource is seen as it is */
};

/* Whether the rule (a number of PACK_RULES, with a group) matches: 1 or 0, -EBADMSG with *bad filled, or -ENOMEM. */
int trial_match(struct trial *trial, const char *text, size_t size, uint32_t rule, enum trial_routing routing,
                struct trial_bad *bad);

struct trial_look { /* what a rule saw of an event; valid until the trial's next event */
	int matched;
	int routed;              /* a route led the event to the rule's group */
	struct event event;      /* with the views of that route */
	const uint64_t *yes;     /* over the group's predicates: it is true */
	const uint64_t *unknown; /* it cannot be decided, as a value was cut */
	const uint32_t *asked;   /* slots that the routes of the pack ask about */
	uint32_t asked_count;
};

/* The same, with every predicate of the group decided. 0, -EBADMSG or -ENOMEM. */
int trial_look(struct trial *trial, const char *text, size_t size, uint32_t rule, struct trial_look *look,
               struct trial_bad *bad);

struct trial_why { /* what made a predicate true; texts borrow the pack and the event */
	const char *pattern; /* as the rule writes it; NULL: no single one */
	uint32_t pattern_size;
	const char *value;   /* the member of a list, or the leaf; NULL: not known */
	uint32_t value_size;
};

/* Of a predicate, by its number in the group, that was true at the look at a rule. */
void trial_explain(const struct trial *trial, const struct trial_look *look, uint32_t rule, uint32_t predicate,
                   struct trial_why *why);

struct trial_text {
	const char *data;
	uint32_t size;
};

struct trial_step { /* what one event of a sequence did; valid until the trial's next event */
	const uint32_t *matched; /* rules whose matches the correlation takes, also through others, and that matched */
	uint32_t matched_count;
	uint32_t fired;          /* times that the correlation did */
	const struct trial_text *group; /* where it fired (last): the values that it groups by */
	uint32_t group_count;
	double measure;          /* and what it measured */
	int timed;               /* the event says when it happened */
};

/* Begins a sequence of events for a correlation (its number in PACK_RULES): nothing has happened yet. 0 or -ENOMEM. */
int trial_start(struct trial *trial, uint32_t rule);
/* The next event of the sequence. 0, -EBADMSG with *bad filled, or -ENOMEM. */
int trial_next(struct trial *trial, const char *text, size_t size, uint32_t rule, enum trial_routing routing,
               struct trial_step *step, struct trial_bad *bad);

/* Calls visit for each event of a file that replay reads ("-": standard input), with the line it begins at, until one
 * returns something else than 0. Texts that are no JSON object are reported to errors as "FILE:LINE:COL: error: TEXT"
 * and counted. 0, what visit returned, or a negative errno: the file cannot be read. */
int trial_events(const char *path, int (*visit)(void *data, const char *text, size_t size, uint64_t line), void *data,
                 FILE *errors, uint64_t *bad);

/* Calls visit with the dotted path of each scalar or list of an event that is a JSON object. */
void trial_paths(const char *text, size_t size, void (*visit)(void *data, const char *path), void *data);
#endif
