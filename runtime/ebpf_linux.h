/*
 * ebpf_linux.h - the privileged half of live telemetry: loads the eBPF programs, attaches them, hands out the ring.
 *
 * Only the broker calls this. Events are read by another process, through source_ebpf_linux.h.
 */
#ifndef EBPF_LINUX_H
#define EBPF_LINUX_H

#include <stddef.h>
#include <stdint.h>

struct ebpf;

struct ebpf_config {
	size_t ring_size; /* bytes, a power of two and a multiple of the page size; 0: 8 MiB */
	uint64_t kinds;   /* bit 1 << enum record_kind: wanted; process start, fork and exit are always collected */
};

/* One place in the kernel where a program of ours hangs, or was refused. */
struct ebpf_hook {
	const char *area;  /* "process", "file", "network", "dns" */
	const char *place; /* "tp_btf/sched_process_exec" */
	uint64_t kinds;    /* what cannot be seen without it */
	int error;         /* positive errno of the refusal; 0: works */
	int attached;      /* 0 where none of its kinds is wanted */
};

/* What a reader of the ring needs. The descriptors stay the owner's. */
struct ebpf_reader {
	int ring_fd, counters_fd;
	size_t ring_size;
	uint32_t cpus; /* elements of the counters */
};

/* Loads everything and attaches what config wants. A part that the kernel refuses leaves its hooks with an error and
 * the rest working. 0, or a negative errno: without the process programs nothing works, but ebpf_hooks still tells why.
 * *ebpf is to be closed in both cases; NULL only when out of memory. */
int ebpf_open(struct ebpf **ebpf, const struct ebpf_config *config);
void ebpf_close(struct ebpf *ebpf); /* NULL is fine */
/* Changes which kinds are collected; hooks nobody needs are taken off. 0 or the first hook's negative errno. */
int ebpf_set_kinds(struct ebpf *ebpf, uint64_t kinds);
/* Leaves out what a process and its direct children's first programs do. 0 or -ENOSPC. */
int ebpf_exclude(struct ebpf *ebpf, uint32_t pid);
void ebpf_include(struct ebpf *ebpf, uint32_t pid); /* the opposite, when that process has ended */
struct ebpf_reader ebpf_reader(const struct ebpf *ebpf);
const struct ebpf_hook *ebpf_hooks(const struct ebpf *ebpf, size_t *count);
#endif
