/*
 * runtime_reader.c - the ring read without privileges, after a crash, and under load; no record goes missing uncounted.
 */
#include <grp.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "collect.h"
#include "ebpf_linux.h"
#include "record.h"
#include "ring_progress.h"
#include "source.h"
#include "source_ebpf_linux.h"
#include "support_live.h"

extern char **environ;

enum { STORM = 20000, UNUSED_ID = 61234, BATCH = 64 };

static int
run_true(void)
{
	char *const args[] = {"true", NULL};
	pid_t pid;

	return posix_spawn(&pid, "/bin/true", NULL, NULL, args, environ) || waitpid(pid, NULL, 0) != pid;
}

/* Polls for a program's start without any privilege. */
static int
read_unprivileged(void *context)
{
	struct raw_event events[BATCH];

	(void)context;
	if (setgroups(0, NULL) || setgid(UNUSED_ID) || setuid(UNUSED_ID))
		return 2;
	if (run_true())
		return 3;
	for (int tries = 0; tries < 30; tries++) {
		int count = live_source()->ops->poll(live_source(), events, BATCH, 100);

		for (int i = 0; i < count; i++) {
			const struct record_head *head = events[i].data;

			if (head->kind == RECORD_process_start && head->uid == UNUSED_ID)
				return 0;
		}
	}
	return 1;
}

static void
test_unprivileged(void)
{
	int status;

	live_child(read_unprivileged, NULL, &status);
	live_check(status == 0, "reader/unprivileged");
	live_forget();
}

/* A second reader starts where the first one gave nothing back, without the record that the first had in hand. */
static void
test_crash(void)
{
	struct ebpf_reader ring = ebpf_reader(live_ebpf());
	struct ring_progress progress = {0};
	struct source_ebpf_config config = {ring.ring_fd, ring.ring_size, &progress};
	struct raw_event events[BATCH];
	struct source *first, *second;
	uint64_t hand;
	int count, again;

	run_true();
	run_true();
	if (source_ebpf_open(&first, &config))
		return;
	count = first->ops->poll(first, events, BATCH, 1000);
	*first->in_hand = 1 + events[1].position;
	hand = events[1].position;
	source_ebpf_open(&second, &config);
	again = second->ops->poll(second, events, BATCH, 0);
	live_check(count > 2 && again >= count - 1 && progress.skipped == 1, "reader/skips-one");
	for (int i = 0; i < again; i++)
		count -= events[i].position == hand ? 1000 : 0;
	live_check(count > 0, "reader/skips-the-one-in-hand");
	first->ops->close(first);
	second->ops->close(second);
	live_forget();
}

static pid_t
storm_start(int count)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	while (count-- > 0)
		if (run_true())
			_exit(1);
	_exit(0);
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void
test_storm(void)
{
	static const struct { uint32_t kind; const char *name; } kinds[] = {
		{RECORD_process_start, "start"}, {RECORD_process_fork, "fork"}, {RECORD_process_exit, "exit"},
	};
	struct collect_counter before[3], counter;
	const char *wanted = getenv("RSNL_STORM");
	int count = wanted ? atoi(wanted) : STORM, ended = 0;
	uint64_t received[3];
	double started = seconds();
	pid_t pid;

	for (int i = 0; i < 3; i++) {
		before[i] = live_counter(kinds[i].kind);
		received[i] = live_received(kinds[i].kind);
	}
	for (pid = storm_start(count); !ended || live_drain(50) > 0;)
		ended = live_drain(50) == 0 && waitpid(pid, NULL, WNOHANG) != 0;
	for (int i = 0; i < 3; i++) {
		char name[64];
		uint64_t got, lost, produced;

		counter = live_counter(kinds[i].kind);
		produced = counter.produced - before[i].produced;
		lost = counter.lost_ring - before[i].lost_ring + counter.lost_scratch - before[i].lost_scratch;
		got = live_received(kinds[i].kind) - received[i];
		printf("# %s: %llu produced, %llu received, %llu lost, %.1f s\n", kinds[i].name, (unsigned long long)produced,
		       (unsigned long long)got, (unsigned long long)lost, seconds() - started);
		snprintf(name, sizeof(name), "reader/storm-%s", kinds[i].name);
		live_check(produced == got + lost && produced >= (uint64_t)count && lost == 0, name);
	}
}

/* Nobody reads while files are made: they are shed at three quarters, and a process still gets in. */
static void
test_shed(void)
{
	struct collect_counter files, starts = live_counter(RECORD_process_start);
	char path[128];
	uint64_t lost = starts.lost_ring;

	ebpf_set_kinds(live_ebpf(), 1ull << RECORD_file_create | 1ull << RECORD_file_delete);
	snprintf(path, sizeof(path), "%s/shed", live_folder());
	do {
		fclose(fopen(path, "w"));
		unlink(path);
		files = live_counter(RECORD_file_delete);
	} while (files.shed < 100 && files.produced < 200000);
	run_true();
	starts = live_counter(RECORD_process_start);
	live_check(files.shed >= 100 && files.lost_ring == files.shed && starts.lost_ring == lost, "reader/shed-files-only");
	while (live_drain(0) > 0)
		;
	files = live_counter(RECORD_file_delete);
	live_check(files.produced == live_received(RECORD_file_delete) + files.lost_ring + files.lost_scratch,
	           "reader/shed-counted");
}

int
main(void)
{
	live_open(0);
	test_unprivileged();
	test_crash();
	test_storm();
	test_shed();
	live_close();
	return live_failed() != 0;
}
