/*
 * pack_open.h - a pack from a file name for the commands that need no agent, with what to say when it is refused.
 */
#ifndef PACK_OPEN_H
#define PACK_OPEN_H

struct detector;

enum { PACK_KEYS_MAX = 16 };

struct pack_source {
	const char *path;       /* NULL: the active pack, else the default one */
	const char *keys[PACK_KEYS_MAX]; /* public key files, borrowed; none: those of the key folder */
	int key_count;
	int allow_unsigned;
	int test;               /* run its vectors too */
};

/* 0, or -EINVAL after a message: there are too many. */
int pack_source_key(struct pack_source *source, const char *path);

/* Opens, checks and maps it. 0, or an exit code after a message. */
int pack_open(struct detector **detector, const struct pack_source *source);
#endif
