/*
 * etw_path.c - prefixes of NT paths, and a table of devices.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "etw.h"
#include "etw_path.h"

enum { DRIVES = 32, DEVICE_MAX = 64, DRIVE_MAX = 260 };

#define AGAIN_AFTER (60 * 10000000ull)

struct drive {
	char device[DEVICE_MAX];
	char drive[DRIVE_MAX];
	size_t device_size, drive_size; /* device_size 0: free; drive_size 0: the system does not know it */
	uint64_t asked;
};

struct etw_paths {
	const struct etw_system *system;
	struct drive drives[DRIVES];
	uint32_t next; /* to give up, where all are used */
};

/* A path in the making. */
struct path {
	char *text;
	size_t room, used;
};

struct etw_paths *
etw_paths_new(const struct etw_system *system)
{
	struct etw_paths *paths = calloc(1, sizeof(*paths));

	if (paths)
		paths->system = system;
	return paths;
}

void
etw_paths_free(struct etw_paths *paths)
{
	free(paths);
}

static void
path_put(struct path *path, const char *text, size_t size)
{
	if (size > path->room - path->used)
		size = path->room - path->used;
	memcpy(path->text + path->used, text, size);
	path->used += size;
}

static size_t
skip(const char *text, size_t size, const char *prefix)
{
	size_t length = strlen(prefix);

	return size >= length && !strncasecmp(text, prefix, length) ? length : 0;
}

static struct drive *
drive_find(struct etw_paths *paths, const char *device, size_t size)
{
	struct drive *drive;

	for (drive = paths->drives; drive < paths->drives + DRIVES && drive->device_size; drive++)
		if (drive->device_size == size && !memcmp(drive->device, device, size))
			return drive;
	if (drive == paths->drives + DRIVES)
		drive = &paths->drives[paths->next++ % DRIVES];
	*drive = (struct drive){.device_size = size};
	memcpy(drive->device, device, size);
	return drive;
}

/* The letter of a device; NULL: the system does not know it. */
static const struct drive *
drive_ask(struct etw_paths *paths, uint64_t time, const char *device, size_t size)
{
	struct drive *drive;

	if (!paths->system->drive || size >= DEVICE_MAX)
		return NULL;
	drive = drive_find(paths, device, size);
	if (!drive->drive_size && (!drive->asked || time >= drive->asked + AGAIN_AFTER)) {
		drive->asked = time ? time : 1;
		drive->drive_size = paths->system->drive(paths->system->context, device, size, drive->drive, DRIVE_MAX);
	}
	return drive->drive_size ? drive : NULL;
}

/* \Device\X\rest or \SystemRoot\rest: parts is how many components name the device. */
static void
put_device(struct etw_paths *paths, struct path *path, uint64_t time, const char *nt, size_t size, int parts)
{
	const struct drive *drive;
	size_t device = 0;

	while (device < size && parts >= 0)
		if (nt[device++] == '\\' && parts-- == 0)
			device--;
	drive = drive_ask(paths, time, nt, device);
	if (drive)
		path_put(path, drive->drive, drive->drive_size);
	else
		path_put(path, nt, device);
	path_put(path, nt + device, size - device);
}

/* server\share\rest, before which redirectors put components like ;LanmanRedirector and ;X:00000000000bc614. */
static void
put_share(struct path *path, const char *rest, size_t size)
{
	const char *end;

	while (size && *rest == ';') {
		end = memchr(rest, '\\', size);
		if (!end)
			break;
		size -= (size_t)(end + 1 - rest);
		rest = end + 1;
	}
	path_put(path, "\\\\", 2);
	path_put(path, rest, size);
}

static void
put_path(struct etw_paths *paths, struct path *path, uint64_t time, const char *nt, size_t size)
{
	static const char *const shares[] = {"\\Device\\Mup\\", "\\Device\\LanmanRedirector\\", "\\??\\UNC\\",
		"\\\\?\\UNC\\"};
	static const char *const plain[] = {"\\??\\", "\\\\?\\", "\\DosDevices\\"};
	size_t length;

	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		length = skip(nt, size, shares[i]);
		if (length) {
			put_share(path, nt + length, size - length);
			return;
		}
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		length = skip(nt, size, plain[i]);
		if (length) {
			path_put(path, nt + length, size - length);
			return;
		}
	}
	if (skip(nt, size, "\\Device\\"))
		put_device(paths, path, time, nt, size, 2);
	else if (skip(nt, size, "\\SystemRoot\\"))
		put_device(paths, path, time, nt, size, 1);
	else
		path_put(path, nt, size);
}

/* Could a component be an 8.3 name? They have ~ and a digit. */
static int
has_short_name(const char *path, size_t size)
{
	for (size_t i = 0; i + 1 < size; i++)
		if (path[i] == '~' && path[i + 1] >= '0' && path[i + 1] <= '9')
			return 1;
	return 0;
}

size_t
etw_path(struct etw_paths *paths, uint64_t time, const char *nt, size_t size, char *text, size_t room)
{
	const struct etw_system *system = paths->system;
	struct path path = {text, room, 0};
	char whole[4096];
	size_t long_size;

	put_path(paths, &path, time, nt, size);
	if (!system->long_path || !has_short_name(text, path.used))
		return path.used;
	long_size = system->long_path(system->context, text, path.used, whole, sizeof(whole) < room ? sizeof(whole) : room);
	if (!long_size)
		return path.used;
	memcpy(text, whole, long_size);
	return long_size;
}
