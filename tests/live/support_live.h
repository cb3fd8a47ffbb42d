/*
 * support_live.h - the eBPF source in one process, and what came out of it, for the live tests.
 */
#ifndef SUPPORT_LIVE_H
#define SUPPORT_LIVE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct collect_counter;
struct ebpf;
struct record_head;
struct source;

/* Loads and attaches; prints a skip and exits where the kernel refuses. What this process does is recorded. */
void live_open(uint64_t kinds);
void live_close(void);
struct ebpf *live_ebpf(void);
struct source *live_source(void);
struct collect_counter live_counter(uint32_t kind);
/* Prints "ok NAME" or "not ok NAME". */
void live_check(int good, const char *name);
int live_failed(void); /* number of checks that were not good */
/* Takes what the ring has; counts it by kind. Records taken. */
int live_drain(int timeout_ms);
uint64_t live_received(uint32_t kind);
void live_forget(void); /* what was kept so far */
/* The first record kept of the kind whose acting process is pid (0: any) and whose field has that text (NULL: any);
 * waits up to 3 s for it. NULL: none came. */
const void *live_find(uint32_t kind, pid_t pid, const char *member, const char *text);
/* The same without waiting; how many. */
int live_count(uint32_t kind, pid_t pid, const char *member, const char *text);
/* One field as text (static storage), "" when the record has not got it. */
const char *live_text(const void *record, const char *member);
/* Runs act in a child and waits for it; its pid. What act returns is the exit status. */
pid_t live_child(int (*act)(void *context), void *context, int *status);
/* A folder for the test's files, removed at the end. */
const char *live_folder(void);
#endif
