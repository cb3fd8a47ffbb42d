/*
 * file.h - files and folders that rsnlc writes: whole, beside their target and renamed, never half.
 *
 * Functions return 0 or a negative errno.
 */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>
#include <stdint.h>

/* Reads a whole file of at most max bytes (-EFBIG); *data, with a NUL after it, is the caller's to free(). */
int file_read(const char *path, size_t max, char **data, size_t *size);
/* Replaces path, unless it is a device or a pipe. mode as in chmod. "-" is standard output. */
int file_write(const char *path, const void *data, size_t size, unsigned mode);
/* As file_write, but leaves a path that is there alone: -EEXIST. */
int file_create(const char *path, const void *data, size_t size, unsigned mode);
/* file_write, but only if the contents differ, so that the time of an equal file stays. */
int file_update(const char *path, const void *data, size_t size);
/* An absolute path below the working directory as seen from there, any other as it is; points into path. */
const char *file_relative(const char *path);

/* A path that is there, as seen from anywhere; free() it. NULL: it is not there, or memory is out. */
char *file_absolute(const char *path);

/* Makes a folder and those above it. */
int folder_make(const char *path, unsigned mode);
/* Makes a folder of a name of its own under /tmp; path is the caller's to free(). */
int folder_make_temporary(char **path);
/* Removes a folder with all in it. Missing is fine. */
int folder_remove(const char *path);

enum file_access {
	FILE_OTHERS_READ = 1,  /* group or others may read it */
	FILE_OTHERS_WRITE = 2, /* group or others may write it, or somebody but root and us owns it */
};

/* Bits of enum file_access, or a negative errno. *mode gets its permission bits (may be NULL). */
int file_access_by_others(const char *path, unsigned *mode);

struct file_entry {
	char *name;
	uint64_t size;   /* bytes */
	int64_t used_ns; /* modification time, since 1970 */
};

/* Plain files of a folder whose names end so, sorted by name. Free with folder_list_free(). */
int folder_list(const char *path, const char *suffix, struct file_entry **entries, size_t *count);
void folder_list_free(struct file_entry *entries, size_t count);
int file_touch(const char *path); /* modified now */
/* Home of the user who runs us, from the account database; free() it. NULL: none. */
char *folder_home(void);
#endif
