/*
 * runtime_control.c - the control socket's limits: who may ask for what, how many, how long and for how long.
 */
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support_agent.h"
#include "support_live.h"

enum { CLIENTS = 16, NOBODY = 65534, LINE_MAX_BYTES = 65536 };

static int
client_open(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int end = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", agent_socket());
	if (!connect(end, (struct sockaddr *)&address, sizeof(address)))
		return end;
	close(end);
	return -errno;
}

/* Whether the agent closes end within ms, without a word. */
static int
is_closed(int end, int ms)
{
	struct pollfd wait = {end, POLLIN, 0};
	char byte;

	return poll(&wait, 1, ms) == 1 && read(end, &byte, 1) <= 0;
}

/* Whether the answer to text holds words. */
static int
answers(const char *text, size_t size, const char *words)
{
	static char answer[1 << 17];
	int end = client_open();
	size_t used = 0;
	ssize_t got;

	if (end < 0)
		return 0;
	if (send(end, text, size, MSG_NOSIGNAL) != (ssize_t)size)
		return 0;
	while (used < sizeof(answer) - 1 && (got = read(end, answer + used, sizeof(answer) - 1 - used)) > 0)
		used += (size_t)got;
	answer[used] = 0;
	close(end);
	return strstr(answer, words) != NULL;
}

/* As uid nobody, in the socket's group or not. */
static int
as_nobody(gid_t group, int (*ask)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		if (setgroups(0, NULL) || setgid(group) || setuid(NOBODY))
			_exit(2);
		_exit(!ask());
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

static int
ask_status(void)
{
	return answers("{\"cmd\":\"status\"}\n", 17, "\"ok\":true");
}

static int
ask_stop(void)
{
	return answers("{\"cmd\":\"stop\"}\n", 15, "\"code\":3,\"error\":\"EPERM ");
}

static int
ask_nothing(void)
{
	return client_open() == -EACCES;
}

static void
limits(void)
{
	static char line[LINE_MAX_BYTES];
	int ends[CLIENTS], more;

	memset(line, ' ', sizeof(line));
	live_check(answers(line, sizeof(line), "line is longer than 64 KiB"), "control/long-line");
	live_check(answers("nonsense\n", 9, "\"code\":2,"), "control/nonsense");
	for (int i = 0; i < CLIENTS; i++)
		ends[i] = client_open();
	usleep(500000);
	more = client_open();
	live_check(is_closed(more, 1000), "control/one-client-too-many");
	for (int i = 0; i < 6; i++) { /* bytes that drip in do not keep the place */
		send(ends[0], " ", 1, MSG_NOSIGNAL);
		sleep(1);
	}
	live_check(is_closed(ends[0], 1000) && is_closed(ends[CLIENTS - 1], 1000), "control/idle-ones-dropped");
	live_check(ask_status(), "control/room-again");
	close(more);
	for (int i = 0; i < CLIENTS; i++)
		close(ends[i]);
}

int
main(void)
{
	pid_t agent = -1;
	struct stat st;
	int status;

	if (agent_prepare() || agent_pack("one", "11111111-1111-4111-8111-111111111111") || (agent = agent_start("one")) < 0 ||
	    stat(agent_socket(), &st)) {
		live_check(0, "control/agent-starts");
		return 1;
	}
	live_check(!st.st_uid && st.st_gid && (st.st_mode & 0777) == 0660, "control/mode");
	live_check(as_nobody(NOBODY, ask_nothing), "control/strangers-stay-out");
	live_check(as_nobody(st.st_gid, ask_status), "control/group-asks-status");
	live_check(as_nobody(st.st_gid, ask_stop), "control/group-may-not-stop");
	limits();
	kill(agent, SIGTERM);
	waitpid(agent, &status, 0);
	live_check(WIFEXITED(status) && !WEXITSTATUS(status), "control/agent-ends-well");
	agent_shell("rm -rf %s", agent_folder());
	return live_failed() != 0;
}
