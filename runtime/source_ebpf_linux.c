/*
 * source_ebpf_linux.c - the ring as a source: hands out records, gives them back at commit.
 *
 * The consumer's position moves only at commit. After a crash the next reader starts from there and leaves out the one
 * record that the last reader had in hand.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "collect.h"
#include "record.h"
#include "ring_linux.h"
#include "ring_progress.h"
#include "source.h"
#include "source_ebpf_linux.h"

struct source_ebpf {
	struct source source;
	struct ring ring;
	uint64_t next; /* position of the next record to hand out */
	int lent;      /* records were handed out that are not committed */
	uint64_t skip; /* 1 + position of the record to leave out; 0: none */
	struct ring_progress *progress;
	struct ring_progress own; /* where nobody shares it */
};

/* 1: *event is filled; 0: nothing there; or a negative errno. */
static int
ebpf_take(struct source_ebpf *ebpf, struct raw_event *event)
{
	const void *data;
	size_t size;
	int found;

	while ((found = ring_next(&ebpf->ring, &ebpf->next, &data, &size)) > 0) {
		uint64_t position = ebpf->next - ((size + 15) & ~(uint64_t)7);

		if (ebpf->skip == position + 1) {
			ebpf->skip = 0;
			ebpf->progress->skipped++;
			continue;
		}
		if (size < sizeof(struct record_head)) {
			ebpf->progress->bad++;
			continue;
		}
		*event = (struct raw_event){.data = data, .size = size, .form = RAW_RECORD, .position = position};
		return 1;
	}
	return found;
}

/* What was only stepped over is given back at once: nobody would commit it, and waiting would end at once for it. */
static int
ebpf_fill(struct source_ebpf *ebpf, struct raw_event *events, int max)
{
	int count = 0, taken = 1;

	while (count < max && (taken = ebpf_take(ebpf, &events[count])) > 0)
		count++;
	ebpf->lent |= count > 0;
	if (!ebpf->lent)
		ring_release(&ebpf->ring, ebpf->next);
	return count || taken >= 0 ? count : taken;
}

static int
ebpf_poll(struct source *source, struct raw_event *events, int max, int timeout_ms)
{
	struct source_ebpf *ebpf = (struct source_ebpf *)source;
	int count = ebpf_fill(ebpf, events, max), ready;

	if (count || timeout_ms == 0)
		return count;
	ready = ring_wait(&ebpf->ring, timeout_ms);
	return ready < 0 ? ready : ebpf_fill(ebpf, events, max);
}

static void
ebpf_commit(struct source *source)
{
	struct source_ebpf *ebpf = (struct source_ebpf *)source;

	ebpf->progress->in_hand = 0;
	ebpf->lent = 0;
	ring_release(&ebpf->ring, ebpf->next);
}

static void
ebpf_close_source(struct source *source)
{
	struct source_ebpf *ebpf = (struct source_ebpf *)source;

	ring_close(&ebpf->ring);
	free(ebpf);
}

static const struct source_ops ebpf_ops = {ebpf_poll, ebpf_commit, ebpf_close_source, NULL};

int
source_ebpf_open(struct source **out, const struct source_ebpf_config *config)
{
	struct source_ebpf *ebpf = calloc(1, sizeof(*ebpf));
	int error;

	if (!ebpf)
		return -ENOMEM;
	error = ring_open(&ebpf->ring, config->ring_fd, config->ring_size);
	if (error) {
		free(ebpf);
		return error;
	}
	ebpf->progress = config->progress ? config->progress : &ebpf->own;
	ebpf->source = (struct source){&ebpf_ops, "ebpf", &ebpf->progress->in_hand};
	ebpf->next = ring_position(&ebpf->ring);
	ebpf->skip = ebpf->progress->in_hand;
	*out = &ebpf->source;
	return 0;
}

const struct collect_counters *
counters_map(int fd, uint32_t cpus)
{
	void *address = mmap(NULL, cpus * sizeof(struct collect_counters), PROT_READ, MAP_SHARED, fd, 0);

	return address == MAP_FAILED ? NULL : address;
}

void
counters_unmap(const struct collect_counters *counters, uint32_t cpus)
{
	if (counters)
		munmap((void *)counters, cpus * sizeof(*counters));
}

void
counters_sum(const struct collect_counters *counters, uint32_t cpus, uint32_t kind, struct collect_counter *sum)
{
	*sum = (struct collect_counter){0};
	if (kind >= COLLECT_KIND_COUNT)
		return;
	for (uint32_t cpu = 0; cpu < cpus; cpu++) {
		const struct collect_counter *counter = &counters[cpu].kinds[kind];

		sum->produced += __atomic_load_n(&counter->produced, __ATOMIC_RELAXED);
		sum->lost_ring += __atomic_load_n(&counter->lost_ring, __ATOMIC_RELAXED);
		sum->lost_scratch += __atomic_load_n(&counter->lost_scratch, __ATOMIC_RELAXED);
		sum->shed += __atomic_load_n(&counter->shed, __ATOMIC_RELAXED);
	}
}
