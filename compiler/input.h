/*
 * input.h - the files of a compilation: found under the given paths, read, told apart by content.
 */
#ifndef INPUT_H
#define INPUT_H

#include <stddef.h>

struct arena;
struct diag_list;
struct source;

enum input_kind { INPUT_SIGMA, INPUT_YARA, INPUT_FEED, INPUT_TEST };

enum { /* largest file of a kind, in bytes */
	INPUT_YAML_MAX = 8 << 20,
	INPUT_YARA_MAX = 64 << 20,
	INPUT_FEED_MAX = 1 << 30,
};

struct input {
	enum input_kind kind;
	const struct source *source;
};

struct input_list {
	struct input *items; /* in order of the operands, each folder sorted by name */
	size_t count;
	size_t skipped;      /* files inside folders that are of no kind */
};

/* Adds path, a file or a folder (recursive, sorted; hidden and symlinked folders skipped). A file too large is queued
 * as a diagnostic, and so is a file named outright that is of no kind. Returns 0, or a negative errno with *failed set
 * to the path that could not be read. */
int input_find(struct arena *arena, struct diag_list *diags, const char *path, struct input_list *list,
               const char **failed);

/* Reads one whole file into a source of arena; size limit in bytes. Returns 0 or a negative errno (-EFBIG). */
int input_read(struct arena *arena, const char *path, size_t limit, const struct source **source);
#endif
