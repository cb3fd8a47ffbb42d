/*
 * detect_pack.c - takes a pack into use: opened, tested and made ready in a thread of its own while events are matched
 * with the old one, then swapped between two of them.
 *
 * Broker has verified it and hands over header and body, so there is no signature to look at here.
 */
#include "detector.h"
#include "hold.h"
#include "line.h"
#include "detect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker_server.h"
#include "channel.h"
#include "config.h"
#include "control.h"
#include "host.h"
#include "live.h"
#include "memory.h"
#include "pipeline.h"
#include "ring_progress.h"
#include "sink.h"
#include "agent_shared.h"
#include "message.h"
#include "record.h"
#include "snapshot.h"
#include "thread.h"

enum change_state { CHANGE_STARTED, CHANGE_READY, CHANGE_SETTLED, CHANGE_OVER };

struct pack_change {
	const struct detect *detect;
	uint64_t number; /* of the trial */
	const void *file; /* mapped */
	size_t size;
	struct detector *detector; /* the new one; once settled, the one to be closed; NULL: none */
	struct pipeline_next *next;
	struct refusal why; /* if there is no detector when it is ready */
	struct thread *thread;
	struct monitor *monitor;
	enum change_state state; /* seen inside the monitor */
};

static void
no_memory(struct pack_change *change)
{
	change->why.check = CHECK_TABLES;
	snprintf(change->why.text, sizeof(change->why.text), "not enough memory");
	detector_close(change->detector);
	change->detector = NULL;
}

/* From bytes to a detector that could take the next event. */
static void
change_prepare(struct pack_change *change)
{
	const struct trust_policy policy = {.allow_unsigned = 1, .allow_older = 1,
		.unpacked_max = change->detect->shared->config.packs.max_size};
	int error = detector_open(&change->detector, change->file, change->size, &policy, &change->why);

	if (error) {
		change->detector = NULL;
	} else if (detector_test(change->detector, &change->why)) {
		detector_close(change->detector);
		change->detector = NULL;
	} else if (change->detect->pipeline) {
		change->next = pipeline_prepare(change->detect->pipeline, change->detector);
		if (!change->next)
			no_memory(change);
	}
	memory_unmap(change->file, change->size);
}

static void
change_clean(struct pack_change *change)
{
	pipeline_next_free(change->next);
	detector_close(change->detector);
}

static void
change_say(struct pack_change *change, enum change_state state)
{
	monitor_enter(change->monitor);
	change->state = state;
	monitor_wake(change->monitor);
	monitor_leave(change->monitor);
}

static enum change_state
change_state(struct pack_change *change)
{
	enum change_state state;

	monitor_enter(change->monitor);
	state = change->state;
	monitor_leave(change->monitor);
	return state;
}

/* The thread: what takes long before the swap, and after it. */
static void
change_run(void *data)
{
	struct pack_change *change = data;

	change_prepare(change);
	change_say(change, CHANGE_READY);
	monitor_enter(change->monitor);
	while (change->state == CHANGE_READY)
		monitor_wait(change->monitor);
	monitor_leave(change->monitor);
	change_clean(change);
	change_say(change, CHANGE_OVER);
}

static uint64_t
kinds_wanted(const struct detect *detect, const struct detector_info *info)
{
	uint64_t kinds = detect->shared->config.sources.kinds;
	int writes = detect->shared->config.yara.when & CONFIG_ON_WRITE && detect->wants_write;

	if (!kinds)
		kinds = info->kinds | (writes ? 1ull << RECORD_file_write : 0);
	return kinds | 1ull << RECORD_process_start | 1ull << RECORD_process_fork | 1ull << RECORD_process_exit;
}

_Static_assert(sizeof(((struct detect *)0)->logs) == LIVE_LOGS_MAX &&
               sizeof(((struct message *)0)->text) >= LIVE_LOGS_MAX, "what live_logs() writes");

/* Broker is asked only for a change: events wait for its answer. */
static void
kinds_set(struct detect *detect, uint64_t kinds)
{
	static struct message_answer answer;
	static struct message request;

	request = (struct message){.type = MESSAGE_SET_KINDS, .value = kinds};
	request.size = (uint32_t)live_logs(detect->live, detector_tables(detect->detector), request.text) + 1;
	if (kinds == detect->kinds && !strcmp(request.text, detect->logs))
		return;
	if (broker_ask(detect->broker, &request, -1, &answer))
		return;
	detect->kinds = kinds;
	memcpy(detect->logs, request.text, request.size);
}

/* The first pack: everything behind the ring is made now. */
static int
pipeline_begin(struct detect *detect, struct detector *detector)
{
	static const char *const why[] = {"full", "fields", "none"};
	const struct config *config = &detect->shared->config;
	struct pipeline_config settings = {.why = why[config->alerts.why % 3], .rule_text = (int)config->alerts.rule_text,
		.level = (int)config->alerts.level, .ancestors = config->enrich.ancestors, .processes = config->enrich.processes,
		.correlate_memory = config->agent.memory / 4,
		.live = live_reader_kinds(detect->live), .records = !live_has_json, .counters = &detect->shared->counters,
		.observe = detect_observe, .observer = detect};
	int found;

	detect->pipeline = pipeline_new(&settings, detector, &detect->shared->host, detect->broker);
	if (!detect->pipeline)
		return -ENOMEM;
	for (uint32_t i = 0; i < detect->sink_count; i++) {
		if (pipeline_add_sink(detect->pipeline, detect->sinks[i]))
			return -ENOMEM;
	}
	found = snapshot_load(pipeline_processes(detect->pipeline), detect->broker);
	if (found < 0)
		fprintf(stderr, "rsnl: detect: processes that run already are not known: %s\n", strerror(-found));
	return 0;
}

/* The detector is used from the next event on; the old one is the change's to close. */
static int
detector_use(struct detect *detect, struct pack_change *change)
{
	const struct detector_info before = detect->info;
	struct detector *old = detect->detector;
	int error;

	detector_info(change->detector, detect->shared->host.os_type, &detect->info);
	detect->detector = change->detector;
	detect_scan_init(detect);
	kinds_set(detect, (old ? kinds_wanted(detect, &before) : 0) | kinds_wanted(detect, &detect->info));
	error = change->next ? pipeline_swap(detect->pipeline, change->next) : pipeline_begin(detect, change->detector);
	if (error) {
		detect->info = before;
		detect->detector = old;
		detect_scan_init(detect);
		return error;
	}
	kinds_set(detect, kinds_wanted(detect, &detect->info));
	change->detector = old;
	return 0;
}

static void
verdict_send(struct detect *detect, uint64_t number, const struct refusal *why)
{
	struct message verdict = {.type = MESSAGE_TRIED, .value = number};

	if (why) {
		verdict.size = sizeof(*why);
		memcpy(verdict.text, why, sizeof(*why));
	}
	channel_send(detect->command, &verdict, MESSAGE_SIZE(verdict.size), NULL, 0);
	control_tried(detect->control, number, why);
}

static void
change_settle(struct detect *detect, struct pack_change *change)
{
	int taken = change->detector != NULL;

	if (taken && detector_use(detect, change)) {
		pipeline_next_free(change->next);
		change->next = NULL;
		no_memory(change);
		taken = 0;
	}
	verdict_send(detect, change->number, taken ? NULL : &change->why);
}

static void
change_end(struct detect *detect)
{
	thread_join(detect->change->thread);
	monitor_free(detect->change->monitor);
	free(detect->change);
	detect->change = NULL;
}

void
detect_pack_turn(struct detect *detect)
{
	enum change_state state = detect->change ? change_state(detect->change) : CHANGE_STARTED;

	if (state == CHANGE_READY) {
		change_settle(detect, detect->change);
		change_say(detect->change, CHANGE_SETTLED);
	} else if (state == CHANGE_OVER) {
		change_end(detect);
	}
}

/* By a thread of its own, unless there is nothing yet that would wait, or no thread. */
static void
change_start(struct detect *detect, const struct pack_change *request)
{
	struct pack_change *change = malloc(sizeof(*change)), alone = *request;

	if (change && detect->pipeline) {
		*change = *request;
		change->monitor = monitor_new();
		change->thread = change->monitor ? thread_start(change_run, change) : NULL;
		if (change->thread) {
			detect->change = change;
			return;
		}
		monitor_free(change->monitor);
	}
	free(change);
	change_prepare(&alone);
	change_settle(detect, &alone);
	change_clean(&alone);
}

void
detect_pack_try(struct detect *detect, uint64_t number, int fd)
{
	struct pack_change change = {.detect = detect, .number = number, .state = CHANGE_STARTED};

	if (detect->change) /* of the last pack, which only cleans up: broker has one trial at a time */
		change_end(detect);
	change.why.check = CHECK_SIZE;
	snprintf(change.why.text, sizeof(change.why.text), "cannot be mapped");
	if (memory_map(fd, &change.file, &change.size))
		verdict_send(detect, number, &change.why);
	else
		change_start(detect, &change);
}
