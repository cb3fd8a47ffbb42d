/*
 * sink.h - where finished lines go: a file, stdout. One struct of function pointers each.
 */
#ifndef SINK_H
#define SINK_H

#include <stddef.h>
#include <stdint.h>

struct sink;

struct sink_ops {
	/* Takes one line without its newline; copies what it needs. 0, or a negative errno when the line was dropped. */
	int (*write)(struct sink *sink, const char *line, size_t size);
	/* Everything written so far has reached the target. 0 or a negative errno. */
	int (*flush)(struct sink *sink);
	void (*close)(struct sink *sink);
};

struct sink_counters { /* lines = delivered + queued + dropped */
	uint64_t lines, delivered, queued, dropped;
};

struct sink { /* first member of every sink */
	const struct sink_ops *ops;
	const char *name;
	struct sink_counters counters;
};
#endif
