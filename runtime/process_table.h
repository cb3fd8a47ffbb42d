/*
 * process_table.h - who runs, and who ran lately: (pid, start time) -> image, arguments, user, parent.
 *
 * Filled by process records (live or snapshot), read by enrich for every event. Bounded: the oldest ended processes go
 * first, then the least recently used; evictions are counted, and so are processes of whose texts only the first
 * kilobyte is kept because others' long ones fill the room for them. Exited processes stay for a grace time, so that late
 * events and children still find them. One per pipeline; no locks.
 */
#ifndef PROCESS_TABLE_H
#define PROCESS_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum process_cut { PROCESS_CUT_IMAGE = 1, PROCESS_CUT_ARGS = 2, PROCESS_CUT_DIRECTORY = 4 };

struct process {
	uint32_t pid, parent_pid;
	uint64_t start, parent_start; /* ns on CLOCK_BOOTTIME */
	uint64_t exited;              /* ns, 0: runs */
	uint64_t cgroup;
	uint64_t device, inode, changed; /* of the image's file, 0: unknown */
	uint32_t uid, gid, real_uid, session;
	int from_snapshot;
	int parent_sought;     /* it was not known and has been asked for: once is enough */
	const char *image;     /* "" unknown; sizes in bytes; owned by the table until the process is evicted */
	const char *args;      /* NUL-terminated arguments, args_size bytes */
	const char *directory;
	const char *account;   /* of the user, as records of Windows tell it; else "" */
	uint32_t image_size, args_size, directory_size, account_size, args_count;
	uint32_t cut; /* enum process_cut */
};

struct process_table_counters {
	uint64_t inserted, exited, evicted;
	uint64_t missed; /* look-ups of a process that is not there */
	uint64_t cut;    /* processes whose texts found no room */
};

struct process_table;

struct process_table *process_table_new(uint32_t capacity); /* NULL: no memory */
void process_table_free(struct process_table *table);
/* Looks up by pid and start; start 0: the newest with that pid. NULL when unknown. Valid until the next insert. */
struct process *process_table_find(struct process_table *table, uint32_t pid, uint64_t start);
/* The parent of a process, which need not be of the table itself; NULL when unknown. Where its start is not known, the
 * newest with its pid, unless that is younger than the child. */
struct process *process_table_parent(struct process_table *table, const struct process *child);
/* Adds or replaces; copies the text. NULL only when out of memory. */
struct process *process_table_insert(struct process_table *table, const struct process *process);
/* A fork: the child has its parent's image, arguments, directory and user until it executes. */
void process_table_fork(struct process_table *table, uint32_t parent_pid, uint64_t parent_start, uint32_t child_pid,
                        uint64_t child_start);
void process_table_exit(struct process_table *table, uint32_t pid, uint64_t start, uint64_t time);
const struct process_table_counters *process_table_counters(const struct process_table *table);
#endif
