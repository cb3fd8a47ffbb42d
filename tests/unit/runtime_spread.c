/* runtime_spread.c - durations counted in slots: means exact, percentiles within a slot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "spread.h"

static void
test_empty(void **state)
{
	static const struct spread spread;

	(void)state;
	assert_int_equal(spread_percentile(&spread, 50), 0);
	assert_true(spread_mean(&spread) == 0);
}

static void
test_one_value(void **state)
{
	(void)state;
	for (uint64_t value = 1; value < (uint64_t)1 << 60; value = value * 3 + 1) {
		struct spread spread = { 0 };
		uint64_t found;

		spread_add(&spread, value);
		found = spread_percentile(&spread, 99);
		assert_true(found >= value - value / 32 && found <= value + value / 32);
	}
}

static void
test_percentiles(void **state)
{
	static struct spread spread;

	(void)state;
	for (uint64_t i = 1; i <= 1000; i++)
		spread_add(&spread, i);
	assert_true(spread_mean(&spread) == 500.5);
	assert_in_range(spread_percentile(&spread, 50), 484, 516);
	assert_in_range(spread_percentile(&spread, 99), 960, 1020);
	assert_in_range(spread_percentile(&spread, 100), 970, 1030);
}

static void
test_largest(void **state)
{
	static struct spread spread;

	(void)state;
	spread_add(&spread, UINT64_MAX);
	assert_true(spread_percentile(&spread, 50) > (uint64_t)1 << 62);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_one_value),
		cmocka_unit_test(test_percentiles),
		cmocka_unit_test(test_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
