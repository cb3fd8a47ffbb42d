/*
 * agent_pack.c - how the running agent comes by a pack: tried by detect, then active or refused.
 *
 * One trial at a time.
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
#include "file.h"
#include "host.h"
#include "live.h"
#include "pipeline.h"
#include "ring_progress.h"
#include "sink.h"
#include "agent_shared.h"
#include "channel.h"
#include "detector.h"
#include "memory.h"
#include "message.h"
#include "os.h"
#include "scan.h"
#include "trust.h"

#define CRASH_WINDOW_NS (60 * 1000000000ull)

static int
trial_send(struct agent *agent)
{
	agent->trial.number = ++agent->trial_count;
	agent->trial.begun_ns = os_monotonic_ns();
	return agent_tell_detect(agent, MESSAGE_PACK, agent->trial.number, NULL, agent->trial.pack.fd);
}

int64_t
agent_pack_offer(struct agent *agent, int fd, const char *file, enum trial_origin origin, uint32_t flags,
                 struct refusal *why)
{
	struct agent_trial trial = {.origin = origin};

	if (agent->trial.number)
		return refusal_set(why, CHECK_SIZE, "another pack is being tried; try again");
	if (agent_trial_make(agent, &trial, fd, flags & OFFER_ALLOW_OLDER || origin == TRIAL_BACK, why))
		return -1;
	snprintf(trial.file, sizeof(trial.file), "%s", file);
	agent->trial = trial;
	if (trial_send(agent)) {
		agent_trial_done(agent);
		return refusal_set(why, CHECK_VECTORS, "detect does not take it");
	}
	return (int64_t)agent->trial.number;
}

/* The places where a pack may lie at start, in their order. */
static int
candidate_path(const struct agent *agent, int candidate, char path[512])
{
	if (agent->options.pack) {
		snprintf(path, 512, "%s", agent->options.pack);
		return candidate == 0 ? 0 : -ENOENT;
	}
	if (candidate == 0)
		return store_find(&agent->config, "active", path);
	if (candidate == 1)
		return store_find(&agent->config, "previous", path);
	return candidate == 2 && !os_path(PLACE_PACK, path, 512) && file_exists(path) ? 0 : -ENOENT;
}

/* Looks for a pack to begin with and puts it on trial. 0, or -ENOENT when there is none left. */
static int
begin_pack(struct agent *agent)
{
	struct refusal why;
	char path[512];

	for (; agent->start_candidate < 3; agent->start_candidate++) {
		int fd, allow_older = !agent->options.pack;

		if (candidate_path(agent, agent->start_candidate, path))
			continue;
		fd = os_open_read(path);
		if (fd < 0) {
			agent_log(agent, AGENT_ERROR, "%s: %s (%s)", path, os_errno_name(-fd), strerror(-fd));
			continue;
		}
		agent->trial = (struct agent_trial){.origin = TRIAL_START};
		snprintf(agent->trial.file, sizeof(agent->trial.file), "%.255s", path);
		if (!agent_trial_make(agent, &agent->trial, fd, allow_older, &why)) {
			os_close(fd);
			agent->start_candidate++;
			return trial_send(agent);
		}
		os_close(fd);
		agent_pack_refuse(agent, &agent->trial, &why);
		agent_trial_done(agent);
		agent->exit_code = 4; /* unless a later one runs */
	}
	return -ENOENT;
}

/* Where a pack out of incoming lies until it is removed or rejected: under a name that the watch passes over. */
static void
taken_path(const struct agent *agent, char taken[512])
{
	snprintf(taken, 512, "%.400s/.rsnl-taken", agent->config.packs.incoming);
}

/* Takes the file on trial out of incoming; not one that was put in its place meanwhile, which the watch reports on its
 * own. 0 or a negative errno. */
static int
take_out(const struct agent *agent, const struct agent_trial *trial, char taken[512])
{
	if (!*trial->path || !trial->id.inode)
		return -ENOENT;
	taken_path(agent, taken);
	return file_move_known(&trial->id, trial->path, taken);
}

void
agent_pack_give_back(const struct agent *agent)
{
	char taken[512], path[512];

	taken_path(agent, taken);
	snprintf(path, sizeof(path), "%.400s/taken.rsnp", agent->config.packs.incoming);
	file_move_new(taken, path);
}

static void
trial_remove(const struct agent *agent, const struct agent_trial *trial)
{
	char taken[512];

	if (!take_out(agent, trial, taken))
		file_remove(taken);
}

static void
trial_reject(const struct agent *agent, const struct agent_trial *trial, const char *reason)
{
	char taken[512];
	int error = take_out(agent, trial, taken);

	if (!error)
		error = store_reject(&agent->config, taken, file_name(trial->path), reason);
	if (error && error != -ENOENT)
		agent_log(agent, AGENT_ERROR, "%s: cannot be moved to rejected: %s", trial->path, strerror(-error));
}

void
agent_pack_refuse(struct agent *agent, const struct agent_trial *trial, const struct refusal *why)
{
	char line[512], note[640];

	snprintf(line, sizeof(line), "%.150s refused at %s: %.255s", trial->file, check_name(why->check), why->text);
	if (agent->active.fd >= 0)
		snprintf(note, sizeof(note), "%s; %s %" PRIu64 " stays active", line, agent->active.name, agent->active.serial);
	else
		snprintf(note, sizeof(note), "%s", line);
	agent_log(agent, AGENT_ERROR, "%s", note);
	if (trial->origin != TRIAL_CONTROL && trial->origin != TRIAL_BACK) { /* there somebody waits for the answer */
		snprintf(agent->shared->last_refusal, sizeof(agent->shared->last_refusal), "%s", line);
		agent->shared->refused_ns = os_wall_ns();
	}
	agent->shared->refusals++;
	agent_tell_detect(agent, MESSAGE_NOTE, NOTE_REFUSED, note, -1);
	trial_reject(agent, trial, line);
}

/* The pack on trial becomes the active one; what was active is what a rollback returns to. A pack taken again changes
 * nothing about that. */
static void
pack_rotate(struct agent *agent, struct agent_pack *pack, enum trial_origin origin)
{
	int again = memory_is_same(pack->fd, agent->active.fd);

	if (!again || origin == TRIAL_BACK)
		agent_pack_drop(&agent->previous);
	if (again || origin == TRIAL_BACK)
		agent_pack_drop(&agent->active);
	else
		agent->previous = agent->active;
	agent->active = *pack;
	pack->fd = -1;
	agent->swapped_ns = os_monotonic_ns();
	agent->shared->pack_active_ns = os_wall_ns();
}

/* The pack on trial runs: it is the active one from now on. */
static void
trial_accept(struct agent *agent)
{
	struct agent_trial *trial = &agent->trial;
	int keep = trial->origin == TRIAL_CONTROL || trial->origin == TRIAL_INCOMING;
	int error = keep ? store_activate(&agent->config, trial->original, trial->pack.name) : 0;

	if (error)
		agent_log(agent, AGENT_ERROR, "%s cannot be kept: %s", trial->file, strerror(-error));
	if (trial->origin == TRIAL_BACK)
		store_swap_back(&agent->config);
	if (trial->origin == TRIAL_START)
		agent->exit_code = 0;
	if (trial->pack.serial > store_serial(&agent->config, trial->pack.name))
		store_serial_set(&agent->config, trial->pack.name, trial->pack.serial);
	trial_remove(agent, trial);
	if (trial->origin != TRIAL_RESTART)
		pack_rotate(agent, &trial->pack, trial->origin);
	if (trial->origin != TRIAL_START && trial->origin != TRIAL_RESTART) {
		char line[256];

		snprintf(line, sizeof(line), "%s %" PRIu64 " active after %" PRIu64 " ms", agent->active.name,
		         agent->active.serial, (os_monotonic_ns() - trial->begun_ns) / 1000000);
		agent_log(agent, AGENT_INFO, "%s", line);
		agent_tell_detect(agent, MESSAGE_NOTE, NOTE_SWAP, line, -1);
	}
}

void
agent_pack_tell_scan(struct agent *agent)
{
	struct message message = {.type = MESSAGE_RULES, .value = agent->config.packs.max_size,
		.size = sizeof(struct scan_limits)};
	struct scan_limits limits = {.yara_max = agent->config.yara.max_file, .hash_max = agent->config.enrich.hash_max,
		.timeout_s = (uint32_t)((agent->config.yara.timeout + 999999999) / 1000000000)};

	memcpy(message.text, &limits, sizeof(limits));
	if (agent->scan.command && agent->active.fd >= 0)
		channel_send(agent->scan.command, &message, MESSAGE_SIZE(message.size), &agent->active.fd, 1);
}

void
agent_pack_tried(struct agent *agent, uint64_t number, const struct refusal *why)
{
	enum trial_origin origin = agent->trial.origin;

	if (!number || number != agent->trial.number)
		return;
	if (!why)
		trial_accept(agent);
	else
		agent_pack_refuse(agent, &agent->trial, why);
	agent_trial_done(agent);
	if (!why) {
		agent_pack_tell_scan(agent);
		return;
	}
	if (origin == TRIAL_START && begin_pack(agent)) {
		agent->exit_code = 4;
		agent_stop(agent, 1);
	}
}

void
agent_pack_resume(struct agent *agent)
{
	if (agent->trial.number) { /* its trial died with detect; agent_pack_blame has refused it */
		agent_trial_done(agent);
	}
	if (agent->active.fd < 0) {
		if (begin_pack(agent)) {
			if (!agent->exit_code && !agent->options.pack)
				agent_log(agent, AGENT_ERROR, "no pack to run: none active, none installed; give one with -p");
			if (!agent->exit_code)
				agent->exit_code = 3;
			agent_stop(agent, 1);
		}
		return;
	}
	agent->trial = (struct agent_trial){.origin = TRIAL_RESTART, .original = -1};
	snprintf(agent->trial.file, sizeof(agent->trial.file), "%s", agent->active.name);
	agent->trial.pack = agent->active;
	agent->trial.pack.fd = os_duplicate(agent->active.fd);
	trial_send(agent);
	agent_pack_tell_scan(agent);
}

/* Whether there is a pack to go back to: the one before a swap, or the next place where one may lie. */
static int
has_another(const struct agent *agent)
{
	char path[512];
	int found = agent->previous.fd >= 0;

	for (int i = agent->start_candidate; i < 3 && !found; i++)
		found = !candidate_path(agent, i, path);
	return found;
}

int
agent_pack_blame(struct agent *agent, const char *cause)
{
	struct refusal why;
	uint64_t now = os_monotonic_ns();
	int undo;

	if (agent->trial.number && agent->trial.origin != TRIAL_RESTART) {
		refusal_set(&why, CHECK_CRASH, "detector died on its rule tests: %s", cause);
		agent_pack_refuse(agent, &agent->trial, &why);
		agent_trial_done(agent);
		return 0;
	}
	if (!agent->swapped_ns || now - agent->swapped_ns > CRASH_WINDOW_NS || !has_another(agent) ||
	    !agent->detect.died_ns[1] || agent->detect.died_ns[1] < agent->swapped_ns)
		return 0;
	undo = agent->previous.fd >= 0; /* else it came from the store, which the next start looks through again */
	refusal_set(&why, CHECK_CRASH, "detector died twice within 60 s after the %s: %s", undo ? "swap" : "start", cause);
	agent->trial = (struct agent_trial){.origin = TRIAL_RESTART, .original = -1, .pack = {.fd = -1}};
	snprintf(agent->trial.file, sizeof(agent->trial.file), "%s.rsnp", agent->active.name);
	agent_pack_drop(&agent->active);
	agent->active = agent->previous;
	agent->previous.fd = -1;
	agent->swapped_ns = 0;
	agent_pack_refuse(agent, &agent->trial, &why);
	agent_trial_done(agent);
	if (undo)
		store_swap_back(&agent->config);
	return 1;
}

void
agent_pack_rollback(struct agent *agent, struct refusal *why, int64_t *number)
{
	char path[512];
	int fd;

	*number = -1;
	if (agent->trial.number) {
		refusal_set(why, CHECK_SIZE, "another pack is being tried; try again");
		return;
	}
	if (agent->previous.fd >= 0) {
		agent->trial = (struct agent_trial){.origin = TRIAL_BACK, .original = -1, .pack = agent->previous};
		agent->trial.pack.fd = os_duplicate(agent->previous.fd);
		snprintf(agent->trial.file, sizeof(agent->trial.file), "%s.rsnp", agent->previous.name);
		if (!trial_send(agent)) {
			*number = (int64_t)agent->trial.number;
			return;
		}
		agent_trial_done(agent);
		refusal_set(why, CHECK_VECTORS, "detect does not take it");
		return;
	}
	/* one given with -p was never in the store, so nothing there came before it */
	if (agent->options.pack || store_find(&agent->config, "previous", path) || (fd = file_open_plain(path)) < 0) {
		*number = -ENOENT;
		return;
	}
	*number = agent_pack_offer(agent, fd, file_name(path), TRIAL_BACK, OFFER_ALLOW_OLDER, why);
	os_close(fd);
}
