/*
 * agent_files_linux.c - opens what detect writes to and listens on, which it may not open itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "broker_linux.h"
#include "config.h"
#include "agent_linux.h"
#include "channel_linux.h"
#include "message.h"
#include "os.h"
#include "role_linux.h"

/* The folder of a file, where it is missing: one level, not others' to write. */
static void
parent_make(const char *path)
{
	char folder[CONFIG_PATH_MAX];
	char *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (slash && slash != folder) {
		*slash = 0;
		mkdir(folder, 0755);
	}
}

/* Debian's group of those who read logs; 0 where it does not exist. */
static gid_t
log_group(void)
{
	FILE *groups = fopen("/etc/group", "re");
	struct group *entry = NULL;
	gid_t gid = 0;

	while (groups && (entry = fgetgrent(groups)) != NULL) {
		if (!strcmp(entry->gr_name, "adm"))
			gid = entry->gr_gid;
	}
	if (groups)
		fclose(groups);
	return gid;
}

static int
append_open(const struct agent *agent, const char *path, mode_t mode)
{
	struct stat st;
	int fd;

	parent_make(path);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, mode);
	if (fd < 0) {
		agent_log(agent, AGENT_ERROR, "%s: %s (%s)", path, os_errno_name(errno), strerror(errno));
		return -errno;
	}
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) /* a device or a pipe keeps its mode */
		return fd;
	if (fchmod(fd, mode) || (log_group() && fchown(fd, (uid_t)-1, log_group())))
		agent_log(agent, AGENT_WARNING, "%s: cannot set its mode and group: %s", path, strerror(errno));
	return fd;
}

/* Whether somebody answers at address. */
static int
is_alive(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); /* its queue of clients may be full */
	int alive = fd >= 0 && (!connect(fd, (const struct sockaddr *)address, sizeof(*address)) || errno == EAGAIN);

	if (fd >= 0)
		close(fd);
	return alive;
}

static int
listener_open(const struct agent *agent)
{
	const char *path = agent->config.agent.socket;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct role_user user;
	struct stat st;
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	if (is_alive(&address))
		return -EADDRINUSE;
	parent_make(path);
	if (!lstat(path, &st) && !S_ISSOCK(st.st_mode))
		return -EEXIST;
	if (unlink(path) && errno != ENOENT)
		return -errno;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	role_user(agent->config.agent.user, ROLE_UID_DETECT, &user);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || chmod(path, 0660) || listen(fd, 16)) {
		int error = -errno;

		close(fd);
		return error;
	}
	if (chown(path, 0, user.gid))
		agent_log(agent, AGENT_WARNING, "%s: group %u cannot use it: %s", path, user.gid, strerror(errno));
	return fd;
}

int
agent_files_open(struct agent *agent)
{
	int error;

	if (*agent->config.health.path) {
		agent->health = append_open(agent, agent->config.health.path, 0640);
		if (agent->health < 0)
			return 3;
	}
	for (uint32_t i = 0; i < agent->config.sink_count; i++) {
		const struct config_sink *sink = &agent->config.sinks[i];

		agent->sinks[i] = sink->type == CONFIG_SINK_FILE ? append_open(agent, sink->path, sink->mode) : dup(1);
		if (agent->sinks[i] < 0)
			return 3;
	}
	agent->listener = listener_open(agent);
	error = agent->listener;
	if (error >= 0)
		return 0;
	agent_log(agent, AGENT_ERROR, "%s: %s (%s)%s", agent->config.agent.socket, os_errno_name(-error), strerror(-error),
	          error == -EADDRINUSE ? "; another agent runs" : "");
	return 3;
}

static void
fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void
agent_files_close(struct agent *agent)
{
	fd_close(&agent->health);
	for (int i = 0; i < CONFIG_SINK_MAX; i++)
		fd_close(&agent->sinks[i]);
	if (agent->listener >= 0)
		unlink(agent->config.agent.socket);
	fd_close(&agent->listener);
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
