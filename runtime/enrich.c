/*
 * enrich.c - the process table's upkeep, users' names, and who acted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker.h"
#include "decode.h"
#include "enrich.h"
#include "process_table.h"
#include "record.h"
#include "snapshot.h"

#define SECOND_NS 1000000000ull

enum {
	USER_SLOTS = 256, /* a power of two */
	USER_NAME_MAX = 128, /* a Windows account: domain, \\ and name */
	USER_AGE_S = 300,     /* then asked for again */
	LOOKUPS_A_SECOND = 50, /* of processes that no record told about */
};

struct user {
	uint64_t asked; /* second; 0: never */
	uint32_t uid;
	char name[USER_NAME_MAX];
};

struct enrich {
	struct process_table *table;
	struct broker *broker;
	uint64_t second; /* of the last record */
	uint32_t lookups; /* in that second */
	/* of the last subject; their slots may be one */
	char user[USER_NAME_MAX], parent_user[USER_NAME_MAX], target_user[USER_NAME_MAX];
	struct user users[USER_SLOTS];
};

struct enrich *
enrich_new(struct process_table *table, struct broker *broker)
{
	struct enrich *enrich = calloc(1, sizeof(*enrich));

	if (!enrich)
		return NULL;
	enrich->table = table;
	enrich->broker = broker;
	return enrich;
}

void
enrich_free(struct enrich *enrich)
{
	free(enrich);
}

/* "" where unknown. */
static const char *
user_name(struct enrich *enrich, uint32_t uid)
{
	struct user *user = &enrich->users[uid % USER_SLOTS];
	int size;

	if (user->asked && user->uid == uid && enrich->second < user->asked + USER_AGE_S)
		return user->name;
	user->uid = uid;
	user->asked = enrich->second;
	user->name[0] = 0;
	if (!enrich->broker)
		return user->name;
	size = broker_user_name(enrich->broker, uid, user->name, sizeof(user->name) - 1);
	user->name[size > 0 && size < USER_NAME_MAX ? size : 0] = 0;
	return user->name;
}

/* Points a text of process into a record. Returns bit when it was cut. */
static uint32_t
text_from(const void *record, const struct record_span *span, const char **text, uint32_t *size, uint32_t bit)
{
	*text = (const char *)record + span->offset;
	*size = span->size & RECORD_SPAN_SIZE;
	return span->size & RECORD_SPAN_CUT ? bit : 0;
}

static void
take_start(struct enrich *enrich, const struct record_process_start *record)
{
	const struct record_head *head = &record->head;
	struct process process = {
		.pid = head->pid, .start = head->start, .cgroup = head->cgroup, .uid = head->uid, .gid = head->gid,
		.real_uid = head->real_uid, .parent_pid = record->parent_pid, .parent_start = record->parent_start,
		.device = record->device, .inode = record->inode, .changed = record->changed, .session = record->session,
		.args_count = record->args_count, .from_snapshot = (head->flags & RECORD_SNAPSHOT) != 0,
	};

	process.cut = text_from(record, &record->image, &process.image, &process.image_size, PROCESS_CUT_IMAGE);
	process.cut |= text_from(record, &record->args, &process.args, &process.args_size, PROCESS_CUT_ARGS);
	process.cut |= text_from(record, &record->directory, &process.directory, &process.directory_size,
	                         PROCESS_CUT_DIRECTORY);
	text_from(record, &record->account, &process.account, &process.account_size, 0);
	process_table_insert(enrich->table, &process);
}

static void
take_record(struct enrich *enrich, const struct record_head *record)
{
	if (record->kind == RECORD_process_start) {
		take_start(enrich, (const void *)record);
	} else if (record->kind == RECORD_process_fork) {
		const struct record_process_fork *fork = (const void *)record;

		process_table_fork(enrich->table, record->pid, record->start, fork->child_pid, fork->child_start);
	}
}

static int
may_ask(const struct enrich *enrich)
{
	return enrich->broker && enrich->lookups < LOOKUPS_A_SECOND;
}

/* A process that no record told about: /proc is asked, a limited number of times a second. */
static struct process *
look_up(struct enrich *enrich, uint32_t pid, uint64_t start)
{
	struct process *process = process_table_find(enrich->table, pid, start);

	if (process || !pid || !may_ask(enrich))
		return process;
	enrich->lookups++;
	if (snapshot_process(enrich->table, enrich->broker, pid) < 0)
		return NULL;
	return process_table_find(enrich->table, pid, start);
}

static void
count_second(struct enrich *enrich, const struct record_head *record)
{
	if (enrich->second == record->time / SECOND_NS + 1)
		return;
	enrich->second = record->time / SECOND_NS + 1;
	enrich->lookups = 0;
}

/* The process that the event is about, where it names another than its own; 0: none. */
static uint32_t
record_target(const struct record_head *record)
{
	if (record->kind == RECORD_create_remote_thread)
		return ((const struct record_create_remote_thread *)(const void *)record)->target_process_id;
	if (record->kind == RECORD_process_access)
		return ((const struct record_process_access *)(const void *)record)->target_process_id;
	return 0;
}

/* A process's user: by name where its records tell it (Windows; NULL: unknown), else by number. Copied to name, for its
 * slot may be another's by the next call. */
static const char *
name_user(struct enrich *enrich, const struct record_head *record, const struct process *process, uint32_t uid,
          char name[USER_NAME_MAX])
{
	if (!(record->flags & RECORD_WINDOWS))
		return strcpy(name, user_name(enrich, uid));
	snprintf(name, USER_NAME_MAX, "%s", process ? process->account : "");
	return *name ? name : NULL;
}

void
enrich_subject(struct enrich *enrich, const struct record_head *record, struct subject *subject)
{
	struct process *process, *parent;

	*subject = (struct subject){0};
	if (!record->pid)
		return;
	process = look_up(enrich, record->pid, record->start);
	parent = process ? process_table_parent(enrich->table, process) : NULL;
	if (process && !parent && !process->parent_sought && may_ask(enrich)) {
		process->parent_sought = 1;
		look_up(enrich, process->parent_pid, process->parent_start);
		process = process_table_find(enrich->table, record->pid, record->start);
		parent = process ? process_table_parent(enrich->table, process) : NULL;
	}
	subject->process = process;
	subject->parent = parent;
	subject->user = name_user(enrich, record, process, record->uid, enrich->user);
	if (parent)
		subject->parent_user = name_user(enrich, record, parent, parent->uid, enrich->parent_user);
	if (record_target(record))
		subject->target = process_table_find(enrich->table, record_target(record), 0);
	if (subject->target)
		subject->target_user = name_user(enrich, record, subject->target, subject->target->uid, enrich->target_user);
}

void
enrich_record(struct enrich *enrich, const struct record_head *record, struct subject *subject)
{
	count_second(enrich, record);
	if (record->kind == RECORD_process_fork)
		look_up(enrich, record->pid, record->start);
	take_record(enrich, record);
	enrich_subject(enrich, record, subject);
	if (record->kind == RECORD_process_exit)
		process_table_exit(enrich->table, record->pid, record->start, record->time);
}
