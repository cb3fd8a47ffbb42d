/*
 * record.h - the bytes a live source writes: a fixed head, the members of its kind (event.def), a tail of text.
 *
 * Self-contained and relocatable, so the same bytes cross a ring, a process boundary or a file. Shared with bpf/, so
 * it includes only event.def and takes uint64_t and the like from its includer (stdint.h, or typedefs over
 * vmlinux.h).
 */
#ifndef RECORD_H
#define RECORD_H

enum record_kind {
#define KIND(name, number, category, type, action, dataset) RECORD_##name = number,
#include "event.def"
	RECORD_KIND_MAX = 64, /* kinds fit one 64-bit mask */
};

enum record_flag {
	RECORD_SNAPSHOT = 1,  /* from the process list at start, not seen happening */
	RECORD_FOREIGN_ROOT = 2, /* the process has another root than the host (chroot, container) */
	RECORD_DELETED = 4,   /* the file was unlinked or is anonymous (memfd) */
	RECORD_UNSETTLED = 8, /* a path could not be walked to a root */
	RECORD_WINDOWS = 16,  /* written on Windows: there is no uid, gid and cgroup, and event.def's column windows holds */
	RECORD_INCOMING = 32, /* a connection that the other side began; source is that side */
	RECORD_PARTIAL = 64,  /* a part of a script: the rest is in other records, or was lost */
};

struct record_head {
	uint32_t size;     /* bytes of the whole record, a multiple of 8 */
	uint16_t kind;     /* enum record_kind */
	uint16_t flags;    /* enum record_flag */
	uint64_t time;     /* ns on CLOCK_BOOTTIME */
	uint64_t start;    /* of the acting process, ns on CLOCK_BOOTTIME: with pid its identity */
	uint64_t sequence; /* per CPU and kind, from 1 */
	uint64_t cgroup;   /* cgroup id */
	uint32_t cpu;
	uint32_t pid;      /* tgid in the host's namespace */
	uint32_t tid;
	uint32_t uid;      /* effective */
	uint32_t gid;      /* effective */
	uint32_t real_uid;
};

/* Text in the record's tail. */
struct record_span {
	uint32_t offset; /* from the start of the record */
	uint32_t size;   /* bytes, without a terminator; ARGS: including each argument's NUL */
};

enum {
	RECORD_SPAN_CUT = 1u << 31,    /* in size: the source had more */
	RECORD_SPAN_FAILED = 1u << 30, /* in size: it could not be read; size is 0 */
	RECORD_SPAN_SIZE = 0xffffff,   /* mask */
	RECORD_SIZE_MAX = 40960,
	RECORD_ARGS_MAX = 32768,
	RECORD_PATH_MAX = 4096,
};

struct record_address {
	uint8_t bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
};

#define KIND(name, number, category, type, action, dataset) struct record_##name { struct record_head head;
#define KIND_END(name) };
#define TEXT(member, field, ecs, linux, windows) struct record_span member;
#define ARGS(member, field, ecs, linux, windows) struct record_span member;
#define U32(member, field, ecs, linux, windows) uint32_t member;
#define U64(member, field, ecs, linux, windows) uint64_t member;
#define ADDRESS(member, field, ecs, linux, windows) struct record_address member;
#define PORT(member, field, ecs, linux, windows) uint32_t member;
#include "event.def"
#endif
