/*
 * agent_shared.h - the memory that broker and detect share: what detect is told at its start, and what survives it.
 *
 * Shared memory of broker's (memory.h). Detect may write all of it, so broker believes nothing here that matters to its
 * rights. The includer has included config.h, host.h, live.h, pipeline.h, ring_progress.h and sink.h.
 */
#ifndef AGENT_SHARED_H
#define AGENT_SHARED_H

#include <stdint.h>

/* Scans and held events. Missed ones were asked for and could not be done; of these the file of the gone was no longer
 * there. */
struct agent_scan_counters {
	uint64_t wanted, cached, asked, done, missed, gone, failed, too_large, timeouts, yara_matches;
	uint64_t held, settled, unsettled, hold_full, lost_in_crash;
};

struct agent_shared {
	struct config config;
	/* written by broker */
	uint64_t started_ns;  /* os_monotonic_ns: of the agent */
	uint32_t pid;         /* broker's */
	struct live_feed feed; /* its descriptors are broker's; detect gets its own with MESSAGE_START */
	int32_t pretty, events;
	uint32_t sink_count;
	uint32_t restarts;    /* of detect */
	int32_t last_signal;  /* that ended the last detect; 0: none */
	uint32_t scan_restarts;
	uint32_t hooks, hooks_failed; /* in the system */
	uint64_t kinds, kinds_failed; /* bits of enum record_kind: that hooks are for; that a refused one is for */
	uint32_t refusals;
	struct host host;
	char config_path[256];
	char last_refusal[512]; /* "x.rsnp refused at CHECK: TEXT"; "" none */
	uint64_t config_loaded_ns, refused_ns, pack_active_ns; /* wall clock */
	/* written by detect */
	uint64_t heartbeat;   /* grows with each turn of its loop */
	struct pipeline_counters counters;
	struct agent_scan_counters scans;
	struct ring_progress progress;
	struct sink_counters sinks[CONFIG_SINK_MAX + 1]; /* in detect's order; the last is --pretty's */
	uint64_t lost_seen, lost_told, lost_told_ns, lost_ns; /* events lost when last looked at, and when last told; times */
	uint64_t dropped_seen, dropped_ns; /* lines that sinks dropped; times are os_monotonic_ns, 0: never */
};
#endif
