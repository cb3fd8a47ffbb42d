/*
 * live_linux.c - live.h by eBPF.
 */
#include "live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "ebpf_linux.h"
#include "source.h"
#include "source_ebpf_linux.h"

enum { FD_RING, FD_COUNTERS };

struct live {
	struct ebpf *ebpf;
};

struct live_reader {
	struct source *source;
	const struct collect_counters *counters; /* NULL: cannot be mapped */
	uint32_t cpus;
	int ring;
};

const char live_name[] = "ebpf";
const int live_has_json = 0;

int
live_open(struct live **live, const struct live_config *config)
{
	struct ebpf_config settings = {.ring_size = config->ring_size, .kinds = config->kinds};
	int error;

	*live = calloc(1, sizeof(**live));
	if (!*live)
		return -ENOMEM;
	error = ebpf_open(&(*live)->ebpf, &settings);
	if ((*live)->ebpf)
		return error;
	free(*live);
	*live = NULL;
	return error;
}

void
live_close(struct live *live)
{
	if (live)
		ebpf_close(live->ebpf);
	free(live);
}

int
live_set_wanted(struct live *live, uint64_t kinds, const char *logs)
{
	(void)logs;
	return ebpf_set_kinds(live->ebpf, kinds);
}

/* The kernel keeps what it was given. */
void
live_turn(struct live *live)
{
	(void)live;
}

void
live_exclude(struct live *live, uint32_t pid)
{
	ebpf_exclude(live->ebpf, pid);
}

void
live_include(struct live *live, uint32_t pid)
{
	ebpf_include(live->ebpf, pid);
}

int
live_hook(const struct live *live, size_t index, struct live_hook *hook)
{
	size_t count = 0;
	const struct ebpf_hook *hooks = live ? ebpf_hooks(live->ebpf, &count) : NULL;

	if (index >= count)
		return 0;
	*hook = (struct live_hook){hooks[index].area, hooks[index].place, hooks[index].kinds, hooks[index].error};
	return 1;
}

void
live_feed(const struct live *live, struct live_feed *feed)
{
	struct ebpf_reader reader = live ? ebpf_reader(live->ebpf) : (struct ebpf_reader){-1, -1, 0, 0};

	*feed = (struct live_feed){{[FD_RING] = reader.ring_fd, [FD_COUNTERS] = reader.counters_fd}, reader.ring_size,
		0, reader.cpus};
}

int
live_reader_open(struct live_reader **reader, const struct live_feed *feed, struct ring_progress *progress,
                 struct broker *broker)
{
	struct source_ebpf_config config = {feed->fds[FD_RING], feed->ring_size, progress};
	struct live_reader *fresh = calloc(1, sizeof(*fresh));
	int error = fresh ? source_ebpf_open(&fresh->source, &config) : -ENOMEM;

	(void)broker; /* records say all that is needed */

	if (error) {
		free(fresh);
		return error;
	}
	fresh->ring = feed->fds[FD_RING];
	fresh->cpus = feed->counters;
	if (feed->fds[FD_COUNTERS] >= 0)
		fresh->counters = counters_map(feed->fds[FD_COUNTERS], fresh->cpus);
	*reader = fresh;
	return 0;
}

struct source *
live_reader_source(const struct live_reader *reader)
{
	return reader->source;
}

int
live_reader_descriptor(const struct live_reader *reader)
{
	return reader->ring;
}

/* Recorded events come to no agent on Linux, so nobody asks what they would only repeat. */
uint64_t
live_reader_kinds(const struct live_reader *reader)
{
	(void)reader;
	return 0;
}

size_t
live_logs(const struct live_reader *reader, const struct pack_tables *tables, char *text)
{
	(void)reader;
	(void)tables;
	*text = 0;
	return 0;
}

void
live_reader_count(const struct live_reader *reader, uint32_t kind, struct collect_counter *sum)
{
	memset(sum, 0, sizeof(*sum));
	if (reader && reader->counters)
		counters_sum(reader->counters, reader->cpus, kind, sum);
}
