/*
 * process_table.c - processes by pid and start: a hash of chains over a fixed number of entries.
 *
 * Every entry in use stands in one of two lists, oldest first: those that run, by last use, and those that ended, by
 * end. The grace time of an ended process is counted in events' time, so that recordings behave as live events do.
 */
#include <stdlib.h>
#include <string.h>

#include "process_table.h"
#include "text_pool.h"

#define TICK_NS 10000000ull      /* all that /proc tells about a start */
#define GRACE_NS 60000000000ull

enum { NONE = 0xffffffff };

enum list { LIST_RUNNING, LIST_ENDED, LIST_COUNT };

struct entry {
	struct process process; /* first: a process is its entry */
	char *text;             /* image, args, directory, account; of the pool */
	uint32_t chain;         /* next in the hash chain, newest first; or next free */
	uint32_t older, newer;  /* neighbours in its list */
	enum list list;
};

struct ends {
	uint32_t oldest, newest;
};

struct process_table {
	struct entry *entries;
	uint32_t *heads; /* of the hash chains */
	uint32_t mask, capacity, used, free;
	struct ends lists[LIST_COUNT];
	struct text_pool *pool;
	struct process_table_counters counters;
};

struct process_table *
process_table_new(uint32_t capacity)
{
	struct process_table *table = calloc(1, sizeof(*table));
	uint32_t heads = 1;

	if (!table)
		return NULL;
	while (heads < capacity && heads < 1u << 31)
		heads *= 2;
	table->capacity = capacity;
	table->mask = heads - 1;
	table->free = NONE;
	table->entries = calloc(capacity, sizeof(*table->entries));
	table->heads = malloc(heads * sizeof(*table->heads));
	table->pool = text_pool_new();
	if (!table->entries || !table->heads || !table->pool) {
		process_table_free(table);
		return NULL;
	}
	memset(table->heads, 0xff, heads * sizeof(*table->heads));
	for (int i = 0; i < LIST_COUNT; i++)
		table->lists[i] = (struct ends){NONE, NONE};
	return table;
}

void
process_table_free(struct process_table *table)
{
	if (!table)
		return;
	text_pool_free(table->pool);
	free(table->entries);
	free(table->heads);
	free(table);
}

static uint32_t *
chain_head(struct process_table *table, uint32_t pid)
{
	return &table->heads[(pid * 2654435761u >> 7) & table->mask];
}

static void
list_remove(struct process_table *table, struct entry *entry)
{
	struct ends *ends = &table->lists[entry->list];

	*(entry->older == NONE ? &ends->oldest : &table->entries[entry->older].newer) = entry->newer;
	*(entry->newer == NONE ? &ends->newest : &table->entries[entry->newer].older) = entry->older;
}

static void
list_append(struct process_table *table, struct entry *entry, enum list list)
{
	struct ends *ends = &table->lists[list];
	uint32_t index = entry - table->entries;

	entry->list = list;
	entry->older = ends->newest;
	entry->newer = NONE;
	*(ends->newest == NONE ? &ends->oldest : &table->entries[ends->newest].newer) = index;
	ends->newest = index;
}

static void
entry_release(struct process_table *table, uint32_t index)
{
	struct entry *entry = &table->entries[index];
	uint32_t *link = chain_head(table, entry->process.pid);

	while (*link != index)
		link = &table->entries[*link].chain;
	*link = entry->chain;
	list_remove(table, entry);
	text_drop(table->pool, entry->text);
	memset(entry, 0, sizeof(*entry));
	entry->chain = table->free;
	table->free = index;
}

/* An entry for a new process, the oldest ended or else the least used one given up where there is no room. */
static struct entry *
entry_new(struct process_table *table, uint32_t pid, uint64_t start)
{
	uint32_t *head = chain_head(table, pid), index;
	struct entry *entry;

	if (table->free == NONE && table->used == table->capacity) {
		struct ends *ended = &table->lists[LIST_ENDED];

		entry_release(table, ended->oldest != NONE ? ended->oldest : table->lists[LIST_RUNNING].oldest);
		table->counters.evicted++;
	}
	index = table->free != NONE ? table->free : table->used++;
	entry = &table->entries[index];
	if (index == table->free)
		table->free = entry->chain;
	*entry = (struct entry){.process = {.pid = pid, .start = start, .image = "", .args = "", .directory = "",
	                                    .account = ""}, .chain = *head};
	*head = index;
	list_append(table, entry, LIST_RUNNING);
	table->counters.inserted++;
	return entry;
}

static void
release_past_grace(struct process_table *table, uint64_t now)
{
	for (int i = 0; i < 2 && table->lists[LIST_ENDED].oldest != NONE; i++) {
		uint32_t oldest = table->lists[LIST_ENDED].oldest;

		if (table->entries[oldest].process.exited + GRACE_NS > now)
			return;
		entry_release(table, oldest);
	}
}

/* A start read from /proc is coarse; the exact one replaces it when it becomes known. */
static int
process_fits(struct process *process, uint64_t start)
{
	if (start == 0 || process->start == start)
		return 1;
	if (process->start / TICK_NS != start / TICK_NS || (process->start % TICK_NS && start % TICK_NS))
		return 0;
	if (start % TICK_NS)
		process->start = start;
	return 1;
}

static struct entry *
entry_find(struct process_table *table, uint32_t pid, uint64_t start)
{
	for (uint32_t i = *chain_head(table, pid); i != NONE; i = table->entries[i].chain)
		if (table->entries[i].process.pid == pid && process_fits(&table->entries[i].process, start))
			return &table->entries[i];
	return NULL;
}

struct process *
process_table_find(struct process_table *table, uint32_t pid, uint64_t start)
{
	struct entry *entry = entry_find(table, pid, start);

	if (!entry) {
		table->counters.missed++;
		return NULL;
	}
	if (entry->list == LIST_RUNNING && entry->newer != NONE) {
		list_remove(table, entry);
		list_append(table, entry, LIST_RUNNING);
	}
	return &entry->process;
}

struct process *
process_table_parent(struct process_table *table, const struct process *child)
{
	struct process *parent = NULL;

	if (child->parent_pid)
		parent = process_table_find(table, child->parent_pid, child->parent_start);
	return parent && parent->start / TICK_NS <= child->start / TICK_NS ? parent : NULL;
}

static void
size_fit(uint32_t *size, size_t *room, uint32_t *cut, enum process_cut bit)
{
	if (*size > *room) {
		*size = *room;
		*cut |= bit;
	}
	*room -= *size;
}

/* A block for the process's texts, which are cut where there is only a small one. NULL: no memory. */
static char *
text_room(struct process_table *table, struct process *process)
{
	size_t room = TEXT_SMALL - 4;
	char *text = text_take(table->pool, (size_t)process->image_size + process->args_size + process->directory_size +
	                                    process->account_size + 4);

	if (text)
		return text;
	process->account_size = process->account_size < TEXT_SMALL / 4 ? process->account_size : 0;
	room -= process->account_size;
	size_fit(&process->image_size, &room, &process->cut, PROCESS_CUT_IMAGE);
	size_fit(&process->args_size, &room, &process->cut, PROCESS_CUT_ARGS);
	size_fit(&process->directory_size, &room, &process->cut, PROCESS_CUT_DIRECTORY);
	table->counters.cut++;
	return text_take(table->pool, TEXT_SMALL);
}

static const char *
text_copy(char **at, const char *text, uint32_t size)
{
	char *copy = *at;

	if (size)
		memcpy(copy, text, size);
	copy[size] = 0;
	*at += size + 1;
	return copy;
}

/* Copies the texts that the entry's process points to into one block of its own. */
static void
entry_copy_text(struct process_table *table, struct entry *entry)
{
	struct process *process = &entry->process;
	char *text = text_room(table, process);

	entry->text = text;
	if (!text) {
		process->image = process->args = process->directory = process->account = "";
		process->image_size = process->args_size = process->directory_size = process->account_size = 0;
		return;
	}
	process->image = text_copy(&text, process->image, process->image_size);
	process->args = text_copy(&text, process->args, process->args_size);
	process->directory = text_copy(&text, process->directory, process->directory_size);
	process->account = text_copy(&text, process->account, process->account_size);
}

struct process *
process_table_insert(struct process_table *table, const struct process *process)
{
	struct entry *entry = entry_find(table, process->pid, process->start);
	uint64_t start;
	char *old;

	if (!entry)
		entry = entry_new(table, process->pid, process->start);
	old = entry->text;
	start = entry->process.start;
	entry->process = *process;
	entry->process.start = start;
	entry_copy_text(table, entry);
	text_drop(table->pool, old);
	return entry->text ? &entry->process : NULL;
}

void
process_table_fork(struct process_table *table, uint32_t parent_pid, uint64_t parent_start, uint32_t child_pid,
                   uint64_t child_start)
{
	struct entry *parent, *child = entry_find(table, child_pid, child_start);

	if (child)
		return;
	child = entry_new(table, child_pid, child_start);
	parent = entry_find(table, parent_pid, parent_start);
	if (parent) {
		struct process *process = &child->process;

		*process = parent->process;
		process->pid = child_pid;
		process->start = child_start;
		process->exited = 0;
		process->from_snapshot = process->parent_sought = 0;
		child->text = text_share(parent->text);
	}
	child->process.parent_pid = parent_pid;
	child->process.parent_start = parent_start;
}

void
process_table_exit(struct process_table *table, uint32_t pid, uint64_t start, uint64_t time)
{
	struct entry *entry;

	release_past_grace(table, time);
	entry = entry_find(table, pid, start);
	if (!entry || entry->process.exited)
		return;
	entry->process.exited = time;
	list_remove(table, entry);
	list_append(table, entry, LIST_ENDED);
	table->counters.exited++;
}

const struct process_table_counters *
process_table_counters(const struct process_table *table)
{
	return &table->counters;
}
