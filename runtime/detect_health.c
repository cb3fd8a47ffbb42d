/*
 * detect_health.c - how the agent is: lines of health.ndjson, agent alerts, the answer to status.
 */
#include "detector.h"
#include "hold.h"
#include "line.h"
#include "detect.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collect.h"
#include "config.h"
#include "host.h"
#include "live.h"
#include "message.h"
#include "os.h"
#include "pipeline.h"
#include "process_table.h"
#include "record.h"
#include "record_kinds.h"
#include "ring_progress.h"
#include "sink.h"
#include "agent_shared.h"
#include "timestamp.h"

#define SECOND_NS 1000000000ull

static const struct {
	const char *action, *kind, *type;
	const char *alert; /* rule.id of the agent alert that goes with it; NULL: none */
	int severity;
} notes[] = {
	[NOTE_START] = {"start", "event", "start", NULL, 0},
	[NOTE_STOP] = {"stop", "event", "end", NULL, 0},
	[NOTE_SWAP] = {"swap", "event", "change", NULL, 0},
	[NOTE_REFUSED] = {"pack-refused", "event", "error", "agent.pack-refused", 75},
	[NOTE_RELOAD] = {"reload", "event", "change", NULL, 0},
	[NOTE_CONFIG_REFUSED] = {"config-refused", "event", "error", "agent.config-refused", 50},
	[NOTE_CRASH] = {"crash", "event", "error", "agent.unclean-stop", 75},
	[NOTE_HOOK] = {"hook", "event", "info", NULL, 0},
	[NOTE_LOSS] = {"loss", "event", "error", "agent.loss", 75},
	[NOTE_TAMPER] = {"tamper", "event", "error", "agent.tamper", 75},
};

static uint64_t
count_received(const struct detect *detect)
{
	uint64_t sum = 0;

	for (int i = 0; i < RECORD_KIND_MAX; i++)
		sum += detect->shared->counters.kinds[i].received;
	return sum;
}

uint64_t
detect_lost(const struct detect *detect)
{
	uint64_t sum = detect->shared->progress.skipped + detect->shared->progress.bad;
	struct collect_counter counter;

	for (uint32_t kind = 0; detect->live && kind < RECORD_KIND_MAX; kind++) {
		live_reader_count(detect->live, kind, &counter);
		sum += counter.lost_ring + counter.lost_scratch;
	}
	return sum;
}

const struct correlate_counters *
detect_correlate(const struct detect *detect)
{
	return &detect->shared->counters.correlate;
}

static void
text_member(struct line *line, const char *key, const char *text)
{
	line_key(line, key);
	line_string(line, text, strlen(text), 4096);
}

static void
number_member(struct line *line, const char *key, uint64_t number)
{
	line_key(line, key);
	line_number(line, number);
}

static void
object_open(struct line *line, const char *key)
{
	line_key(line, key);
	line_text(line, "{");
}

/* What begins every line: time, event, and up to who says it. */
static void
line_begin(struct detect *detect, const char *kind, const char *type, const char *action, int severity)
{
	struct line *line = &detect->line;
	char now[TIMESTAMP_SIZE];

	line_cut(line, 0);
	timestamp_write(now, os_wall_ns());
	line_text(line, "{");
	text_member(line, "@timestamp", now);
	object_open(line, "ecs");
	text_member(line, "version", "9.5.0");
	line_text(line, "}");
	object_open(line, "event");
	text_member(line, "kind", kind);
	line_text(line, ",\"category\":[\"host\"],\"type\":[");
	line_string(line, type, strlen(type), 64);
	line_text(line, "]");
	text_member(line, "action", action);
	text_member(line, "module", "rsnl");
	text_member(line, "dataset", strcmp(kind, "alert") ? "rsnl.health" : "rsnl.agent");
	if (severity)
		number_member(line, "severity", (uint64_t)severity);
}

static void
host_write(struct detect *detect)
{
	const struct host *host = &detect->shared->host;
	struct line *line = &detect->line;

	object_open(line, "host");
	text_member(line, "id", host->id);
	text_member(line, "name", host->name);
	line_text(line, "}");
	object_open(line, "agent");
	text_member(line, "id", host->agent_id);
	text_member(line, "type", "rsnl");
	text_member(line, "version", RSNL_VERSION);
	line_text(line, "}");
}

static void
line_send(struct detect *detect, struct sink *sink)
{
	if (!sink || detect->line.failed)
		return;
	sink->ops->write(sink, detect->line.data, detect->line.size);
	sink->ops->flush(sink);
}

static void
agent_alert(struct detect *detect, uint32_t note, const char *text)
{
	struct line *line = &detect->line;

	line_begin(detect, "alert", notes[note].type, notes[note].action, notes[note].severity);
	text_member(line, "reason", text);
	line_text(line, "}");
	object_open(line, "rule");
	text_member(line, "id", notes[note].alert);
	text_member(line, "name", notes[note].alert);
	text_member(line, "category", "agent");
	line_text(line, "}");
	host_write(detect);
	object_open(line, "rsnl");
	line_text(line, "\"v\":1");
	text_member(line, "engine", "agent");
	text_member(line, "level", notes[note].severity >= 75 ? "high" : "medium");
	line_text(line, "}}");
	for (uint32_t i = 0; i < detect->sink_count; i++)
		line_send(detect, detect->sinks[i]);
}

void
detect_note(struct detect *detect, uint32_t note, const char *text)
{
	struct line *line = &detect->line;

	if (note >= sizeof(notes) / sizeof(*notes) || !notes[note].action)
		return;
	line_begin(detect, notes[note].kind, notes[note].type, notes[note].action, 0);
	text_member(line, "reason", text);
	line_text(line, "}");
	host_write(detect);
	line_text(line, "}");
	line_send(detect, detect->health);
	if (notes[note].alert)
		agent_alert(detect, note, text);
}

static void
kind_write(struct detect *detect, uint32_t kind)
{
	const struct kind_counters *counters = &detect->shared->counters.kinds[kind];
	struct collect_counter kernel;
	struct line *line = &detect->line;

	live_reader_count(detect->live, kind, &kernel);
	if (!record_kind_name(kind) || (!kernel.produced && !counters->received))
		return;
	object_open(line, record_kind_name(kind));
	number_member(line, "produced", kernel.produced);
	number_member(line, "received", counters->received);
	number_member(line, "lost_ring", kernel.lost_ring);
	number_member(line, "lost_scratch", kernel.lost_scratch);
	number_member(line, "evaluated", counters->evaluated);
	number_member(line, "no_rule", counters->no_rule);
	number_member(line, "bad_record", counters->bad_record);
	line_text(line, "}");
}

static void
scans_write(struct detect *detect)
{
	const struct agent_scan_counters *scans = &detect->shared->scans;
	struct line *line = &detect->line;

	object_open(line, "scan");
	number_member(line, "wanted", scans->wanted);
	number_member(line, "cached", scans->cached);
	number_member(line, "asked", scans->asked);
	number_member(line, "done", scans->done);
	number_member(line, "scan_missed", scans->missed);
	number_member(line, "scan_gone", scans->gone);
	number_member(line, "failed", scans->failed);
	number_member(line, "too_large", scans->too_large);
	number_member(line, "timeouts", scans->timeouts);
	number_member(line, "matches", scans->yara_matches);
	line_text(line, "}");
	object_open(line, "hold");
	number_member(line, "held", scans->held);
	number_member(line, "settled", scans->settled);
	number_member(line, "unsettled", scans->unsettled);
	number_member(line, "full", scans->hold_full);
	number_member(line, "lost_in_crash", scans->lost_in_crash);
	line_text(line, "}");
}

static void
sinks_write(struct detect *detect)
{
	struct line *line = &detect->line;

	object_open(line, "sinks");
	for (uint32_t i = 0; i < detect->sink_count; i++) {
		const struct sink_counters *counters = &detect->sinks[i]->counters;

		object_open(line, detect->sinks[i]->name);
		number_member(line, "lines", counters->lines);
		number_member(line, "delivered", counters->delivered);
		number_member(line, "queued", counters->queued);
		number_member(line, "dropped", counters->dropped);
		line_text(line, "}");
	}
	line_text(line, "}");
}

static void
processes_write(struct detect *detect)
{
	struct line *line = &detect->line;
	const struct process_table_counters *counters;

	if (!detect->pipeline)
		return;
	counters = process_table_counters(pipeline_processes(detect->pipeline));
	object_open(line, "processes");
	number_member(line, "evicted", counters->evicted);
	number_member(line, "missed", counters->missed);
	number_member(line, "cut", counters->cut);
	line_text(line, "}");
}

static void
correlations_write(struct detect *detect)
{
	const struct correlate_counters *counters = &detect->shared->counters.correlate;
	struct line *line = &detect->line;

	object_open(line, "correlations");
	number_member(line, "taken", counters->taken);
	number_member(line, "counted", counters->counted);
	number_member(line, "no_group", counters->no_group);
	number_member(line, "no_value", counters->no_value);
	number_member(line, "late", counters->late);
	number_member(line, "no_room", counters->no_room);
	number_member(line, "no_time", counters->no_time);
	number_member(line, "cut", counters->cut);
	number_member(line, "left_out", counters->left_out);
	number_member(line, "evicted", counters->evicted);
	number_member(line, "groups", counters->groups);
	number_member(line, "held", counters->held);
	number_member(line, "silent", counters->silent);
	number_member(line, "carried", counters->carried);
	number_member(line, "reset", counters->reset);
	line_text(line, "}");
}

/* rsnl.counters: what every equation is about. */
static void
counters_write(struct detect *detect)
{
	const struct pipeline_counters *counters = &detect->shared->counters;
	struct line *line = &detect->line;

	object_open(line, "counters");
	object_open(line, live_name);
	for (uint32_t kind = 1; kind < RECORD_KIND_MAX; kind++)
		kind_write(detect, kind);
	line_text(line, "}");
	object_open(line, "alerts");
	number_member(line, "matches", counters->alerts.matches);
	number_member(line, "written", counters->alerts.written);
	number_member(line, "throttled", counters->alerts.throttled);
	number_member(line, "rate_cut", counters->alerts.rate_cut);
	number_member(line, "muted", counters->alerts.muted);
	number_member(line, "below_level", counters->alerts.below_level);
	line_text(line, "}");
	sinks_write(detect);
	scans_write(detect);
	processes_write(detect);
	correlations_write(detect);
	object_open(line, "cut");
	number_member(line, "values", counters->cut_values);
	number_member(line, "leaves", counters->dropped_leaves);
	number_member(line, "items", counters->dropped_items);
	number_member(line, "late_unsettled", counters->late_unsettled);
	line_text(line, "}");
	object_open(line, "crash");
	number_member(line, "detect_restarts", detect->shared->restarts);
	number_member(line, "scan_restarts", detect->shared->scan_restarts);
	number_member(line, "records_skipped", detect->shared->progress.skipped);
	line_text(line, "}}");
}

/* NULL: healthy. */
static const char *
trouble(const struct detect *detect)
{
	const struct agent_shared *shared = detect->shared;
	uint64_t wall = os_wall_ns(), now = os_monotonic_ns();

	if (shared->lost_ns && now - shared->lost_ns < 3600 * SECOND_NS)
		return "events lost";
	if (shared->dropped_ns && now - shared->dropped_ns < 3600 * SECOND_NS)
		return "alerts not written";
	if (shared->refused_ns > shared->pack_active_ns && wall - shared->refused_ns < 3600 * SECOND_NS)
		return "pack refused";
	if (shared->hooks_failed)
		return "hooks missing";
	return NULL;
}

void
detect_heartbeat(struct detect *detect)
{
	struct line *line = &detect->line;

	line_begin(detect, "metric", "info", "heartbeat", 0);
	line_text(line, "}");
	host_write(detect);
	object_open(line, "rsnl");
	text_member(line, "state", trouble(detect) ? "degraded" : "healthy");
	number_member(line, "uptime_s", (os_monotonic_ns() - detect->shared->started_ns) / SECOND_NS);
	number_member(line, "rss_bytes", os_peak_memory());
	number_member(line, "cpu_ns", os_cpu_ns());
	counters_write(detect);
	line_text(line, "}}");
	line_send(detect, detect->health);
}

static uint64_t
sink_errors(const struct detect *detect)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < detect->sink_count; i++)
		sum += detect->sinks[i]->counters.dropped;
	return sum;
}

static void
loss_watch(struct detect *detect, uint64_t now)
{
	struct agent_shared *shared = detect->shared;
	uint64_t lost = detect_lost(detect), dropped = sink_errors(detect), every = shared->config.health.loss_alert;
	char text[128];

	if (dropped != shared->dropped_seen)
		shared->dropped_ns = now;
	if (lost != shared->lost_seen)
		shared->lost_ns = now;
	shared->dropped_seen = dropped;
	shared->lost_seen = lost;
	if (lost == shared->lost_told || !every || (shared->lost_told_ns && now - shared->lost_told_ns < every))
		return;
	snprintf(text, sizeof(text), "%" PRIu64 " events lost since the last line, %" PRIu64 " in all",
	         lost - shared->lost_told, lost);
	fprintf(stderr, "rsnl: %s\n", text);
	shared->lost_told = lost;
	shared->lost_told_ns = now;
	detect_note(detect, NOTE_LOSS, text);
}

void
detect_health_turn(struct detect *detect)
{
	uint64_t now = os_monotonic_ns();

	loss_watch(detect, now);
	if (now - detect->rate_ns >= SECOND_NS) {
		uint64_t received = count_received(detect);

		detect->rate = detect->rate_ns ? (received - detect->rate_seen) * SECOND_NS / (now - detect->rate_ns) : 0;
		detect->rate_seen = received;
		detect->rate_ns = now;
	}
	if (now < detect->health_due_ns)
		return;
	if (detect->health_due_ns)
		detect_heartbeat(detect);
	detect->health_due_ns = now + detect->shared->config.health.interval;
}

void
detect_status(struct detect *detect, struct line *line)
{
	const struct agent_shared *shared = detect->shared;
	const char *state = trouble(detect);

	line_text(line, "{\"ok\":true,\"v\":1,\"type\":\"status\"");
	text_member(line, "version", RSNL_VERSION);
	number_member(line, "pid", shared->pid);
	number_member(line, "uptime_ns", os_monotonic_ns() - shared->started_ns);
	text_member(line, "state", state ? "degraded" : "healthy");
	text_member(line, "trouble", state ? state : "");
	text_member(line, "source", live_name);
	text_member(line, "config", shared->config_path);
	number_member(line, "config_loaded_ns", shared->config_loaded_ns);
	text_member(line, "pack", detect->info.name ? detect->info.name : "");
	number_member(line, "serial", detect->info.serial);
	number_member(line, "rules", detect->info.rules);
	number_member(line, "pack_active_ns", shared->pack_active_ns ? os_wall_ns() - shared->pack_active_ns : 0);
	number_member(line, "swaps", shared->counters.swaps);
	number_member(line, "unsigned_allowed", shared->config.packs.allow_unsigned);
	text_member(line, "refusal", shared->last_refusal);
	number_member(line, "refused_ns", shared->refused_ns ? os_wall_ns() - shared->refused_ns : 0);
	number_member(line, "received", count_received(detect));
	number_member(line, "lost", detect_lost(detect));
	number_member(line, "rate", detect->rate);
	number_member(line, "alerts", shared->counters.alerts.written);
	number_member(line, "throttled", shared->counters.alerts.throttled);
	number_member(line, "hooks", shared->hooks);
	number_member(line, "hooks_failed", shared->hooks_failed);
	number_member(line, "kinds", (uint64_t)__builtin_popcountll(shared->kinds));
	number_member(line, "kinds_failed", (uint64_t)__builtin_popcountll(shared->kinds_failed));
	number_member(line, "sink_errors", sink_errors(detect));
	number_member(line, "memory_bytes", os_peak_memory());
	number_member(line, "cpu_ns", os_cpu_ns());
	line_cut(&detect->line, 0);
	line_text(&detect->line, "{");
	counters_write(detect);
	line_raw(line, ",", 1);
	line_raw(line, detect->line.data + 1, detect->line.size - 1);
	line_text(line, "}");
}
