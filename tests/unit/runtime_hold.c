/* Events that wait: by key, by time, bounded, in any order; and results kept by file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hold.h"
#include "scan.h"
#include "scan_cache.h"

struct heard {
	uint32_t count;
	uint64_t sum;
};

static void
hear(void *context, const void *event, size_t size)
{
	struct heard *heard = context;
	uint64_t value;

	assert_true(size >= sizeof(value));
	memcpy(&value, event, sizeof(value));
	for (size_t i = sizeof(value); i < size; i++)
		assert_int_equal(((const unsigned char *)event)[i], (unsigned char)value);
	heard->count++;
	heard->sum += value;
}

static int
add(struct hold *hold, uint64_t value, size_t size, uint64_t inode, uint64_t deadline)
{
	unsigned char event[512];
	struct hold_key key = {1, inode, 0};

	memset(event, (int)(unsigned char)value, sizeof(event));
	memcpy(event, &value, sizeof(value));
	return hold_add(hold, event, size, &key, deadline);
}

static void
settles_by_key(void **state)
{
	struct hold *hold = hold_new(4096);
	struct heard heard = {0, 0};
	struct hold_key key = {1, 7, 0}, other = {2, 7, 0};

	(void)state;
	assert_int_equal(add(hold, 1, 16, 7, 100), 0);
	assert_int_equal(add(hold, 2, 24, 8, 100), 0);
	assert_int_equal(add(hold, 4, 9, 7, 100), 0);
	assert_int_equal(hold_settle(hold, &other, hear, &heard), 0);
	assert_int_equal(hold_settle(hold, &key, hear, &heard), 2);
	assert_int_equal(heard.sum, 5);
	assert_int_equal(hold_count(hold), 1);
	hold_free(hold);
}

static void
expires_by_time(void **state)
{
	struct hold *hold = hold_new(4096);
	struct heard heard = {0, 0};

	(void)state;
	add(hold, 1, 16, 7, 100);
	add(hold, 2, 16, 7, 50);
	assert_int_equal(hold_expire(hold, 49, hear, &heard), 0);
	assert_int_equal(hold_expire(hold, 50, hear, &heard), 1);
	assert_int_equal(heard.sum, 2);
	assert_int_equal(hold_expire(hold, 99, hear, &heard), 0);
	assert_int_equal(hold_expire(hold, 100, hear, &heard), 1);
	assert_int_equal(hold_count(hold), 0);
	hold_free(hold);
}

static void
is_bounded_and_room_comes_back(void **state)
{
	struct hold *hold = hold_new(2048);
	struct heard heard = {0, 0};
	uint64_t held = 0;

	(void)state;
	while (!add(hold, 1, 100, held, 10))
		held++;
	assert_in_range(held, 8, 20);
	assert_int_equal(hold_expire(hold, 10, hear, &heard), held);
	for (int i = 0; i < 1000; i++) { /* round and round, over the end */
		assert_int_equal(add(hold, (uint64_t)i, 40 + (size_t)i % 150, (uint64_t)i, 20), 0);
		if (i % 3 == 2)
			hold_expire(hold, 20, hear, &heard);
	}
	hold_expire(hold, 20, hear, &heard);
	assert_int_equal(heard.count, held + 1000);
	hold_free(hold);
}

static void
cache_keeps_results(void **state)
{
	struct scan_cache *cache = scan_cache_new(64);
	static struct scan_result result;
	const struct scan_result *found;
	struct hold_key key = {1, 2, 3}, changed = {1, 2, 4};

	(void)state;
	assert_int_equal(scan_cache_find(cache, &key, &found), SCAN_UNKNOWN);
	scan_cache_begin(cache, &key, 7);
	assert_int_equal(scan_cache_find(cache, &key, &found), SCAN_PENDING);
	result.bytes = 42;
	result.match_count = 1;
	strcpy(result.matches[0].rule, "r");
	assert_int_equal(scan_cache_end(cache, &key, 7, &result), 0);
	assert_int_equal(scan_cache_find(cache, &key, &found), SCAN_DONE);
	assert_int_equal(found->bytes, 42);
	assert_string_equal(found->matches[0].rule, "r");
	assert_int_equal(scan_cache_find(cache, &changed, &found), SCAN_UNKNOWN);
	scan_cache_begin(cache, &changed, 8);
	assert_int_equal(scan_cache_end(cache, &changed, 8, NULL), 0);
	assert_int_equal(scan_cache_find(cache, &changed, &found), SCAN_DONE);
	assert_null(found);
	for (uint64_t i = 0; i < 1000; i++) {
		struct hold_key many = {9, i, 0};

		scan_cache_begin(cache, &many, i);
		assert_int_equal(scan_cache_end(cache, &many, i, &result), 0);
	}
	scan_cache_clear(cache);
	assert_int_equal(scan_cache_find(cache, &key, &found), SCAN_UNKNOWN);
	scan_cache_free(cache);
}

/* Of other rules, for it was asked for before a swap; or made up by a scan process that a file has taken over. */
static void
unasked_results_are_not_kept(void **state)
{
	struct scan_cache *cache = scan_cache_new(64);
	static struct scan_result result;
	const struct scan_result *found;
	struct hold_key key = {1, 2, 3};

	(void)state;
	assert_true(scan_cache_end(cache, &key, 1, &result) < 0);
	assert_int_equal(scan_cache_find(cache, &key, &found), SCAN_UNKNOWN);
	scan_cache_begin(cache, &key, 1);
	scan_cache_clear(cache);
	scan_cache_begin(cache, &key, 2);
	assert_true(scan_cache_end(cache, &key, 1, &result) < 0);
	assert_int_equal(scan_cache_find(cache, &key, &found), SCAN_PENDING);
	assert_int_equal(scan_cache_end(cache, &key, 2, &result), 0);
	assert_true(scan_cache_end(cache, &key, 2, NULL) < 0);
	assert_int_equal(scan_cache_find(cache, &key, &found), SCAN_DONE);
	assert_non_null(found);
	scan_cache_free(cache);
}

static void
results_are_checked(void **state)
{
	static struct scan_result result;

	(void)state;
	assert_int_equal(scan_result_check(&result, offsetof(struct scan_result, program)), 0);
	assert_int_not_equal(scan_result_check(&result, offsetof(struct scan_result, program) - 1), 0);
	result.match_count = 1;
	assert_int_equal(scan_result_size(&result), offsetof(struct scan_result, matches[1]));
	assert_int_equal(scan_result_check(&result, scan_result_size(&result)), 0);
	assert_int_not_equal(scan_result_check(&result, offsetof(struct scan_result, matches[2])), 0);
	result.matches[0].string_count = SCAN_STRING_MAX + 1;
	assert_int_not_equal(scan_result_check(&result, scan_result_size(&result)), 0);
	result.matches[0].string_count = 1;
	result.matches[0].strings[0].value_size = SCAN_VALUE_MAX + 1;
	assert_int_not_equal(scan_result_check(&result, scan_result_size(&result)), 0);
	result.match_count = UINT32_MAX;
	assert_int_not_equal(scan_result_check(&result, offsetof(struct scan_result, matches[1])), 0);
}

static void
programs_are_checked(void **state)
{
	static struct scan_result result = {.flags = SCAN_PROGRAM};

	(void)state;
	assert_int_equal(scan_result_size(&result), offsetof(struct scan_result, matches));
	assert_int_equal(scan_result_check(&result, scan_result_size(&result)), 0);
	assert_int_not_equal(scan_result_check(&result, offsetof(struct scan_result, program)), 0);
	result.program.signature = SCAN_SIGNATURE_COUNT;
	assert_int_not_equal(scan_result_check(&result, scan_result_size(&result)), 0);
	result.program.signature = SCAN_VALID;
	memset(result.program.company, 'a', sizeof(result.program.company));
	assert_int_not_equal(scan_result_check(&result, scan_result_size(&result)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settles_by_key), cmocka_unit_test(expires_by_time),
		cmocka_unit_test(is_bounded_and_room_comes_back), cmocka_unit_test(cache_keeps_results),
		cmocka_unit_test(unasked_results_are_not_kept), cmocka_unit_test(results_are_checked), cmocka_unit_test(programs_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
