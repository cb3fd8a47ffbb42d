/*
 * enrich.c - the process table's upkeep, users' names, and who acted.
 */
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
	USER_NAME_MAX = 64,
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
	char user[USER_NAME_MAX], parent_user[USER_NAME_MAX]; /* of the last subject; their slots may be one */
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

const char *
enrich_user(struct enrich *enrich, uint32_t uid)
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
	subject->user = strcpy(enrich->user, enrich_user(enrich, record->uid));
	if (parent)
		subject->parent_user = strcpy(enrich->parent_user, enrich_user(enrich, parent->uid));
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
