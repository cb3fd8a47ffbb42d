/*
 * source_etw.h - live events of Windows as a source of records, and counters of them.
 *
 * Needs no privilege: etw_collect.h fills the rings, in this process or another. Events of the two sessions are put in
 * the order of their times, so that a process starts before what it does.
 */
#ifndef SOURCE_ETW_H
#define SOURCE_ETW_H

#include <stddef.h>
#include <stdint.h>

struct collect_counter;
struct etw_counters;
struct etw_shared;
struct etw_system;
struct ring_progress;
struct source;

struct source_etw_config {
	struct etw_shared *shared; /* borrowed */
	struct ring_progress *progress; /* borrowed; survives a crash: the event in hand is skipped then */
	const struct etw_system *system; /* copied; NULL: nothing is known but what events say */
	uint64_t boot_ns; /* from which records count their time, ns since 1970 */
};

/* 0 or a negative errno. poll does not wait: Windows hands events over every ETW_TURN_MS at best. */
int source_etw_open(struct source **source, const struct source_etw_config *config);

/* One kind's counter; produced = received + lost_ring + lost_scratch, where received is what the pipeline counts, and
 * lost_scratch are events that no record could be made of. */
void source_etw_count(const struct etw_shared *shared, uint32_t kind, struct collect_counter *sum);
/* What Windows lost, of whatever kind. */
uint64_t source_etw_lost(const struct etw_shared *shared);
const struct etw_counters *source_etw_counters(const struct source *source); /* the decoder's */
#endif
