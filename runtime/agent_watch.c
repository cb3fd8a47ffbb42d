/*
 * agent_watch.c - packs dropped into the incoming folder, by rename or by copy.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "broker_server.h"
#include "config.h"
#include "contents.h"
#include "role.h"
#include "agent.h"
#include "detector.h"
#include "file.h"
#include "os.h"
#include "watch.h"

enum { LISTED_MAX = 64 }; /* packs taken that were there at the start */

static int
is_pack_name(const char *name)
{
	size_t length = strlen(name);

	return *name != '.' && length > 5 && length < 200 && !strcmp(name + length - 5, ".rsnp");
}

/* The file stays where it is until its trial is over. Whether it has to be looked at again, for it is still written. */
static int
pack_take(struct agent *agent, const char *name)
{
	struct agent_trial refused = {.origin = TRIAL_INCOMING};
	struct refusal why;
	int fd;

	snprintf(refused.file, sizeof(refused.file), "%.200s", name);
	snprintf(refused.path, sizeof(refused.path), "%s/%.200s", agent->config.packs.incoming, name);
	fd = file_open_plain(refused.path);
	if (fd < 0) {
		if (fd != -ENOENT && fd != -EBUSY) /* it is gone again */
			agent_log(agent, AGENT_WARNING, "%s is not taken: %s", refused.path,
			          fd == -ELOOP ? "it is a link; put the pack itself there" : strerror(-fd));
		return fd == -EBUSY;
	}
	contents_know(fd, &refused.id);
	if (agent_pack_offer(agent, fd, name, TRIAL_INCOMING, 0, &why) < 0) {
		agent_pack_refuse(agent, &refused, &why);
	} else {
		memcpy(agent->trial.path, refused.path, sizeof(refused.path));
		agent->trial.id = refused.id;
	}
	os_close(fd);
	return 0;
}

struct look {
	struct agent *agent;
	int again; /* one of them is still written */
};

static int
file_take(void *context, const char *path)
{
	struct look *look = context;

	if (is_pack_name(file_name(path)))
		look->again |= pack_take(look->agent, file_name(path));
	return look->agent->trial.number != 0;
}

/* What lay in the folder before we watched it, one at a time. */
static void
folder_take(struct agent *agent)
{
	struct look look = {agent, 0};

	os_list_folder(agent->config.packs.incoming, ".rsnp", file_take, &look);
	agent->watch_listed += agent->trial.number ? 1 : LISTED_MAX;
	agent->watch_again = look.again;
}

void
agent_watch_turn(struct agent *agent)
{
	char name[WATCH_NAME_MAX];

	if (agent->watch_again)
		agent->watch_listed = 0;
	while (!agent->trial.number && agent->watch) {
		enum watch_found found = WATCH_NOTHING;

		if (agent->watch_listed < LISTED_MAX) {
			folder_take(agent);
			continue;
		}
		found = watch_next(agent->watch, name);
		if (found == WATCH_NOTHING)
			return;
		if (found == WATCH_ALL)
			agent->watch_listed = 0;
		else if (is_pack_name(name))
			pack_take(agent, name);
	}
}

int
agent_watch_open(struct agent *agent)
{
	if (!*agent->config.packs.incoming)
		return 0;
	agent_pack_give_back(agent);
	return watch_open(&agent->watch, agent->config.packs.incoming);
}
