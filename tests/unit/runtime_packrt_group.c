/* A group's work in the image: what is remembered of texts is as if found anew, leaves, what becomes known, hits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "packrt_group.h"
#include "packrt_head.h"
#include "packrt_kept.h"
#include "packrt_leaves.h"
#include "packrt_memo.h"
#include "packrt_number.h"
#include "packrt_place.h"
#include "packrt_scan.h"
#include "packrt_set.h"
#include "packrt_text.h"
#include "random.h"

enum { ROUNDS = 5000, VALUES = 4000, SLOTS = 40, MOST = 64 * MEMO_WORDS_MAX + 64, PREDICATES = SLOTS * MOST, ASKED = 20 };

static struct remembering { /* a work whose slots are scanned, with what is true of their texts */
	struct work work;
	uint64_t yes[PREDICATES / 64];
	uint32_t found[PREDICATES];
	struct candidate chances[PREDICATES];
	uint32_t first[PREDICATES + 1]; /* every third predicate is a witness of one rule, that of its number */
	struct candidate witnesses[PREDICATES / 3 + 1];
	struct event event;
	struct value slots[SLOTS];
	uint64_t present;
	struct scan_of table[SLOTS]; /* within reach of the code */
	struct memo *memos[SLOTS];
	uint32_t answers, asks; /* of what rules ask: remembered, and all */
	uint32_t scans;
} remembering;

/* How many predicates are true of a text in a slot, and the first of them, from its bytes alone: few, many, too many to remember. */
static uint32_t
verdict(uint32_t slot, const uint8_t *text, uint32_t size, uint32_t *first)
{
	uint64_t hash = size * 31 + slot;

	for (uint32_t i = 0; i < size; i++)
		hash = hash * 1000003 + text[i];
	*first = slot * MOST + (hash >> 20 & 31);
	if (hash >> 40 & 15)
		return hash >> 50 & 15;
	return hash >> 50 & 1 ? hash >> 51 & 127 : hash >> 51 & 1 ? 64 * MEMO_WORDS_MAX + 1 : 3 * MEMO_CHANCES_MAX + 3;
}

/* The text's first byte says of which slot it is. */
static void
scan_any(struct work *work, const struct texts *texts)
{
	uint32_t first, slot = texts->text.data[0] - 1, count = verdict(slot, texts->text.data, texts->text.size, &first);

	for (uint32_t i = first; i < first + count; i++)
		predicate_found(work, i);
	remembering.scans++;
}

static void
check_found(const struct remembering *r)
{
	uint64_t right[PREDICATES / 64] = { 0 }, rules = 0, chances = 0;

	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		const struct value *value = r->slots + slot;
		uint32_t first, count;

		if (!(r->present >> slot & 1))
			continue;
		count = verdict(slot, value->data, value->size, &first);
		for (uint32_t i = first; i < first + count; i++) {
			bit_set(right, i);
			rules += i % 3 ? 0 : UINT64_C(1) << 32 | i;
		}
	}
	for (uint32_t i = 0; i < r->work.chance_count; i++)
		chances += UINT64_C(1) << 32 | r->work.chances[i].rule;
	assert_memory_equal(r->yes, right, sizeof(right));
	assert_int_equal(chances, rules);
}

/* Rules ask for up to five predicates of ASKED a text; what is remembered of those is right. */
static void
check_answers(struct remembering *r)
{
	for (uint32_t slot = 0; slot < SLOTS; slot++)
		for (uint32_t ask = next_random() % 6; ask > 0; ask--) {
			uint32_t predicate = slot * ASKED + next_random() % ASKED, first;
			enum answer right, answer;

			if (!(r->present >> slot & 1)) {
				assert_int_equal(memo_answer(&r->work, slot, predicate), ANSWER_UNKNOWN);
				continue;
			}
			right = (verdict(slot, r->slots[slot].data, r->slots[slot].size, &first) + predicate) % 3 ? ANSWER_NO : ANSWER_YES;
			answer = memo_answer(&r->work, slot, predicate);
			r->asks++;
			r->answers += answer != ANSWER_UNKNOWN;
			if (answer == ANSWER_UNKNOWN)
				memo_learn(&r->work, slot, predicate, right);
			else
				assert_int_equal(answer, right);
		}
}

/* Whatever is remembered or not, what a text makes true is found; of those that come again, little is looked through. */
static void
test_memo(void **state)
{
	struct remembering *r = &remembering;
	int32_t slots[SLOTS];
	const struct scans scans = { r->table, SLOTS, slots, r->first, r->witnesses };
	char (*texts)[1700] = calloc(VALUES, sizeof(*texts));
	uint32_t *sizes = calloc(VALUES, sizeof(*sizes)), values = 0;
	uint8_t *arena = malloc(WORK_ARENA);

	(void)state;
	r->event = (struct event){ .slots = r->slots, .present = &r->present };
	r->work = (struct work){ .event = &r->event, .yes = r->yes, .found = r->found, .chances = r->chances, .memos = r->memos, .arena = arena };
	r->work.kept = kept_new();
	for (uint32_t i = 0; i < VALUES; i++) {
		sizes[i] = 1 + next_random() % (next_random() % 8 ? 40 : 1699);
		for (uint32_t k = 0; k < sizes[i]; k++)
			texts[i][k] = k ? 'a' + next_random() % 2 : 1 + i % SLOTS;
	}
	for (uint32_t i = 0; i < PREDICATES; i++) {
		r->first[i + 1] = i / 3 + 1;
		r->witnesses[i / 3].rule = i / 3 * 3;
	}
	for (uint32_t i = 0; i < SLOTS; i++) {
		r->table[i] = (struct scan_of){ (intptr_t)scan_any - (intptr_t)&r->table[i].scan, i };
		slots[i] = i;
	}
	for (uint32_t i = 0; i < ROUNDS; i++) {
		memset(r->yes, 0, sizeof(r->yes));
		r->work.found_count = r->work.chance_count = 0;
		work_event(&r->work);
		for (r->present = 0; !r->present;)
			for (uint32_t slot = 0; slot < SLOTS; slot++) {
				uint32_t value = next_random() % (next_random() % 4 ? 300 : VALUES) / SLOTS * SLOTS + slot;

				r->slots[slot] = (struct value){ texts[value], sizes[value], VALUE_STRING, 0, 0 };
				r->present |= (uint64_t)(next_random() % 2) << slot;
			}
		for (uint64_t left = r->present; left; left &= left - 1)
			values++;
		group_scan(&r->work, &scans);
		check_found(r);
		check_answers(r);
	}
	assert_in_range(r->scans, 1, values / 2);
	assert_in_range(r->answers, r->asks / 4, r->asks);
	free(r->work.kept);
	free(arena);
	free(texts);
	free(sizes);
}

/* The word that makes memo_mix() give something of a hash. */
static uint64_t
mix_back(uint64_t hash, uint64_t mixed)
{
	const uint64_t factor = memo_mix(0, 1);
	uint64_t inverse = factor;

	for (uint32_t i = 0; i < 6; i++)
		inverse *= 2 - factor * inverse;
	return mixed * inverse ^ hash;
}

static uint32_t scanned;

/* The first byte of a text is what it makes true. */
static void
scan_first(struct work *work, const struct texts *texts)
{
	predicate_found(work, texts->text.data[0]);
	scanned++;
}

/* A work with one slot. */
static struct one_slot {
	struct scan_of of; /* within reach of the code */
	struct value value;
	struct event event;
	struct work work;
	struct memo *memo;
	struct candidate chance;
	uint64_t present, yes[2];
	uint32_t found[128], first[129];
} one_slot;

static struct one_slot *
one_slot_new(void)
{
	struct one_slot *one = &one_slot;

	memset(one, 0, sizeof(*one));
	one->of.scan = (intptr_t)scan_first - (intptr_t)&one->of.scan;
	one->present = 1;
	one->value.type = VALUE_STRING;
	one->event = (struct event){ .slots = &one->value, .present = &one->present };
	one->work = (struct work){
		.event = &one->event, .yes = one->yes, .found = one->found, .chances = &one->chance, .memos = &one->memo,
		.kept = kept_new(), .arena = malloc(WORK_ARENA),
	};
	scanned = 0;
	return one;
}

static void
one_slot_free(struct one_slot *one)
{
	free(one->work.kept);
	free(one->work.arena);
}

/* A text that begins with such a letter is found to do so. */
static void
check_first(struct one_slot *one, const void *text, uint32_t size, char first)
{
	const int32_t slot = 0;
	const struct scans scans = { &one->of, 1, &slot, one->first, NULL };

	one->yes[0] = one->yes[1] = one->work.found_count = 0;
	work_event(&one->work);
	one->value.data = text;
	one->value.size = size;
	group_scan(&one->work, &scans);
	assert_int_equal(one->yes[0], 0);
	assert_true(one->yes[1] == UINT64_C(1) << (first - 64));
}

/* Texts with the same hash are not taken for each other. */
static void
test_memo_same_hash(void **state)
{
	uint64_t words[2][2] = { { 0x6161616161616161, 0x6262626262626262 }, { 0x6361616161616163, 0 } }, key;
	struct one_slot *one = one_slot_new();

	(void)state;
	one->value.size = 16;
	key = memo_key(&one->of, value_about(&one->value));
	words[1][1] = mix_back(0, memo_mix(key, words[0][0]) ^ memo_mix(0, words[0][1]) ^ memo_mix(key, words[1][0]));
	assert_true(memo_hash(key, (const uint8_t *)words[0], 16) == memo_hash(key, (const uint8_t *)words[1], 16));
	for (uint32_t i = 0; i < 64; i++) {
		uint32_t which = next_random() % 2;

		check_first(one, words[which], 16, which ? 'c' : 'a');
	}
	assert_in_range(scanned, 3, 63);
	one_slot_free(one);
}

/* Where no text comes again they are not looked for, until they do; whatever events of others are between them. */
static void
test_memo_unique(void **state)
{
	char text[16];

	(void)state;
	for (uint32_t others = 0; others < MEMO_TRY; others++) {
		struct one_slot *one = one_slot_new();

		for (uint32_t i = 0; i < 4 * MEMO_MISSES_MAX; i++)
			check_first(one, text, snprintf(text, sizeof(text), "%c%u", 'a' + i % 26, i), 'a' + i % 26);
		assert_int_equal(scanned, 4 * MEMO_MISSES_MAX);
		for (uint32_t i = 0; i < 10 * MEMO_TRY; i++) {
			check_first(one, i % 2 ? "odd" : "even", i % 2 ? 3 : 4, i % 2 ? 'o' : 'e');
			for (uint32_t k = 0; k < others; k++)
				work_event(&one->work);
		}
		assert_in_range(scanned, 4 * MEMO_MISSES_MAX + 4, 4 * MEMO_MISSES_MAX + 4 * MEMO_TRY);
		one_slot_free(one);
	}
}

/* A text that is in the second place for its hash is known, too. */
static void
test_memo_second(void **state)
{
	struct one_slot *one = one_slot_new();
	struct memo_text first = { .value = &one->value }, text = first;
	char a[] = "a0000000", b[] = "b0000000";
	const uint8_t *misses;

	(void)state;
	one->value.data = a;
	one->value.size = 8;
	first.key = text.key = memo_key(&one->of, value_about(&one->value));
	misses = one->work.kept->memo_misses + memo_slot(text.key);
	memo_prepare(one->work.kept, &first);
	one->value.data = b;
	do {
		snprintf(b, sizeof(b), "b%07u", next_random() % 10000000);
		memo_prepare(one->work.kept, &text);
	} while (memo_place(text.hash) != memo_place(first.hash));
	for (uint32_t i = 0; i < 4; i++)
		check_first(one, i < 2 ? a : b, 8, i < 2 ? 'a' : 'b');
	assert_int_equal(scanned, 4);
	assert_int_not_equal(*misses, 0);
	check_first(one, a, 8, 'a');
	assert_int_equal(scanned, 4);
	assert_int_equal(*misses, 0);
	one_slot_free(one);
}

/* A set leaves the predicate open, as a value is cut; no test says more. */
static enum answer
decide_open(struct work *work, uint32_t predicate)
{
	bit_set(work->unknown, predicate);
	return settle(work, predicate, ANSWER_NO);
}

static void
test_open(void **state)
{
	uint64_t yes = 0, unknown = 0, known = 0, eager = 0;
	uint32_t found[4];
	struct work work = { .yes = &yes, .unknown = &unknown, .known = &known, .found = found };

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(answer_of(&work, 7, &eager, decide_open), ANSWER_UNKNOWN);
	assert_int_equal(work.found_count, 1);
}

struct one_string {
	struct contains head;
	struct contains_string string;
	uint32_t number, predicate;
	char text[1 + CONTAINS_TEXTS_PAD];
};

/* The values of an event are looked through once, even when its texts had to be forgotten. */
static void
test_leaves(void **state)
{
	struct one_string set = {
		{ .halves = { { .few = 1, .few_list = offsetof(struct one_string, number) } },
		  .strings = offsetof(struct one_string, string), .predicates = offsetof(struct one_string, predicate),
		  .texts = offsetof(struct one_string, text) },
		{ .size = 1, .count = 1 }, 0, 0, "x",
	};
	struct work_kept *kept = kept_new();
	char *text = malloc(VALUE_TEXT_MAX);
	uint64_t yes = 0;
	uint32_t found[1];
	struct value leaves[8];
	struct event event = { .leaves = leaves, .leaf_count = 8 };
	struct work work = { .event = &event, .kept = kept, .leaf_yes = &yes, .leaf_found = found, .arena = malloc(WORK_ARENA) };

	(void)state;
	memset(text, 'a', VALUE_TEXT_MAX);
	for (uint32_t i = 0; i < 8; i++)
		leaves[i] = (struct value){ text, VALUE_TEXT_MAX, VALUE_STRING, 0, 0 };
	work_event(&work);
	leaves_scan(&work, &set.head);
	assert_int_equal(kept->leaf_count, 0);
	text[VALUE_TEXT_MAX - 1] = 'X';
	work_turn(&work);
	leaves_scan(&work, &set.head);
	assert_int_equal(kept->leaf_count, 0);
	work_event(&work);
	leaves_scan(&work, &set.head);
	assert_int_equal(kept->leaf_count, 1);
	free(work.arena);
	free(text);
	free(kept);
}

enum { LONE = 5000, LONE_RULES = 5200 };

/* Predicates that sets find or that are asked for are rules of the same number; others are marked. All come in order. */
static void
test_hits(void **state)
{
	static const uint32_t found[] = { 4999, 5003, 64 * 65 + 7, 69, 70 }, right[] = { 69, 70, 129, 64 * 65 + 7, 4999, 5100, 5199 };
	static const uint32_t no_witnesses[LONE_RULES + 1];
	static const int32_t no_places[LONE_RULES];
	static uint64_t yes[LONE_RULES / 64 + 1], known[LONE_RULES / 64 + 1], marks[LONE_RULES / 64 + 1], mark_words[2];
	static uint32_t list[LONE_RULES], candidates[] = { 5199, 129, 5100 };
	static struct hit hits[LONE_RULES];
	static const struct rules rules = { no_places, 1000, LONE_RULES, LONE };
	struct work work = {
		.yes = yes, .known = known, .unknown = known, .marks = marks, .mark_words = mark_words, .found = list, .kept = kept_new(),
		.candidates = { candidates },
	};

	for (uint32_t i = 0; i < sizeof(found) / sizeof(*found); i++)
		predicate_found(&work, found[i]);
	chances_find(&work, &(struct scans){ .first = no_witnesses }, 0);
	settle(&work, 129, ANSWER_YES);
	work.kept->candidate_count[0] = 3;
	assert_int_equal(group_rules(&work, &rules, 0, hits), sizeof(right) / sizeof(*right));
	for (uint32_t i = 0; i < sizeof(right) / sizeof(*right); i++)
		assert_int_equal(hits[i].rule, 1000 + right[i]);
	for (uint32_t i = 0; i < LONE_RULES / 64 + 1; i++)
		assert_int_equal(marks[i], 0);
	assert_int_equal(mark_words[0] | mark_words[1], 0);
	free(work.kept);
	(void)state;
}

/* Rules that may match are candidates once a turn, however often turns were counted to their end. */
static void
test_candidates(void **state)
{
	static const struct candidate always[] = { { 6, { { 1, 0, 0 }, { 1, 0, 0 } } } }, some[] = {
		{ 3, { { 0, 1, 1 }, { 1, 0, 0 } } }, { 5, { { 1, 0, 0 }, { 1, 0, 0 } } }, { 3, { { 0, 1, 1 }, { 1, 0, 0 } } },
		{ 2, { { 1, 1, 0 }, { 1, 0, 0 } } }, { 1, { { 0, 1, 1 }, { 0, 0, 1 } } }, { 7, { { 1, 0, 0 }, { 0, 1, 1 } } },
	};
	uint64_t yes[] = { 0, 1 };
	uint16_t seen[8] = { 0 };
	uint32_t soon[16], late[16];
	struct candidate chances[8];
	struct work work = {
		.yes = yes, .seen = seen, .seen_count = 8, .candidates = { soon, late }, .chances = chances, .kept = kept_new(),
	};

	memcpy(chances, some, sizeof(some));
	for (uint32_t turn = 0; turn < 3 * 65536; turn++) {
		work.chance_count = turn % 3 ? sizeof(some) / sizeof(*some) : 0;
		group_candidates(&work, always, 1, 6);
		assert_int_equal(work.kept->candidate_count[0], turn % 3 ? 2 : 0);
		assert_int_equal(work.kept->candidate_count[1], turn % 3 ? 2 : 1);
		assert_true(late[0] == 6 && (turn % 3 == 0 || (soon[0] == 3 && soon[1] == 5 && late[1] == 7)));
	}
	free(work.kept);
	(void)state;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memo), cmocka_unit_test(test_memo_same_hash), cmocka_unit_test(test_memo_unique),
		cmocka_unit_test(test_memo_second), cmocka_unit_test(test_open), cmocka_unit_test(test_leaves), cmocka_unit_test(test_hits),
		cmocka_unit_test(test_candidates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
