/*
 * role_detect_linux.c - the process that reads events and judges them: no rights, only what broker handed it.
 */
#include "detector.h"
#include "hold.h"
#include "line.h"
#include "detect_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "broker_linux.h"
#include "channel_linux.h"
#include "config.h"
#include "control.h"
#include "decode.h"
#include "event_line.h"
#include "host.h"
#include "message.h"
#include "os.h"
#include "pipeline.h"
#include "record.h"
#include "role_linux.h"
#include "scan.h"
#include "scan_cache.h"
#include "sink.h"
#include "sink_file.h"
#include "sink_pretty.h"
#include "source.h"
#include "source_ebpf_linux.h"
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

/* Broker may give a sink's file anew at any time: it takes the old one's place under the same number. */
static void
files_take(const int *offered, uint64_t which, const int *fds, int count)
{
	int at = 0;

	for (uint32_t i = 0; i <= CONFIG_SINK_MAX && at < count; i++) {
		if (!(which >> i & 1))
			continue;
		if (offered[i] >= 0)
			dup3(fds[at], offered[i], O_CLOEXEC);
		close(fds[at++]);
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
		error = sink_file_adopt(&detect->health, places[START_FD_HEALTH], NULL, NULL);
	for (uint32_t i = 0; !error && i < count; i++) {
		if (places[START_FD_SINKS + i] < 0)
			continue;
		error = sink_file_adopt(&detect->sinks[detect->sink_count], places[START_FD_SINKS + i], NULL, NULL);
		if (error)
			break;
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
	struct source_ebpf_config ring = {places[START_FD_RING], detect->shared->ring_size, &detect->shared->progress};
	int error = sinks_open(detect, places);

	detect->listener = places[START_FD_CONTROL];
	detect->ring_fd = places[START_FD_RING];
	if (!error && detect->ring_fd >= 0)
		error = source_ebpf_open(&detect->ring, &ring);
	if (places[START_FD_COUNTERS] >= 0)
		detect->kernel = counters_map(places[START_FD_COUNTERS], detect->shared->cpus);
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
command_take(struct detect *detect, const int *sink_places)
{
	int fds[CHANNEL_FD_MAX], count = CHANNEL_FD_MAX;
	long size = channel_receive(DETECT_FD_COMMAND, &arrived, sizeof(arrived), fds, &count, 0);
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
		files_take(sink_places, message->value, fds, count);
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
		close(fds[--count]);
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
	int taken = 0, n = 1;

	while (detect->ring && detect->pipeline && taken < STEPS_A_TURN && n > 0) {
		n = pipeline_step(detect->pipeline, detect->ring, 1, 0);
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
turn(struct detect *detect, const int *sink_places)
{
	struct pollfd polls[3 + 1 + CONTROL_CLIENT_MAX];
	int taken = ring_take(detect), clients;

	detect_scan_turn(detect);
	detect_pack_turn(detect);
	sinks_turn(detect);
	detect_health_turn(detect);
	detect->shared->heartbeat++;
	if (detect->draining && (taken <= 0 || os_monotonic_ns() > detect->drain_deadline_ns))
		return -ECANCELED;
	polls[0] = (struct pollfd){DETECT_FD_COMMAND, POLLIN, 0};
	polls[1] = (struct pollfd){DETECT_FD_REQUEST, 0, 0};
	polls[2] = (struct pollfd){detect->pipeline ? detect->ring_fd : -1, POLLIN, 0};
	clients = control_polls(detect->control, polls + 3);
	if (poll(polls, (nfds_t)(3 + clients), taken > 0 ? 0 : detect->change ? 1 : WAIT_MS) < 0 && errno != EINTR)
		return -errno;
	if (polls[1].revents & (POLLHUP | POLLERR))
		return -EPIPE;
	if (polls[0].revents && command_take(detect, sink_places))
		return -EPIPE;
	control_turn(detect->control, polls + 3, clients);
	return 0;
}

static int
detect_open(struct detect *detect)
{
	detect->shared = mmap(NULL, sizeof(*detect->shared), PROT_READ | PROT_WRITE, MAP_SHARED, DETECT_FD_SHARED, 0);
	detect->broker = broker_new(DETECT_FD_REQUEST, NULL);
	detect->hold = hold_new(HOLD_BYTES);
	detect->cache = scan_cache_new(SCAN_CACHE_SIZE);
	detect->control = control_new(detect);
	detect->text = malloc(EVENT_TEXT_SIZE);
	detect->listener = detect->ring_fd = -1;
	if (detect->shared == MAP_FAILED || !detect->broker || !detect->hold || !detect->cache || !detect->control ||
	    !detect->text)
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
	channel_send(DETECT_FD_COMMAND, &ended, MESSAGE_SIZE(0), NULL, 0);
}

int
role_detect(void)
{
	static struct detect detect;
	int fds[CHANNEL_FD_MAX], count = CHANNEL_FD_MAX, places[START_FD_SINKS + CONFIG_SINK_MAX];
	int error = detect_open(&detect);
	long size = error ? error : channel_receive(DETECT_FD_COMMAND, &arrived, sizeof(arrived), fds, &count, 1);

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
		error = turn(&detect, places + START_FD_HEALTH);
	if (error != -ECANCELED)
		return 3;
	detect_drain(&detect);
	return 0;
}
