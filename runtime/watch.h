/*
 * watch.h - files that come into a folder, complete; one file of code per system behind it.
 */
#ifndef WATCH_H
#define WATCH_H

enum { WATCH_NAME_MAX = 256 };
enum watch_found {
	WATCH_NOTHING, /* has happened since the last look */
	WATCH_NAME,    /* a file of that name has come, by rename or by copy */
	WATCH_ALL,     /* look through the folder: something has come, and it is not known what */
};

struct watch;

/* 0 or a negative errno. */
int watch_open(struct watch **watch, const char *folder);
void watch_close(struct watch *watch); /* NULL is fine */
int watch_descriptor(const struct watch *watch); /* what os_wait takes; -1 of NULL */
enum watch_found watch_next(struct watch *watch, char name[WATCH_NAME_MAX]);
#endif
