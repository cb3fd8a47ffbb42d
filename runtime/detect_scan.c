/*
 * detect_scan.c - late fields and YARA: which file is scanned, which event waits for it, what a result does.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "detector.h"
#include "hold.h"
#include "late.h"
#include "line.h"
#include "detect.h"

#include "broker.h"
#include "config.h"
#include "host.h"
#include "live.h"
#include "os.h"
#include "packfile.h"
#include "pipeline.h"
#include "record.h"
#include "record_kinds.h"
#include "ring_progress.h"
#include "scan.h"
#include "scan_cache.h"
#include "sink.h"
#include "source.h"
#include "agent_shared.h"

void
detect_scan_init(struct detect *detect)
{
	const struct config *config = &detect->shared->config;
	size_t compiled = 0, source = 0;
	int has_yara;

	detector_section(detect->detector, PACK_YARA, &compiled);
	detector_section(detect->detector, PACK_YARA_SOURCE, &source);
	has_yara = compiled > 0 || source > 0;
	detect->late_kinds = detect->info.late_kinds | (uint64_t)(config->alerts.hash != 0) << RECORD_process_start;
	detect->wants_exec = has_yara && config->yara.when & CONFIG_ON_EXEC;
	detect->wants_write = has_yara && config->yara.when & CONFIG_ON_WRITE;
	scan_cache_clear(detect->cache);
}

/* Whether the config leaves files below this path alone. */
static int
is_allowed(const struct config *config, const char *path)
{
	for (uint32_t i = 0; i < config->yara.allow.count; i++) {
		if (!strncmp(path, config->yara.allow.items[i], strlen(config->yara.allow.items[i])))
			return 1;
	}
	return 0;
}

static void
path_copy(char path[RECORD_PATH_MAX + 1], const struct record_head *record, struct record_span span)
{
	uint32_t size = span.size & RECORD_SPAN_SIZE;

	if (size > RECORD_PATH_MAX)
		size = 0;
	memcpy(path, (const char *)record + span.offset, size);
	path[size] = 0;
}

static int
scan_ask(struct detect *detect, const struct broker_scan_request *request)
{
	struct agent_scan_counters *counters = &detect->shared->scans;
	int error;

	if (is_allowed(&detect->shared->config, request->path))
		return -1;
	error = broker_scan(detect->broker, request);
	counters->asked++;
	counters->missed += error != 0;
	counters->gone += error == -ENOENT || error == BROKER_STALE || error == -ESRCH;
	return error;
}

static int
is_late(const struct detect *detect, const struct record_head *record)
{
	return detect->late_kinds >> record->kind & 1;
}

/* Which file the record's is, where its source tells; else all 0. */
static struct hold_key
file_key(const struct record_head *record)
{
	const struct record_process_start *start = (const void *)record;

	return record->kind == RECORD_process_start ? (struct hold_key){start->device, start->inode, start->changed}
	                                            : (struct hold_key){0};
}

/* Where nobody tells which file it is, the request stands for it. */
static struct hold_key
request_key(uint64_t id)
{
	return (struct hold_key){0, 0, id};
}

/* Whether a scan of the record's file is under way, after asking for one where none was. *key is then what the record
 * waits for. */
static int
file_ask(struct detect *detect, const struct record_head *record, struct hold_key *key)
{
	const struct record_process_start *start = (const void *)record;
	const struct record_span *span = record_kind_file(record);
	int is_start = record->kind == RECORD_process_start;
	char path[RECORD_PATH_MAX + 1];
	struct broker_scan_request request = {.id = ++detect->scan_id, .pid = record->pid,
		.parent_pid = is_start ? start->parent_pid : 0, .on = is_start ? SCAN_ON_EXEC : SCAN_ON_LOAD,
		.want_hashes = is_late(detect, record), .identity = {key->device, key->inode, key->changed_ns}, .path = path};

	if (span)
		path_copy(path, record, *span);
	if (!span || !*path || scan_ask(detect, &request))
		return 0;
	if (key->inode)
		scan_cache_begin(detect->cache, key, request.id);
	else
		*key = request_key(request.id);
	return 1;
}

/* Copies a record until its file's scan is there, or deadline. */
static void
record_hold(struct detect *detect, const struct raw_event *raw, const struct hold_key *key, uint64_t deadline)
{
	struct agent_scan_counters *counters = &detect->shared->scans;

	if (hold_add(detect->hold, raw->data, raw->size, key, deadline))
		counters->hold_full++;
	else
		counters->held++;
}

/* A record waits for the scan of its file; where that was scanned already, until this step is over. */
static void
file_hold(struct detect *detect, const struct raw_event *raw)
{
	struct agent_scan_counters *counters = &detect->shared->scans;
	const struct record_head *record = raw->data;
	struct hold_key key = file_key(record);
	const struct scan_result *result = NULL;
	uint64_t deadline = os_monotonic_ns() + detect->shared->config.enrich.hash_wait;
	enum scan_state state = key.inode ? scan_cache_find(detect->cache, &key, &result) : SCAN_UNKNOWN;

	counters->wanted++;
	if (state == SCAN_DONE) {
		counters->cached++;
		if (result && (is_late(detect, record) || result->match_count))
			detect->ready = key;
		else if (result)
			return;
	}
	if ((state == SCAN_DONE && !result) || (state == SCAN_UNKNOWN && !file_ask(detect, record, &key)))
		deadline = 0;
	if (deadline || is_late(detect, record))
		record_hold(detect, raw, &key, deadline);
}

/* A file that was written and closed. A scan of it that is under way sees what is there when it starts, so a second is
 * not asked for meanwhile. */
static void
write_ask(struct detect *detect, const struct raw_event *raw)
{
	const struct record_file_write *write = raw->data;
	struct agent_scan_counters *counters = &detect->shared->scans;
	struct hold_key key = {write->device, write->inode, 0};
	char path[RECORD_PATH_MAX + 1];
	int foreign = write->head.flags & RECORD_FOREIGN_ROOT; /* else broker's root shows the path, too */
	struct broker_scan_request request = {.id = ++detect->scan_id, .pid = write->head.pid,
		.parent_pid = foreign ? 0 : detect->shared->pid, .on = SCAN_ON_WRITE,
		.identity = {key.device, key.inode, 0}, .path = path};
	const struct scan_result *result;

	if (!write->inode || !write->size || write->size > detect->shared->config.yara.max_file)
		return;
	counters->wanted++;
	path_copy(path, &write->head, write->path);
	if (scan_cache_find(detect->cache, &key, &result) == SCAN_PENDING) {
		counters->cached++;
	} else if (!scan_ask(detect, &request)) {
		scan_cache_begin(detect->cache, &key, request.id);
		record_hold(detect, raw, &key, os_monotonic_ns() + detect->shared->config.yara.timeout);
	}
}

void
detect_observe(void *observer, const struct raw_event *raw, const struct vocabulary_kind *kind,
               const struct subject *subject)
{
	struct detect *detect = observer;
	const struct record_head *record = raw->data;

	if (record->kind == RECORD_file_write && detect->wants_write)
		write_ask(detect, raw);
	else if (is_late(detect, record) || (record->kind == RECORD_process_start && detect->wants_exec))
		file_hold(detect, raw);
	if (detect->shared->events)
		detect_event_print(detect, record, kind, subject);
}

struct release {
	struct detect *detect;
	const struct scan_result *result; /* NULL: none came in time */
};

/* An event that waited goes on: its late groups, then the matches in its file. */
static void
event_release(void *context, const void *event, size_t size)
{
	struct release *release = context;
	struct detect *detect = release->detect;
	const struct record_head *record = event;
	struct raw_event raw = {.data = event, .size = size, .form = RAW_RECORD};
	struct late_fields late;
	int settled = release->result && !(release->result->flags & SCAN_FAILED);
	int known = settled && release->result->flags & SCAN_HASHED; /* not of a file that was too large */

	if (known)
		late_fill(&late, release->result);
	if (record->kind != RECORD_file_write)
		pipeline_late(detect->pipeline, &raw, known ? &late : NULL, known);
	if (settled && release->result->match_count) {
		detect->shared->scans.yara_matches += release->result->match_total;
		pipeline_scanned(detect->pipeline, &raw, release->result);
	}
	/* last, so that the event on which detect dies counts as lost */
	detect->shared->scans.settled += settled;
	detect->shared->scans.unsettled += !settled;
}

void
detect_scanned(struct detect *detect, const struct scan_result *result, size_t size)
{
	struct agent_scan_counters *counters = &detect->shared->scans;
	struct release release = {detect, result};
	struct hold_key key;

	if (scan_result_check(result, size) || !detect->pipeline || result->id >> 32 != detect->shared->restarts)
		return; /* of before a crash, it was counted as missed */
	key = result->inode ? (struct hold_key){result->device, result->inode, result->changed_ns} : request_key(result->id);
	/* one that was asked for before a swap still settles what waits for it */
	if (scan_cache_end(detect->cache, &key, result->id, result->flags & SCAN_FAILED ? NULL : result) &&
	    !hold_settle(detect->hold, &key, event_release, &release))
		return;
	counters->done++;
	counters->failed += (result->flags & SCAN_FAILED) != 0;
	counters->too_large += (result->flags & SCAN_TOO_LARGE) != 0;
	counters->timeouts += (result->flags & SCAN_TIMEOUT) != 0;
	hold_settle(detect->hold, &key, event_release, &release);
}

void
detect_scan_turn(struct detect *detect)
{
	struct release none = {detect, NULL}, known = {detect, NULL};

	if (!detect->pipeline)
		return;
	if (detect->ready.inode) {
		struct hold_key key = detect->ready;

		detect->ready.inode = 0;
		if (scan_cache_find(detect->cache, &key, &known.result) == SCAN_DONE)
			hold_settle(detect->hold, &key, event_release, &known);
	}
	hold_expire(detect->hold, detect->draining ? UINT64_MAX : os_monotonic_ns(), event_release, &none);
}
