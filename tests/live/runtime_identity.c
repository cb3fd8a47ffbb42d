/*
 * runtime_identity.c - the file that broker opens for a scan is the one that the kernel told about, whatever it lies on.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker.h"
#include "broker_server.h"
#include "channel.h"
#include "message.h"
#include "record.h"
#include "scan.h"
#include "support_live.h"

enum { CANNOT_MOUNT = 126 };

static const char *
path_in_folder(const char *name)
{
	static char paths[4][256];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", live_folder(), name);
	return path;
}

/* Starts a program that stays; without layers it is the host's. */
static pid_t
program_start(int layers)
{
	char *const args[] = {"sleep", "60", NULL};
	char options[800], command[300];
	pid_t pid = fork();

	if (pid)
		return pid;
	if (!layers)
		_exit(execv("/bin/sleep", args));
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s", path_in_folder("lower"),
	         path_in_folder("upper"), path_in_folder("work"));
	snprintf(command, sizeof(command), "cp /bin/sleep %s", path_in_folder("lower"));
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mkdir(path_in_folder("lower"), 0755) || mkdir(path_in_folder("upper"), 0755) ||
	    mkdir(path_in_folder("work"), 0755) || mkdir(path_in_folder("merged"), 0755) ||
	    mount("tmpfs", path_in_folder("lower"), "tmpfs", 0, NULL) || system(command) ||
	    mount("overlay", path_in_folder("merged"), "overlay", 0, options))
		_exit(CANNOT_MOUNT);
	_exit(execv(path_in_folder("merged/sleep"), args));
}

/* Broker's answer to a request for the program's file; what scan gets is put into *file. */
static int
scan_ask(const struct record_process_start *start, uint64_t inode, struct stat *file)
{
	struct broker_server server;
	struct message request = {.type = MESSAGE_SCAN, .pid = start->head.pid, .device = start->device, .inode = inode,
		.changed_ns = start->changed, .file = SCAN_ON_EXEC};
	static struct message_answer answer;
	struct message sent;
	struct channel *end, *other;
	int given, fd = -1, count = 1;

	if (channel_new(&end, &given))
		return -errno;
	other = channel_adopt(given);
	broker_server_init(&server);
	server.scan = end;
	broker_serve(&server, &request, &answer);
	if (!answer.result && channel_receive(other, &sent, sizeof(sent), &fd, &count, 0) > 0 && count == 1) {
		fstat(fd, file);
		close(fd);
	}
	broker_server_done(&server);
	channel_close(end);
	channel_close(other);
	return answer.result;
}

static void
test_program(const char *name, int layers)
{
	pid_t pid = program_start(layers);
	const struct record_process_start *start = live_find(RECORD_process_start, pid, "image",
	                                                     layers ? path_in_folder("merged/sleep") : NULL);
	struct stat file = {0};
	int status;

	if (!start && waitpid(pid, &status, WNOHANG) == pid && WEXITSTATUS(status) == CANNOT_MOUNT) {
		printf("skip %s: no overlay can be mounted here\n", name);
		return;
	}
	live_check(start && scan_ask(start, start->inode, &file) == 0 && file.st_ino == start->inode &&
	           scan_ask(start, start->inode + 1, &file) == BROKER_STALE, name);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int
main(void)
{
	live_open(0);
	test_program("identity/plain", 0);
	test_program("identity/overlay", 1);
	live_close();
	return live_failed() != 0;
}
