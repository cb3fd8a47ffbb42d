/*
 * source.h - where events come from: a live ring, a recording, a file of JSON. One struct of function pointers each.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stddef.h>
#include <stdint.h>

enum raw_form {
	RAW_RECORD, /* struct record_head and what follows (record.h) */
	RAW_JSON,   /* the text of one JSON object */
};

/* One event as it came. The bytes are the source's and stay valid until the next commit. */
struct raw_event {
	const void *data;
	size_t size;
	enum raw_form form;
	uint64_t position; /* ring position, or line number from 1 */
	const char *file;  /* replay: the file's name as given, else NULL */
};

struct json;
struct source;

struct source_ops {
	/* Fills up to max events, waits at most timeout_ms for the first (0: does not wait). Returns how many, 0 when
	 * none came in time, SOURCE_END after the last, or a negative errno. Bad input that can be stepped over is
	 * reported and counted by the source itself. */
	int (*poll)(struct source *source, struct raw_event *events, int max, int timeout_ms);
	/* All events handed out so far are done with: alerts of theirs are accepted by the sinks. */
	void (*commit)(struct source *source);
	void (*close)(struct source *source);
	/* The event was no JSON object: json.h's walker stopped there. NULL in sources of records. */
	void (*bad)(struct source *source, const struct raw_event *event, const struct json *json);
};

enum { SOURCE_END = -0x10000 }; /* no errno */

struct source { /* first member of every source; name and in_hand are those of the events polled last */
	const struct source_ops *ops;
	const char *name; /* ECS event.provider: "ebpf", "etw", "evtlog", "replay" */
	/* Where to write 1 + position of an event before working on it, so that after a crash it can be left out; memory
	 * that survives the crash. NULL: nobody asks. */
	uint64_t *in_hand;
};
#endif
