/*
 * packrt_group.h - the steps of a group, over its tables: from its sets to candidates, and from those to hits. Part of the
 * image (packrt.h).
 */
#ifndef PACKRT_GROUP_H
#define PACKRT_GROUP_H

#include "packrt.h"

int
group_again(struct work *work, uint32_t group)
{
	if (work->times)
		work->times->shared = tick_count();
	if (work->kept->group_event != work->kept->event || work->kept->group != group + 1)
		return 0;
	work->found_count = work->kept->group_found;
	return 1;
}

enum answer
scanned_decide(struct work *work, const struct test_of *of, const int32_t *slots, uint32_t predicate)
{
	enum answer answer = memo_answer(work, of->scan, predicate);

	if (answer == ANSWER_UNKNOWN) {
		answer = has_gate(work, of) && !is_yes(work, of->gate) ? ANSWER_NO : predicate_test(work, of, slots);
		memo_learn(work, of->scan, predicate, answer);
	}
	return settle(work, predicate, answer);
}

static inline void
bits_clear(uint64_t *bits, uint32_t words)
{
	const words2_raw none = { 0 };

	for (const uint64_t *end = bits + words; bits < end; bits += WORK_BITS_STEP / 64)
		*(words2_raw *)bits = *(words2_raw *)(bits + 2) = *(words2_raw *)(bits + 4) = *(words2_raw *)(bits + 6) = none;
}

/* Takes back, word by word, what became known of the event before when rules asked. */
static inline void
asked_take_back(struct work *work)
{
	const uint32_t *found = work->found + work->kept->group_scanned, *end = work->found + work->kept->group_found;
	uint64_t *unknown = work->unknown, *known = work->known;

	for (; found < end; found++) {
		const uint32_t word = *found / 64;

		unknown[word] = known[word] = 0;
	}
}

void
group_begin(struct work *work, uint32_t group, uint32_t words)
{
	struct work_kept *kept = work->kept;

	bits_clear(work->yes, kept->group_words);
	if (kept->group_cut)
		bits_clear(work->unknown, kept->group_words);
	asked_take_back(work);
	work->yes_spans = 0;
	work->chance_count = 0;
	kept->group_event = kept->event;
	kept->group = group + 1;
	kept->group_words = words;
	kept->group_cut = 0;
}

static inline int
is_refused(const uint64_t *yes, const struct ask *asks)
{
	uint64_t differs = 0;

	for (uint32_t i = 0; i < CANDIDATE_ASKS; i++)
		differs |= yes[asks[i].word] >> asks[i].bit ^ asks[i].yes;
	return differs & 1;
}

/* Those that have such answers, each once; early: how many rules are not late. */
static inline void
candidates_add(struct work *work, const struct candidate *list, uint32_t count, uint32_t early)
{
	const uint64_t *yes = work->yes;
	uint16_t *seen = work->seen;
	const uint16_t turn = work->kept->seen_turn;
	uint32_t *counts = work->kept->candidate_count, *soon = work->candidates[0] + counts[0], *late = work->candidates[1] + counts[1];

	for (const struct candidate *end = list + count; list < end; list++) {
		const uint32_t rule = list->rule;

		if (is_refused(yes, list->asks) || seen[rule] == turn)
			continue;
		seen[rule] = turn;
		*soon = *late = rule;
		soon += rule < early;
		late += rule >= early;
	}
	counts[0] = soon - work->candidates[0];
	counts[1] = late - work->candidates[1];
}

/* A turn is an event's with a group: what was seen in one says nothing in the next. Before turns are counted from 1 again all
 * that was seen is forgotten. */
static inline void
seen_begin(struct work *work)
{
	if (++work->kept->seen_turn)
		return;
	for (uint32_t i = 0; i < work->seen_count; i++)
		work->seen[i] = 0;
	work->kept->seen_turn = 1;
}

void
group_candidates(struct work *work, const struct candidate *always, uint32_t count, uint32_t early)
{
	struct work_kept *kept = work->kept;

	kept->group_scanned = work->found_count;
	kept->candidate_count[0] = kept->candidate_count[1] = 0;
	seen_begin(work);
	candidates_add(work, always, count, early);
	candidates_add(work, work->chances, work->chance_count, early);
}

/* With EVENT_TIMED: the first look at the clock, then those after each rule. */
static inline uint64_t
times_begin(struct work *work)
{
	uint64_t before = tick_count(), now = tick_count();

	work->times->shared = before - work->times->shared;
	work->times->idle = now - before;
	return now;
}

static inline uint64_t
times_rule(struct work *work, uint32_t number, uint64_t before)
{
	uint64_t now = tick_count();

	work->times->rules[work->times->count++] = (struct rule_time){ number, now - before };
	return now;
}

static inline void
rule_matches(struct work *work, const struct rules *rules, uint32_t rule)
{
	if (rule < rules->lone) { /* its predicate is true, too */
		work->yes_spans |= yes_span(rule);
	} else {
		bit_set(work->marks, rule);
		bit_set(work->mark_words, rule / 64);
	}
}

/* The bits of a word as hits from one on. */
PACKRT_INLINE struct hit *
hits_of_word(struct hit *hit, uint64_t word, uint32_t first)
{
	for (; word; word &= word - 1)
		(hit++)->rule = first + __builtin_ctzll(word);
	return hit;
}

/* The rules that are a predicate which is true. */
static inline struct hit *
hits_lone(const struct work *work, uint32_t lone, uint32_t first, struct hit *hit)
{
	const uint64_t *yes = work->yes;
	const uint32_t end = lone / YES_SPAN;

	for (uint32_t spans = 0; spans < end; spans += 64)
		for (uint64_t left = work->yes_spans; left && spans + __builtin_ctzll(left) < end; left &= left - 1) {
			uint32_t at = (spans + __builtin_ctzll(left)) * YES_SPAN;

			hit = hits_of_word(hit, yes[at / 64], first + at);
			hit = hits_of_word(hit, yes[at / 64 + 1], first + at + 64);
		}
	for (uint32_t at = end * YES_SPAN; at < lone; at += 64)
		hit = hits_of_word(hit, yes[at / 64] & (lone - at < 64 ? (UINT64_C(1) << lone % 64) - 1 : UINT64_MAX), first + at);
	return hit;
}

/* The rules that are marked, in order; takes the marks back. */
static inline struct hit *
hits_marked(struct work *work, uint32_t count, uint32_t first, struct hit *hit)
{
	uint64_t *marks = work->marks, *mark_words = work->mark_words;

	for (uint32_t i = 0; i * 4096 < count; i++) {
		for (uint64_t words = mark_words[i]; words; words &= words - 1) {
			uint32_t word = i * 64 + __builtin_ctzll(words);

			hit = hits_of_word(hit, marks[word], first + word * 64);
			marks[word] = 0;
		}
		mark_words[i] = 0;
	}
	return hit;
}

uint32_t
group_rules(struct work *work, const struct rules *rules, uint32_t late, struct hit *hits)
{
	const uint32_t *rule = work->candidates[late], *end = rule + work->kept->candidate_count[late];
	uint64_t before = work->times ? times_begin(work) : 0;
	struct hit *hit = hits;
	int some = 0;

	for (; rule < end; rule++) {
		if (!rules->places[*rule] || go_rule(work, rules->places + *rule)) {
			rule_matches(work, rules, *rule);
			some = 1;
		}
		if (work->times)
			before = times_rule(work, *rule, before);
	}
	work->kept->group_found = work->found_count;
	if (rules->lone)
		hit = hits_lone(work, rules->lone, rules->first, hit);
	if (some)
		hit = hits_marked(work, rules->count, rules->first, hit);
	return hit - hits;
}
#endif
