/*
 * logsource.h - logsources.yml: which events are which logsource, what is renamed, how collectors nest; as routes,
 * views and shapes of the IR, and as the answer to "can this rule fire here".
 *
 * Include ir.h and diag.h first. Texts of size 0 are "not set".
 */
#ifndef LOGSOURCE_H
#define LOGSOURCE_H

struct arena;
struct ir_builder;
struct logsources;

struct logsource { /* the triple a rule names */
	struct ir_text product, category, service;
};

/* Empty; the built-in file is added like any other. Lives in arena. */
struct logsources *logsources_new(struct arena *arena);

/* The embedded rules/logsources.yml. */
const struct source *logsources_builtin(void);

/* Adds one file; later files win over earlier ones. What is wrong is queued: returns -EBADMSG; else 0. */
int logsources_add(struct logsources *logsources, struct diag_list *diags, const struct source *source);

/* 1 if some route, live or recorded, leads to it. */
int logsource_known(const struct logsources *logsources, const struct logsource *logsource);

enum logsource_reach { /* of a field, or of the logsource itself, from the live sources of one platform */
	REACH_ALWAYS,
	REACH_SOMETIMES,
	REACH_LATE,  /* known, but only after the event */
	REACH_NEVER, /* no live source has it */
};

/* The reach of field, after the views of the live routes, best over those routes; field of size 0: of the logsource.
 * platform: "linux", "windows", or NULL for the platform that the logsource's product names (any, if it names none). */
enum logsource_reach logsource_reach(const struct logsources *logsources, const struct logsource *logsource,
                                     struct ir_text field, const char *platform);

struct logsource_row;

struct logsource_live { /* live events of one kind, or of a channel, under one row's views; all 0 before the first */
	const struct logsource_row *from;
	size_t row, kind;
};

/* Steps to the next live events that belong to the logsource. 0: there are no more. */
int logsource_next_live(const struct logsources *logsources, const struct logsource *logsource, const char *platform,
                        struct logsource_live *live);

/* The reach of field in those; *constant is its value where that is always the same, else of size 0. */
enum logsource_reach logsource_live_reach(const struct logsource_live *live, struct ir_text field,
                                          struct ir_text *constant);

/* Why the field is absent on the platform, or not what its name promises; NULL: there is nothing to say. */
const char *logsource_caveat(const struct logsources *logsources, const struct logsource *logsource,
                             struct ir_text field, const char *platform);

/* The known field that equals name but for case, for the lint; size 0: none. */
struct ir_text logsource_field_case(const struct logsources *logsources, const struct logsource *logsource,
                                    struct ir_text name);

/* The names that views and live kinds give its events, up to room of them. */
size_t logsource_fields(const struct logsources *logsources, const struct logsource *logsource, const char **names,
                        size_t room);

/* Adds the routes that lead to groups of the builder (early and late), their views, and all shapes. After every rule
 * and indicator was added. */
void logsources_lower(const struct logsources *logsources, struct ir_builder *builder);
#endif
