/* The image's routines: vector and scalar folding give the same bytes, searching is right, numbers, times, addresses. */
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
#include "packrt_leaves.h"
#include "packrt_memo.h"
#include "packrt_number.h"
#include "packrt_place.h"
#include "packrt_scan.h"
#include "packrt_set.h"
#include "packrt_text.h"
#include "random.h"

static struct text
text_of(const char *string)
{
	return (struct text){ (const uint8_t *)string, strlen(string), 0 };
}

static void
test_fold_twins(void **state)
{
	uint8_t in[100], fast[256], slow[256];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		uint32_t size = next_random() % sizeof(in);
		uint64_t used;
		uint32_t plain;

		for (uint32_t i = 0; i < size; i++)
			in[i] = next_random() % (round % 3 && next_random() % (round % 64 + 1) ? 128 : 256);
		used = fold_ascii_vector(fast, in, size);
		assert_true(used <= fold_ascii_scalar(slow, in, size));
		assert_memory_equal(fast, slow, used);
		used = fold_fast(fast, in, size, &plain);
		assert_int_equal(used, fold_text(slow, in, size, 1));
		assert_memory_equal(fast, slow, used);
		assert_true(used <= FOLD_ROOM(size));
	}
}

static void
test_fold_points(void **state)
{
	static const char *const pairs[][2] = {
		{ "ABCxyz[`{@", "abcxyz[`{@" }, { "ΟΔΟΣ", "οδοσ" }, { "ς", "σ" }, { "\xe2\x84\xaa", "k" }, { "ſ", "s" },
		{ "ẞ", "ß" }, { "İ", "İ" }, { "Ⱥ", "ⱥ" }, { "\xff" "A", "\xf9\xbf" "a" }, { "\xed\xa0\x80", "\xed\xa0\x80" },
		{ "\xe2\x84", "\xf9\xa2\xf8\x84" },
	};
	uint8_t out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		uint32_t plain;
		uint64_t used = fold_fast(out, (const uint8_t *)pairs[i][0], strlen(pairs[i][0]), &plain);

		assert_int_equal(used, strlen(pairs[i][1]));
		assert_memory_equal(out, pairs[i][1], used);
	}
}

static void
test_contains(void **state)
{
	char text[256], part[40];

	(void)state;
	for (int round = 0; round < 200000; round++) {
		uint32_t size = next_random() % sizeof(text), count = next_random() % sizeof(part);
		int found = 0;

		for (uint32_t i = 0; i < size; i++)
			text[i] = 'a' + next_random() % 2;
		for (uint32_t i = 0; i < count; i++)
			part[i] = 'a' + next_random() % 2;
		for (uint32_t i = 0; i + count <= size && !found; i++)
			found = !memcmp(text + i, part, count);
		assert_int_equal(text_contains((struct text){ (uint8_t *)text, size, 0 }, part, count), found);
	}
}

static void
test_contains_any(void **state)
{
	struct short_part parts[5];
	char text[100 + WORK_TEXT_PAD];

	(void)state;
	for (int round = 0; round < 200000; round++) {
		uint32_t size = next_random() % 100, count = 2 + next_random() % 4, letters = 1 + next_random() % 3;
		int found = 0;

		for (uint32_t i = 0; i < sizeof(text); i++) /* what is behind a text is not always 0 */
			text[i] = next_random() % 8 ? 'a' + next_random() % letters : next_random() % 2 * 0xc3;
		for (uint32_t k = 0; k < count; k++) {
			uint32_t part = 1 + next_random() % 8;
			char bytes[8] = "b";

			for (uint32_t i = 1; i < part; i++)
				bytes[i] = next_random() % 16 ? 'a' + next_random() % 3 : next_random() % 2 * 0xc3;
			memcpy(&parts[k].bytes, bytes, 8);
			parts[k].mask = UINT64_MAX >> (64 - 8 * part);
			for (uint32_t i = 0; i + part <= size && !found; i++)
				found = !memcmp(text + i, bytes, part);
		}
		assert_int_equal(text_contains_any((struct text){ (uint8_t *)text, size, 0 }, parts, count), found);
	}
}

/* Slowly: characters in a row that have bytes of the set. */
static int
has_run(const char *text, uint32_t size, const uint64_t bytes[4], uint32_t least)
{
	uint32_t row = 0;

	for (uint32_t i = 0; i < size; i++) {
		if (!(bytes[(uint8_t)text[i] / 64] >> (uint8_t)text[i] % 64 & 1))
			row = 0;
		else if (((uint8_t)text[i] & 0xc0) != 0x80 && ++row == least)
			return 1;
	}
	return 0;
}

static void
test_runs(void **state)
{
	static const char *const pieces[] = { "a", "b", "c", "ab", "\xc3\xa9", "\xe2\x82\xac", "aaaaaaaa", "-" };
	const uint64_t ascii[4] = { 0, 0x0000000e00000000, 0, 0 }, all[4] = { 0, 0x0000000600000000, ~0ull, ~0ull };
	char text[600];

	(void)state;
	for (int round = 0; round < 100000; round++) {
		uint32_t size = 0, least = 8 + next_random() % 30;
		const uint64_t *bytes = round & 1 ? ascii : all;

		for (uint32_t count = next_random() % 60; count > 0; count--) {
			const char *piece = pieces[next_random() % (next_random() % 4 ? 4 : 8)];

			memcpy(text + size, piece, strlen(piece));
			size += strlen(piece);
		}
		assert_int_equal(text_has_run((struct text){ (uint8_t *)text, size, 0 }, bytes, least),
		                 has_run(text, size, bytes, least));
	}
}

static struct work_kept *
kept_new(void)
{
	struct work_kept *kept = aligned_alloc(_Alignof(struct work_kept), sizeof(*kept));

	memset(kept, 0, sizeof(*kept));
	return kept;
}

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

/* Some text of letters in both cases, one of three bytes that folds to ASCII, and bytes that are no UTF-8. */
static uint32_t
make_ending(uint8_t *out, uint32_t least)
{
	static const char *const parts[] = { "a", "A", "b", "k", "\xe2\x84\xaa", "\xff" };
	uint32_t size = 0;

	for (uint32_t count = least + next_random() % 4, few = next_random() % 2 ? 4 : 6; count > 0; count--) {
		const char *part = parts[next_random() % few];

		memcpy(out + size, part, strlen(part));
		size += strlen(part);
	}
	return size;
}

/* Fields compare as their texts do when both are folded whole. */
static void
test_fields(void **state)
{
	uint64_t present = 3;
	struct value slots[2] = { { NULL, 0, VALUE_STRING, 0, 0 }, { NULL, 0, VALUE_STRING, 0, 0 } };
	struct event event = { .slots = slots, .present = &present };
	struct work work = { .event = &event, .kept = kept_new(), .arena = malloc(WORK_ARENA), .second = malloc(WORK_TEXT_ROOM) };
	uint8_t texts[2][128], folded[2][2 * sizeof(texts[0])];
	uint32_t yes = 0;

	(void)state;
	for (uint32_t i = 0; i < 200000; i++) {
		uint32_t shared = make_ending(texts[0], next_random() % 20), op = PACK_FIELD_EQUALS + next_random() % 4;
		struct text folds[2];

		for (uint32_t k = 0; k < 2; k++) {
			uint32_t own = next_random() % 4 ? 0 : make_ending(texts[1], 0);

			memmove(texts[1] + own, texts[0], shared);
			slots[k].data = memcpy(malloc(own + shared + 1), texts[1], own + shared);
			slots[k].size = own + shared - (shared && !(next_random() % 4));
			folds[k] = (struct text){ folded[k], fold_text(folded[k], slots[k].data, slots[k].size, 1), 0 };
		}
		work_event(&work);
		assert_int_equal(fields_compare(&work, 0, 1, op, FORM_FOLDED) == ANSWER_YES, texts_compare(folds[0], folds[1], op));
		yes += texts_compare(folds[0], folds[1], op);
		free((void *)slots[0].data);
		free((void *)slots[1].data);
	}
	assert_in_range(yes, 10000, 190000);
	free(work.kept);
	free(work.arena);
	free(work.second);
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

static void
test_numbers(void **state)
{
	static const struct { const char *a; uint32_t op; const char *b; int expected; } rows[] = {
		{ "1", PACK_LT, "2", 1 }, { "10", PACK_LT, "9", 0 }, { "-1", PACK_LT, "0", 1 }, { "0", PACK_EQUALS, "-0.0", 1 },
		{ "9007199254740992", PACK_LT, "9007199254740993", 1 }, { "1e3", PACK_EQUALS, "1000", 1 },
		{ "0.001", PACK_GT, "1e-4", 1 }, { "123456789012345678901234567890", PACK_GT, "123456789012345678901234567889", 1 },
		{ "12x", PACK_LT, "100", 0 }, { "", PACK_LT, "1", 0 }, { "-", PACK_LT, "1", 0 }, { "1.50", PACK_LTE, "1.5", 1 },
		{ "+5", PACK_GTE, "5", 1 }, { "-2", PACK_GT, "-10", 1 }, { ".5", PACK_LT, "1", 1 }, { "1e", PACK_LT, "10", 0 },
		{ "1e999999999999", PACK_GT, "1e99", 1 }, { "0e5", PACK_EQUALS, "0", 1 }, { "00012", PACK_EQUALS, "12", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (number_compare(text_of(rows[i].a), rows[i].op, rows[i].b, strlen(rows[i].b)) != rows[i].expected)
			fail_msg("%s %u %s", rows[i].a, rows[i].op, rows[i].b);
}

static void
test_times(void **state)
{
	static const struct { const char *time; uint32_t part; const char *number; } rows[] = {
		{ "2021-01-04T23:30:59Z", PACK_MINUTE, "30" }, { "2021-01-04T23:30:00+02:00", PACK_HOUR, "21" },
		{ "2021-01-03T12:00:00Z", PACK_WEEK, "53" }, { "2021-01-04T00:00:00.123456Z", PACK_WEEK, "1" },
		{ "2020-12-31 23:30:00-01:00", PACK_YEAR, "2021" }, { "2024-02-29", PACK_DAY, "29" },
		{ "2024-03-01T00:30:00+0100", PACK_DAY, "29" }, { "1969-12-31T23:59:59Z", PACK_MONTH, "12" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!time_compare(text_of(rows[i].time), rows[i].part, PACK_EQUALS, rows[i].number, strlen(rows[i].number)))
			fail_msg("%s %u", rows[i].time, rows[i].part);
	assert_false(time_compare(text_of("2021-13-01T00:00:00Z"), PACK_YEAR, PACK_EQUALS, "2021", 4));
	assert_false(time_compare(text_of("noon"), PACK_HOUR, PACK_EQUALS, "12", 2));
	assert_false(time_compare(text_of("2021-01-01T10:20:61Z"), PACK_HOUR, PACK_EQUALS, "10", 2));
	assert_false(time_compare(text_of("2021-01-01T10:20:30."), PACK_HOUR, PACK_EQUALS, "10", 2));
	assert_false(time_compare(text_of("2021-01-01T10:20:30+02:"), PACK_HOUR, PACK_EQUALS, "8", 1));
	assert_false(time_compare(text_of("2021-01-01T10:20:30+24:00"), PACK_HOUR, PACK_EQUALS, "10", 2));
}

static void
test_addresses(void **state)
{
	static const struct { const char *text; int family; } rows[] = {
		{ "1.2.3.4", 4 }, { "01.2.3.4", 0 }, { "1.2.3", 0 }, { "1.2.3.256", 0 }, { "1.2.3.4:80", 0 }, { "::", 6 },
		{ "::1", 6 }, { "1::", 6 }, { "fe80::1:2", 6 }, { "1:2:3:4:5:6:7:8", 6 }, { "1:2:3:4:5:6:7", 0 },
		{ "::ffff:10.1.1.1", 6 }, { "1::2::3", 0 }, { "[::1]", 0 }, { ":1", 0 }, { "1:2:3:4:5:6:7:", 0 }, { "12345::", 0 },
		{ "", 0 }, { "1:2:3:4:5:6:1.2.3.4", 6 },
	};
	static const struct net nets[] = {
		{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10 }, 104, 1 }, { { 0xfe, 0x80 }, 10, 0 },
	};
	uint8_t bytes[16];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (address_read(text_of(rows[i].text), bytes) != rows[i].family)
			fail_msg("%s", rows[i].text);
	assert_int_equal(address_read(text_of("::ffff:10.1.1.1"), bytes), 6);
	assert_true(address_in(text_of("::ffff:10.1.1.1"), nets, 2));
	assert_true(address_in(text_of("10.1.1.1"), nets, 2));
	assert_false(address_in(text_of("10.1.1.1"), nets + 1, 1));
	assert_false(address_in(text_of("11.1.1.1"), nets, 2));
	assert_true(address_in(text_of("fe80::1"), nets + 1, 1));
	assert_false(address_in(text_of("fec0::1"), nets, 2));
	assert_false(address_in(text_of("fe80"), nets, 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold_twins), cmocka_unit_test(test_fold_points), cmocka_unit_test(test_contains),
		cmocka_unit_test(test_contains_any),
		cmocka_unit_test(test_runs), cmocka_unit_test(test_fields), cmocka_unit_test(test_memo), cmocka_unit_test(test_memo_same_hash),
		cmocka_unit_test(test_memo_unique), cmocka_unit_test(test_memo_second), cmocka_unit_test(test_open),
		cmocka_unit_test(test_leaves), cmocka_unit_test(test_hits),
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_times), cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
