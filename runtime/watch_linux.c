/*
 * watch_linux.c - packs dropped into the incoming folder, by rename or by copy.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker_linux.h"
#include "config.h"
#include "agent_linux.h"
#include "detector.h"

enum { LISTED_MAX = 64 }; /* packs taken that were there at the start */

static int
is_pack_name(const char *name)
{
	size_t length = strlen(name);

	return *name != '.' && length > 5 && length < 200 && !strcmp(name + length - 5, ".rsnp");
}

/* The file stays where it is until its trial is over. */
static void
pack_take(struct agent *agent, const char *name)
{
	struct agent_trial refused = {.origin = TRIAL_INCOMING};
	struct refusal why;
	struct stat st;
	int fd;

	snprintf(refused.file, sizeof(refused.file), "%.200s", name);
	snprintf(refused.path, sizeof(refused.path), "%s/%.200s", agent->config.packs.incoming, name);
	fd = open(refused.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st)) {
		if (errno != ENOENT) /* it is gone again */
			agent_log(agent, AGENT_WARNING, "%s is not taken: %s", refused.path,
			          errno == ELOOP ? "it is a link; put the pack itself there" : strerror(errno));
		if (fd >= 0)
			close(fd);
		return;
	}
	refused.device = st.st_dev;
	refused.inode = st.st_ino;
	refused.written = st.st_mtim;
	if (agent_pack_offer(agent, fd, name, TRIAL_INCOMING, 0, &why) < 0) {
		agent_pack_refuse(agent, &refused, &why);
	} else {
		memcpy(agent->trial.path, refused.path, sizeof(refused.path));
		agent->trial.device = refused.device;
		agent->trial.inode = refused.inode;
		agent->trial.written = refused.written;
	}
	close(fd);
}

/* What lay in the folder before we watched it, one at a time. */
static void
folder_take(struct agent *agent)
{
	struct dirent *entry;
	DIR *folder = opendir(agent->config.packs.incoming);

	while (folder && !agent->trial.number && (entry = readdir(folder)) != NULL) {
		if (is_pack_name(entry->d_name))
			pack_take(agent, entry->d_name);
	}
	if (folder)
		closedir(folder);
	agent->watch_listed += agent->trial.number ? 1 : LISTED_MAX;
}

/* One event at a time: the next when the trial of the last is over. */
void
watch_read(struct agent *agent)
{
	while (!agent->trial.number && agent->watch >= 0) {
		const struct inotify_event *event = (const void *)(agent->watch_events + agent->watch_at);

		if (agent->watch_listed < LISTED_MAX) {
			folder_take(agent);
		} else if (agent->watch_at < agent->watch_end) {
			agent->watch_at += (int)(sizeof(*event) + event->len);
			if (event->mask & IN_Q_OVERFLOW)
				agent->watch_listed = 0;
			if (event->len && is_pack_name(event->name))
				pack_take(agent, event->name);
		} else {
			agent->watch_at = 0;
			agent->watch_end = (int)read(agent->watch, agent->watch_events, sizeof(agent->watch_events));
			if (agent->watch_end <= 0) {
				agent->watch_end = 0;
				return;
			}
		}
	}
}

int
watch_open(struct agent *agent)
{
	if (!*agent->config.packs.incoming)
		return 0;
	agent->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (agent->watch < 0)
		return -errno;
	if (inotify_add_watch(agent->watch, agent->config.packs.incoming, IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR) < 0)
		return -errno;
	return 0;
}
