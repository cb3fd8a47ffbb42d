/*
 * runtime_roles_windows.c - processes with other rights: messages and files cross to scan, which is this program again.
 *
 * Under wine the token is not restricted, so what such a process may no longer do is only seen on Windows.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "channel.h"
#include "command.h"
#include "commands.h"
#include "contents.h"
#include "memory.h"
#include "message.h"
#include "os.h"
#include "role.h"
#include "scan.h"

static struct scan_result result;

/* Whether scan has hashed the file that it was given by a handle. */
static int
scan_file(struct channel *end, const char *path, int *error)
{
	struct message limits = {.type = MESSAGE_RULES, .size = sizeof(struct scan_limits)};
	struct message file = {.type = MESSAGE_FILE, .id = 7, .want_hashes = 1};
	const struct scan_limits all = {.yara_max = 1 << 30, .hash_max = 1 << 30, .timeout_s = 10};
	int fd = contents_open(path);
	long size;

	memcpy(limits.text, &all, sizeof(all));
	*error = channel_send(end, &limits, MESSAGE_SIZE(limits.size), NULL, 0);
	if (!*error)
		*error = channel_send(end, &file, MESSAGE_SIZE(0), &fd, 1);
	os_close(fd);
	size = *error ? *error : channel_receive(end, &result, sizeof(result), NULL, NULL, 1);
	return size > 0 && !scan_result_check(&result, (size_t)size) && result.id == 7 && result.flags & SCAN_HASHED;
}

static int
check_scan(const char *path)
{
	struct role_process process = {0, -1, -1};
	struct role_end ended;
	struct channel *end;
	int other, error = channel_new(&end, &other), hashed = 0;

	if (!error)
		error = role_start(&process, "scan", "rsnl-scan", &other, 1);
	os_close(other);
	if (!error) {
		channel_bind(end, &process);
		hashed = scan_file(end, path, &error);
	}
	channel_close(end);
	printf("scan: error %d, hashed %d, flags %u\n", error, hashed, result.flags);
	return hashed && role_ended(&process, &ended, 1) && !ended.crashed && ended.code == 0;
}

/* One that is ended is seen to have ended. */
static int
check_kill(void)
{
	struct role_process process = {0, -1, -1};
	struct role_end ended = {0, 0, 0, ""};
	struct channel *end;
	int other;

	if (channel_new(&end, &other) || role_start(&process, "scan", "rsnl-scan", &other, 1))
		return 0;
	os_close(other);
	role_kill(&process);
	role_ended(&process, &ended, 1);
	channel_close(end);
	printf("killed: %s\n", ended.cause);
	return ended.crashed && !strcmp(ended.cause, "killed") && !process.pid;
}

/* What is sealed can be read, whole, and not written. */
static int
check_memory(void)
{
	char bytes[5000];
	const void *map = NULL;
	size_t size = 0;
	int fd, same;

	memset(bytes, 'x', sizeof(bytes));
	fd = memory_seal(bytes, sizeof(bytes));
	same = !memory_map(fd, &map, &size) && size == sizeof(bytes) && !memcmp(map, bytes, size);
	printf("memory: %zu bytes\n", size);
	return same && !memory_take(fd, size) && memory_is_same(fd, fd);
}

int
main(int argc, char **argv)
{
	int bad = 0;

	if (argc > 1 && !strcmp(argv[1], "role"))
		return command_role.run(&command_role, argc - 1, argv + 1);
	bad |= !check_scan(argv[0]);
	bad |= !check_kill();
	bad |= !check_memory();
	return bad;
}
