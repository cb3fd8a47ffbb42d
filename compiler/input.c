/*
 * input.c - finds the files of a compilation, reads them and tells their kind by content.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "diag.h"
#include "feed.h"
#include "input.h"

enum { HEAD_SIZE = 64 << 10, FOLDER_DEPTH_MAX = 64 };

struct finder {
	struct arena *arena;
	struct diag_list *diags;
	struct input_list *list;
	const char *failed;
	int depth; /* 0: an operand */
};

static int
name_ends(const char *name, const char *end)
{
	size_t size = strlen(name), end_size = strlen(end);

	return size > end_size && !strcmp(name + size - end_size, end);
}

static int
name_is_yaml(const char *name)
{
	return name_ends(name, ".yml") || name_ends(name, ".yaml");
}

/* Whether some line, or some member of a flow map, starts with key and a colon. */
static int
source_has_key(const struct source *source, const char *key)
{
	const char *at = source->data, *end = at + source->size, *before, *after;
	size_t size = strlen(key);

	for (; (at = memmem(at, end - at, key, size)); at += size) {
		before = at;
		after = at + size;
		if (before > source->data && (before[-1] == '"' || before[-1] == '\''))
			before--;
		while (before - source->data >= 2 && before[-1] == ' ' && strchr(" ,{", before[-2]))
			before--;
		if (before > source->data && !memchr("\n\r,{", before[-1], 4) && (unsigned char)before[-1] != 0xbf)
			continue;
		while (after < end && memchr("\"' \t", *after, 4))
			after++;
		if (after < end && *after == ':')
			return 1;
	}
	return 0;
}

static int
source_is_sigma(const struct source *source)
{
	return source_has_key(source, "detection") || source_has_key(source, "correlation") ||
	       source_has_key(source, "filter") || (source_has_key(source, "title") && source_has_key(source, "logsource"));
}

static const char *
comment_skip(const char *at, const char *end)
{
	const char *found;

	while (at < end) {
		if (strchr(" \t\r\n", *at) && *at) {
			at++;
		} else if (end - at >= 2 && at[0] == '/' && at[1] == '/') {
			found = memchr(at, '\n', end - at);
			at = found ? found : end;
		} else if (end - at >= 2 && at[0] == '/' && at[1] == '*') {
			found = memmem(at + 2, end - at - 2, "*/", 2);
			at = found ? found + 2 : end;
		} else {
			break;
		}
	}
	return at;
}

static int
source_is_yara(const struct source *source)
{
	static const char *const words[] = {"rule", "private", "global", "import", "include"};
	const char *end = source->data + source->size, *at = comment_skip(source->data, end);

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t size = strlen(words[i]);

		if ((size_t)(end - at) > size && !memcmp(at, words[i], size) && strchr(" \t\"", at[size]) && at[size])
			return 1;
	}
	return 0;
}

/* A test that SigmaHQ keeps beside its event. */
static int
is_regression_info(const char *name, const struct source *head)
{
	const char *slash = strrchr(name, '/');

	return !strcmp(slash ? slash + 1 : name, "info.yml") && source_has_key(head, "rule_metadata");
}

static int
kind_of(const char *name, const struct source *head, int is_operand, enum input_kind *kind)
{
	if (name_ends(name, ".test.yml") || name_ends(name, ".test.yaml") || is_regression_info(name, head))
		*kind = INPUT_TEST;
	else if (name_is_yaml(name) && (is_operand || source_is_sigma(head)))
		*kind = INPUT_SIGMA;
	else if (name_ends(name, ".yar") || name_ends(name, ".yara") || (!name_is_yaml(name) && source_is_yara(head)))
		*kind = INPUT_YARA;
	else if (!name_is_yaml(name) && feed_recognises(head))
		*kind = INPUT_FEED;
	else if (is_operand && source_is_sigma(head))
		*kind = INPUT_SIGMA;
	else
		return 0;
	return 1;
}

/* Reads up to size bytes more. Returns how many, or a negative errno. */
static ssize_t
file_read(int fd, char *data, size_t size)
{
	size_t done = 0;
	ssize_t got;

	while (done < size) {
		got = read(fd, data + done, size - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		done += got;
	}
	return done;
}

static size_t
limit_of(const char *name)
{
	return name_is_yaml(name) ? INPUT_YAML_MAX
	                          : name_ends(name, ".yar") || name_ends(name, ".yara") ? INPUT_YARA_MAX : INPUT_FEED_MAX;
}

int
input_read(struct arena *arena, const char *path, size_t limit, const struct source **source)
{
	struct source *made = arena_alloc(arena, sizeof(*made));
	struct stat status;
	ssize_t got;
	char *data;
	int fd, result = 0;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &status))
		result = -errno;
	else if (!S_ISREG(status.st_mode))
		result = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
	else if ((uint64_t)status.st_size > limit)
		result = -EFBIG;
	if (!result) {
		data = arena_alloc(arena, status.st_size + 1);
		got = file_read(fd, data, status.st_size);
		if (got < 0)
			result = got;
		else
			*made = (struct source){arena_print(arena, "%s", path), data, got};
	}
	close(fd);
	*source = made;
	return result;
}

/* What can be told from the first bytes: a file that is of no kind is not read whole. */
static int
head_kind(const char *path, int is_operand, enum input_kind *kind)
{
	struct source head = {.name = path};
	char *data;
	int fd, known = 0;

	data = calloc(1, HEAD_SIZE + 1);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (data && fd >= 0) {
		ssize_t got = file_read(fd, data, HEAD_SIZE);

		head.data = data;
		head.size = got < 0 ? 0 : got;
		known = kind_of(path, &head, is_operand, kind);
	}
	if (fd >= 0)
		close(fd);
	free(data);
	return known;
}

static int
file_add(struct finder *finder, const char *path)
{
	struct input_list *list = finder->list;
	int is_operand = !finder->depth, known, result;
	struct input input = {0};
	struct source *empty;

	known = name_is_yaml(path) || head_kind(path, is_operand, &input.kind);
	result = known ? input_read(finder->arena, path, limit_of(path), &input.source) : 0;
	if (known && !result && name_is_yaml(path))
		known = kind_of(path, input.source, is_operand, &input.kind);
	if (result == -EFBIG || (!result && !known && is_operand)) {
		empty = arena_alloc(finder->arena, sizeof(*empty));
		*empty = (struct source){arena_print(finder->arena, "%s", path), "", 0};
		if (known)
			diag_add(finder->diags, (struct place){.source = empty}, DIAG_file_size, "file is larger than %zu MiB",
			         limit_of(path) >> 20);
		else
			diag_add(finder->diags, (struct place){.source = empty}, DIAG_unknown_kind,
			         "neither Sigma (YAML with \"detection\"), YARA, an indicator feed nor a test (*.test.yml)");
		return 0;
	}
	if (result) {
		finder->failed = arena_print(finder->arena, "%s", path);
		return result;
	}
	if (!known) {
		list->skipped++;
		return 0;
	}
	list->items = arena_grow(finder->arena, list->items, list->count, sizeof(*list->items));
	list->items[list->count++] = input;
	return 0;
}

static int path_add(struct finder *finder, const char *path);

static int
entry_compare(const struct dirent **one, const struct dirent **two)
{
	return strcmp((*one)->d_name, (*two)->d_name);
}

static int
entry_takes(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int
folder_add(struct finder *finder, const char *path)
{
	size_t size = strlen(path);
	const char *slash = size && path[size - 1] == '/' ? "" : "/";
	struct dirent **entries;
	int count, result = 0;

	if (finder->depth >= FOLDER_DEPTH_MAX)
		result = -ELOOP;
	count = result ? 0 : scandir(path, &entries, entry_takes, entry_compare);
	if (count < 0)
		result = -errno;
	if (result) {
		finder->failed = arena_print(finder->arena, "%s", path);
		return result;
	}
	finder->depth++;
	for (int i = 0; i < count; i++) {
		if (!result)
			result = path_add(finder, arena_print(finder->arena, "%s%s%s", path, slash, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	finder->depth--;
	return result;
}

/* Inside folders, symlinked folders and what is neither file nor folder is passed over. */
static int
path_add(struct finder *finder, const char *path)
{
	struct stat status, own;

	if (stat(path, &status)) {
		if (finder->depth && errno == ENOENT)
			return 0;
		finder->failed = arena_print(finder->arena, "%s", path);
		return -errno;
	}
	if (S_ISDIR(status.st_mode)) {
		if (finder->depth && !lstat(path, &own) && S_ISLNK(own.st_mode))
			return 0;
		return folder_add(finder, path);
	}
	if (S_ISREG(status.st_mode))
		return file_add(finder, path);
	if (finder->depth)
		return 0;
	finder->failed = arena_print(finder->arena, "%s", path);
	return -EINVAL;
}

int
input_find(struct arena *arena, struct diag_list *diags, const char *path, struct input_list *list,
           const char **failed)
{
	struct finder finder = {.arena = arena, .diags = diags, .list = list};
	int result = path_add(&finder, path);

	*failed = finder.failed;
	return result;
}
