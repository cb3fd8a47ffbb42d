/* Why a predicate is true of an event: what is kept of patterns and of the event's other matches changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "random.h"
#include "pack.h"
#include "packfile.h"
#include "why.h"

enum { PREDICATES = 40, PATTERNS = 9, TEXTS = PREDICATES * PATTERNS, PATTERN_SIZE = 8, VALUE_SIZE = 40, LEAVES = 3 };

static char strings[TEXTS * PATTERN_SIZE];
static struct pack_text texts[TEXTS];
static struct pack_predicate predicates[PREDICATES];
static const struct pack_tables tables = { .strings = strings, .strings_size = sizeof strings, .texts = texts,
	.text_count = TEXTS, .predicates = predicates, .predicate_count = PREDICATES };

static uint32_t
write_text(char *out, uint32_t most)
{
	static const char *const pieces[] = { "a", "A", "b", "B", "x", "k", " ", "\\", "*", "1", ".", "\xe2\x84\xaa" };
	uint32_t size = 0, wanted = 1 + next_random() % most;
	const char *piece;

	for (piece = pieces[next_random() % 12]; size + strlen(piece) <= wanted; piece = pieces[next_random() % 12]) {
		memcpy(out + size, piece, strlen(piece));
		size += (uint32_t)strlen(piece);
	}
	return size;
}

static void
make_pack(void)
{
	static const uint8_t ops[] = { PACK_EQUALS, PACK_STARTSWITH, PACK_ENDSWITH, PACK_CONTAINS, PACK_CONTAINS, PACK_WILDCARD,
		PACK_KEYWORD, PACK_EXISTS };

	for (uint32_t i = 0; i < TEXTS; i++)
		texts[i] = (struct pack_text){ i * PATTERN_SIZE, write_text(strings + i * PATTERN_SIZE, i % 3 ? 3 : PATTERN_SIZE) };
	for (uint32_t i = 0; i < PREDICATES; i++)
		predicates[i] = (struct pack_predicate){ .slot = ops[i % 8] == PACK_KEYWORD ? PACK_NONE : i % 2, .op = ops[i % 8],
			.flags = i % 11 ? 0 : PACK_CASED, .values = { i * PATTERNS, 1 + next_random() % PATTERNS } };
}

/* Values lie where those of an event before lay, or where others did. */
static struct event
make_event(void)
{
	static char rooms[2][LEAVES][VALUE_SIZE];
	char (*room)[VALUE_SIZE] = rooms[next_random() % 2];
	static struct value values[LEAVES];
	static uint64_t present;
	uint32_t i;

	for (i = 0; i < LEAVES; i++)
		values[i] = (struct value){ room[i], write_text(room[i], VALUE_SIZE), VALUE_STRING, 0, 0 };
	present = next_random() % 4;
	return (struct event){ values, &present, values, LEAVES, 0 };
}

static void
assert_same(const struct why *a, const struct why *b)
{
	assert_int_equal(a->predicate, b->predicate);
	assert_int_equal(a->slot, b->slot);
	assert_ptr_equal(a->pattern, b->pattern);
	assert_int_equal(a->pattern_size, b->pattern_size);
	assert_ptr_equal(a->value, b->value);
	assert_int_equal(a->value_size, b->value_size);
	assert_int_equal(a->offset, b->offset);
}

static void
test_with_and_without(void **state)
{
	struct why_work *work;
	uint32_t shown = 0;

	(void)state;
	make_pack();
	work = why_work_new(&tables);
	assert_non_null(work);
	for (int round = 0; round < 20000; round++) {
		const struct event event = make_event();

		why_work_start(work);
		for (int i = 0; i < 6; i++) {
			uint32_t predicate = next_random() % PREDICATES;
			struct why kept, alone;

			why_find(&tables, predicate, &event, work, &kept);
			why_find(&tables, predicate, &event, NULL, &alone);
			assert_same(&kept, &alone);
			shown += kept.offset != WHY_NOWHERE;
		}
	}
	why_work_free(work);
	assert_in_range(shown, 10000, 110000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_with_and_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
