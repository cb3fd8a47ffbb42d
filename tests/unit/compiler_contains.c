/* contains: what a set finds in a text is what a search for each of its strings finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "arena.h"
#include "contains.h"
#include "packrt_head.h"
#include "plan.h"
#include "random.h"

enum { ROUNDS = 2000, TEXTS = 40, STRINGS = 300, MANY = 3000 /* notes of so many say too little */, PREDICATES = 400,
	STRING_MAX = 40, TEXT_MAX = 1500, PAGE = 65536 };

struct finding { /* a work whose texts are those of one value */
	struct work work;
	struct work_kept kept;
	struct event event;
	struct plan_set set;
	uint64_t yes[PREDICATES / 64 + 2], expected[PREDICATES / 64 + 2];
	uint32_t found[PREDICATES + 1];
	uint8_t arena[WORK_ARENA];
	uint8_t *page; /* between two that cannot be read */
};

/* Some bytes, folded: few letters, so that strings are found; or others, now and then also a 0. */
static uint32_t
bytes_make(char *out, uint32_t room, uint32_t letters, int plain)
{
	static const char *const others[] = { "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x81", "\\", " -", "\0\0" };
	uint32_t size = 0;

	while (size + 4 < room) {
		const char *other = others[next_random() % (plain ? 2 : 7) + (plain ? 4 : 0)];

		if (next_random() % 6) {
			out[size++] = 'a' + next_random() % letters;
		} else if (!*other) {
			out[size++] = 0;
		} else {
			memcpy(out + size, other, strlen(other));
			size += strlen(other);
		}
	}
	return size;
}

/* What is rare in others, at one place of each string, now and then at a second one: few are too short to have a window behind
 * it. */
static void
anchor_put(struct plan_set *set)
{
	const char *anchor = next_random() % 2 ? "=" : "\xc3\xa9";
	uint32_t size = strlen(anchor);

	for (uint32_t i = 0; i < set->string_count; i++) {
		const struct plan_string *string = set->strings + i;

		if (string->size < size + CONTAINS_EIGHT)
			continue;
		memcpy((char *)string->data + next_random() % (string->size - size - CONTAINS_EIGHT + 1), anchor, size);
		if (next_random() % 8 == 0)
			memcpy((char *)string->data + next_random() % (string->size - size + 1), anchor, size);
	}
}

/* Sorted or not is the planner's matter. */
static void
set_make(struct arena *arena, struct plan_set *set, uint32_t letters)
{
	static const uint32_t counts[] = { 9, 40, 40, STRINGS, STRINGS };
	uint32_t least = next_random() % 2 ? 5 : 5 + next_random() % (STRING_MAX - 6);

	memset(set, 0, sizeof(*set));
	set->string_count = next_random() % (next_random() % 64 ? counts[next_random() % 5] : MANY);
	set->strings = arena_alloc(arena, (set->string_count + 1) * sizeof(*set->strings));
	for (uint32_t i = 0; i < set->string_count; i++) {
		struct plan_string *string = set->strings + i;
		uint32_t room = least + next_random() % (next_random() % 2 ? 6 : STRING_MAX - least);
		char *data = arena_alloc(arena, STRING_MAX + 4);

		string->size = bytes_make(data, room, letters, next_random() % 3);
		string->size += !string->size;
		string->data = data;
		string->predicate_count = 1 + (next_random() % 4 == 0);
		string->predicates = arena_alloc(arena, 2 * sizeof(*string->predicates));
		string->predicates[0] = next_random() % PREDICATES;
		string->predicates[1] = next_random() % PREDICATES;
	}
	if (next_random() % 2)
		anchor_put(set);
}

/* The same with some of the set's strings in it, the last of which may be cut. */
static uint32_t
text_make(const struct plan_set *set, char *out, uint32_t room, uint32_t letters, int plain)
{
	uint32_t size = bytes_make(out, room, letters, plain);

	for (uint32_t i = next_random() % 8; set->string_count && size && i > 0; i--) {
		const struct plan_string *string = set->strings + next_random() % set->string_count;
		uint32_t at = next_random() % size, left = size - at;

		memcpy(out + at, string->data, string->size < left ? string->size : left);
	}
	return size;
}

static void
text_run(struct finding *f, const struct contains *set, struct text text)
{
	memset(f->yes, 0, sizeof(f->yes));
	f->work.found_count = 0;
	contains_run(&f->work, set, text);
	assert_memory_equal(f->yes, f->expected, sizeof(f->yes));
}

/* Where no more bytes beside the text can be read than its arena has. */
static void
edges_run(struct finding *f, const struct contains *set, struct text text)
{
	const uint32_t places[] = { WORK_TEXT_PAD, PAGE - WORK_TEXT_PAD - text.size };

	for (int i = 0; i < 2; i++) {
		uint8_t *at = f->page + places[i];

		memset(at - WORK_TEXT_PAD, 'a', WORK_TEXT_PAD - 1);
		at[-1] = 0;
		memcpy(at, text.data, text.size);
		memset(at + text.size, 0, WORK_TEXT_PAD);
		text_run(f, set, (struct text){ at, text.size, text.plain });
	}
}

static void
text_check(struct finding *f, const struct contains *set, const char *bytes, uint32_t size)
{
	const struct value value = { bytes, size, VALUE_STRING, 0, 0 };
	struct text text;

	work_turn(&f->work);
	memset(f->expected, 0, sizeof(f->expected));
	text = value_text(&f->work, &value, FORM_FOLDED);
	for (uint32_t i = 0; i < f->set.string_count; i++) {
		const struct plan_string *string = f->set.strings + i;

		for (uint32_t k = 0; k < string->predicate_count && memmem(text.data, text.size, string->data, string->size); k++)
			bit_set(f->expected, string->predicates[k]);
	}
	edges_run(f, set, text);
	text_run(f, set, text);
	for (uint32_t i = 0; i < f->work.found_count; i++)
		f->expected[f->found[i] / 64] &= ~(UINT64_C(1) << f->found[i] % 64);
	for (uint32_t i = 0; i < sizeof(f->expected) / sizeof(*f->expected); i++)
		assert_int_equal(f->expected[i], 0);
}

static uint8_t *
page_new(void)
{
	uint8_t *pages = mmap(NULL, 3 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(pages != MAP_FAILED);
	assert_int_equal(mprotect(pages + PAGE, PAGE, PROT_READ | PROT_WRITE), 0);
	return pages + PAGE;
}

static void
test_sets(void **state)
{
	struct finding *f = calloc(1, sizeof(*f));
	uint32_t anchored[2] = { 0 };
	char text[TEXT_MAX], head[TEXT_MAX];

	(void)state;
	f->work = (struct work){ .event = &f->event, .yes = f->yes, .found = f->found, .kept = &f->kept, .arena = f->arena };
	f->page = page_new();
	for (int round = 0; round < ROUNDS; round++) {
		struct arena *arena = arena_new();
		uint32_t letters = 2 + next_random() % 24, size;
		const struct contains *set;

		set_make(arena, &f->set, letters);
		set = contains_make(arena, &f->set, &size);
		for (int half = 0; half < 2; half++)
			anchored[half] += set->halves[half].anchor != 0;
		memset(f->kept.heads, 0, sizeof(f->kept.heads));
		text_make(&f->set, head, sizeof(head), letters, 1);
		for (int i = 0; i < TEXTS; i++) {
			size = text_make(&f->set, text, next_random() % (next_random() % 2 ? 60 : TEXT_MAX), letters, i % 3);
			if (size && i % 2)
				memcpy(text, head, next_random() % size);
			text_check(f, set, text, size);
		}
		arena_free(arena);
	}
	for (int half = 0; half < 2; half++)
		assert_in_range(anchored[half], ROUNDS / 40, ROUNDS / 2);
	munmap(f->page - PAGE, 3 * PAGE);
	free(f);
}

/* Eight at once are noted as one by one: every place, and one behind the last. */
static void
test_notes(void **state)
{
	uint8_t notes[4097], text[TEXT_MAX + WORK_TEXT_PAD], noted[TEXT_MAX + 32];

	(void)state;
	for (int round = 0; round < 2000; round++) {
		uint32_t step = 1 + next_random() % 2, size = next_random() % TEXT_MAX;

		for (uint32_t i = 0; i < sizeof(text); i++)
			text[i] = next_random();
		for (uint32_t i = 0; i < sizeof(notes); i++)
			notes[i] = next_random();
		contains_note(notes, 4, text, text + size / step * step, noted, step);
		for (uint32_t i = 0; i <= size / step; i++)
			assert_int_equal(noted[i], notes[contains_pair(text[i * step] | text[i * step + 1] << 8) >> 4]);
	}
}

static void
test_pass(void **state)
{
	uint8_t noted[64 + 16];

	(void)state;
	for (int round = 0; round < 2000; round++) {
		uint32_t count = next_random() % 70, first = next_random() % 2;
		struct contains_places places, expected = { 0, 0 };

		for (uint32_t i = 0; i < sizeof(noted); i++)
			noted[i] = next_random() & next_random();
		for (uint32_t i = 0; i < 64 && i < count; i++) {
			uint32_t groups = noted[i] & noted[i + 1] >> CONTAINS_GROUPS;

			expected.pairs |= (uint64_t)(groups & 1) << i;
			expected.longer |= (uint64_t)(groups >> first != 0) << i;
		}
		places = contains_pass(noted, count, first);
		assert_int_equal(places.pairs, expected.pairs);
		assert_int_equal(places.longer, expected.longer);
	}
}

static void
test_tops(void **state)
{
	(void)state;
	for (int round = 0; round < 2000; round++) {
		words2 words = { (uint64_t)next_random() << 32 | next_random(), (uint64_t)next_random() << 32 | next_random() };
		uint32_t expected = 0;

		for (uint32_t i = 0; i < 16; i++)
			expected |= (uint32_t)(((bytes16)words)[i] >> 7) << i;
		assert_int_equal(bytes_tops((bytes16)words), expected);
		assert_int_equal(word_tops(words[0]) | word_tops(words[1]) << 8, expected);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_sets), cmocka_unit_test(test_notes),
		cmocka_unit_test(test_pass), cmocka_unit_test(test_tops) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
