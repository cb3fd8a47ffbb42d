/*
 * agent_roles.c - starts detect and scan, and starts them again when they die.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "broker_server.h"
#include "config.h"
#include "contents.h"
#include "role.h"
#include "agent.h"
#include "host.h"
#include "live.h"
#include "pipeline.h"
#include "ring_progress.h"
#include "sink.h"
#include "agent_shared.h"
#include "channel.h"
#include "message.h"
#include "os.h"

#define SECOND_NS 1000000000ull
#define SCAN_PAUSE_NS (10 * SECOND_NS)

static void
channel_drop(struct channel **end)
{
	channel_close(*end);
	*end = NULL;
}

int
agent_tell_detect(struct agent *agent, uint32_t type, uint64_t value, const char *text, int fd)
{
	struct message message = {.type = type, .value = value};

	if (!agent->detect.command)
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
	struct live_feed *feed = &agent->shared->feed;
	int offered[START_FD_SINKS + CONFIG_SINK_MAX], fds[CHANNEL_FD_MAX], count = 0;

	live_feed(agent->live, feed);
	memcpy(offered + START_FD_LIVE, feed->fds, sizeof(feed->fds));
	offered[START_FD_HEALTH] = agent->health;
	memcpy(offered + START_FD_SINKS, agent->sinks, sizeof(agent->sinks));
	for (uint32_t i = 0; i < START_FD_SINKS + agent->config.sink_count; i++) {
		if (offered[i] < 0)
			continue;
		message.value |= 1ull << i;
		fds[count++] = offered[i];
	}
	return channel_send(agent->detect.command, &message, MESSAGE_SIZE(0), fds, count);
}

static int
role_begin(struct agent *agent, struct agent_role *role, const char *account, const int *fds, int count)
{
	int error = role_start(&role->process, role->name, account, fds, count);

	if (error)
		return error;
	channel_bind(role->command, &role->process);
	if (role->request)
		channel_bind(role->request, &role->process);
	if (agent->live)
		live_exclude(agent->live, role->process.pid);
	return 0;
}

static int
detect_start(struct agent *agent)
{
	int fds[DETECT_FD_COUNT] = {-1, -1, agent->shared_fd};
	int error = channel_new(&agent->detect.request, &fds[DETECT_FD_REQUEST]);

	if (!error)
		error = channel_new(&agent->detect.command, &fds[DETECT_FD_COMMAND]);
	if (!error)
		error = role_begin(agent, &agent->detect, agent->config.agent.user, fds, DETECT_FD_COUNT);
	os_close(fds[DETECT_FD_REQUEST]);
	os_close(fds[DETECT_FD_COMMAND]);
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
	int other = -1, error = channel_new(&agent->scan.command, &other);

	if (error)
		return error;
	snprintf(account, sizeof(account), "%s-scan", agent->config.agent.user);
	agent->server.scan = agent->scan.command;
	error = role_begin(agent, &agent->scan, account, &other, SCAN_FD_COUNT);
	os_close(other);
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

/* Eight deaths in ten seconds: something that a new start does not mend. */
static int
is_hopeless(const struct agent_role *role)
{
	return role->died_ns[7] && role->died_ns[0] - role->died_ns[7] < 10 * SECOND_NS;
}

static void
role_forget(struct agent *agent, struct agent_role *role, uint32_t pid)
{
	channel_drop(&role->command);
	channel_drop(&role->request);
	if (role == &agent->scan)
		agent->server.scan = NULL;
	if (agent->live)
		live_include(agent->live, pid);
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
	agent->server.scan = NULL;
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

static void
detect_ended(struct agent *agent, const struct role_end *end)
{
	struct agent_role *role = &agent->detect;
	char cause[96];
	int error;

	snprintf(cause, sizeof(cause), "%s%s", end->cause, end->fault ? " in match" : "");
	agent_log(agent, AGENT_ERROR, "detect died: %s; starting it again", cause);
	agent->shared->last_signal = end->crashed ? end->code : -1;
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

static void
role_look(struct agent *agent, struct agent_role *role)
{
	uint32_t pid = role->process.pid;
	struct role_end end;

	if (!role_ended(&role->process, &end, 0))
		return;
	role_forget(agent, role, pid);
	if (agent->stopping)
		agent->drained |= role == &agent->detect;
	else if (role == &agent->scan)
		scan_ended(agent, end.cause);
	else
		detect_ended(agent, &end);
}

/* After a pause for dying too often, scan is tried again. */
static void
scan_retry(struct agent *agent)
{
	int error;

	if (agent->scan.process.pid || agent->stopping || os_monotonic_ns() - agent->scan.died_ns[0] < SCAN_PAUSE_NS)
		return;
	agent_log(agent, AGENT_INFO, "starting scan again");
	error = scan_start(agent);
	if (error)
		scan_failed(agent, error);
}

void
agent_roles_turn(struct agent *agent)
{
	role_look(agent, &agent->detect);
	role_look(agent, &agent->scan);
	scan_retry(agent);
}

void
agent_role_distrust(struct agent *agent, const struct agent_role *role, long got)
{
	if (!role->process.pid || agent->stopping)
		return;
	if (got > 0 || got == -EMSGSIZE)
		agent_log(agent, AGENT_ERROR, "%s sends what is no message; ending it", role->name);
	role_kill(&role->process);
}

void
agent_roles_kill(struct agent *agent)
{
	struct role_end end;

	role_kill(&agent->detect.process);
	role_kill(&agent->scan.process);
	channel_drop(&agent->detect.request); /* where broker may not signal them, the end of these ends them */
	channel_drop(&agent->detect.command);
	channel_drop(&agent->scan.command);
	/* one that hangs ends with us */
	for (int i = 0; i < 10 && (agent->detect.process.pid || agent->scan.process.pid); i++) {
		struct os_wait ends[] = {{agent->detect.process.fd, 0}, {agent->scan.process.fd, 0}};

		os_wait(ends, 2, 100);
		role_ended(&agent->detect.process, &end, 0);
		role_ended(&agent->scan.process, &end, 0);
	}
}
