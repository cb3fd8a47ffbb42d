/*
 * agent_reload.c - takes a changed config, and keys and files opened again, into use while the agent runs.
 */
#include <errno.h>
#include <stdlib.h>
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
#include "config_load.h"
#include "message.h"
#include "notify.h"
#include "os.h"

/* Whether a config has what only a new start brings into use. */
static int
needs_start(const struct config *now, const struct config *fresh)
{
	return memcmp(&now->sources, &fresh->sources, sizeof(now->sources)) != 0 ||
		memcmp(&now->enrich, &fresh->enrich, sizeof(now->enrich)) != 0 ||
		memcmp(now->sinks, fresh->sinks, sizeof(now->sinks)) != 0 || now->sink_count != fresh->sink_count ||
		strcmp(now->health.path, fresh->health.path) != 0 || strcmp(now->packs.incoming, fresh->packs.incoming) != 0 ||
		strcmp(now->agent.id, fresh->agent.id) != 0 || strcmp(now->agent.user, fresh->agent.user) != 0 ||
		strcmp(now->agent.state, fresh->agent.state) != 0 || strcmp(now->agent.socket, fresh->agent.socket) != 0;
}

/* What can change while it runs. */
static void
config_take(struct agent *agent, const struct config *fresh)
{
	agent->config.agent.log = fresh->agent.log;
	agent->config.agent.drain = fresh->agent.drain;
	agent->config.packs.allow_unsigned = fresh->packs.allow_unsigned;
	agent->config.packs.max_size = fresh->packs.max_size;
	memcpy(agent->config.packs.keys, fresh->packs.keys, sizeof(fresh->packs.keys));
	agent->config.yara = fresh->yara;
	agent->config.alerts = fresh->alerts;
	agent->config.health.interval = fresh->health.interval;
	agent->config.health.loss_alert = fresh->health.loss_alert;
	agent->shared->config = agent->config;
	agent->shared->config_loaded_ns = os_wall_ns();
}

int
agent_reload(struct agent *agent)
{
	struct config *fresh = malloc(sizeof(*fresh));
	int failed;

	if (agent->ready)
		notify_reloading();
	failed = !fresh || config_load(agent->options.config_path, fresh);
	if (failed) {
		agent_log(agent, AGENT_ERROR, "config refused; the old one stays");
		agent_tell_detect(agent, MESSAGE_NOTE, NOTE_CONFIG_REFUSED, "config refused; the old one stays", -1);
	} else {
		if (needs_start(&agent->config, fresh))
			agent_log(agent, AGENT_WARNING, "changes of agent.id, user, state, socket, packs.incoming, sources, enrich, "
			          "health.path and sinks take effect at the next start");
		config_take(agent, fresh);
		agent_pack_tell_scan(agent);
	}
	free(fresh);
	agent_files_reopen(agent);
	if (!failed)
		agent_tell_detect(agent, MESSAGE_NOTE, NOTE_RELOAD, "config and files loaded again", -1);
	if (agent->ready)
		notify_ready(NULL);
	return failed ? -EINVAL : 0;
}
