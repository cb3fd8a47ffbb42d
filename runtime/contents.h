/*
 * contents.h - a file to look into, behind a descriptor (os.h); one file of code per system behind it.
 *
 * Functions return 0 (or what they say) or a negative errno.
 */
#ifndef CONTENTS_H
#define CONTENTS_H

#include <stddef.h>
#include <stdint.h>

struct contents { /* which file, and as of when */
	uint64_t size; /* bytes */
	uint64_t device, inode, changed_ns;
	uint64_t written_ns; /* as changed_ns, but the same under another name, and anybody's to set */
};

/* Opens without ever waiting; whoever writes or deletes the file may do so meanwhile. A descriptor. */
int contents_open(const char *path);
/* Where it lies, absolute and without links. -ENAMETOOLONG: longer than size. */
int contents_path(int fd, char *path, size_t size);
/* -EINVAL: it is no plain file. */
int contents_know(int fd, struct contents *contents);
/* Bytes read from that place on, 0 at the end. */
long contents_read(int fd, void *buffer, size_t size, uint64_t offset);
/* The file's bytes as memory; reading them faults where the file has become shorter. size: not 0. */
int contents_map(int fd, size_t size, const void **bytes);
void contents_unmap(const void *bytes, size_t size);
#endif
