/*
 * source_replay.h - recorded events from files: NDJSON, a JSON array, JSON texts one after another, a Windows event
 * log (.evtx); .gz and .zst.
 */
#ifndef SOURCE_REPLAY_H
#define SOURCE_REPLAY_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct source;

struct replay_counters {
	uint64_t events; /* handed out that were JSON objects */
	uint64_t bad;    /* texts that were no JSON object, reported and left out */
};

/* Reads the files in turn ("-": standard input). Bad texts are reported to errors as "FILE:LINE:COL: error: TEXT". Names
 * and errors are borrowed. 0 or a negative errno. */
int source_replay_open(struct source **source, const char *const *files, size_t count, FILE *errors);
struct replay_bad { /* a text that is no JSON object, or a record; texts are borrowed for good */
	const char *file, *error, *name; /* name: of the diagnostic */
	unsigned long long line;
	size_t column;
};

struct replay_buffer { /* all zero to begin with; data is the owner's to free */
	char *data;
	size_t room;
};

/* The source reads into buffer from now on, until it gets another; texts of JSON are handed out where they lie in it, and
 * those of one poll stay there. The one before is not used any more. 0, -ENOMEM or -EFBIG. */
int source_replay_use(struct source *source, struct replay_buffer *buffer);
/* Bad texts are reported to report instead. */
void source_replay_report(struct source *source, void (*report)(void *data, const struct replay_bad *bad), void *data);
/* Reports to errors, a FILE, as the source itself does. */
void replay_bad_print(void *errors, const struct replay_bad *bad);
/* A file could not be opened or read: its name and the positive errno, once the source has ended; else NULL. */
const char *source_replay_failed(const struct source *source, int *error);
const struct replay_counters *source_replay_counters(const struct source *source);
#endif
