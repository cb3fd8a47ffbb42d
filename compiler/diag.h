/*
 * diag.h - diagnostics: queued with their place, sorted, printed together (INTERFACE: file:line:col, caret, json, sarif).
 *
 * Every diagnostic has a row in diag.def, which gives its name and severity. Passes add; only commands print.
 */
#ifndef DIAG_H
#define DIAG_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;

enum diag_severity { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE };

enum diag_name {
#define DIAG(identifier, name, severity, explanation) DIAG_##identifier,
#include "diag.def"
	DIAG_NAME_COUNT,
};

struct diag_row {
	const char *name; /* as in brackets */
	enum diag_severity severity;
	const char *explanation;
};

extern const struct diag_row diag_rows[DIAG_NAME_COUNT];

struct source { /* a file that was read; data is followed by a NUL */
	const char *name; /* as typed */
	const char *data;
	size_t size;
};

struct place {
	const struct source *source; /* NULL: nowhere in particular */
	uint32_t line, column;       /* from 1; column in code points; line 0: the file as a whole */
	uint32_t width;              /* code points to underline; 0 is taken as 1 */
};

struct diag_list;

/* Lives in arena and ends with it. */
struct diag_list *diag_list_new(struct arena *arena);

/* Queues one diagnostic with the severity of its row; the text is copied. */
void diag_add(struct diag_list *list, struct place place, enum diag_name name, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Queues a note that explains the diagnostic of that name. */
void diag_note(struct diag_list *list, struct place place, enum diag_name name, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Silences a warning or note by its name in brackets, everywhere (source NULL) or in one file. -ENOENT: no such name;
 * -EPERM: it is an error, which nothing silences. */
int diag_disable(struct diag_list *list, const struct source *source, const char *name, size_t size);

/* Says that lines first..last of source are the rule id, so that diagnostics there carry it. "": it has
 * no id. */
void diag_set_rule(struct diag_list *list, const struct source *source, uint32_t first, uint32_t last, const char *id);

/* How many of a severity are queued, silenced ones not counted. */
size_t diag_count(const struct diag_list *list, enum diag_severity severity);

struct diag { /* as queued */
	struct place place;
	enum diag_name name;
	enum diag_severity severity;
	const char *text;
	const char *rule_id; /* NULL: outside any rule; known once sorted */
};

/* Sorts by file, line and column and returns the number queued; diag_at() then gives them in that order. */
size_t diag_sort(struct diag_list *list);
const struct diag *diag_at(const struct diag_list *list, size_t index);

/* The first error queued for lines first..last of source, or NULL; once sorted, and before more is queued. */
const struct diag *diag_first_error(const struct diag_list *list, const struct source *source, uint32_t first,
                                    uint32_t last);

/* How many different files have errors; once sorted. */
size_t diag_bad_files(const struct diag_list *list);

enum diag_format { DIAG_TEXT, DIAG_JSON, DIAG_SARIF };

/* As text only what is as severe as this is written. */
void diag_show_least(struct diag_list *list, enum diag_severity least);
enum diag_severity diag_least(const struct diag_list *list);
/* Writes all that is queued, sorted. DIAG_JSON: one object a line, no summary; DIAG_SARIF: one whole document. */
void diag_print(FILE *out, struct diag_list *list, enum diag_format format, int color);

/* Writes size bytes as a JSON string with its quotes; invalid UTF-8 becomes U+FFFD. */
void diag_print_json(FILE *out, const char *data, size_t size);

/* The candidate nearest to word (for "did you mean"), or NULL when none is near. */
const char *diag_nearest(const char *word, size_t size, const char *const *candidates, size_t count);
/* The same with the most edits that count as near. */
const char *diag_nearest_within(const char *word, size_t size, const char *const *candidates, size_t count,
                                unsigned edits);
#endif
