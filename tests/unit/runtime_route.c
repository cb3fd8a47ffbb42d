/* Routes to plans: conditions, folding, several routes at once, each group once under the same views, the four routings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bind.h"
#include "pack.h"
#include "packfile.h"
#include "pipeline.h"
#include "record.h"
#include "route.h"

/* Slots 0 Channel, 1 EventID, 2 EventType, 3 Image, 4 NewProcessName; groups 0 windows, 1 windows/process_creation,
 * 2 windows//sysmon, 3 windows/process_creation late. */
static const char strings[] = "Sec\xc3\xbcrity\0sysmon\0" "1\0" "4688\0CreateKey\0windows\0process_creation\0process_start";
#define TEXT(offset, size) { offset, size }
static const struct pack_text texts[] = { TEXT(0, 9), TEXT(10, 6), TEXT(17, 1), TEXT(19, 4), TEXT(24, 9) };
static const uint32_t indices[] = { 0, 1, 3, 2, /* slots of groups: */ 3, 4, 1 };
static const struct pack_slot slots[5];
static const struct pack_group groups[] = {
	{ .product = TEXT(34, 7), .flags = PACK_GROUP_LEAVES },
	{ .product = TEXT(34, 7), .category = TEXT(42, 16), .slots = { 4, 1 } },
	{ .product = TEXT(34, 7), .service = TEXT(10, 6), .slots = { 6, 1 } },
	{ .product = TEXT(34, 7), .category = TEXT(42, 16), .slots = { 4, 1 }, .flags = PACK_GROUP_LATE },
};
static const struct pack_condition conditions[] = {
	{ 0, PACK_IS_ONE_OF, { 1, 1 } }, { 1, PACK_IS_ONE_OF, { 2, 1 } }, /* sysmon 1 */
	{ 0, PACK_IS_ONE_OF, { 0, 1 } }, { 1, PACK_IS_ONE_OF, { 3, 1 } }, /* security 4688 */
	{ 0, PACK_HAS, { 0, 0 } }, { 2, PACK_LACKS, { 0, 0 } }, { 1, PACK_IS_NONE_OF, { 2, 2 } }, /* neither 1 nor 4688 */
};
static const struct pack_view views[] = { { 3, 4, TEXT(0, 0) } };
#define KIND TEXT(59, 13)
static const struct pack_route routes[] = {
	{ KIND, TEXT(34, 7), PACK_ROUTE_LIVE | PACK_ROUTE_RECORDED, 0, { 0, 2 }, { 1, 2 }, { 0, 0 } },
	{ KIND, TEXT(34, 7), PACK_ROUTE_RECORDED, 0, { 2, 2 }, { 1, 2 }, { 0, 1 } },
	{ TEXT(0, 0), TEXT(34, 7), PACK_ROUTE_RECORDED, 0, { 0, 1 }, { 3, 1 }, { 0, 0 } },
	{ TEXT(0, 0), TEXT(34, 7), PACK_ROUTE_RECORDED, 0, { 4, 2 }, { 0, 2 }, { 0, 0 } },
	{ TEXT(0, 0), TEXT(34, 7), PACK_ROUTE_RECORDED, 0, { 5, 2 }, { 3, 1 }, { 0, 0 } },
};
static const struct pack_tables tables = { .strings = strings, .strings_size = sizeof strings, .texts = texts,
	.text_count = 5, .indices = indices, .index_count = 7, .slots = slots, .slot_count = 5, .groups = groups,
	.group_count = 4, .conditions = conditions, .condition_count = 7, .views = views, .view_count = 1,
	.routes = routes, .route_count = 5 };

struct sample {
	const char *channel, *id, *type; /* NULL: absent; "[x": a list with x */
	const char *plan;                /* "kind: groups[+views] ...", | between steps */
};

static const struct route_plan *
find(struct router *router, const struct sample *sample)
{
	static struct value values[8];
	static uint64_t present;
	static struct value items[3];
	static uint32_t notes[8]; /* by which of them are given */
	static const struct router *noted;
	const struct event event = { .slots = values, .present = &present };
	const char *const given[] = { sample->channel, sample->id, sample->type };
	size_t i;

	present = 0;
	for (i = 0; i < 3; ++i)
		if (given[i]) {
			values[i] = (struct value){ given[i], (uint32_t)strlen(given[i]), VALUE_STRING, 0, 0 };
			present |= 1ull << i;
			if (*given[i] != '[')
				continue;
			items[i] = (struct value){ given[i] + 1, values[i].size - 1, VALUE_STRING, 0, 0 };
			values[i] = (struct value){ &items[i], 1, VALUE_LIST, 0, 0 };
		}
	for (i = 0; i < 3; ++i) { /* the names of ROUTING_KEYS */
		values[5 + i] = values[i];
		present |= (present >> i & 1) << (5 + i);
	}
	if (router != noted)
		memset(notes, 0, sizeof notes);
	noted = router;
	return router_find(router, &event, &notes[present & 7]);
}

static void
show(char *out, const struct route_plan *plan)
{
	uint32_t i, j;

	out += sprintf(out, "%u:", plan->kind);
	for (i = 0; i < plan->step_count; ++i) {
		out += sprintf(out, "%s", i ? " |" : "");
		for (j = 0; j < plan->steps[i].group_count; ++j)
			out += sprintf(out, " %u%s", plan->groups[plan->steps[i].first_group + j],
			               plan->steps[i].view_count ? "v" : "");
	}
	if (plan->leaves)
		out += sprintf(out, " leaves");
	if (plan->routed && !plan->step_count)
		sprintf(out, " routed");
}

static void
run_rows_of(const struct pack_tables *of, const struct route_config *config, const struct sample *rows, size_t count)
{
	struct router *router = router_new(of, config);
	char got[256];
	size_t i, again;

	assert_non_null(router);
	for (again = 0; again < 2; ++again)
		for (i = 0; i < count; ++i) {
			show(got, find(router, &rows[i]));
			assert_string_equal(got, rows[i].plan);
		}
	router_free(router);
}

static void
run_rows(const struct route_config *config, const struct sample *rows, size_t count)
{
	run_rows_of(&tables, config, rows, count);
}

static void
test_auto(void **state)
{
	static const struct sample rows[] = {
		{ "sysmon", "1", "x", "1: 1 3 2" },
		{ "SysMon", "1", "x", "1: 1 3 2" },
		{ "sysmon", "2", "x", "0: 2" },
		{ "sysmon", "1", NULL, "1: 1 3 2 0 leaves" },
		{ "SEC\xc3\x9cRITY", "4688", "x", "1: 1v 3v" },
		{ "SEC\xc3\x9cRITY", "4688", NULL, "1: 1v 3v | 0 1 leaves" },
		{ "security", "4688", "x", "0:" },
		{ NULL, "1", NULL, "0:" },
		{ NULL, "4689", NULL, "0: 2" },
		{ NULL, NULL, NULL, "0: 2" },
	};
	const struct route_config config = { .routing = ROUTING_AUTO };

	(void)state;
	run_rows(&config, rows, sizeof rows / sizeof *rows);
}

/* What comes live is not matched once more when the event log tells it. */
static void
test_auto_beside_live(void **state)
{
	static const struct sample rows[] = {
		{ "sysmon", "1", "x", "0: 2" },
		{ "sysmon", "2", "x", "0: 2" },
		{ "SEC\xc3\x9cRITY", "4688", "x", "0:" },
		{ "SEC\xc3\x9cRITY", "4688", NULL, "0: 0 1 leaves" },
	};
	const struct route_config config = { .routing = ROUTING_AUTO, .live = 1ull << RECORD_process_start };

	(void)state;
	run_rows(&config, rows, sizeof rows / sizeof *rows);
}

/* A group is left out where it sees a slot as it is, of whose values none is there that it wants. */
static void
test_wants(void **state)
{
	static const struct pack_want wants[] = {
		{ 1, 1, { 2, 1 } }, { 2, 1, { 2, 1 } }, { 3, 3, { 2, 1 } }, /* no route asks for Image */
	};
	static const struct pack_view id_shown[] = { { 1, 4, TEXT(0, 0) } };
	static const struct sample rows[] = {
		{ "sysmon", "1", "x", "1: 1 3 2" },
		{ "sysmon", "2", "x", "0: routed" },
		{ "sysmon", "[2", "x", "0: 2" },
		{ "SEC\xc3\x9cRITY", "4688", "x", "1: 1v 3v" },
		{ "SEC\xc3\x9cRITY", "4688", NULL, "1: 1v 3v | 0 leaves" },
		{ "security", "4688", "x", "0:" },
		{ NULL, "4689", NULL, "0: routed" },
		{ NULL, NULL, NULL, "0: routed" },
	};
	static const struct sample every[] = { { "sysmon", "2", "x", "0: 2" } };
	struct pack_tables of = tables;
	struct route_config config = { .routing = ROUTING_AUTO };

	(void)state;
	of.wants = wants;
	of.want_count = 3;
	of.views = id_shown;
	run_rows_of(&of, &config, rows, sizeof rows / sizeof *rows);
	config.every_group = 1;
	run_rows_of(&of, &config, every, 1);
	config = (struct route_config){ .routing = ROUTING_LOGSOURCE, .product = "windows", .service = "sysmon" };
	run_rows_of(&of, &config, &(struct sample){ "x", "2", NULL, "0: 0 2 leaves" }, 1);
}

static void
test_given(void **state)
{
	static const struct sample all[] = { { NULL, NULL, NULL, "0: 0 1 2 3 leaves" } };
	static const struct sample creation[] = { { "x", NULL, NULL, "1: 0 1 3 leaves" } };
	static const struct sample service[] = { { "x", NULL, NULL, "0: 0 2 leaves" } };
	static const struct sample keys[] = {
		{ "windows", "process_creation", NULL, "1: 0 1 3 leaves" },
		{ "windows", NULL, NULL, "0: 0 leaves" },
		{ "linux", "process_creation", NULL, "0:" },
	};
	struct route_config config = { .routing = ROUTING_ALL };

	(void)state;
	run_rows(&config, all, 1);
	config = (struct route_config){ .routing = ROUTING_LOGSOURCE, .product = "windows", .category = "process_creation" };
	run_rows(&config, creation, 1);
	config = (struct route_config){ .routing = ROUTING_LOGSOURCE, .product = "windows", .service = "sysmon" };
	run_rows(&config, service, 1);
	config = (struct route_config){ .routing = ROUTING_KEYS, .product = "p", .category = "c" };
	run_rows(&config, keys, 3);
}

static void
test_live(void **state)
{
	struct route_config config = { .routing = ROUTING_AUTO };
	struct router *router = router_new(&tables, &config);
	char got[256];

	(void)state;
	show(got, router_live(router, RECORD_process_start, 0));
	assert_string_equal(got, "1: 1");
	show(got, router_live(router, RECORD_process_start, 1));
	assert_string_equal(got, "1: 3");
	show(got, router_live(router, RECORD_file_create, 0));
	assert_string_equal(got, "4:");
	router_free(router);
	config.system = "linux";
	router = router_new(&tables, &config);
	show(got, router_live(router, RECORD_process_start, 0));
	assert_string_equal(got, "1:");
	router_free(router);
}

/* More combinations of values than are kept. */
static void
test_memo(void **state)
{
	const struct route_config config = { .routing = ROUTING_AUTO };
	struct router *router = router_new(&tables, &config);
	char id[16], channel[2048], got[256];
	int i;

	(void)state;
	for (i = 0; i < 5000; ++i) {
		snprintf(id, sizeof id, "%d", i);
		show(got, find(router, &(struct sample){ "sysmon", id, "x", NULL }));
		assert_string_equal(got, i == 1 ? "1: 1 3 2" : "0: 2");
	}
	memset(channel, 'x', sizeof channel - 1);
	channel[sizeof channel - 1] = 0;
	show(got, find(router, &(struct sample){ channel, "1", "x", NULL }));
	assert_string_equal(got, "0:");
	router_free(router);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_auto), cmocka_unit_test(test_auto_beside_live), cmocka_unit_test(test_wants),
		cmocka_unit_test(test_given), cmocka_unit_test(test_live),
		cmocka_unit_test(test_memo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
