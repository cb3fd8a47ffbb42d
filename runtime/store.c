/*
 * store.c - the agent's folders: packs (incoming, active, previous, rejected) and state.
 */
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker_server.h"
#include "config.h"
#include "contents.h"
#include "role.h"
#include "agent.h"
#include "file.h"
#include "memory.h"
#include "os.h"

enum { ID_SIZE = 12 };

int
store_prepare(const struct config *config)
{
	static const struct { const char *name; int mode; } folders[] = {
		{"", 0755}, {"/packs", 0755}, {"/packs/active", 0755}, {"/packs/previous", 0755}, {"/packs/rejected", 0755},
		{"/state", 0700},
	};
	char path[512];
	int error = 0;

	for (size_t i = 0; !error && i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(path, sizeof(path), "%s%s", config->agent.state, folders[i].name);
		error = file_make_folder(path, folders[i].mode);
	}
	if (!error && *config->packs.incoming)
		error = file_make_folder(config->packs.incoming, 0755);
	return error;
}

static void
serial_path(const struct config *config, const char *name, char path[512])
{
	snprintf(path, 512, "%s/state/%s.serial", config->agent.state, name);
}

uint64_t
store_serial(const struct config *config, const char *name)
{
	char path[512];
	void *data;
	size_t size;
	uint64_t serial;

	serial_path(config, name, path);
	if (os_read_file(path, 64, &data, &size))
		return 0;
	serial = strtoull(data, NULL, 10);
	free(data);
	return serial;
}

int
store_serial_set(const struct config *config, const char *name, uint64_t serial)
{
	char path[512], text[32];
	int size = snprintf(text, sizeof(text), "%" PRIu64 "\n", serial);

	serial_path(config, name, path);
	return os_write_file(path, text, (size_t)size, 0600);
}

static int
path_copy(void *context, const char *path)
{
	return (size_t)snprintf(context, 512, "%s", path) < 512;
}

int
store_find(const struct config *config, const char *where, char path[512])
{
	char folder[400];
	int found;

	snprintf(folder, sizeof(folder), "%s/packs/%s", config->agent.state, where);
	found = os_list_folder(folder, ".rsnp", path_copy, path);
	return found < 0 ? found : found ? 0 : -ENOENT;
}

static int
folder_empty(const struct config *config, const char *where)
{
	char path[512];

	while (!store_find(config, where, path)) {
		int error = file_remove(path);

		if (error)
			return error;
	}
	return 0;
}

/* Moves the pack of one folder to another, in place of what is there. */
static int
folder_move(const struct config *config, const char *from, const char *to)
{
	char path[512], target[1024];
	int error;

	if (store_find(config, from, path))
		return -ENOENT;
	error = folder_empty(config, to);
	if (error)
		return error;
	snprintf(target, sizeof(target), "%s/packs/%s/%s", config->agent.state, to, file_name(path));
	return file_move(path, target);
}

/* Whether the active pack is these bytes. */
static int
is_active(const struct config *config, const void *bytes, size_t size)
{
	char path[512];
	void *active;
	size_t active_size;
	int same;

	if (store_find(config, "active", path) || os_read_file(path, size, &active, &active_size))
		return 0;
	same = size == active_size && !memcmp(bytes, active, size);
	free(active);
	return same;
}

static int
bytes_activate(const struct config *config, const void *bytes, size_t size, const char *name)
{
	char path[512];
	int error;

	if (is_active(config, bytes, size))
		return 0;
	error = folder_move(config, "active", "previous");
	if (error && error != -ENOENT)
		return error;
	snprintf(path, sizeof(path), "%s/packs/active/%s.rsnp", config->agent.state, name);
	return os_write_file(path, bytes, size, 0644);
}

int
store_activate(const struct config *config, int fd, const char *name)
{
	const void *bytes;
	size_t size;
	int error = memory_map(fd, &bytes, &size);

	if (error)
		return error;
	error = bytes_activate(config, bytes, size, name);
	memory_unmap(bytes, size);
	return error;
}

int
store_swap_back(const struct config *config)
{
	int error = folder_move(config, "previous", "active");

	return error == -ENOENT ? folder_empty(config, "active") : error;
}

int
store_reject(const struct config *config, const char *path, const char *name, const char *reason)
{
	char target[1024], line[1024];
	int error;

	snprintf(target, sizeof(target), "%s/packs/rejected/%s", config->agent.state, name);
	error = file_move(path, target);
	if (error == -EXDEV)
		error = file_remove(path);
	if (error)
		return error;
	snprintf(target, sizeof(target), "%s/packs/rejected/%s.reason", config->agent.state, name);
	snprintf(line, sizeof(line), "%s\n", reason);
	return os_write_file(target, line, strlen(line), 0644);
}

int
store_agent_id(const struct config *config, char id[65])
{
	unsigned char bytes[ID_SIZE];
	char path[512];
	void *data;
	size_t size;

	if (strcmp(config->agent.id, "auto") != 0) {
		snprintf(id, 65, "%s", config->agent.id);
		return 0;
	}
	snprintf(path, sizeof(path), "%s/state/agent-id", config->agent.state);
	if (!os_read_file(path, 128, &data, &size)) {
		snprintf(id, 65, "%.*s", (int)strcspn(data, "\n"), (char *)data);
		free(data);
		if (*id)
			return 0;
	}
	randombytes_buf(bytes, sizeof(bytes));
	for (int i = 0; i < ID_SIZE; i++)
		sprintf(id + 2 * i, "%02x", bytes[i]);
	return os_write_file(path, id, 2 * ID_SIZE, 0600);
}
