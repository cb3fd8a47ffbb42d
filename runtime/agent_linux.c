/*
 * agent_linux.c - the broker process: opens what needs rights, starts the others, waits for what happens, ends.
 */
#include "broker_linux.h"
#include "config.h"
#include "agent_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "pipeline.h"
#include "sink.h"
#include "source_ebpf_linux.h"
#include "agent_shared.h"
#include "channel_linux.h"
#include "detector.h"
#include "ebpf_linux.h"
#include "message.h"
#include "notify_linux.h"
#include "os.h"

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
	fprintf(stderr, "rsnl: %s\n", line);
}

/* Answers one request of detect; those about packs and collection are ours, the others broker_linux.c's. */
static size_t
request_answer(struct agent *agent, const struct message *request, int fd, struct message_answer *answer)
{
	struct refusal why = {.check = CHECK_SIZE};
	int64_t number = -1;

	answer->size = 0;
	answer->result = 0;
	if (request->type == MESSAGE_SET_KINDS) {
		answer->result = agent->ebpf ? ebpf_set_kinds(agent->ebpf, request->value) : 0;
	} else if (request->type == MESSAGE_RELOAD) {
		answer->result = agent_reload(agent);
	} else if (request->type == MESSAGE_STOP) {
		agent_stop(agent, 0);
	} else if (request->type == MESSAGE_OFFER) {
		if (request->value & OFFER_ROLLBACK)
			agent_pack_rollback(agent, &why, &number);
		else if (fd >= 0)
			number = agent_pack_offer(agent, fd, request->text, TRIAL_CONTROL, (uint32_t)request->value, &why);
		answer->result = number == -ENOENT ? -ENOENT : number < 0 ? -EACCES : (int32_t)number;
		if (number == -1) {
			struct agent_trial refused = {.origin = TRIAL_CONTROL};

			snprintf(refused.file, sizeof(refused.file), "%.250s", request->text);
			agent_pack_refuse(agent, &refused, &why);
			answer->size = sizeof(why);
			memcpy(answer->data, &why, sizeof(why));
		}
	} else {
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
	if (count > 0 && fd >= 0)
		close(fd);
}

static void
ready_say(struct agent *agent)
{
	char text[256];

	snprintf(text, sizeof(text), "%sSTATUS=pack %s %" PRIu64, agent->ready ? "" : "READY=1\n", agent->active.name,
	         agent->active.serial);
	notify_send(text);
	if (agent->ready)
		return;
	agent->ready = 1;
	agent_log(agent, AGENT_INFO, "live with pack %s %" PRIu64 ", %u of %u hooks", agent->active.name,
	          agent->active.serial, agent->shared->hooks - agent->shared->hooks_failed, agent->shared->hooks);
	if (watch_open(agent))
		agent_log(agent, AGENT_WARNING, "%s cannot be watched: %s", agent->config.packs.incoming, strerror(errno));
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
	if (agent->detect.command >= 0 &&
	    channel_send(agent->detect.command, &passed, MESSAGE_SIZE((size_t)size), NULL, 0))
		agent->forsaken = 1;
}

static void
children_reap(struct agent *agent)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		agent_child_ended(agent, pid, status);
}

static void
signal_read(struct agent *agent)
{
	struct signalfd_siginfo info;

	while (read(agent->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			children_reap(agent);
		else if (info.ssi_signo == SIGHUP)
			agent_reload(agent);
		else if (info.ssi_signo == SIGUSR1)
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
		notify_send("STOPPING=1");
	agent->stopping = 1 + at_once;
	ebpf_close(agent->ebpf); /* nothing more is produced; detect still empties the ring, which it has mapped */
	agent->ebpf = NULL;
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

int
agent_reload(struct agent *agent)
{
	struct config *fresh = malloc(sizeof(*fresh));
	char state[64];
	int failed;

	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, os_monotonic_ns() / 1000);
	if (agent->ready)
		notify_send(state);
	failed = !fresh || config_load(agent->options.config_path, &agent->options, fresh);

	if (failed) {
		agent_log(agent, AGENT_ERROR, "config refused; the old one stays");
		agent_tell_detect(agent, MESSAGE_NOTE, NOTE_CONFIG_REFUSED, "config refused; the old one stays", -1);
	} else {
		if (needs_start(&agent->config, fresh))
			agent_log(agent, AGENT_WARNING, "changes of agent.id, user, state, socket, packs.incoming, sources, enrich, "
			          "health.path and sinks take effect at the next start");
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
		agent_pack_tell_scan(agent);
	}
	free(fresh);
	agent_files_reopen(agent);
	if (!failed)
		agent_tell_detect(agent, MESSAGE_NOTE, NOTE_RELOAD, "config and files loaded again", -1);
	if (agent->ready)
		notify_send("READY=1");
	return failed ? -EINVAL : 0;
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
	notify_send("WATCHDOG=1");
}

static void
loop_turn(struct agent *agent)
{
	struct pollfd wait[] = {{agent->signals, POLLIN, 0}, {agent->detect.request, POLLIN, 0},
		{agent->detect.command, POLLIN, 0}, {agent->scan.command, POLLIN, 0}, {agent->watch, POLLIN, 0}};

	if (poll(wait, sizeof(wait) / sizeof(*wait), 200) < 0 && errno != EINTR) {
		agent_stop(agent, 1);
		return;
	}
	/* a verdict before the requests that follow it: scan has a pack's rules before files are scanned for it. It is sent
	 * first and asked for last, so where a request is there, so is the verdict. */
	if (wait[2].revents & POLLIN)
		detect_read(agent);
	if (wait[1].revents & POLLIN)
		request_read(agent);
	if (wait[3].revents & POLLIN)
		scan_read(agent);
	if (wait[0].revents & POLLIN)
		signal_read(agent);
	untold_say(agent);
	agent_scan_turn(agent);
	watch_read(agent);
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
signals_open(struct agent *agent)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	agent->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return agent->signals < 0 ? -errno : 0;
}

static int
shared_open(struct agent *agent)
{
	char id[65];

	agent->shared_fd = memfd_create("rsnl-shared", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (agent->shared_fd < 0 || ftruncate(agent->shared_fd, sizeof(*agent->shared)) ||
	    fcntl(agent->shared_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		return -errno;
	agent->shared = mmap(NULL, sizeof(*agent->shared), PROT_READ | PROT_WRITE, MAP_SHARED, agent->shared_fd, 0);
	if (agent->shared == MAP_FAILED)
		return -errno;
	agent->shared->config = agent->config;
	agent->shared->started_ns = os_monotonic_ns();
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

/* Each hook that the kernel refused is named. 0, or an exit code. */
static int
collection_open(struct agent *agent)
{
	struct ebpf_config config = {.ring_size = agent->config.sources.ring, .kinds = agent->config.sources.kinds};
	const struct ebpf_hook *hooks;
	size_t count = 0;
	int error;

	if (agent->config.sources.ebpf == CONFIG_DISABLE)
		return 0;
	error = ebpf_open(&agent->ebpf, &config);
	if (agent->ebpf) {
		ebpf_exclude(agent->ebpf, (uint32_t)getpid());
		hooks = ebpf_hooks(agent->ebpf, &count);
		for (size_t i = 0; i < count; i++) {
			agent->shared->hooks_failed += hooks[i].error != 0;
			agent->shared->kinds |= hooks[i].kinds;
			agent->shared->kinds_failed |= hooks[i].error ? hooks[i].kinds : 0;
			if (hooks[i].error)
				agent_log(agent, AGENT_WARNING, "%s: %s: %s (%s)", hooks[i].area, hooks[i].place,
				          os_errno_name(hooks[i].error), strerror(hooks[i].error));
		}
	}
	agent->shared->hooks = (uint32_t)count;
	if (!error && (!agent->shared->hooks_failed || agent->config.sources.ebpf != CONFIG_REQUIRE))
		return 0;
	if (error)
		agent_log(agent, AGENT_ERROR, "no live input: bpf: %s (%s)", os_errno_name(-error), strerror(-error));
	else
		agent_log(agent, AGENT_ERROR, "sources.ebpf is require, and %u of %u hooks were refused",
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
		error = signals_open(agent);
	if (!error)
		error = shared_open(agent);
	if (error) {
		agent_log(agent, AGENT_ERROR, "%s: %s (%s)", agent->config.agent.state, os_errno_name(-error),
		          strerror(-error));
		return 3;
	}
	error = agent_files_open(agent);
	return error ? error : collection_open(agent);
}

int
agent_run(struct agent *agent)
{
	int error;

	broker_server_init(&agent->server);
	agent->detect = (struct agent_role){.name = "detect", .command = -1, .request = -1};
	agent->scan = (struct agent_role){.name = "scan", .command = -1, .request = -1};
	agent->active.fd = agent->previous.fd = agent->trial.pack.fd = agent->trial.original = -1;
	agent->listener = agent->health = agent->signals = agent->watch = agent->shared_fd = -1;
	for (int i = 0; i < CONFIG_SINK_MAX; i++)
		agent->sinks[i] = -1;
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
	ebpf_close(agent->ebpf);
	broker_server_done(&agent->server);
	return agent->exit_code;
}
