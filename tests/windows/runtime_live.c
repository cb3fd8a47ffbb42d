/*
 * runtime_live.c - PACK EVENTS: events of a text file through everything that live events of Windows go through, but for
 * Windows: sessions and event log are fakes. Alerts go to standard output. Exit code 0: every event was accounted for.
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
#include "sink.h"
#include "sink_stdout.h"
#include "source.h"
#include "source_etw.h"
#include "source_evtlog.h"
#include "source_merge.h"

#define BOOT_NS 1700000000000000000ull /* since 1970 */
#define BOOT (116444736000000000ull + BOOT_NS / 100)
#define QUIET_NS 600000000ull /* longer than anything is held back */

enum { ROOM = 1 << 20, LINE_MAX_BYTES = 4096, TEXTS_MAX = 16 };

static const char *const provider_names[] = {
#define CLASSIC(name, text, guid, flags) #name,
#define MANIFEST(name, text, guid, keywords, level) #name,
#include "etw_provider.def"
};

static struct fake sessions[2];
static struct etw_shared *shared;
static struct evtlog_shared *log_shared;
static uint64_t event_time = BOOT + 10000000;

/* The event log: one channel that has the file's XML ----------------------------------------------------------- */

static char texts[TEXTS_MAX][LINE_MAX_BYTES];
static int text_count;

struct fake_log {
	struct evtlog log; /* first */
	int next;
	uint8_t wide[2 * LINE_MAX_BYTES];
};

static int
log_open(struct evtlog *log, const char *channel, const char *bookmark)
{
	(void)bookmark;
	log->call = "open";
	return strcmp(channel, "file") ? -ENOENT : 0;
}

static int
log_next(struct evtlog *log, const uint8_t **text, size_t *size)
{
	struct fake_log *fake = (struct fake_log *)log;

	if (fake->next == text_count)
		return 0;
	*size = 2 * strlen(texts[fake->next]);
	for (size_t i = 0; i < *size; i += 2)
		fake->wide[i] = (uint8_t)texts[fake->next][i / 2];
	fake->next++;
	*text = fake->wide;
	return 1;
}

static int
log_bookmark(struct evtlog *log, char *text, size_t size)
{
	snprintf(text, size, "%d", ((struct fake_log *)log)->next);
	return 0;
}

static void
log_close(struct evtlog *log)
{
	free(log);
}

static struct evtlog *
log_new(void)
{
	static const struct evtlog_ops ops = { log_open, log_next, log_bookmark, log_close };
	struct fake_log *fake = calloc(1, sizeof *fake);

	fake->log.ops = &ops;
	return &fake->log;
}

/* The file ------------------------------------------------------------------------------------------------------- */

static void
give(const char *name, unsigned number, unsigned version, unsigned pid, const char *fields)
{
	static struct etw_bytes bytes;
	struct etw_event event = { .version = (uint8_t)version, .pointer_size = 8, .pid = pid, .tid = pid + 4,
		.time = event_time };
	size_t provider = 0;

	while (provider < ETW_PROVIDER_COUNT && strcmp(provider_names[provider], name))
		provider++;
	if (provider == ETW_PROVIDER_COUNT) {
		fprintf(stderr, "no provider %s\n", name);
		exit(2);
	}
	memcpy(event.provider, etw_provider_guid((enum etw_provider)provider), 16);
	if (provider < ETW_CLASSIC_COUNT)
		event.opcode = (uint8_t)number;
	else
		event.id = (uint16_t)number;
	etw_bytes_build(&bytes, fields, 8);
	event.data = bytes.data;
	event.size = bytes.size;
	event_time += 10000;
	fake_give(&sessions[provider < ETW_CLASSIC_COUNT ? 0 : 1], &event);
}

static void
read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[LINE_MAX_BYTES], name[64];
	unsigned number, version, pid;
	int at;

	if (!file) {
		perror(path);
		exit(2);
	}
	while (fgets(line, sizeof line, file)) {
		line[strcspn(line, "\r\n")] = 0;
		if (!strncmp(line, "xml ", 4) && text_count < TEXTS_MAX)
			strcpy(texts[text_count++], line + 4);
		else if (*line != '#' && sscanf(line, "%63s %u %u %u %n", name, &number, &version, &pid, &at) == 4)
			give(name, number, version, pid, line + at);
	}
	fclose(file);
}

/* The agent ------------------------------------------------------------------------------------------------------ */

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
	static const struct channel channel = { "file" };
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
	const struct source_etw_config config = { .shared = shared, .system = &system, .boot_ns = BOOT_NS };
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
	uint64_t received = 0, recorded = 0;
	struct collect_counter sum;
	int failed = 0;

	for (uint32_t kind = 0; kind < RECORD_KIND_MAX; kind++) {
		const struct kind_counters *counter = &counters->kinds[kind];

		source_etw_count(shared, kind, &sum);
		received += counter->received;
		recorded += sum.produced - sum.lost_ring - sum.lost_scratch;
		failed |= counter->received != counter->evaluated + counter->no_rule + counter->bad_record;
	}
	fprintf(stderr, "records %llu, log events %llu, bad %llu, lost %llu\n", (unsigned long long)recorded,
	        (unsigned long long)log_shared->taken, (unsigned long long)log_shared->bad,
	        (unsigned long long)source_etw_lost(shared));
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
