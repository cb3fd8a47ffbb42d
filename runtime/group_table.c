/* group_table.c - groups in buckets, and in a list a correlation from the last used to the first. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buddy.h"
#include "group_table.h"

enum { EXPIRE_STEPS = 4, BYTES_PER_BUCKET = 256, ORDER_MAX = 31 };

struct list { /* the groups of one correlation */
	uint32_t newest, oldest; /* last and first used; 0: none */
	uint32_t turn;           /* when the oldest was used */
	uint64_t expired;        /* groups no later than this hold nothing that counts any more */
};

struct group_table {
	struct buddy buddy;
	uint32_t *buckets;
	uint32_t mask;       /* of buckets */
	uint32_t turn;
	uint32_t largest;    /* order of the largest block that one group may have */
	struct list *lists;
	uint32_t list_count;
	struct group_counters counters;
};

_Static_assert(sizeof(struct group) == 64, "a cache line, and a block without waste");

static struct group *
group_at(const struct group_table *table, uint32_t block)
{
	return buddy_at(&table->buddy, block);
}

static uint32_t
block_of(const struct group_table *table, const struct group *group)
{
	return (uint32_t)(((const char *)group - table->buddy.base) / BUDDY_UNIT);
}

struct group_table *
group_table_new(size_t size, uint32_t correlation_count)
{
	struct group_table *table = calloc(1, sizeof *table);
	uint32_t buckets = 64;

	if (!table)
		return NULL;
	while (buckets < 1u << 30 && (size_t)buckets * BYTES_PER_BUCKET < size)
		buckets *= 2;
	table->mask = buckets - 1;
	table->buckets = calloc(buckets, sizeof *table->buckets);
	table->lists = calloc(correlation_count + 1, sizeof *table->lists);
	table->list_count = correlation_count;
	if (!table->buckets || !table->lists || buddy_init(&table->buddy, size)) {
		group_table_free(table);
		return NULL;
	}
	table->largest = buddy_order(size / 8 + 1);
	return table;
}

void
group_table_free(struct group_table *table)
{
	if (!table)
		return;
	buddy_done(&table->buddy);
	free(table->buckets);
	free(table->lists);
	free(table);
}

void
group_table_turn(struct group_table *table)
{
	++table->turn;
}

static void
note_oldest(struct group_table *table, struct list *list)
{
	if (list->oldest)
		list->turn = group_at(table, list->oldest)->turn;
}

static void
list_remove(struct group_table *table, const struct group *group)
{
	struct list *list = &table->lists[group->correlation];

	if (group->newer)
		group_at(table, group->newer)->older = group->older;
	else
		list->newest = group->older;
	if (group->older)
		group_at(table, group->older)->newer = group->newer;
	else
		list->oldest = group->newer;
	note_oldest(table, list);
}

static void
list_add(struct group_table *table, struct group *group)
{
	struct list *list = &table->lists[group->correlation];
	uint32_t block = block_of(table, group);

	group->turn = table->turn;
	group->newer = 0;
	group->older = list->newest;
	if (list->newest)
		group_at(table, list->newest)->newer = block;
	else
		list->oldest = block;
	list->newest = block;
	note_oldest(table, list);
}

static void
drop(struct group_table *table, struct group *group)
{
	uint32_t block = block_of(table, group), *link = &table->buckets[group->hash & table->mask];
	int i;

	list_remove(table, group);
	while (*link != block)
		link = &group_at(table, *link)->next;
	*link = group->next;
	for (i = 0; i < GROUP_BLOCK_COUNT; ++i)
		if (group->blocks[i])
			buddy_give(&table->buddy, group->blocks[i], group->orders[i]);
	buddy_give(&table->buddy, block, buddy_order(sizeof *group));
	--table->counters.groups;
}

static int
is_expired(const struct group_table *table, const struct list *list)
{
	return list->oldest && group_at(table, list->oldest)->newest <= list->expired;
}

/* The list whose oldest group goes first: an expired one, else the least recently used. NULL: all are in use. */
static struct list *
find_victim(struct group_table *table)
{
	struct list *list, *victim = NULL;

	for (list = table->lists; list < table->lists + table->list_count; ++list) {
		if (!list->oldest || list->turn == table->turn)
			continue;
		if (is_expired(table, list))
			return list;
		if (!victim || table->turn - list->turn > table->turn - victim->turn)
			victim = list;
	}
	return victim;
}

static uint32_t
take(struct group_table *table, unsigned order)
{
	uint32_t block;
	struct list *victim;

	while (!(block = buddy_take(&table->buddy, order))) {
		victim = order <= table->largest ? find_victim(table) : NULL;
		if (!victim)
			return 0;
		table->counters.evicted += !is_expired(table, victim);
		drop(table, group_at(table, victim->oldest));
	}
	return block;
}

static struct group *
find(struct group_table *table, const struct group_key *key)
{
	uint32_t block = table->buckets[key->hash & table->mask];

	for (; block; block = group_at(table, block)->next) {
		struct group *group = group_at(table, block);

		if (group->hash == key->hash && group->check == key->check && group->correlation == key->correlation)
			return group;
	}
	return NULL;
}

struct group *
group_table_get(struct group_table *table, const struct group_key *key)
{
	struct group *group = find(table, key);
	uint32_t block, *bucket;

	if (group) {
		if (group->turn != table->turn) {
			list_remove(table, group);
			list_add(table, group);
		}
		return group;
	}
	block = take(table, buddy_order(sizeof *group));
	if (!block)
		return NULL;
	bucket = &table->buckets[key->hash & table->mask];
	group = group_at(table, block);
	*group = (struct group){ .hash = key->hash, .check = key->check, .correlation = key->correlation, .next = *bucket };
	*bucket = block;
	list_add(table, group);
	++table->counters.groups;
	return group;
}

void
group_table_expire(struct group_table *table, uint32_t correlation, uint64_t time)
{
	struct list *list = &table->lists[correlation];
	int steps;

	list->expired = time;
	for (steps = 0; steps < EXPIRE_STEPS && is_expired(table, list) && list->turn != table->turn; ++steps)
		drop(table, group_at(table, list->oldest));
}

size_t
group_table_room(const struct group *group, enum group_block block)
{
	return group->blocks[block] ? (size_t)BUDDY_UNIT << group->orders[block] : 0;
}

void *
group_table_block(const struct group_table *table, const struct group *group, enum group_block block)
{
	return buddy_at(&table->buddy, group->blocks[block]);
}

int
group_table_resize(struct group_table *table, struct group *group, enum group_block block, size_t size)
{
	size_t old = group_table_room(group, block), keep = old < size ? old : size;
	unsigned order = buddy_order(size);
	uint32_t fresh;

	if (old && order == group->orders[block])
		return 0;
	fresh = order <= ORDER_MAX ? take(table, order) : 0;
	if (!fresh)
		return -ENOMEM;
	if (old) {
		memcpy(buddy_at(&table->buddy, fresh), group_table_block(table, group, block), keep);
		buddy_give(&table->buddy, group->blocks[block], group->orders[block]);
	}
	group->blocks[block] = fresh;
	group->orders[block] = (uint8_t)order;
	return 0;
}

static void
move_list(struct group_table *table, struct list *from, struct list *lists, uint32_t to)
{
	uint32_t block;

	if (to == UINT32_MAX) {
		while (from->oldest)
			drop(table, group_at(table, from->oldest));
		return;
	}
	for (block = from->newest; block; block = group_at(table, block)->older)
		group_at(table, block)->correlation = to;
	lists[to] = *from;
}

int
group_table_renumber(struct group_table *table, const uint32_t *to, uint32_t count, uint32_t new_count)
{
	struct list *lists = calloc(new_count + 1, sizeof *lists);
	uint32_t i;

	if (!lists)
		return -ENOMEM;
	/* drops first: they need the old numbers */
	for (i = 0; i < count; ++i)
		if (to[i] == UINT32_MAX)
			move_list(table, &table->lists[i], lists, to[i]);
	for (i = 0; i < count; ++i)
		if (to[i] != UINT32_MAX)
			move_list(table, &table->lists[i], lists, to[i]);
	free(table->lists);
	table->lists = lists;
	table->list_count = new_count;
	return 0;
}

const struct group_counters *
group_table_counters(const struct group_table *table)
{
	return &table->counters;
}
