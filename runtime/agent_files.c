/*
 * agent_files.c - opens what detect writes to, which it may not open itself, and where clients reach the agent.
 */
#include <errno.h>
#include <string.h>

#include "broker_server.h"
#include "config.h"
#include "contents.h"
#include "role.h"
#include "agent.h"
#include "channel.h"
#include "file.h"
#include "listener.h"
#include "message.h"
#include "os.h"

static int
append_open(const struct agent *agent, const char *path, uint32_t mode)
{
	int unset, fd = file_open_log(path, (int)mode, &unset);

	if (fd < 0)
		agent_log(agent, AGENT_ERROR, "%s: %s (%s)", path, os_errno_name(-fd), strerror(-fd));
	else if (unset)
		agent_log(agent, AGENT_WARNING, "%s: cannot set its mode and group: %s", path, strerror(unset));
	return fd;
}

static int
listener_begin(struct agent *agent)
{
	const char *path = agent->config.agent.socket;
	int unset = 0, error = listener_open(&agent->listener, path, agent->config.agent.user, &unset);

	if (error)
		agent_log(agent, AGENT_ERROR, "%s: %s (%s)%s", path, os_errno_name(-error), strerror(-error),
		          error == -EADDRINUSE ? "; another agent runs" : "");
	else if (unset)
		agent_log(agent, AGENT_WARNING, "%s: its group cannot use it: %s", path, strerror(unset));
	return error ? 3 : 0;
}

int
agent_files_open(struct agent *agent)
{
	if (*agent->config.health.path) {
		agent->health = append_open(agent, agent->config.health.path, 0640);
		if (agent->health < 0)
			return 3;
	}
	for (uint32_t i = 0; i < agent->config.sink_count; i++) {
		const struct config_sink *sink = &agent->config.sinks[i];

		agent->sinks[i] = sink->type == CONFIG_SINK_FILE ? append_open(agent, sink->path, sink->mode) : os_duplicate(1);
		if (agent->sinks[i] < 0)
			return 3;
	}
	return listener_begin(agent);
}

static void
fd_close(int *fd)
{
	os_close(*fd);
	*fd = -1;
}

void
agent_files_close(struct agent *agent)
{
	fd_close(&agent->health);
	for (int i = 0; i < CONFIG_SINK_MAX; i++)
		fd_close(&agent->sinks[i]);
	listener_close(agent->listener);
	agent->listener = NULL;
}

int
agent_files_tell(const struct agent *agent)
{
	struct message message = {.type = MESSAGE_FILES};
	int fds[CHANNEL_FD_MAX], count = 0;

	for (int i = -1; i < (int)agent->config.sink_count; i++) {
		int fd = i < 0 ? agent->health : agent->sinks[i];

		if (fd >= 0) {
			message.value |= 1ull << (i + 1);
			fds[count++] = fd;
		}
	}
	return channel_send(agent->detect.command, &message, MESSAGE_SIZE(0), fds, count);
}

void
agent_files_reopen(struct agent *agent)
{
	for (int i = -1; i < (int)agent->config.sink_count; i++) {
		int *old = i < 0 ? &agent->health : &agent->sinks[i];
		const char *path = i < 0 ? agent->config.health.path : agent->config.sinks[i].path;
		int is_file = i < 0 ? *path != 0 : agent->config.sinks[i].type == CONFIG_SINK_FILE;
		int fd = is_file ? append_open(agent, path, i < 0 ? 0640 : agent->config.sinks[i].mode) : -1;

		if (fd >= 0) {
			fd_close(old);
			*old = fd;
		}
	}
	agent->untold |= UNTOLD_FILES;
}
