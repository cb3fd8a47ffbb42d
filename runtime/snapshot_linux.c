/*
 * snapshot_linux.c - what /proc says about a process, as an entry of the process table.
 *
 * The texts are the kernel's but for names in them, which a process may choose: nothing here relies on their form.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker.h"
#include "process_table.h"
#include "snapshot.h"

#define TICK_NS 10000000ull /* USER_HZ is 100 on every system that rsnl runs on */

enum { STAT_PARENT = 4, STAT_SESSION = 6, STAT_START = 22 }; /* fields of /proc/PID/stat, proc(5) */

struct texts {
	char stat[1024], status[4096], image[4096], directory[4096], args[32768];
};

/* Field number (from 3) of stat, counted after the name, which may hold anything. */
static uint64_t
stat_field(const char *stat, int number)
{
	const char *text = strrchr(stat, ')');

	for (int i = 2; text && i < number; i++) {
		text = strchr(text, ' ');
		text += text != NULL;
	}
	return text ? strtoull(text, NULL, 10) : 0;
}

/* Number `column` (from 0) of the line of status that starts with name. */
static uint32_t
status_number(const char *status, const char *name, int column)
{
	const char *line = strstr(status, name);
	char *end;

	if (!line)
		return 0;
	end = (char *)line + strlen(name);
	for (int i = 0; i < column; i++)
		strtoul(end, &end, 10);
	return strtoul(end, NULL, 10);
}

/* Reads one file as text with a NUL. Bytes without it, 0 on failure. */
static uint32_t
read_text(struct broker *broker, uint32_t pid, enum broker_proc_file file, char *text, size_t size)
{
	int bytes = broker_read_proc(broker, pid, file, text, size - 1);

	if (bytes < 0 || (size_t)bytes >= size)
		bytes = 0;
	text[bytes] = 0;
	return bytes;
}

/* The link's target without what the kernel adds to a file that is gone. */
static uint32_t
read_image(struct broker *broker, uint32_t pid, char *text, size_t size)
{
	static const char deleted[] = " (deleted)";
	uint32_t bytes = read_text(broker, pid, BROKER_PROC_EXE_LINK, text, size);

	if (bytes > sizeof(deleted) - 1 && strcmp(text + bytes - (sizeof(deleted) - 1), deleted) == 0)
		bytes -= sizeof(deleted) - 1;
	return bytes;
}

static uint32_t
count_arguments(const char *args, uint32_t size)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < size; i++)
		count += !args[i];
	return count;
}

static int
snapshot_read(struct process_table *table, struct broker *broker, uint32_t pid, struct texts *texts)
{
	struct process process = {.pid = pid, .from_snapshot = 1, .image = texts->image, .args = texts->args,
	                          .directory = texts->directory};
	const struct process *parent;

	if (!read_text(broker, pid, BROKER_PROC_STAT, texts->stat, sizeof(texts->stat)))
		return -ESRCH;
	read_text(broker, pid, BROKER_PROC_STATUS, texts->status, sizeof(texts->status));
	process.start = stat_field(texts->stat, STAT_START) * TICK_NS;
	process.parent_pid = stat_field(texts->stat, STAT_PARENT);
	parent = process_table_parent(table, &process);
	process.parent_start = parent ? parent->start : 0;
	process.session = stat_field(texts->stat, STAT_SESSION);
	process.real_uid = status_number(texts->status, "\nUid:", 0);
	process.uid = status_number(texts->status, "\nUid:", 1);
	process.gid = status_number(texts->status, "\nGid:", 1);
	process.image_size = read_image(broker, pid, texts->image, sizeof(texts->image));
	process.directory_size = read_text(broker, pid, BROKER_PROC_CWD_LINK, texts->directory, sizeof(texts->directory));
	process.args_size = read_text(broker, pid, BROKER_PROC_CMDLINE, texts->args, sizeof(texts->args));
	process.args_count = count_arguments(texts->args, process.args_size);
	if (process.args_size == sizeof(texts->args) - 1)
		process.cut = PROCESS_CUT_ARGS;
	return process_table_insert(table, &process) ? 0 : -ENOMEM;
}

int
snapshot_process(struct process_table *table, struct broker *broker, uint32_t pid)
{
	struct texts *texts = malloc(sizeof(*texts));
	int error = texts ? snapshot_read(table, broker, pid, texts) : -ENOMEM;

	free(texts);
	return error;
}

int
snapshot_load(struct process_table *table, struct broker *broker)
{
	struct texts *texts = malloc(sizeof(*texts));
	int pid = texts ? broker_next_pid(broker, 1) : -ENOMEM, count = 0;

	for (; pid > 0; pid = broker_next_pid(broker, pid + 1))
		if (snapshot_read(table, broker, pid, texts) == 0)
			count++;
	free(texts);
	return pid < 0 ? pid : count;
}
