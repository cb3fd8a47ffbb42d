/*
 * pack_open.h - a pack from a file name for the commands that need no agent, with what to say when it is refused.
 */
#ifndef PACK_OPEN_H
#define PACK_OPEN_H

struct detector;

struct pack_source {
	const char *path;       /* NULL: the active pack, else the default one */
	const char *const *keys; /* public key files; none: those of the key folder */
	int key_count;
	int allow_unsigned;
	int test;               /* run its vectors too */
};

/* Opens, checks and maps it. 0, or an exit code after a message. */
int pack_open(struct detector **detector, const struct pack_source *source);
#endif
