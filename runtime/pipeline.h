/*
 * pipeline.h - one stream of events through one pack: source -> event -> enrich -> match -> alert -> sinks.
 *
 * Everything an event passes through lives here; there are no globals, and a program may run any number of pipelines
 * over one detector. After pipeline_init nothing on the path of an event without a match allocates.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include <stddef.h>
#include <stdint.h>

#include "record.h"

struct bind_field;
struct detector;
struct source;
struct sink;
struct raw_event;
struct scan_result;
struct subject;
struct vocabulary_kind;
struct process_table;
struct broker;
struct host;
struct late_fields;
struct match_times;

struct kind_counters { /* received = evaluated + no_rule + bad_record */
	uint64_t received, evaluated, no_rule, bad_record;
};

struct alert_counters { /* matches = written + throttled + rate_cut + muted + below_level */
	uint64_t matches, written, throttled, rate_cut, muted, below_level;
};

/* taken = counted + no_group + no_value + late + no_room, each for one match and one correlation that refers to it. */
struct correlate_counters {
	uint64_t taken;
	uint64_t counted;
	uint64_t no_group;  /* a field to group by is absent or null */
	uint64_t no_value;  /* the field to measure is absent, null or no number */
	uint64_t late;      /* more than 5 s behind the correlation's newest, or before its group's window */
	uint64_t no_room;   /* the groups of this very event fill all memory */
	uint64_t no_time;   /* events that say no time: they happen at the newest time before them */
	uint64_t cut;       /* entries of windows that found no room; the oldest go first */
	uint64_t left_out;  /* members of long lists, groups and results beyond what one event may have */
	uint64_t evicted;   /* groups that gave way to newer ones while they still counted */
	uint64_t groups;    /* there are now */
	uint64_t held;      /* times that a condition held when it was asked */
	uint64_t silent;    /* matches that only correlations ask for: no alerts */
	uint64_t carried, reset; /* correlations whose state went with a swap, and whose did not */
};

struct pipeline_counters {
	struct kind_counters kinds[RECORD_KIND_MAX]; /* [0]: recorded events without a kind */
	struct alert_counters alerts;
	struct correlate_counters correlate;
	uint64_t recorded_bytes;  /* of recorded events */
	uint64_t unrouted;        /* recorded events that no route takes */
	uint64_t cut_values;      /* values longer than VALUE_TEXT_MAX */
	uint64_t dropped_leaves;  /* beyond EVENT_LEAF_MAX */
	uint64_t dropped_items;   /* beyond EVENT_ITEM_MAX */
	uint64_t late_unsettled;  /* late groups matched without all late fields */
	uint64_t swaps;
};

enum routing { ROUTING_AUTO, ROUTING_LOGSOURCE, ROUTING_KEYS, ROUTING_ALL };

/* The stations of a recorded event, in their order. */
enum lap { LAP_SOURCE, LAP_PARSE, LAP_ROUTE, LAP_DECODE, LAP_MATCH, LAP_ALERT, LAP_COUNT };

/* What a benchmark hangs into a pipeline. */
struct stopwatch {
	/* A station of a recorded event is done. LAP_ALERT comes only for events with matches. */
	void (*lap)(void *data, enum lap lap);
	/* What match() took for a group: then rules are timed. NULL: they are not. */
	void (*rules)(void *data, uint32_t group, const struct match_times *times);
	void *data;
};

struct pipeline_config {
	enum routing routing;
	const char *product, *category, *service; /* ROUTING_LOGSOURCE: names; ROUTING_KEYS: event keys; NULL: not set */
	const struct bind_field *fields; /* replay --fields: where recorded events keep fields; borrowed */
	size_t field_count;
	const char *why;          /* "full", "fields" or "none" */
	int rule_text;            /* alerts carry description, author, license, references */
	int level;                /* lowest enum pack_level written */
	uint64_t live;            /* bits of enum record_kind that come as records: that a recorded event tells the same is no
	                           * reason to match it by the rules of that kind again */
	int records;              /* no event comes as JSON: what reads that is not made */
	int every_group;          /* an event is matched by all groups that routes lead to, even where none of their rules fits */
	int replay;               /* the event's clock, agent.id "replay", no boot id, no holding of late events */
	uint32_t ancestors;       /* most listed in an alert */
	uint64_t correlate_memory; /* bytes for groups of correlations; 0: 256 MiB */
	uint32_t processes;       /* remembered at most; 0: 65536 */
	struct pipeline_counters *counters; /* where to count (memory that survives a crash); NULL: the pipeline's own */
	/* Live: called with each well-formed record and who did it, after enrich and before it is matched; it sees to it
	 * that pipeline_late is called later for records that some late group takes. NULL: nobody asks. */
	void (*observe)(void *observer, const struct raw_event *raw, const struct vocabulary_kind *kind,
	                const struct subject *subject);
	void *observer;
	/* Called with each recorded event that no route takes. NULL: nobody asks. */
	void (*unrouted)(void *data, const struct raw_event *raw);
	void *unrouted_data;
	const struct stopwatch *stopwatch; /* borrowed; NULL: nobody measures */
};

struct pipeline;
struct pipeline_next;

/* detector, host, sinks and broker (may be NULL in replay) are borrowed and outlive the pipeline. NULL: no memory. */
struct pipeline *pipeline_new(const struct pipeline_config *config, struct detector *detector,
                              const struct host *host, struct broker *broker);
void pipeline_free(struct pipeline *pipeline);
int pipeline_add_sink(struct pipeline *pipeline, struct sink *sink); /* 0 or -ENOMEM */
/* Takes up to max events from source through to the sinks. Events taken, SOURCE_END, or a negative errno. */
int pipeline_step(struct pipeline *pipeline, struct source *source, int max, int timeout_ms);
/* What another pack needs, made beside the pipeline: in another thread too, while it steps. NULL: no memory. */
struct pipeline_next *pipeline_prepare(const struct pipeline *pipeline, struct detector *detector);
/* Between two events: the next event is matched by next's detector. State that does not fit the new pack is dropped and
 * counted. next has what was in use from then on, to be freed. 0 or -ENOMEM, with the old one still in use. */
int pipeline_swap(struct pipeline *pipeline, struct pipeline_next *next);
/* Before the detector that it belongs to is closed; NULL is fine. */
void pipeline_next_free(struct pipeline_next *next);
/* Alerts of the YARA rules that matched the file of a record (process_start or file_write); one line a match. */
void pipeline_scanned(struct pipeline *pipeline, const struct raw_event *raw, const struct scan_result *result);
/* Matches the late groups of a record held until now; settled 0: late fields did not come in time (counted, flagged in
 * rsnl.quality). Between two steps only. */
void pipeline_late(struct pipeline *pipeline, const struct raw_event *raw, const struct late_fields *late, int settled);
int pipeline_flush(struct pipeline *pipeline); /* 0, or the first sink's negative errno */
struct process_table *pipeline_processes(struct pipeline *pipeline);
const uint64_t *pipeline_rule_matches(const struct pipeline *pipeline); /* by rule of the pack, since it came in */
const struct pipeline_counters *pipeline_counters(const struct pipeline *pipeline);
#endif
