/*
 * group_table.h - the groups of correlations: found by a hash of their values, in memory of a fixed size.
 *
 * Where there is no room, the group that was least recently used gives way, an expired one first; what gives way with
 * something in it is counted. A group of the turn at hand is never taken away, so that pointers to it stay good. One per
 * pipeline; no locks.
 */
#ifndef GROUP_TABLE_H
#define GROUP_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum group_block { GROUP_WINDOW, GROUP_CAUSES, GROUP_BLOCK_COUNT };

struct group {
	uint64_t hash;         /* of the correlation and the values it groups by */
	uint32_t check;        /* more of that hash */
	uint32_t correlation;
	uint64_t newest;       /* time of its newest event, ns; 0: none yet */
	uint64_t alerted;      /* time of its last alert, ns */
	uint32_t turn;         /* of the table, when it was last used */
	uint32_t next;         /* in its bucket; these are blocks, 0: none */
	uint32_t newer, older; /* in its correlation's list */
	uint32_t blocks[GROUP_BLOCK_COUNT]; /* 0: none */
	uint8_t orders[GROUP_BLOCK_COUNT];
	uint8_t cause_count;
	uint8_t holds;         /* the condition held when it was last looked at */
	uint32_t count;        /* entries of the window */
};

struct group_key {
	uint64_t hash;
	uint32_t check;
	uint32_t correlation;
};

struct group_counters {
	uint64_t groups;  /* there are now */
	uint64_t evicted; /* gave way with something in them */
};

struct group_table;

/* size: bytes of all groups and what they keep. NULL: no memory. */
struct group_table *group_table_new(size_t size, uint32_t correlation_count);
void group_table_free(struct group_table *table); /* NULL is fine */
/* A new event: groups used from now on are safe until the next turn. */
void group_table_turn(struct group_table *table);
/* Finds the group, or makes it. NULL: no room. */
struct group *group_table_get(struct group_table *table, const struct group_key *key);
/* Groups of the correlation without an event later than time are of no use any more: a few go now, the others as room is
 * wanted. */
void group_table_expire(struct group_table *table, uint32_t correlation, uint64_t time);
/* Makes a block of the group hold so many bytes: the first old ones stay, the rest is not cleared. 0, or -ENOMEM: there
 * is no room for it. */
int group_table_resize(struct group_table *table, struct group *group, enum group_block block, size_t size);
void *group_table_block(const struct group_table *table, const struct group *group, enum group_block block);
/* Bytes that the group's block holds; 0: it has none. */
size_t group_table_room(const struct group *group, enum group_block block);
/* Another pack's correlations: to[i] is the new number of correlation i, UINT32_MAX: its groups are dropped. 0, or -ENOMEM:
 * nothing has changed. */
int group_table_renumber(struct group_table *table, const uint32_t *to, uint32_t count, uint32_t new_count);
const struct group_counters *group_table_counters(const struct group_table *table);
#endif
