/* Which channels of the event log routes ask for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "channels.h"
#include "packfile.h"
#include "record.h"

/* Slots 0 Channel, 1 EventID. */
static const char strings[] = "security\0sysmon\0system\0" "4688\0Channel\0EventID\0windows\0linux\0process_start";
#define TEXT(offset, size) { offset, size }
#define WINDOWS TEXT(44, 7)
#define LINUX TEXT(52, 5)
#define KIND TEXT(58, 13)
#define NONE TEXT(0, 0)
static const struct pack_text texts[] = { TEXT(0, 8), TEXT(9, 6), TEXT(16, 6), TEXT(23, 4) };
static const struct pack_slot slots[] = { { TEXT(28, 7), 0, 0 }, { TEXT(36, 7), 0, 0 } };
static const struct pack_condition conditions[] = {
	{ 1, PACK_IS_ONE_OF, { 3, 1 } }, { 0, PACK_IS_ONE_OF, { 0, 2 } }, /* EventID 4688, Channel security or sysmon */
	{ 0, PACK_IS_ONE_OF, { 1, 2 } },                                  /* sysmon or system */
	{ 0, PACK_IS_NONE_OF, { 0, 1 } }, { 0, PACK_HAS, { 0, 0 } },
};
static const struct pack_route routes[] = {
	{ KIND, WINDOWS, PACK_ROUTE_LIVE | PACK_ROUTE_RECORDED, 0, { 0, 2 }, { 0, 0 }, { 0, 0 } },
	{ NONE, LINUX, PACK_ROUTE_RECORDED, 0, { 2, 1 }, { 0, 0 }, { 0, 0 } },
	{ NONE, WINDOWS, PACK_ROUTE_LIVE, 0, { 2, 1 }, { 0, 0 }, { 0, 0 } },
	{ NONE, WINDOWS, PACK_ROUTE_RECORDED, 0, { 3, 2 }, { 0, 0 }, { 0, 0 } },
	{ NONE, NONE, PACK_ROUTE_RECORDED, 0, { 2, 1 }, { 0, 0 }, { 0, 0 } },
};

static struct pack_tables
tables_of(uint32_t route_count)
{
	return (struct pack_tables){ .strings = strings, .strings_size = sizeof strings, .texts = texts, .text_count = 4,
		.slots = slots, .slot_count = 2, .conditions = conditions, .condition_count = 5, .routes = routes,
		.route_count = route_count };
}

static void
channels_are_those_of_routes_once_each(void **state)
{
	const struct pack_tables tables = tables_of(5);
	struct channel channels[4];

	(void)state;
	assert_int_equal(channels_wanted(&tables, 0, channels, 4), 3);
	assert_string_equal(channels[0].name, "security");
	assert_string_equal(channels[1].name, "sysmon");
	assert_string_equal(channels[2].name, "system");
	assert_int_equal(channels_wanted(&tables, 0, channels, 2), 2);
}

static void
only_windows_and_recorded_events_count(void **state)
{
	const struct pack_tables tables = tables_of(4);
	struct channel channels[4];

	(void)state;
	assert_int_equal(channels_wanted(&tables, 0, channels, 4), 2);
}

static void
what_comes_live_needs_no_channel(void **state)
{
	const struct pack_tables tables = tables_of(5);
	struct channel channels[4];

	(void)state;
	assert_int_equal(channels_wanted(&tables, 1ull << RECORD_process_start, channels, 4), 2);
	assert_string_equal(channels[0].name, "sysmon");
	assert_int_equal(channels_wanted(&tables, ~(1ull << RECORD_process_start), channels, 4), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(channels_are_those_of_routes_once_each),
		cmocka_unit_test(only_windows_and_recorded_events_count),
		cmocka_unit_test(what_comes_live_needs_no_channel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
