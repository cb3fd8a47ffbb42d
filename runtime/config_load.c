/*
 * config_load.c - hands rsnl.yaml to a process that has no rights, and takes its struct.
 */
#include "config_load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "config.h"
#include "file.h"
#include "memory.h"
#include "message.h"
#include "os.h"
#include "role.h"

const char *
config_place(void)
{
	static char path[CONFIG_PATH_MAX];

	os_path(PLACE_CONFIG, path, sizeof(path));
	return path;
}

/* Exit code of the process that reads text, whose struct it leaves in shared memory. */
static int
process_run(int text, struct config *config)
{
	struct role_process process;
	struct role_end end;
	void *memory;
	int shared = memory_share(sizeof(*config), &memory), fds[CONFIG_FD_COUNT] = {text, shared}, code = CODE_CANNOT;

	if (shared < 0)
		return CODE_CANNOT;
	if (!role_start(&process, "config", "rsnl", fds, CONFIG_FD_COUNT) && role_ended(&process, &end, 1)) {
		code = end.crashed ? CODE_BUG : end.code;
		if (end.crashed)
			message("the process that reads the config died");
	}
	memcpy(config, memory, sizeof(*config));
	memory_unmap(memory, sizeof(*config));
	os_close(shared);
	return !code && config_check(config, sizeof(*config)) ? CODE_BUG : code;
}

/* What that process reads: the file's name, a newline, its bytes. A descriptor or a negative errno. */
static int
text_seal(const char *name, const void *bytes, size_t size)
{
	size_t head = strlen(name) + 1;
	char *text = malloc(head + size);
	int fd = -ENOMEM;

	if (text) {
		memcpy(text, name, head);
		text[head - 1] = '\n';
		memcpy(text + head, bytes, size);
		fd = memory_seal(text, head + size);
	}
	free(text);
	return fd;
}

/* The file's bytes, "" where there is none and none was asked for. 0, or an exit code after a message. */
static int
file_take(const char *path, const char *name, void **bytes, size_t *size)
{
	int error = os_read_own_file(name, CONFIG_FILE_MAX, bytes, size);

	if (error == -ENOENT && !path) {
		*bytes = NULL;
		*size = 0;
		return 0;
	}
	if (!error && file_is_replaceable(name)) {
		free(*bytes);
		error = -EPERM;
	}
	if (error == -EFBIG)
		fprintf(stderr, "%s:1:1: error: larger than %d bytes [too-large]\n", name, CONFIG_FILE_MAX);
	else if (error == -EPERM)
		message("%s: others can write it, or its folder; %s", name, os_own_hint);
	else if (error)
		message("%s: %s", name, message_errno(error));
	return !error ? 0 : error == -EFBIG ? CODE_USAGE : error == -EPERM ? CODE_UNTRUSTED : CODE_CANNOT;
}

int
config_load(const char *path, struct config *config)
{
	const char *name = path ? path : config_place();
	void *bytes;
	size_t size;
	int text, code = file_take(path, name, &bytes, &size);

	if (code)
		return code;
	text = text_seal(name, bytes, size);
	free(bytes);
	if (text < 0) {
		message("%s: %s", name, message_errno(text));
		return CODE_CANNOT;
	}
	code = process_run(text, config);
	os_close(text);
	return code;
}
