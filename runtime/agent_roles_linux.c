/*
 * agent_roles_linux.c - starts detect and scan, and starts them again when they die.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker_linux.h"
#include "config.h"
#include "host.h"
#include "pipeline.h"
#include "sink.h"
#include "source_ebpf_linux.h"
#include "agent_linux.h"
#include "agent_shared.h"
#include "channel_linux.h"
#include "ebpf_linux.h"
#include "message.h"
#include "os.h"
#include "role_linux.h"

#define SECOND_NS 1000000000ull
#define SCAN_PAUSE_NS (10 * SECOND_NS)

static void
channel_drop(int *end)
{
	if (*end >= 0)
		close(*end);
	*end = -1;
}

int
agent_tell_detect(struct agent *agent, uint32_t type, uint64_t value, const char *text, int fd)
{
	struct message message = {.type = type, .value = value};

	if (agent->detect.command < 0)
		return -ENOTCONN;
	if (text)
		message.size = (uint32_t)snprintf(message.text, sizeof(message.text), "%.4000s", text) + 1;
	return channel_send(agent->detect.command, &message, MESSAGE_SIZE(message.size), &fd, fd >= 0);
}

/* Everything that detect may use, in the order of enum start_fd; what is not there is a bit less in value. */
static int
detect_tell_start(struct agent *agent)
{
	struct message message = {.type = MESSAGE_START};
	struct ebpf_reader reader = agent->ebpf ? ebpf_reader(agent->ebpf) : (struct ebpf_reader){-1, -1, 0, 0};
	int offered[START_FD_SINKS + CONFIG_SINK_MAX] = {agent->listener, reader.ring_fd, reader.counters_fd, agent->health};
	int fds[CHANNEL_FD_MAX], count = 0;

	agent->shared->ring_size = reader.ring_size;
	agent->shared->cpus = reader.cpus;
	for (uint32_t i = 0; i < agent->config.sink_count; i++)
		offered[START_FD_SINKS + i] = agent->sinks[i];
	for (uint32_t i = 0; i < START_FD_SINKS + agent->config.sink_count; i++) {
		if (offered[i] < 0)
			continue;
		message.value |= 1ull << i;
		fds[count++] = offered[i];
	}
	return channel_send(agent->detect.command, &message, MESSAGE_SIZE(0), fds, count);
}

static int
role_begin(struct agent *agent, struct agent_role *role, const char *account, uint32_t spare, const int *fds, int count)
{
	struct role_user user;
	pid_t pid;

	role_user(account, spare, &user);
	if (geteuid())
		user.uid = user.gid = 0;
	pid = role_start(role->name, &user, fds, count);
	if (pid < 0)
		return (int)pid;
	role->pid = pid;
	role->started_ns = os_monotonic_ns();
	if (agent->ebpf)
		ebpf_exclude(agent->ebpf, (uint32_t)pid);
	return 0;
}

static int
detect_start(struct agent *agent)
{
	int request[2], command[2], error = channel_pair(request);

	if (error)
		return error;
	error = channel_pair(command);
	if (!error) {
		int fds[] = {request[1], command[1], agent->shared_fd};

		agent->detect.request = request[0];
		agent->detect.command = command[0];
		error = role_begin(agent, &agent->detect, agent->config.agent.user, ROLE_UID_DETECT, fds, 3);
		close(command[1]);
	}
	close(request[1]);
	if (!error)
		error = detect_tell_start(agent);
	if (!error)
		agent_pack_resume(agent);
	return error;
}

static int
scan_start(struct agent *agent)
{
	char account[40];
	int channel[2], error = channel_pair(channel);

	if (error)
		return error;
	snprintf(account, sizeof(account), "%s-scan", agent->config.agent.user);
	agent->scan.command = agent->server.scan = channel[0];
	error = role_begin(agent, &agent->scan, account, ROLE_UID_SCAN, &channel[1], 1);
	close(channel[1]);
	if (!error)
		agent_pack_tell_scan(agent);
	return error;
}

int
agent_roles_start(struct agent *agent)
{
	int error = scan_start(agent);

	return error ? error : detect_start(agent);
}

/* How a process ended, in words. */
static void
cause_text(const struct agent_role *role, int status, char *text, size_t size)
{
	const char *name = WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : NULL;

	if (WIFSIGNALED(status))
		snprintf(text, size, "SIG%s%s", name ? name : "RT",
		         WTERMSIG(status) == SIGSEGV && !strcmp(role->name, "detect") ? " in match" : "");
	else
		snprintf(text, size, "exit %d", WEXITSTATUS(status));
}

/* Eight deaths in ten seconds: something that a new start does not mend. */
static int
is_hopeless(const struct agent_role *role)
{
	return role->died_ns[7] && role->died_ns[0] - role->died_ns[7] < 10 * SECOND_NS;
}

static void
role_forget(struct agent *agent, struct agent_role *role)
{
	channel_drop(&role->command);
	channel_drop(&role->request);
	if (role == &agent->scan)
		agent->server.scan = -1;
	if (agent->ebpf)
		ebpf_include(agent->ebpf, (uint32_t)role->pid);
	role->pid = 0;
	memmove(role->died_ns + 1, role->died_ns, sizeof(role->died_ns) - sizeof(*role->died_ns));
	role->died_ns[0] = os_monotonic_ns();
	role->restarts++;
}

/* Scans are missed, and counted, until the next attempt. */
static void
scan_failed(struct agent *agent, int error)
{
	agent_log(agent, AGENT_ERROR, "scan cannot be started: %s", strerror(-error));
	channel_drop(&agent->scan.command);
	agent->server.scan = -1;
	agent->scan.died_ns[0] = os_monotonic_ns();
}

/* A file that kills scan each time must not be what ends the agent. */
static void
scan_ended(struct agent *agent, const char *cause)
{
	int pauses = is_hopeless(&agent->scan), error;

	agent->shared->scan_restarts = agent->scan.restarts;
	agent->forsaken = 1;
	agent_log(agent, AGENT_ERROR, "scan died: %s; %s", cause,
	          pauses ? "for the eighth time within 10 s: files go unscanned for 10 s" : "starting it again");
	error = pauses ? 0 : scan_start(agent);
	if (error)
		scan_failed(agent, error);
}

void
agent_child_ended(struct agent *agent, pid_t pid, int status)
{
	struct agent_role *role = pid == agent->detect.pid ? &agent->detect : pid == agent->scan.pid ? &agent->scan : NULL;
	char cause[64];
	int error;

	if (!role)
		return;
	cause_text(role, status, cause, sizeof(cause));
	role_forget(agent, role);
	if (agent->stopping) {
		agent->drained |= role == &agent->detect;
		return;
	}
	if (role == &agent->scan) {
		scan_ended(agent, cause);
		return;
	}
	agent_log(agent, AGENT_ERROR, "detect died: %s; starting it again", cause);
	agent->shared->last_signal = WIFSIGNALED(status) ? WTERMSIG(status) : -1;
	agent->shared->restarts = role->restarts;
	if (agent_pack_blame(agent, cause))
		memset(role->died_ns, 0, sizeof(role->died_ns));
	if (is_hopeless(role)) {
		agent_log(agent, AGENT_ERROR, "detect died eight times within 10 s");
		agent->exit_code = 5;
		agent_stop(agent, 1);
		return;
	}
	error = detect_start(agent);
	if (error) {
		agent_log(agent, AGENT_ERROR, "detect cannot be started: %s", strerror(-error));
		agent->exit_code = 3;
		agent_stop(agent, 1);
	}
}

void
agent_scan_turn(struct agent *agent)
{
	int error;

	if (agent->scan.pid || agent->stopping || os_monotonic_ns() - agent->scan.died_ns[0] < SCAN_PAUSE_NS)
		return;
	agent_log(agent, AGENT_INFO, "starting scan again");
	error = scan_start(agent);
	if (error)
		scan_failed(agent, error);
}

void
agent_role_distrust(struct agent *agent, const struct agent_role *role, long got)
{
	if (!role->pid || agent->stopping)
		return;
	if (got > 0 || got == -EMSGSIZE)
		agent_log(agent, AGENT_ERROR, "%s sends what is no message; ending it", role->name);
	kill(role->pid, SIGKILL);
}

void
agent_roles_kill(struct agent *agent)
{
	if (agent->detect.pid)
		kill(agent->detect.pid, SIGKILL);
	if (agent->scan.pid)
		kill(agent->scan.pid, SIGKILL);
	channel_drop(&agent->detect.request); /* where broker may not signal them, the end of these ends them */
	channel_drop(&agent->detect.command);
	channel_drop(&agent->scan.command);
	for (int i = 0; i < 100 && waitpid(-1, NULL, WNOHANG) >= 0; i++) /* one that hangs ends with us */
		usleep(10000);
}
