/*
 * logsource_model.h - what a logsources file says, between its reader, the look-ups and lowering. Include ir.h first.
 */
#ifndef LOGSOURCE_MODEL_H
#define LOGSOURCE_MODEL_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct diag_list;
struct document;

struct logsource_test { /* what a recorded event must have */
	struct ir_text field;
	uint32_t op; /* enum pack_condition_op */
	const struct ir_text *values;
	uint32_t value_count;
};

struct logsource_rename { /* to shows from, or is constant where from is not set */
	struct ir_text to, from, constant;
};

struct logsource_row {
	const struct ir_text *live; /* kinds of live events that belong here */
	size_t live_count;
	struct logsource_test *tests;
	size_t test_count;
	struct logsource_rename *renames;
	size_t rename_count;
	struct ir_text kind;    /* of recorded events; size 0: none */
	struct ir_text service; /* whose rows count too; size 0: none */
	struct ir_text product; /* whose events these are */
};

struct logsource_entry { /* the rows of one logsource */
	struct ir_text product, category, service; /* size 0: not set, the product of `any` too */
	struct logsource_row *rows;
	size_t row_count;
};

struct logsource_path {
	struct ir_text field; /* size 0: every member */
	struct ir_text path;
	int if_absent;
};

struct logsource_shape {
	struct ir_text name;
	const struct ir_text *required, *forbidden, *times;
	size_t required_count, forbidden_count, time_count;
	struct logsource_path *paths;
	size_t path_count;
	int keeps_names;
};

struct logsources {
	struct arena *arena;
	struct logsource_entry *entries;
	size_t entry_count;
	struct logsource_shape *shapes; /* in the order they are tried */
	size_t shape_count;
};

/* The entry of exactly that logsource, or NULL. */
struct logsource_entry *logsources_find(const struct logsources *logsources, struct ir_text product,
                                        struct ir_text category, struct ir_text service);

/* Adds one document of a file whose first shape is put at *shape_at. 0 or -EBADMSG with the reasons queued. */
int logsources_read(struct logsources *logsources, struct diag_list *diags, const struct document *document,
                    size_t *shape_at);

/* 1 if event.def has the kind. */
int logsource_is_kind(struct ir_text kind);

/* The names of all kinds, for "did you mean". */
const char *const *logsource_kinds(size_t *count);
#endif
