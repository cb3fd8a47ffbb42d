/*
 * progress.h - one line on a terminal that says how far a long step is; nothing anywhere else.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stddef.h>
#include <stdint.h>

struct progress {
	int enabled, shown;
	uint64_t started_ns, drawn_ns;
};

void progress_start(struct progress *progress, int quiet);
/* Redraws "build 412/796 objects 52% 14 s left" after the first second, at most 10 times a second. */
void progress_show(struct progress *progress, size_t done, size_t total);
void progress_end(struct progress *progress); /* erases it */
uint64_t progress_now(void); /* nanoseconds, for durations */
#endif
