/*
 * detect.h - the detect process: its state, and what its files offer one another.
 *
 *   role_detect.c     its loop: ring to sinks, messages of broker
 *   detect_pack.c     opens, tests and swaps packs
 *   detect_scan.c     late fields and YARA: what is asked of scan, what is held meanwhile
 *   detect_health.c   health lines, agent alerts, status
 *   control_server.c  clients at the control socket
 *
 * Include detector.h, hold.h and line.h first.
 */
#ifndef DETECT_H
#define DETECT_H

#include <stddef.h>
#include <stdint.h>

struct agent_shared;
struct broker;
struct channel;
struct control;
struct correlate_counters;
struct live_reader;
struct os_wait;
struct pack_change;
struct pipeline;
struct raw_event;
struct record_head;
struct scan_cache;
struct scan_result;
struct sink;
struct source;
struct subject;
struct vocabulary_kind;

enum { DETECT_SINK_MAX = 10 };

struct detect {
	struct agent_shared *shared;
	struct broker *broker;
	struct channel *request, *command; /* of broker's */
	struct live_reader *live; /* NULL: no live input */
	struct sink *sinks[DETECT_SINK_MAX];
	uint32_t sink_count;
	struct sink *files[DETECT_SINK_MAX]; /* of sinks, in the config's order; NULL: not opened */
	struct sink *health; /* NULL: off */
	struct pipeline *pipeline; /* NULL: no pack yet */
	struct detector *detector;
	struct detector_info info;
	uint64_t kinds; /* bits of those that are collected; 0: not said yet */
	char logs[4096]; /* that are read beside them: live_logs() */
	struct pack_change *change; /* to another pack, under way; NULL: none */
	struct hold *hold;
	struct scan_cache *cache;
	struct hold_key ready; /* a known result waits to be applied after this step; inode 0: none */
	uint64_t scan_id; /* of the last request; its upper half is how often detect was started again */
	uint64_t late_kinds; /* bits of enum record_kind: events that wait for what a scan of their file finds */
	int wants_exec, wants_write; /* YARA scans of programs that start, of files that were written */
	struct control *control;
	struct line line; /* being written */
	uint64_t health_due_ns, sequence, cpu_ns, cpu_seen_ns;
	uint64_t rate_seen, rate_ns, rate; /* events a second */
	int draining;
	uint64_t drain_deadline_ns;
	char *text; /* scratch of event lines */
};

/* Begins to take a pack (sealed memory, borrowed; below 0: none came) into use; broker and client hear how it went. */
void detect_pack_try(struct detect *detect, uint64_t number, int fd);
void detect_pack_turn(struct detect *detect); /* between two events: a pack that is ready is used from now on */

void detect_scan_init(struct detect *detect); /* what pack and config want; forgets results */
/* For struct pipeline_config. */
void detect_observe(void *observer, const struct raw_event *raw, const struct vocabulary_kind *kind,
                    const struct subject *subject);
void detect_event_print(struct detect *detect, const struct record_head *record, const struct vocabulary_kind *kind,
                        const struct subject *subject);
void detect_scanned(struct detect *detect, const struct scan_result *result, size_t size);
void detect_scan_turn(struct detect *detect); /* between two steps: what is known or too late goes on */

/* A line for health.ndjson; note: enum note. */
void detect_note(struct detect *detect, uint32_t note, const char *text);
void detect_heartbeat(struct detect *detect);
void detect_health_turn(struct detect *detect); /* what is due */
uint64_t detect_lost(const struct detect *detect);
const struct correlate_counters *detect_correlate(const struct detect *detect);
/* Writes the answer to a status request. */
void detect_status(struct detect *detect, struct line *line);

struct control *control_new(struct detect *detect); /* NULL: no memory */
/* A client that broker let in: its descriptor is ours from now on. */
void control_admit(struct control *control, int fd, uint32_t pid, int privileged);
/* Adds what to wait for to waits, at most CONTROL_CLIENT_MAX; how many. */
int control_waits(const struct control *control, struct os_wait *waits);
void control_turn(struct control *control, const struct os_wait *waits, int count);
/* A trial is over: its client is told. why NULL: it runs. */
void control_tried(struct control *control, uint64_t trial, const struct refusal *why);
#endif
