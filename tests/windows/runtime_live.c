/*
 * runtime_live.c - PACK EVENTS: events of a text file through everything that live events of Windows go through, but
 * for Windows: sessions and event log are fakes. Alerts go to standard output. Exit code 0: every event was accounted
 * for.
 *
 * It is no part of rsnl, so that nobody can feed that with events.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "byte_ring.h"
#include "channels.h"
#include "collect.h"
#include "detector.h"
#include "etw.h"
#include "etw_bytes.h"
#include "etw_collect.h"
#include "etw_fake.h"
#include "etw_layout.h"
#include "evtlog.h"
#include "evtlog_collect.h"
#include "evtlog_shared.h"
#include "host.h"
#include "os.h"
#include "pack_open.h"
#include "pipeline.h"
#include "etw_shared.h"
#include "ring_progress.h"
#include "sink.h"
#include "sink_stdout.h"
#include "source.h"
#include "source_etw.h"
#include "source_evtlog.h"
#include "source_merge.h"
#include "made_up.h"

#define BOOT_NS 1700000000000000000ull /* since 1970 */
#define BOOT (116444736000000000ull + BOOT_NS / 100)
#define QUIET_NS 600000000ull /* longer than anything is held back */

enum { ROOM = 1 << 20 };

static struct etw_shared *shared;
static struct evtlog_shared *log_shared;

static size_t
drive_of(void *context, const char *device, size_t size, char *text, size_t room)
{
	(void)context;
	(void)room;
	memcpy(text, "C:", 2);
	return size == 23 && !memcmp(device, "\\Device\\HarddiskVolume3", 23) ? 2 : 0;
}

static size_t
image_of(void *context, uint32_t pid, char *text, size_t room)
{
	(void)context;
	(void)room;
	memcpy(text, "C:\\p.exe", 8);
	return pid == 1000 ? 8 : 0;
}

static struct etw_collect *
start_sessions(void)
{
	struct etw_collect_config config = { .room = ROOM, .kinds = UINT64_MAX };
	struct etw_collect *collect;
	char why[256];

	fake_init(&sessions[0], "rsnl-system");
	fake_init(&sessions[1], "rsnl");
	shared = os_aligned_new(64, (etw_shared_size(ROOM) + 63) / 64 * 64);
	config.memory = shared;
	config.sessions[ETW_SYSTEM] = &sessions[0].session;
	config.sessions[ETW_MANIFEST] = &sessions[1].session;
	collect = etw_collect_new(&config);
	if (etw_collect_start(collect, why, sizeof why)) {
		fprintf(stderr, "%s\n", why);
		exit(2);
	}
	return collect;
}

static struct evtlog_collect *
start_log(void)
{
	static const struct channel channel = { "System" };
	struct evtlog_collect_config config = { .make = log_new, .room = EVTLOG_ROOM_MIN };
	struct evtlog_collect *collect;

	log_shared = os_aligned_new(64, (evtlog_shared_size(config.room) + 63) / 64 * 64);
	config.memory = log_shared;
	collect = evtlog_collect_new(&config);
	evtlog_collect_channels(collect, &channel, 1);
	return collect;
}

static struct source *
open_sources(void)
{
	static const struct etw_system system = { .drive = drive_of, .image = image_of };
	static struct ring_progress progress;
	const struct source_etw_config config = { .shared = shared, .progress = &progress, .system = &system,
		.boot_ns = BOOT_NS };
	struct source *sources[2], *merged;

	if (source_etw_open(&sources[0], &config) || source_evtlog_open(&sources[1], log_shared) ||
	    source_merge_open(&merged, sources, 2))
		exit(2);
	return merged;
}

static struct pipeline *
make_pipeline(const char *pack, struct detector **detector)
{
	static struct host host = { .os_type = "windows", .boot_ns = BOOT_NS };
	const struct pack_source from = { .path = pack, .allow_unsigned = 1 };
	struct pipeline_config config = { .why = "none" };
	struct pipeline *pipeline;
	struct detector_info info;

	if (pack_open(detector, &from))
		exit(2);
	detector_info(*detector, "windows", &info);
	config.live = info.kinds;
	pipeline = pipeline_new(&config, *detector, &host, NULL);
	if (!pipeline || pipeline_add_sink(pipeline, sink_stdout_new(1)))
		exit(2);
	return pipeline;
}

/* Until nothing has come for a while. */
static void
run(struct pipeline *pipeline, struct source *source)
{
	uint64_t last = os_monotonic_ns();

	while (os_monotonic_ns() - last < QUIET_NS)
		if (pipeline_step(pipeline, source, 16, 0) > 0)
			last = os_monotonic_ns();
}

/* 0: what sessions and event log gave is what the pipeline had, and what is counted as lost. */
static int
check_counters(const struct pipeline *pipeline)
{
	const struct pipeline_counters *counters = pipeline_counters(pipeline);
	uint64_t received = 0, recorded = 0, bad = 0;
	struct collect_counter sum;
	int failed = 0;

	for (uint32_t kind = 0; kind < RECORD_KIND_MAX; kind++) {
		const struct kind_counters *counter = &counters->kinds[kind];

		source_etw_count(shared, kind, &sum);
		received += counter->received;
		recorded += sum.produced - sum.lost_ring - sum.lost_scratch;
		bad += sum.lost_scratch;
		failed |= counter->received != counter->evaluated + counter->no_rule + counter->bad_record;
	}
	fprintf(stderr, "records %llu, bad events %llu, log events %llu, bad %llu\n", (unsigned long long)recorded,
	        (unsigned long long)bad, (unsigned long long)log_shared->taken, (unsigned long long)log_shared->bad);
	return failed || received != recorded + log_shared->taken - log_shared->bad || log_shared->events != log_shared->taken;
}

int
main(int argc, char **argv)
{
	struct detector *detector;
	struct pipeline *pipeline;
	struct etw_collect *collect;
	struct evtlog_collect *log;
	struct source *source;
	int failed;

	if (argc != 3)
		return 2;
	pipeline = make_pipeline(argv[1], &detector);
	collect = start_sessions();
	log = start_log();
	source = open_sources();
	event_time = BOOT + 10000000;
	read_file(argv[2]);
	evtlog_collect_turn(log, os_monotonic_ns());
	etw_collect_turn(collect, os_monotonic_ns());
	run(pipeline, source);
	failed = check_counters(pipeline);
	source->ops->close(source);
	evtlog_collect_free(log);
	etw_collect_free(collect);
	pipeline_flush(pipeline);
	pipeline_free(pipeline);
	detector_close(detector);
	return failed;
}
