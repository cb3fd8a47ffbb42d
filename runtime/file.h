/*
 * file.h - files and folders that the agent keeps; one file of code per system behind it.
 *
 * Descriptors and errors are those of os.h.
 */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>

struct contents;

/* A folder of mode, made where it is missing. -EPERM: others than root and the own user can write it. */
int file_make_folder(const char *path, int mode);
/* A file to append to, made where it and its folder (one level) are missing; no link; mode and the group that reads
 * logs are set. *unset is 0, or why they could not be set: the file is open all the same. A descriptor. */
int file_open_log(const char *path, int mode, int *unset);
/* A plain file to read; no link. -EBUSY: somebody is still writing it, where the system tells. A descriptor. */
int file_open_plain(const char *path);
/* Its bytes from the first on; *data is the caller's to free(). -EINVAL: no plain file; -EFBIG: more than max bytes. */
int file_read(int fd, size_t max, void **data, size_t *size);
int file_move(const char *from, const char *to); /* over to, if that is there */
int file_move_new(const char *from, const char *to); /* -EEXIST: to is there */
/* Moves what lies at from, if it is that file (contents.h) as it was written; -ENOENT: it is another one, which stays,
 * unless a newer one came there meanwhile. */
int file_move_known(const struct contents *file, const char *from, const char *to);
int file_exists(const char *path);
int file_remove(const char *path);
/* Whether others than root and the own user can put another file in its place. */
int file_is_replaceable(const char *path);
/* The name without its folder. */
const char *file_name(const char *path);
#endif
