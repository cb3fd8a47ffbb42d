/*
 * file.c - what file.h offers on every system alike.
 */
#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contents.h"
#include "os.h"

int
file_read(int fd, size_t max, void **data, size_t *size)
{
	struct contents file;
	size_t at = 0;
	long got = 1;
	char *bytes;
	int error = contents_know(fd, &file);

	if (error)
		return error;
	if (file.size > max)
		return -EFBIG;
	bytes = malloc((size_t)file.size + 1);
	if (!bytes)
		return -ENOMEM;
	while (at < file.size && (got = contents_read(fd, bytes + at, (size_t)file.size - at, at)) > 0)
		at += (size_t)got;
	if (got < 0) {
		free(bytes);
		return (int)got;
	}
	*data = bytes;
	*size = at;
	return 0;
}

static int
is_at(const struct contents *file, const char *path)
{
	struct contents found;
	int fd = file_open_plain(path), same;

	if (fd < 0)
		return 0;
	same = !contents_know(fd, &found) && found.device == file->device && found.inode == file->inode &&
		found.size == file->size && found.written_ns == file->written_ns;
	os_close(fd);
	return same;
}

/* Looked at only where nobody can put another one in its place any more. */
int
file_move_known(const struct contents *file, const char *from, const char *to)
{
	int error = file_move(from, to);

	if (error || is_at(file, to))
		return error;
	error = file_move_new(to, from);
	if (error == -EEXIST)
		error = file_remove(to);
	return error ? error : -ENOENT;
}

const char *
file_name(const char *path)
{
	const char *name = path;

	for (; *path; path++) {
		if (os_is_separator(*path))
			name = path + 1;
	}
	return name;
}
