/*
 * source_ebpf_linux.h - live events of this machine as a source, and the kernel's counters of them.
 *
 * Needs no privilege: the broker opens (ebpf_linux.h) and passes the descriptors.
 */
#ifndef SOURCE_EBPF_LINUX_H
#define SOURCE_EBPF_LINUX_H

#include <stddef.h>
#include <stdint.h>

struct source;
struct collect_counter;
struct collect_counters;
struct ring_progress;

struct source_ebpf_config {
	int ring_fd;
	size_t ring_size;
	struct ring_progress *progress; /* shared; its record in hand is skipped. NULL: nothing to recover */
};

/* 0 or a negative errno. The descriptor is borrowed. source->in_hand points into progress. */
int source_ebpf_open(struct source **source, const struct source_ebpf_config *config);

/* Maps the counters; NULL on failure. */
const struct collect_counters *counters_map(int fd, uint32_t cpus);
void counters_unmap(const struct collect_counters *counters, uint32_t cpus);
/* One kind's counter over all CPUs. */
void counters_sum(const struct collect_counters *counters, uint32_t cpus, uint32_t kind, struct collect_counter *sum);
#endif
