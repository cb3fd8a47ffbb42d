/*
 * dfa.c - subset construction over symbol classes, and minimisation by splitting blocks.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "dfa.h"
#include "nfa.h"

enum { SUBSET_BUCKETS = 4096 };

struct subset { /* of positions; ascending */
	uint32_t *positions;
	uint32_t count, state;
	struct subset *next;
};

struct construction {
	struct arena *arena;
	const struct nfa_graph *graph;
	struct dfa *dfa;
	struct subset **list; /* by state */
	struct subset *buckets[SUBSET_BUCKETS];
	uint8_t *marked;      /* by position: scratch of one step */
	uint32_t *sample;     /* by class: one symbol of it */
};

/* Symbols that no set tells apart share a class. */
static void
classes_find(struct construction *work)
{
	struct dfa *dfa = work->dfa;

	dfa->class_count = 1;
	for (uint32_t i = 1; i < work->graph->count; i++) {
		uint16_t fresh[NFA_SYMBOLS] = { 0 }, old_count = dfa->class_count;
		uint32_t in[NFA_SYMBOLS] = { 0 }, all[NFA_SYMBOLS] = { 0 };

		for (uint32_t symbol = 0; symbol < NFA_SYMBOLS; symbol++) {
			all[dfa->class_of[symbol]]++;
			in[dfa->class_of[symbol]] += nfa_set_has(&work->graph->positions[i].set, symbol);
		}
		for (uint32_t class = 0; class < old_count; class++)
			if (in[class] && in[class] < all[class])
				fresh[class] = dfa->class_count++;
		for (uint32_t symbol = 0; symbol < NFA_SYMBOLS; symbol++)
			if (fresh[dfa->class_of[symbol]] && nfa_set_has(&work->graph->positions[i].set, symbol))
				dfa->class_of[symbol] = fresh[dfa->class_of[symbol]];
	}
	work->sample = arena_alloc(work->arena, dfa->class_count * sizeof(*work->sample));
	for (uint32_t symbol = 0; symbol < NFA_SYMBOLS; symbol++)
		work->sample[dfa->class_of[symbol]] = symbol;
}

/* The state of the marked positions, which are count; clears the marks. A match ends the search, so that all subsets
 * with a final position are one. */
static uint32_t
subset_intern(struct construction *work, uint32_t count)
{
	struct subset *subset = arena_alloc(work->arena, sizeof(*subset));
	uint32_t hash = 1, final = 0;
	struct subset **bucket;

	subset->positions = arena_alloc(work->arena, (count + 1) * sizeof(*subset->positions));
	for (uint32_t i = 0; i < work->graph->count; i++) {
		if (!work->marked[i])
			continue;
		work->marked[i] = 0;
		final |= work->graph->positions[i].final;
		subset->positions[subset->count++] = i;
		hash = hash * 16777619 ^ i;
	}
	if (final) {
		subset->count = 0;
		hash = 0;
	}
	bucket = work->buckets + hash % SUBSET_BUCKETS;
	for (struct subset *known = *bucket; known; known = known->next)
		if (known->count == subset->count &&
		    !memcmp(known->positions, subset->positions, subset->count * sizeof(*subset->positions)))
			return known->state;
	subset->next = *bucket;
	*bucket = subset;
	subset->state = work->dfa->count;
	work->list = arena_grow(work->arena, work->list, work->dfa->count, sizeof(*work->list));
	work->dfa->states = arena_grow(work->arena, work->dfa->states, work->dfa->count, sizeof(*work->dfa->states));
	work->list[work->dfa->count] = subset;
	work->dfa->states[work->dfa->count++] = (struct dfa_state){ .final = final };
	return subset->state;
}

static uint32_t
subset_step(struct construction *work, const struct subset *subset, uint32_t symbol)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < subset->count; i++) {
		const struct nfa_position *position = work->graph->positions + subset->positions[i];

		for (uint32_t k = 0; k < position->follow_count; k++) {
			uint32_t follower = position->follow[k];

			if (!work->marked[follower] && nfa_set_has(&work->graph->positions[follower].set, symbol))
				work->marked[follower] = 1, count++;
		}
	}
	return count ? subset_intern(work, count) : DFA_DEAD;
}

/* Moore: blocks of states that no input tells apart, refined until nothing changes. */
static void
dfa_minimise(struct arena *arena, struct dfa *dfa)
{
	uint32_t *block = arena_alloc(arena, dfa->count * sizeof(*block)), count = 0, before;
	uint32_t *fresh = arena_alloc(arena, dfa->count * sizeof(*fresh));
	uint32_t *first = arena_alloc(arena, dfa->count * sizeof(*first));

	for (uint32_t i = 0; i < dfa->count; i++)
		block[i] = dfa->states[i].final != dfa->states[0].final;
	do {
		before = count;
		count = 0;
		for (uint32_t i = 0; i < dfa->count; i++) {
			const struct dfa_state *state = dfa->states + i;
			uint32_t k, class;

			for (k = 0; k < count; k++) {
				const struct dfa_state *other = dfa->states + first[k];

				if (block[i] != block[first[k]])
					continue;
				for (class = 0; class < dfa->class_count && !state->final; class++) {
					uint32_t a = state->next[class], b = other->next[class];

					if ((a == DFA_DEAD) != (b == DFA_DEAD) || (a != DFA_DEAD && block[a] != block[b]))
						break;
				}
				if (state->final || class == dfa->class_count)
					break;
			}
			if (k == count)
				first[count++] = i;
			fresh[i] = k;
		}
		memcpy(block, fresh, dfa->count * sizeof(*block));
	} while (count != before);
	for (uint32_t k = 0; k < count; k++) {
		dfa->states[k] = dfa->states[first[k]];
		for (uint32_t class = 0; class < dfa->class_count && !dfa->states[k].final; class++)
			if (dfa->states[k].next[class] != DFA_DEAD)
				dfa->states[k].next[class] = block[dfa->states[k].next[class]];
	}
	dfa->count = count;
}

const struct dfa *
dfa_build(struct arena *arena, const struct nfa_graph *graph, uint32_t cap)
{
	struct construction *work = arena_alloc(arena, sizeof(*work));

	work->arena = arena;
	work->graph = graph;
	work->dfa = arena_alloc(arena, sizeof(*work->dfa));
	work->marked = arena_alloc(arena, graph->count);
	classes_find(work);
	work->marked[0] = 1;
	subset_intern(work, 1);
	for (uint32_t i = 0; i < work->dfa->count; i++) {
		uint32_t *next;

		if (work->dfa->count > cap)
			return NULL;
		if (work->dfa->states[i].final)
			continue;
		next = arena_alloc(arena, work->dfa->class_count * sizeof(*next));
		for (uint32_t class = 0; class < work->dfa->class_count; class++)
			next[class] = subset_step(work, work->list[i], work->sample[class]);
		work->dfa->states[i].next = next;
	}
	dfa_minimise(arena, work->dfa);
	return work->dfa;
}
