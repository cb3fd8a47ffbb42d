/*
 * detect_pack_linux.c - takes a pack into use between two events: opened, tested, swapped.
 *
 * Broker has verified it and hands over header and body, so there is no signature to look at here.
 */
#include "detector.h"
#include "hold.h"
#include "line.h"
#include "detect_linux.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "broker_linux.h"
#include "config.h"
#include "host.h"
#include "pipeline.h"
#include "sink.h"
#include "source_ebpf_linux.h"
#include "agent_shared.h"
#include "message.h"
#include "record.h"
#include "snapshot.h"

static int
pack_open(struct detect *detect, int fd, struct detector **detector, struct refusal *why)
{
	struct trust_policy policy = {.allow_unsigned = 1, .allow_older = 1,
		.unpacked_max = detect->shared->config.packs.max_size};
	struct stat st;
	void *file;
	int error;

	why->check = CHECK_SIZE;
	snprintf(why->text, sizeof(why->text), "cannot be mapped");
	if (fstat(fd, &st) || st.st_size <= 0)
		return -1;
	file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (file == MAP_FAILED)
		return -1;
	error = detector_open(detector, file, (size_t)st.st_size, &policy, why);
	munmap(file, (size_t)st.st_size);
	if (!error && detector_test(*detector, why)) {
		detector_close(*detector);
		error = -1;
	}
	return error;
}

static uint64_t
kinds_wanted(const struct detect *detect, const struct detector_info *info)
{
	uint64_t kinds = detect->shared->config.sources.kinds;
	int writes = detect->shared->config.yara.when & CONFIG_ON_WRITE && detect->wants_write;

	if (!kinds)
		kinds = info->kinds | (writes ? 1ull << RECORD_file_write : 0);
	return kinds | 1ull << RECORD_process_start | 1ull << RECORD_process_fork | 1ull << RECORD_process_exit;
}

static int
kinds_set(struct detect *detect, uint64_t kinds)
{
	static struct message_answer answer;
	struct message request = {.type = MESSAGE_SET_KINDS, .value = kinds};

	return broker_ask(detect->broker, &request, -1, &answer);
}

/* The first pack: everything behind the ring is made now. */
static int
pipeline_begin(struct detect *detect, struct detector *detector)
{
	static const char *const why[] = {"full", "fields", "none"};
	const struct config *config = &detect->shared->config;
	struct pipeline_config settings = {.why = why[config->alerts.why % 3], .rule_text = (int)config->alerts.rule_text,
		.level = (int)config->alerts.level, .ancestors = config->enrich.ancestors, .processes = config->enrich.processes,
		.correlate_memory = config->agent.memory / 4,
		.counters = &detect->shared->counters, .observe = detect_observe, .observer = detect};
	int found;

	detect->pipeline = pipeline_new(&settings, detector, &detect->shared->host, detect->broker);
	if (!detect->pipeline)
		return -ENOMEM;
	for (uint32_t i = 0; i < detect->sink_count; i++) {
		if (pipeline_add_sink(detect->pipeline, detect->sinks[i]))
			return -ENOMEM;
	}
	found = snapshot_load(pipeline_processes(detect->pipeline), detect->broker);
	if (found < 0)
		fprintf(stderr, "rsnl: detect: processes that run already are not known: %s\n", strerror(-found));
	return 0;
}

int
detect_pack_take(struct detect *detect, int fd, struct refusal *why)
{
	struct detector *old = detect->detector, *fresh = NULL;
	struct detector_info before = detect->info;
	int error;

	if (pack_open(detect, fd, &fresh, why))
		return -1;
	detector_info(fresh, detect->shared->host.os_type, &detect->info);
	detect->detector = fresh;
	detect_scan_init(detect);
	kinds_set(detect, kinds_wanted(detect, &before) | kinds_wanted(detect, &detect->info));
	error = old ? pipeline_swap(detect->pipeline, fresh) : pipeline_begin(detect, fresh);
	if (error) {
		why->check = CHECK_TABLES;
		snprintf(why->text, sizeof(why->text), "not enough memory");
		detect->info = before;
		detect->detector = old;
		detector_close(fresh);
		detect_scan_init(detect);
		return -1;
	}
	kinds_set(detect, kinds_wanted(detect, &detect->info));
	detector_close(old);
	return 0;
}
