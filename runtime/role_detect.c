/*
 * role_detect.c - the process that reads events and judges them: no rights, only what broker handed it.
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
#include "decode.h"
#include "event_line.h"
#include "host.h"
#include "live.h"
#include "memory.h"
#include "message.h"
#include "os.h"
#include "pipeline.h"
#include "record.h"
#include "ring_progress.h"
#include "role.h"
#include "scan.h"
#include "scan_cache.h"
#include "sink.h"
#include "sink_file.h"
#include "sink_pretty.h"
#include "source.h"
#include "agent_shared.h"
#include "timestamp.h"

enum {
	STEPS_A_TURN = 512,
	WAIT_MS = 10,
	HOLD_BYTES = 8 << 20,
	SCAN_CACHE_SIZE = 8192,
	EVENT_TEXT_SIZE = 65536,
};

/* The crash's account: the record in hand counts as bad, with the match that was being written; what was held is lost;
 * the scans under way are missed. */
static void
crash_settle(struct detect *detect)
{
	struct agent_scan_counters *scans = &detect->shared->scans;
	struct alert_counters *alerts = &detect->shared->counters.alerts;
	uint64_t held = scans->held - scans->settled - scans->unsettled - scans->lost_in_crash;

	for (int i = 0; i < RECORD_KIND_MAX; i++) {
		struct kind_counters *kind = &detect->shared->counters.kinds[i];

		kind->bad_record = kind->received - kind->evaluated - kind->no_rule;
	}
	scans->lost_in_crash += held;
	scans->missed = scans->asked - scans->done;
	alerts->matches = alerts->written + alerts->throttled + alerts->rate_cut + alerts->muted + alerts->below_level;
}

/* Broker gives health's and the sinks' files anew. */
static void
files_take(struct detect *detect, uint64_t which, int *fds, int count)
{
	int at = 0;

	for (uint32_t i = 0; i <= CONFIG_SINK_MAX && at < count; i++) {
		if (!(which >> i & 1))
			continue;
		if (!i && detect->health)
			sink_file_replace(detect->health, fds[at]);
		else if (i && detect->files[i - 1])
			sink_file_replace(detect->files[i - 1], fds[at]);
		else
			os_close(fds[at]);
		at++;
	}
}

/* What broker gave by place: enum start_fd. */
static void
start_unpack(uint64_t which, const int *fds, int count, int places[START_FD_SINKS + CONFIG_SINK_MAX])
{
	int at = 0;

	for (uint32_t i = 0; i < START_FD_SINKS + CONFIG_SINK_MAX; i++)
		places[i] = which >> i & 1 && at < count ? fds[at++] : -1;
}

static int
sinks_open(struct detect *detect, const int *places)
{
	struct agent_shared *shared = detect->shared;
	uint32_t count = shared->sink_count < CONFIG_SINK_MAX ? shared->sink_count : CONFIG_SINK_MAX;
	int error = 0;

	if (places[START_FD_HEALTH] >= 0)
		error = sink_file_adopt(&detect->health, places[START_FD_HEALTH]);
	for (uint32_t i = 0; !error && i < count; i++) {
		if (places[START_FD_SINKS + i] < 0)
			continue;
		error = sink_file_adopt(&detect->sinks[detect->sink_count], places[START_FD_SINKS + i]);
		if (error)
			break;
		detect->files[i] = detect->sinks[detect->sink_count];
		if (shared->config.sinks[i].type == CONFIG_SINK_STDOUT)
			detect->sinks[detect->sink_count]->name = "stdout";
		detect->sinks[detect->sink_count]->counters = shared->sinks[detect->sink_count];
		detect->sink_count++;
	}
	if (!error && shared->pretty) {
		detect->sinks[detect->sink_count] = sink_pretty_new(1);
		if (!detect->sinks[detect->sink_count])
			return -ENOMEM;
		detect->sinks[detect->sink_count]->counters = shared->sinks[detect->sink_count];
		detect->sink_count++;
	}
	return error;
}

static int
start_take(struct detect *detect, const int places[])
{
	struct live_feed feed = detect->shared->feed;
	int error = sinks_open(detect, places);

	memcpy(feed.fds, places + START_FD_LIVE, sizeof(feed.fds));
	if (!error && feed.fds[0] >= 0)
		error = live_reader_open(&detect->live, &feed, &detect->shared->progress, detect->broker);
	if (error)
		fprintf(stderr, "rsnl: detect: cannot start: %s\n", strerror(-error));
	return error;
}

static void
drain_begin(struct detect *detect, uint64_t ns)
{
	detect->draining = 1;
	detect->drain_deadline_ns = os_monotonic_ns() + ns;
}

static struct { struct message head; char rest[CHANNEL_MESSAGE_MAX]; } arrived;

/* 0, or -EPIPE when broker is gone. */
static int
command_take(struct detect *detect)
{
	int fds[CHANNEL_FD_MAX], count = CHANNEL_FD_MAX;
	long size = channel_receive(detect->command, &arrived, sizeof(arrived), fds, &count, 0);
	struct message *message = &arrived.head;

	if (size == -EAGAIN)
		return 0;
	if (size <= 0)
		return -EPIPE;
	if (size < (long)MESSAGE_SIZE(0) || (size_t)size != MESSAGE_SIZE(message->size))
		return 0;
	switch (message->type) {
	case MESSAGE_PACK:
		detect_pack_try(detect, message->value, count ? fds[0] : -1);
		break;
	case MESSAGE_FILES:
		files_take(detect, message->value, fds, count);
		return 0;
	case MESSAGE_CLIENT:
		if (count)
			control_admit(detect->control, fds[0], message->pid, message->value != 0);
		return 0;
	case MESSAGE_SCANNED:
		detect_scanned(detect, (const void *)message->text, message->size);
		break;
	case MESSAGE_FORSAKEN:
		detect->shared->scans.missed += scan_cache_forsake(detect->cache);
		break;
	case MESSAGE_NOTE:
		if (message->value == NOTE_RELOAD && detect->detector)
			detect_scan_init(detect);
		if (message->size && message->size <= sizeof(message->text) && !message->text[message->size - 1])
			detect_note(detect, (uint32_t)message->value, message->text);
		break;
	case MESSAGE_HEALTH:
		detect_heartbeat(detect);
		break;
	case MESSAGE_DRAIN:
		drain_begin(detect, message->value);
		break;
	}
	while (count > 0)
		os_close(fds[--count]);
	return 0;
}

void
detect_event_print(struct detect *detect, const struct record_head *record, const struct vocabulary_kind *kind,
                   const struct subject *subject)
{
	static char data[DECODE_ARENA_SIZE];
	struct decode_arena arena = {data, sizeof(data), 0};
	char when[TIMESTAMP_SIZE];
	size_t size;

	timestamp_write(when, detect->shared->host.boot_ns + record->time);
	size = event_line(detect->text, EVENT_TEXT_SIZE - 1, record, kind, subject, &arena);
	printf("%.8s %.*s\n", when + 11, (int)size, detect->text);
}

/* What sinks have counted survives a crash. */
static void
sinks_save(struct detect *detect)
{
	for (uint32_t i = 0; i < detect->sink_count; i++)
		detect->shared->sinks[i] = detect->sinks[i]->counters;
}

/* Takes what the ring has, one record at a time, so that a crash is about one record. How many. */
static int
ring_take(struct detect *detect)
{
	struct source *source = detect->live ? live_reader_source(detect->live) : NULL;
	int taken = 0, n = 1;

	while (source && detect->pipeline && taken < STEPS_A_TURN && n > 0) {
		n = pipeline_step(detect->pipeline, source, 1, 0);
		detect_scan_turn(detect);
		sinks_save(detect);
		taken += n > 0;
	}
	if (n < 0)
		fprintf(stderr, "rsnl: detect: ring: %s\n", strerror(-n));
	return n < 0 ? n : taken;
}

static void
sinks_turn(struct detect *detect)
{
	for (uint32_t i = 0; i < detect->sink_count; i++)
		detect->sinks[i]->ops->flush(detect->sinks[i]);
	sinks_save(detect);
	if (detect->shared->events)
		fflush(stdout);
}

/* One turn: the ring, then everybody who wants something. 0, or a negative errno: end. */
static int
turn(struct detect *detect)
{
	enum {COMMAND, REQUEST, LIVE, CLIENTS};
	struct os_wait wait[CLIENTS + CONTROL_CLIENT_MAX];
	int taken = ring_take(detect), clients, error;

	detect_scan_turn(detect);
	detect_pack_turn(detect);
	sinks_turn(detect);
	detect_health_turn(detect);
	detect->shared->heartbeat++;
	if (detect->draining && (taken <= 0 || os_monotonic_ns() > detect->drain_deadline_ns))
		return -ECANCELED;
	wait[COMMAND].fd = channel_descriptor(detect->command);
	wait[REQUEST].fd = channel_descriptor(detect->request); /* nothing comes unasked: it can only be broken */
	wait[LIVE].fd = detect->pipeline && detect->live ? live_reader_descriptor(detect->live) : -1;
	clients = control_waits(detect->control, wait + CLIENTS);
	error = os_wait(wait, CLIENTS + clients, taken > 0 ? 0 : detect->change ? 1 : WAIT_MS);
	if (error || wait[REQUEST].ready)
		return error ? error : -EPIPE;
	if (wait[COMMAND].ready && command_take(detect))
		return -EPIPE;
	control_turn(detect->control, wait + CLIENTS, clients);
	return 0;
}

static int
detect_open(struct detect *detect, const int *fds)
{
	detect->shared = memory_take(fds[DETECT_FD_SHARED], sizeof(*detect->shared));
	detect->request = channel_adopt(fds[DETECT_FD_REQUEST]);
	detect->command = channel_adopt(fds[DETECT_FD_COMMAND]);
	detect->broker = broker_new(detect->request, NULL);
	detect->hold = hold_new(HOLD_BYTES);
	detect->cache = scan_cache_new(SCAN_CACHE_SIZE);
	detect->control = control_new(detect);
	detect->text = malloc(EVENT_TEXT_SIZE);
	if (!detect->shared || !detect->request || !detect->command || !detect->broker || !detect->hold ||
	    !detect->cache || !detect->control || !detect->text)
		return -ENOMEM;
	crash_settle(detect);
	detect->scan_id = (uint64_t)detect->shared->restarts << 32;
	return 0;
}

/* The last words: what is held goes on unsettled, everything is written. */
static void
detect_drain(struct detect *detect)
{
	struct message ended = {.type = MESSAGE_ENDED};

	detect_scan_turn(detect);
	sinks_turn(detect);
	detect_heartbeat(detect);
	detect_note(detect, NOTE_STOP, "stopped");
	sinks_turn(detect);
	channel_send(detect->command, &ended, MESSAGE_SIZE(0), NULL, 0);
}

int
role_detect(const int *given)
{
	static struct detect detect;
	int fds[CHANNEL_FD_MAX], count = CHANNEL_FD_MAX, places[START_FD_SINKS + CONFIG_SINK_MAX];
	int error = detect_open(&detect, given);
	long size = error ? error : channel_receive(detect.command, &arrived, sizeof(arrived), fds, &count, 1);

	if (size < (long)MESSAGE_SIZE(0) || arrived.head.type != MESSAGE_START)
		return 3;
	start_unpack(arrived.head.value, fds, count, places);
	if (start_take(&detect, places))
		return 3;
	if (detect.shared->restarts)
		detect_note(&detect, NOTE_CRASH, "detect died and runs again; the record in hand is counted as bad");
	else
		detect_note(&detect, NOTE_START, "started");
	while (!error)
		error = turn(&detect);
	if (error != -ECANCELED)
		return 3;
	detect_drain(&detect);
	return 0;
}
