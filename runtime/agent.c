/*
 * agent.c - the broker process: opens what needs rights, starts the others, waits for what happens, ends.
 */
#include "broker_server.h"
#include "config.h"
#include "contents.h"
#include "role.h"
#include "agent.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "live.h"
#include "pipeline.h"
#include "ring_progress.h"
#include "sink.h"
#include "agent_shared.h"
#include "channel.h"
#include "config_value.h"
#include "detector.h"
#include "listener.h"
#include "memory.h"
#include "message.h"
#include "notify.h"
#include "os.h"
#include "signals.h"
#include "watch.h"

void
agent_log(const struct agent *agent, enum agent_level level, const char *format, ...)
{
	enum agent_level most = (enum agent_level)agent->config.agent.log;
	char line[2048];
	va_list args;

	if (agent->options.verbose)
		most = AGENT_DEBUG;
	if (agent->options.quiet)
		most = AGENT_ERROR;
	if (level > most)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	for (char *at = line; *at; at++) { /* names and reasons come from outside: one message stays one line */
		if ((unsigned char)*at < ' ' || *at == 127)
			*at = '?';
	}
	notify_log(level, line);
}

/* Where events come from now, for status. */
static void
hooks_count(struct agent *agent)
{
	struct agent_shared *shared = agent->shared;
	struct live_hook hook;

	shared->hooks = shared->hooks_failed = 0;
	shared->kinds = shared->kinds_failed = 0;
	for (size_t i = 0; live_hook(agent->live, i, &hook); i++) {
		shared->hooks++;
		shared->hooks_failed += hook.error != 0;
		shared->kinds |= hook.kinds;
		shared->kinds_failed |= hook.error ? hook.kinds : 0;
	}
}

/* Puts a pack that a client offers on trial. fd: its file, borrowed; -1: where request says. */
static void
offer_answer(struct agent *agent, const struct message *request, int fd, struct message_answer *answer)
{
	struct agent_trial refused = {.origin = TRIAL_CONTROL};
	struct refusal why = {.check = CHECK_SIZE};
	int64_t number = -1;
	int taken = fd < 0 && request->id ? listener_take_file(request->pid, request->id) : -1;

	if (request->value & OFFER_ROLLBACK)
		agent_pack_rollback(agent, &why, &number);
	else if (fd >= 0 || taken >= 0)
		number = agent_pack_offer(agent, fd >= 0 ? fd : taken, request->text, TRIAL_CONTROL,
		                          (uint32_t)request->value, &why);
	else
		snprintf(why.text, sizeof(why.text), "cannot be read: %s (%s)", os_errno_name(-taken), strerror(-taken));
	os_close(taken);
	answer->result = number == -ENOENT ? -ENOENT : number < 0 ? -EACCES : (int32_t)number;
	if (number != -1)
		return;
	snprintf(refused.file, sizeof(refused.file), "%.250s", request->text);
	agent_pack_refuse(agent, &refused, &why);
	answer->size = sizeof(why);
	memcpy(answer->data, &why, sizeof(why));
}

/* Answers one request of detect; those about packs and collection are ours, the others the server's. */
static size_t
request_answer(struct agent *agent, const struct message *request, int fd, struct message_answer *answer)
{
	answer->size = 0;
	answer->result = 0;
	switch (request->type) {
	case MESSAGE_SET_KINDS:
		answer->result = agent->live ? live_set_wanted(agent->live, request->value, request->size ? request->text : "") : 0;
		hooks_count(agent);
		break;
	case MESSAGE_RELOAD:
		answer->result = agent_reload(agent);
		break;
	case MESSAGE_STOP:
		agent_stop(agent, 0);
		break;
	case MESSAGE_OFFER:
		offer_answer(agent, request, fd, answer);
		break;
	default:
		return broker_serve(&agent->server, request, answer);
	}
	return MESSAGE_ANSWER_SIZE(answer->size);
}

static void
request_read(struct agent *agent)
{
	static struct message request;
	static struct message_answer answer;
	int fd = -1, count = 1;
	long size = channel_receive(agent->detect.request, &request, sizeof(request), &fd, &count, 0);
	size_t answer_size;

	if (size == -EAGAIN)
		return;
	if (size <= 0 || (size_t)size < MESSAGE_SIZE(0) || (size_t)size != MESSAGE_SIZE(request.size)) {
		agent_role_distrust(agent, &agent->detect, size);
		goto done;
	}
	request.text[request.size < sizeof(request.text) ? request.size : sizeof(request.text) - 1] = 0;
	answer_size = request_answer(agent, &request, count ? fd : -1, &answer);
	channel_send(agent->detect.request, &answer, answer_size, NULL, 0);
done:
	if (count > 0)
		os_close(fd);
}

static void
ready_say(struct agent *agent)
{
	char text[256];
	int error;

	snprintf(text, sizeof(text), "pack %s %" PRIu64, agent->active.name, agent->active.serial);
	notify_ready(text);
	if (agent->ready)
		return;
	agent->ready = 1;
	agent_log(agent, AGENT_INFO, "live with pack %s %" PRIu64 ", %u of %u hooks", agent->active.name,
	          agent->active.serial, agent->shared->hooks - agent->shared->hooks_failed, agent->shared->hooks);
	error = agent_watch_open(agent);
	if (error)
		agent_log(agent, AGENT_WARNING, "%s cannot be watched: %s", agent->config.packs.incoming, strerror(-error));
}

static void
detect_read(struct agent *agent)
{
	static struct message message;
	struct refusal why;
	long size = channel_receive(agent->detect.command, &message, sizeof(message), NULL, NULL, 0);

	if (size == -EAGAIN)
		return;
	if (size < (long)MESSAGE_SIZE(0) || (size_t)size != MESSAGE_SIZE(message.size)) {
		agent_role_distrust(agent, &agent->detect, size);
		return;
	}
	if (message.type == MESSAGE_TRIED && message.size == sizeof(why)) {
		memcpy(&why, message.text, sizeof(why));
		why.text[sizeof(why.text) - 1] = 0;
		if (why.check > CHECK_CRASH)
			why.check = CHECK_VECTORS;
		agent_pack_tried(agent, message.value, &why);
	} else if (message.type == MESSAGE_TRIED) {
		agent_pack_tried(agent, message.value, NULL);
		ready_say(agent);
	} else if (message.type == MESSAGE_ENDED) {
		agent->drained = 1;
	}
}

/* A result goes on to detect as it is. */
static void
scan_read(struct agent *agent)
{
	static struct { struct message head; char rest[CHANNEL_MESSAGE_MAX]; } passed;
	char *body = (char *)&passed + MESSAGE_SIZE(0);
	long size = channel_receive(agent->scan.command, body, CHANNEL_MESSAGE_MAX, NULL, NULL, 0);

	if (size == -EAGAIN)
		return;
	if (size <= 0) {
		agent_role_distrust(agent, &agent->scan, size);
		return;
	}
	memset(&passed.head, 0, MESSAGE_SIZE(0));
	passed.head.type = MESSAGE_SCANNED;
	passed.head.size = (uint32_t)size;
	if (agent->detect.command &&
	    channel_send(agent->detect.command, &passed, MESSAGE_SIZE((size_t)size), NULL, 0))
		agent->forsaken = 1;
}

/* Lets a client in and hands it to detect, which reads what it asks. */
static void
client_accept(struct agent *agent)
{
	struct message message = {.type = MESSAGE_CLIENT};
	struct listener_client client;

	if (listener_accept(agent->listener, &client))
		return;
	message.pid = client.pid;
	message.value = (uint64_t)client.privileged;
	if (agent->detect.command)
		channel_send(agent->detect.command, &message, MESSAGE_SIZE(0), &client.fd, 1);
	os_close(client.fd);
}

static void
signals_read(struct agent *agent)
{
	enum signals_wish wish;

	while ((wish = signals_next(agent->signals)) != SIGNALS_NONE) {
		if (wish == SIGNALS_RELOAD)
			agent_reload(agent);
		else if (wish == SIGNALS_HEALTH)
			agent_tell_detect(agent, MESSAGE_HEALTH, 0, NULL, -1);
		else
			agent_stop(agent, agent->stopping);
	}
}

void
agent_stop(struct agent *agent, int at_once)
{
	if (agent->stopping)
		at_once = 1;
	else
		notify_stopping();
	agent->stopping = 1 + at_once;
	live_close(agent->live); /* nothing more is produced; detect still empties the ring, which it has mapped */
	agent->live = NULL;
	agent->deadline_ns = os_monotonic_ns() + agent->config.agent.drain;
	if (at_once)
		agent->drained = 1;
	else
		agent->untold |= UNTOLD_DRAIN;
}

/* What detect had no room for, or was not there for, is said again. */
static void
untold_say(struct agent *agent)
{
	if (agent->forsaken && !agent_tell_detect(agent, MESSAGE_FORSAKEN, 0, NULL, -1))
		agent->forsaken = 0;
	if (agent->untold & UNTOLD_FILES && !agent_files_tell(agent))
		agent->untold &= ~UNTOLD_FILES;
	if (agent->untold & UNTOLD_DRAIN && !agent_tell_detect(agent, MESSAGE_DRAIN, agent->config.agent.drain, NULL, -1))
		agent->untold &= ~UNTOLD_DRAIN;
}

/* Fed only when detect's loop has moved since the last time. */
static void
watchdog_feed(struct agent *agent)
{
	uint64_t interval = notify_interval_ns(), now = os_monotonic_ns();

	if (!interval || now - agent->notified_ns < interval || agent->shared->heartbeat == agent->heartbeat)
		return;
	agent->heartbeat = agent->shared->heartbeat;
	agent->notified_ns = now;
	notify_alive();
}

static void
loop_turn(struct agent *agent)
{
	enum {SIGNALS, REQUEST, COMMAND, SCAN, CLIENT, WATCH, DETECT_END, SCAN_END, COUNT};
	struct os_wait wait[COUNT] = {
		[SIGNALS] = {agent->signals, 0},
		[REQUEST] = {channel_descriptor(agent->detect.request), 0},
		[COMMAND] = {channel_descriptor(agent->detect.command), 0},
		[SCAN] = {channel_descriptor(agent->scan.command), 0},
		[CLIENT] = {listener_descriptor(agent->listener), 0},
		[WATCH] = {watch_descriptor(agent->watch), 0},
		[DETECT_END] = {agent->detect.process.fd, 0},
		[SCAN_END] = {agent->scan.process.fd, 0},
	};

	if (os_wait(wait, COUNT, LIVE_TURN_MS)) {
		agent_stop(agent, 1);
		return;
	}
	/* a verdict before the requests that follow it: scan has a pack's rules before files are scanned for it. It is sent
	 * first and asked for last, so where a request is there, so is the verdict. */
	if (wait[COMMAND].ready)
		detect_read(agent);
	if (wait[REQUEST].ready)
		request_read(agent);
	if (wait[SCAN].ready)
		scan_read(agent);
	if (wait[CLIENT].ready)
		client_accept(agent);
	if (wait[SIGNALS].ready)
		signals_read(agent);
	if (agent->live)
		live_turn(agent->live);
	agent_roles_turn(agent);
	untold_say(agent);
	agent_watch_turn(agent);
	watchdog_feed(agent);
}

static void
loop(struct agent *agent)
{
	uint64_t begun = os_monotonic_ns();

	while (!agent->drained || !agent->stopping) {
		uint64_t now = os_monotonic_ns();

		if (agent->stopping && now > agent->deadline_ns)
			break;
		if (!agent->stopping && agent->options.for_ns && now - begun > agent->options.for_ns)
			agent_stop(agent, 0);
		loop_turn(agent);
	}
}

static int
shared_open(struct agent *agent)
{
	char id[65];
	void *memory;

	agent->shared_fd = memory_share(sizeof(*agent->shared), &memory);
	if (agent->shared_fd < 0)
		return agent->shared_fd;
	agent->shared = memory;
	agent->shared->config = agent->config;
	agent->shared->started_ns = os_monotonic_ns();
	agent->shared->pid = os_pid();
	agent->shared->config_loaded_ns = os_wall_ns();
	agent->shared->pretty = agent->options.pretty;
	agent->shared->events = agent->options.events;
	agent->shared->sink_count = agent->config.sink_count;
	snprintf(agent->shared->config_path, sizeof(agent->shared->config_path), "%s", agent->config_file);
	if (store_agent_id(&agent->config, id))
		return -EIO;
	host_read(&agent->shared->host, id);
	return 0;
}

static void
hooks_tell(struct agent *agent)
{
	struct live_hook hook;

	hooks_count(agent);
	for (size_t i = 0; live_hook(agent->live, i, &hook); i++) {
		if (hook.error)
			agent_log(agent, AGENT_WARNING, "%s: %s: %s (%s)", hook.area, hook.place, os_errno_name(hook.error),
			          strerror(hook.error));
	}
}

static void
live_note(void *data, enum live_note note, const char *text)
{
	static const enum agent_level levels[] = {[LIVE_NOTE_GOOD] = AGENT_INFO, [LIVE_NOTE_TROUBLE] = AGENT_WARNING,
		[LIVE_NOTE_TAMPER] = AGENT_ERROR};
	struct agent *agent = data;

	agent_log(agent, levels[note], "%s", text);
	agent_tell_detect(agent, MESSAGE_NOTE, note == LIVE_NOTE_TAMPER ? NOTE_TAMPER : NOTE_HOOK, text, -1);
	hooks_count(agent);
}

/* Each hook that the system refused is named. 0, or an exit code. */
static int
collection_open(struct agent *agent)
{
	struct live_config config = {.ring_size = agent->config.sources.ring, .kinds = agent->config.sources.kinds,
		.boot_ns = agent->shared->host.boot_ns, .state = agent->config.agent.state, .note = live_note, .data = agent};
	const struct config_key *key = config_key_find("sources", live_name);
	uint32_t use = *(const uint32_t *)((const char *)&agent->config + key->offset);
	int error;

	if (use == CONFIG_DISABLE) {
		agent_log(agent, AGENT_WARNING, "no live input: sources.%s is disable", live_name);
		return 0;
	}
	error = live_open(&agent->live, &config);
	if (agent->live)
		live_exclude(agent->live, agent->shared->pid);
	hooks_tell(agent);
	if (!error && (!agent->shared->hooks_failed || use != CONFIG_REQUIRE))
		return 0;
	if (error)
		agent_log(agent, AGENT_ERROR, "no live input: %s: %s (%s)", live_name, os_errno_name(-error), strerror(-error));
	else
		agent_log(agent, AGENT_ERROR, "sources.%s is require, and %u of %u hooks were refused", live_name,
		          agent->shared->hooks_failed, agent->shared->hooks);
	return 3;
}

/* 0, or an exit code after a message. */
static int
agent_open(struct agent *agent)
{
	int error = store_prepare(&agent->config);

	if (error == -EPERM) {
		agent_log(agent, AGENT_ERROR, "%s or %s can be written by others", agent->config.agent.state,
		          agent->config.packs.incoming);
		return 4;
	}
	if (!error)
		agent->signals = error = signals_open();
	if (error >= 0)
		error = shared_open(agent);
	if (error) {
		agent_log(agent, AGENT_ERROR, "%s: %s (%s)", agent->config.agent.state, os_errno_name(-error),
		          strerror(-error));
		return 3;
	}
	error = agent_files_open(agent);
	return error ? error : collection_open(agent);
}

static void
agent_init(struct agent *agent)
{
	broker_server_init(&agent->server);
	agent->detect = (struct agent_role){.name = "detect", .process = {0, -1, -1}};
	agent->scan = (struct agent_role){.name = "scan", .process = {0, -1, -1}};
	agent->active.fd = agent->previous.fd = agent->trial.pack.fd = agent->trial.original = -1;
	agent->health = agent->signals = agent->shared_fd = -1;
	for (int i = 0; i < CONFIG_SINK_MAX; i++)
		agent->sinks[i] = -1;
}

int
agent_run(struct agent *agent)
{
	int error;

	agent_init(agent);
	agent->exit_code = agent_open(agent);
	if (!agent->exit_code) {
		error = agent_roles_start(agent);
		if (error) {
			agent_log(agent, AGENT_ERROR, "a process cannot be started: %s (%s)", os_errno_name(-error),
			          strerror(-error));
			agent->exit_code = 3;
		} else {
			loop(agent);
		}
	}
	agent_roles_kill(agent);
	agent_files_close(agent);
	watch_close(agent->watch);
	live_close(agent->live);
	broker_server_done(&agent->server);
	return agent->exit_code;
}
