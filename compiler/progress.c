/*
 * progress.c - one line on a terminal that says how far a long step is.
 */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { SECOND = 1000000000 };

uint64_t
progress_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

void
progress_start(struct progress *progress, int quiet)
{
	*progress = (struct progress){.enabled = !quiet && isatty(STDERR_FILENO), .started_ns = progress_now()};
}

void
progress_show(struct progress *progress, size_t done, size_t total)
{
	uint64_t now = progress_now(), spent = now - progress->started_ns;

	if (!progress->enabled || done == 0 || total == 0 || spent < SECOND || now - progress->drawn_ns < SECOND / 10)
		return;
	progress->drawn_ns = now;
	progress->shown = 1;
	fprintf(stderr, "\r\033[Kbuild %zu/%zu objects %zu%% %" PRIu64 " s left", done, total, done * 100 / total,
	        spent / done * (total - done) / SECOND);
	fflush(stderr);
}

void
progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = 0;
}
