/*
 * support_live.c - harness of the live tests.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "collect.h"
#include "decode.h"
#include "ebpf_linux.h"
#include "pack.h"
#include "record.h"
#include "source.h"
#include "source_ebpf_linux.h"
#include "support_live.h"
#include "vocabulary.h"

enum { KEEP_MAX = 4096, KEEP_BYTES = 8 << 20, WAIT_MS = 3000 };

static struct ebpf *ebpf;
static struct source *source;
static const struct collect_counters *counters;
static uint64_t received[COLLECT_KIND_COUNT];
static char kept_bytes[KEEP_BYTES];
static const struct record_head *kept[KEEP_MAX];
static int kept_count, failed;
static size_t kept_used;
static char folder[] = "/tmp/rsnl-live-XXXXXX";

void
live_open(uint64_t kinds)
{
	struct ebpf_config config = {.kinds = kinds};
	struct source_ebpf_config reader = {0};
	int error = ebpf_open(&ebpf, &config);
	size_t count;

	if (error) {
		printf("skip live: eBPF: %s: %s\n", ebpf_hooks(ebpf, &count)->place, strerror(-error));
		exit(0);
	}
	reader.ring_fd = ebpf_reader(ebpf).ring_fd;
	reader.ring_size = ebpf_reader(ebpf).ring_size;
	counters = counters_map(ebpf_reader(ebpf).counters_fd, ebpf_reader(ebpf).cpus);
	if (!counters || source_ebpf_open(&source, &reader) || !mkdtemp(folder)) {
		perror("live");
		exit(1);
	}
	ebpf_include(ebpf, getpid());
}

void
live_close(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (system(command))
		fprintf(stderr, "%s is left\n", folder);
	source->ops->close(source);
	counters_unmap(counters, ebpf_reader(ebpf).cpus);
	ebpf_close(ebpf);
}

struct ebpf *
live_ebpf(void)
{
	return ebpf;
}

struct source *
live_source(void)
{
	return source;
}

const char *
live_folder(void)
{
	return folder;
}

struct collect_counter
live_counter(uint32_t kind)
{
	struct collect_counter sum;

	counters_sum(counters, ebpf_reader(ebpf).cpus, kind, &sum);
	return sum;
}

void
live_check(int good, const char *name)
{
	printf("%s %s\n", good ? "ok" : "not ok", name);
	fflush(stdout);
	failed += !good;
}

int
live_failed(void)
{
	return failed;
}

static void
keep(const struct record_head *record)
{
	if (kept_count == KEEP_MAX || kept_used + record->size > KEEP_BYTES)
		return;
	kept[kept_count++] = memcpy(kept_bytes + kept_used, record, record->size);
	kept_used += record->size;
}

int
live_drain(int timeout_ms)
{
	struct raw_event events[64];
	int count = source->ops->poll(source, events, 64, timeout_ms);

	for (int i = 0; i < count; i++) {
		const struct record_head *head = events[i].data;

		if (!record_check(events[i].data, events[i].size)) {
			live_check(0, "well-formed record");
			continue;
		}
		received[head->kind]++;
		keep(head);
	}
	source->ops->commit(source);
	return count;
}

uint64_t
live_received(uint32_t kind)
{
	return received[kind];
}

void
live_forget(void)
{
	while (live_drain(0) > 0)
		;
	kept_count = 0;
	kept_used = 0;
}

const char *
live_text(const void *record, const char *member)
{
	static char room[1 << 17], text[1 << 16];
	const struct vocabulary_kind *kind = vocabulary_kind(((const struct record_head *)record)->kind);
	struct decode_arena arena = {room, sizeof(room), 0};
	struct subject nobody = {0};
	struct value value;

	text[0] = 0;
	for (const struct vocabulary_field *field = kind->fields; field->member; field++)
		if (strcmp(field->member, member) == 0 && decode_field(record, field, &nobody, &arena, &value))
			snprintf(text, sizeof(text), "%.*s", (int)value.size, (const char *)value.data);
	return text;
}

static int
fits(const struct record_head *record, uint32_t kind, pid_t pid, const char *member, const char *text)
{
	return record->kind == kind && (!pid || record->pid == (uint32_t)pid) &&
	       (!text || strcmp(live_text(record, member), text) == 0);
}

int
live_count(uint32_t kind, pid_t pid, const char *member, const char *text)
{
	int count = 0;

	for (int i = 0; i < kept_count; i++)
		count += fits(kept[i], kind, pid, member, text);
	return count;
}

const void *
live_find(uint32_t kind, pid_t pid, const char *member, const char *text)
{
	struct timespec now, end;
	int i = 0;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += WAIT_MS / 1000;
	do {
		for (; i < kept_count; i++)
			if (fits(kept[i], kind, pid, member, text))
				return kept[i];
		live_drain(50);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec || i < kept_count);
	return NULL;
}

pid_t
live_child(int (*act)(void *context), void *context, int *status)
{
	int ended;
	pid_t pid = fork();

	if (pid == 0)
		_exit(act(context));
	waitpid(pid, &ended, 0);
	if (status)
		*status = ended;
	return pid;
}
