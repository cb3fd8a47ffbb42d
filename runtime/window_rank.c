/*
 * window_rank.c - values in their order: how many there are, and which stands at a rank.
 *
 * A treap over the values with the size of each subtree, and a heap over the same nodes with the oldest on top; both
 * cost a logarithm a step. One block: nodes, of which 0 is the head, then the heap's node numbers, from 1.
 */
#include <errno.h>
#include <string.h>

#include "group_table.h"
#include "packfile.h"
#include "window.h"

struct node {
	uint64_t time, key;
	uint32_t left, right, size; /* nodes; 0: none */
	uint32_t place;             /* in the heap; of a free node: the next free one */
};

struct head { /* in the place of node 0 */
	uint64_t zero;
	uint32_t root, free, used, capacity; /* nodes; used: that were ever taken */
	uint32_t zeros[2];
};

enum { ROOM_FIRST = 128 }; /* bytes */

struct rank {
	struct node *nodes;
	struct head *head;
	uint32_t *heap;
};

_Static_assert(sizeof(struct node) == sizeof(struct head), "the head lies where node 0 would");

static uint32_t
capacity_of(size_t room)
{
	return (uint32_t)((room - sizeof(struct head) - sizeof(uint32_t)) / (sizeof(struct node) + sizeof(uint32_t)));
}

static struct rank
rank_of(const struct window *window)
{
	struct node *nodes = group_table_block(window->table, window->group, GROUP_WINDOW);
	struct head *head = (struct head *)(void *)nodes;

	return (struct rank){ nodes, head, (uint32_t *)(void *)(nodes + head->capacity + 1) };
}

/* Node numbers, mixed: what makes a treap even. No two are the same. */
static uint32_t
priority(uint32_t node)
{
	node = (node ^ node >> 16) * 0x7feb352du;
	node = (node ^ node >> 15) * 0x846ca68bu;
	return node ^ node >> 16;
}

static uint32_t
size_of(const struct rank *rank, uint32_t node)
{
	return node ? rank->nodes[node].size : 0;
}

static void
count(const struct rank *rank, uint32_t node)
{
	struct node *n = &rank->nodes[node];

	n->size = 1 + size_of(rank, n->left) + size_of(rank, n->right);
}

/* Node a stands before node b. Equal values stand as their nodes are numbered. */
static int
is_before(const struct rank *rank, uint32_t a, uint32_t b)
{
	uint64_t x = rank->nodes[a].key, y = rank->nodes[b].key;

	return x < y || (x == y && a < b);
}

/* Parts the tree into what stands before the node and what stands after it. */
static void
split(const struct rank *rank, uint32_t tree, uint32_t node, uint32_t *before, uint32_t *after)
{
	if (!tree) {
		*before = *after = 0;
	} else if (is_before(rank, tree, node)) {
		*before = tree;
		split(rank, rank->nodes[tree].right, node, &rank->nodes[tree].right, after);
		count(rank, tree);
	} else {
		*after = tree;
		split(rank, rank->nodes[tree].left, node, before, &rank->nodes[tree].left);
		count(rank, tree);
	}
}

static uint32_t
merge(const struct rank *rank, uint32_t before, uint32_t after)
{
	if (!before || !after)
		return before ? before : after;
	if (priority(before) > priority(after)) {
		rank->nodes[before].right = merge(rank, rank->nodes[before].right, after);
		count(rank, before);
		return before;
	}
	rank->nodes[after].left = merge(rank, before, rank->nodes[after].left);
	count(rank, after);
	return after;
}

static void
tree_add(const struct rank *rank, uint32_t node)
{
	uint32_t *link = &rank->head->root;
	struct node *fresh = &rank->nodes[node];

	for (; *link && priority(*link) > priority(node);) {
		struct node *at = &rank->nodes[*link];

		++at->size;
		link = is_before(rank, node, *link) ? &at->left : &at->right;
	}
	split(rank, *link, node, &fresh->left, &fresh->right);
	*link = node;
	count(rank, node);
}

static void
tree_remove(const struct rank *rank, uint32_t node)
{
	uint32_t *link = &rank->head->root;

	while (*link != node) {
		struct node *at = &rank->nodes[*link];

		--at->size;
		link = is_before(rank, node, *link) ? &at->left : &at->right;
	}
	*link = merge(rank, rank->nodes[node].left, rank->nodes[node].right);
}

static void
heap_put(const struct rank *rank, uint32_t place, uint32_t node)
{
	rank->heap[place] = node;
	rank->nodes[node].place = place;
}

static uint64_t
heap_time(const struct rank *rank, uint32_t place)
{
	return rank->nodes[rank->heap[place]].time;
}

static void
heap_sink(const struct rank *rank, uint32_t size, uint32_t place, uint32_t node)
{
	uint32_t child;

	while ((child = 2 * place) <= size) {
		if (child < size && heap_time(rank, child + 1) < heap_time(rank, child))
			++child;
		if (rank->nodes[node].time <= heap_time(rank, child))
			break;
		heap_put(rank, place, rank->heap[child]);
		place = child;
	}
	heap_put(rank, place, node);
}

static void
heap_rise(const struct rank *rank, uint32_t place, uint32_t node)
{
	for (; place > 1 && rank->nodes[node].time < heap_time(rank, place / 2); place /= 2)
		heap_put(rank, place, rank->heap[place / 2]);
	heap_put(rank, place, node);
}

static void
drop_oldest(const struct window *window)
{
	struct rank rank = rank_of(window);
	uint32_t oldest = rank.heap[1], size = window->group->count--, last = rank.heap[size];

	if (oldest != last)
		heap_sink(&rank, size - 1, 1, last);
	tree_remove(&rank, oldest);
	rank.nodes[oldest].place = rank.head->free;
	rank.head->free = oldest;
}

/* Room for one more node. */
static int
make_room(const struct window *window)
{
	struct group *group = window->group;
	size_t room = group_table_room(group, GROUP_WINDOW);
	struct rank rank;
	uint32_t old;

	if (!room) {
		if (group_table_resize(window->table, group, GROUP_WINDOW, ROOM_FIRST))
			return -ENOMEM;
		*rank_of(window).head = (struct head){ .capacity = capacity_of(group_table_room(group, GROUP_WINDOW)) };
		return 0;
	}
	rank = rank_of(window);
	old = rank.head->capacity;
	if (group->count < old)
		return 0;
	if (group_table_resize(window->table, group, GROUP_WINDOW, 2 * room))
		return -ENOMEM;
	rank = rank_of(window);
	rank.head->capacity = capacity_of(2 * room);
	memmove(rank_of(window).heap, rank.heap, (old + 1) * sizeof *rank.heap);
	return 0;
}

static void
add_node(const struct window *window, uint64_t time, uint64_t key)
{
	struct rank rank = rank_of(window);
	uint32_t node = rank.head->free;

	if (node)
		rank.head->free = rank.nodes[node].place;
	else
		node = ++rank.head->used;
	rank.nodes[node] = (struct node){ .time = time, .key = key };
	tree_add(&rank, node);
	heap_rise(&rank, ++window->group->count, node);
}

static uint32_t
find_key(const struct rank *rank, uint64_t key)
{
	uint32_t node = rank->head->root;

	while (node && rank->nodes[node].key != key)
		node = key < rank->nodes[node].key ? rank->nodes[node].left : rank->nodes[node].right;
	return node;
}

/* A number of the same order as the value. */
static uint64_t
key_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	return bits >> 63 ? ~bits : bits | 1ull << 63;
}

static double
value_of(uint64_t key)
{
	uint64_t bits = key >> 63 ? key & ~(1ull << 63) : ~key;
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

int
window_rank_add(const struct window *window, const struct window_entry *entry)
{
	struct group *group = window->group;
	int distinct = window->spec->type == PACK_VALUE_COUNT, result = WINDOW_ADDED;
	struct rank rank;
	uint32_t node;

	if (group->count) {
		rank = rank_of(window);
		node = distinct ? find_key(&rank, entry->key) : 0;
		if (node) {
			if (rank.nodes[node].time < entry->time) {
				rank.nodes[node].time = entry->time;
				heap_sink(&rank, group->count, rank.nodes[node].place, node);
			}
			return WINDOW_ADDED;
		}
		if (group->count >= window->spec->keep) {
			if (entry->time <= heap_time(&rank, 1))
				return WINDOW_ADDED;
			drop_oldest(window);
		}
	}
	if (make_room(window)) {
		result = WINDOW_CUT;
		if (!group->count)
			return result;
		rank = rank_of(window);
		if (entry->time <= heap_time(&rank, 1))
			return result;
		drop_oldest(window);
	}
	add_node(window, entry->time, distinct ? entry->key : key_of(entry->value));
	return result;
}

/* The value at a rank, from 1. */
static __int128
value_at(const struct rank *rank, uint32_t wanted)
{
	uint32_t node = rank->head->root, before;

	for (;;) {
		before = size_of(rank, rank->nodes[node].left);
		if (wanted == before + 1)
			return number_scale(value_of(rank->nodes[node].key));
		if (wanted <= before) {
			node = rank->nodes[node].left;
		} else {
			wanted -= before + 1;
			node = rank->nodes[node].right;
		}
	}
}

/* The least rank that so many percent of the values do not exceed. */
static uint32_t
nearest_rank(double percentile, uint32_t count)
{
	double exact = percentile * count / 100;
	uint32_t rank = (uint32_t)exact;

	rank += rank < exact;
	return rank < 1 ? 1 : rank > count ? count : rank;
}

struct measure
window_rank_measure(const struct window *window, uint64_t begin)
{
	struct group *group = window->group;
	struct rank rank;

	if (!group->count)
		return (struct measure){ 0, 0 };
	rank = rank_of(window);
	while (group->count && heap_time(&rank, 1) <= begin)
		drop_oldest(window);
	if (!group->count)
		return (struct measure){ 0, 0 };
	if (window->spec->type == PACK_VALUE_COUNT)
		return (struct measure){ (__int128)group->count * WINDOW_SCALE, 1 };
	if (window->spec->type == PACK_VALUE_PERCENTILE)
		return (struct measure){ value_at(&rank, nearest_rank(window->spec->percentile, group->count)), 1 };
	if (group->count % 2)
		return (struct measure){ value_at(&rank, group->count / 2 + 1), 1 };
	return (struct measure){ value_at(&rank, group->count / 2) + value_at(&rank, group->count / 2 + 1), 2 };
}
