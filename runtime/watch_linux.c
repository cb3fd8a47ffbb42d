/*
 * watch_linux.c - watch.h by inotify.
 */
#include "watch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

struct watch {
	int inotify, at, end;
	char events[4096] __attribute__((aligned(8)));
};

int
watch_open(struct watch **out, const char *folder)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	int error;

	if (!watch)
		return -ENOMEM;
	watch->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch->inotify >= 0 &&
	    inotify_add_watch(watch->inotify, folder, IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR) >= 0) {
		*out = watch;
		return 0;
	}
	error = -errno;
	watch_close(watch);
	return error;
}

void
watch_close(struct watch *watch)
{
	if (watch && watch->inotify >= 0)
		close(watch->inotify);
	free(watch);
}

int
watch_descriptor(const struct watch *watch)
{
	return watch ? watch->inotify : -1;
}

enum watch_found
watch_next(struct watch *watch, char name[WATCH_NAME_MAX])
{
	for (;;) {
		const struct inotify_event *event = (const void *)(watch->events + watch->at);

		if (watch->at == watch->end) {
			watch->at = 0;
			watch->end = (int)read(watch->inotify, watch->events, sizeof(watch->events));
			if (watch->end > 0)
				continue;
			watch->end = 0;
			return WATCH_NOTHING;
		}
		watch->at += (int)(sizeof(*event) + event->len);
		if (event->mask & IN_Q_OVERFLOW)
			return WATCH_ALL;
		if (event->len) {
			snprintf(name, WATCH_NAME_MAX, "%s", event->name);
			return WATCH_NAME;
		}
	}
}
