/*
 * walk_linux.c - walk.h on Linux.
 */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 64 };

static int
order(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void below(const char *path, walk_visit *visit, void *context, int depth);

static void
folder(const char *path, walk_visit *visit, void *context, int depth)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, order);

	if (count < 0) {
		visit(context, path, -errno);
		return;
	}
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		char *entry;

		if (strcmp(name, ".") && strcmp(name, "..") && asprintf(&entry, "%s/%s", path, name) > 0) {
			below(entry, visit, context, depth + 1);
			free(entry);
		}
		free(entries[i]);
	}
	free(entries);
}

static void
below(const char *path, walk_visit *visit, void *context, int depth)
{
	struct stat st;

	if (depth ? lstat(path, &st) : stat(path, &st))
		visit(context, path, -errno);
	else if (S_ISREG(st.st_mode))
		visit(context, path, 0);
	else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
		folder(path, visit, context, depth);
	else if (S_ISDIR(st.st_mode))
		visit(context, path, -ELOOP);
}

void
walk(const char *path, walk_visit *visit, void *context)
{
	below(path, visit, context, 0);
}
