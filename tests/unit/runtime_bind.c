/* JSON seen through names and shapes: flat before nested, arrays, duplicates, spaces, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bind.h"
#include "json.h"
#include "layout.h"
#include "pack.h"
#include "packfile.h"

/* Slots a, a.b, Channel, ThreatName, Image; shapes in the words of logsources.yml. */
static const struct bind_name names[] = { { "a", 1 }, { "a.b", 3 }, { "Channel", 7 }, { "ThreatName", 10 },
	{ "Image", 5 } };

#define TEXT(offset, size) { offset, size }
static const char strings[] = "log_name\0event_data.*\0SourceName\0Event.System\0Event.System.Channel\0Event.*.*\0when\0"
	"Event.Arg[1]";
static const struct pack_text texts[] = { TEXT(0, 8), TEXT(22, 10), TEXT(33, 12), TEXT(77, 4) };
static const struct pack_path paths[] = {
	{ TEXT(0, 8), 2, 0 }, { TEXT(9, 12), PACK_NONE, 0 },   /* beat: Channel <- log_name, members of event_data */
	{ TEXT(22, 10), 3, 1 },                                /* nx: ThreatName <- SourceName if absent */
	{ TEXT(46, 20), 2, 0 }, { TEXT(67, 9), PACK_NONE, 0 }, /* evtx: Channel, members of any member */
	{ TEXT(82, 12), 0, 0 },                                /* a <- the second of a list */
};
static const struct pack_shape shapes[] = {
	{ TEXT(0, 8), { 0, 1 }, { 0, 0 }, { 0, 2 }, { 3, 1 }, 0, 0 },
	{ TEXT(22, 10), { 1, 1 }, { 0, 1 }, { 2, 1 }, { 3, 1 }, PACK_SHAPE_KEEPS_NAMES, 0 },
	{ TEXT(33, 12), { 2, 1 }, { 0, 0 }, { 3, 3 }, { 0, 0 }, 0, 0 },
};
static const struct pack_tables tables = { .strings = strings, .strings_size = sizeof strings, .texts = texts,
	.text_count = 4, .paths = paths, .path_count = 6, .shapes = shapes, .shape_count = 3 };

static int
read_text(struct bound *bound, const char *text)
{
	struct json json;

	return bound_read(bound, text, strlen(text), &json);
}

static size_t
show_value(char *out, const struct value *value)
{
	static const char *const types[] = { "null", "'", "#", "?", "[", "{}" };
	const struct value *items = value->data;
	size_t used = (size_t)sprintf(out, "%s", types[value->type]);
	uint32_t i;

	if (value->type == VALUE_LIST) {
		for (i = 0; i < value->size; ++i)
			used += show_value(out + used, &items[i]);
		return used + (size_t)sprintf(out + used, "]");
	}
	if (value->data)
		used += (size_t)sprintf(out + used, "%.*s", (int)value->size, (const char *)value->data);
	return used;
}

static void
show(char *out, struct bound *bound, const char *text)
{
	struct event *event = bound_event(bound);
	struct json json;
	size_t used = 0;
	uint32_t i;

	*out = 0;
	if (bound_read(bound, text, strlen(text), &json)) {
		sprintf(out, "%s", json.error);
		return;
	}
	for (i = 0; i < sizeof names / sizeof *names; ++i) {
		if (!(event->present[0] >> i & 1))
			continue;
		bound_settle(bound, i);
		used += (size_t)sprintf(out + used, "%s%u=", used ? " " : "", i);
		used += show_value(out + used, &event->slots[i]);
	}
}

static void
run_rows(const struct pack_tables *with, const char *const rows[][2], size_t count)
{
	struct bind *bind = bind_new(names, 5, with, NULL, 0);
	struct layouts *layouts = layouts_new();
	struct bound *bound = bound_new(bind, 5, layouts);
	char got[4096];
	size_t i;

	for (i = 0; i < 3 * count; ++i) { /* as a new layout, when it is learnt, and as a known one */
		show(got, bound, rows[i % count][0]);
		assert_string_equal(got, rows[i % count][1]);
	}
	bound_free(bound);
	layouts_free(layouts);
	bind_free(bind);
}

static void
test_names(void **state)
{
	static const char *const rows[][2] = {
		{ "{}", "" },
		{ "{\"a\":1}", "0=#1" },
		{ "{\"a\":{\"b\":\"x\"}}", "0={} 1='x" },
		{ "{\"a.b\":\"flat\",\"a\":{\"b\":\"path\"}}", "0={} 1='flat" },
		{ "{\"a\":{\"b\":\"path\"},\"a.b\":\"flat\"}", "0={} 1='flat" },
		{ "{\"a\":[{\"b\":1},{\"b\":[2,3]},{\"c\":4}]}", "0=[{}{}{}] 1=[#1#2#3]" },
		{ "{\"a\":[]}", "0=[]" },
		{ "{\"a\":[[1,[2]],null,true]}", "0=[#1#2null?true]" },
		{ "{\"a\":null,\"Image\":\"\"}", "0=null 4='" },
		{ "{\"Threat Name\":\"x\"}", "3='x" },
		{ "{\"T\\u0068reatName\":\"x\"}", "3='x" },
		{ "{\"image\":\"x\"}", "" },
		{ "{\"Image\":\"C:\\\\a\\u00e9\"}", "4='C:\\a\xc3\xa9" },
		{ "{\"Image\":[\"a\\tb\",\"c\"]}", "4=['a\tb'c]" },
		{ "{\"a\":1,\"a\":2}", "0=#2" },
		{ "{\"a\":{\"b\":1},\"a\":{\"c\":1}}", "0={}" },
		{ "{\"a\":{\"b\":1},\"a\":3}", "0=#3" },
		{ "{\"a\":[{\"b\":1,\"b\":2},{\"b\":3}]}", "0=[{}{}] 1=[#2#3]" },
		{ "{\"a\":[1,2],\"a\":3}", "0=#3" },
		{ "{\"a\":-0,\"Image\":1.50}", "0=#0 4=#1.50" },
		{ "{\"a\":1}x", "end of line expected after the value" },
		{ "[]", "an event is an object" },
		{ "7", "an event is an object" },
		{ "{\"Event\":{\"System\":{\"Channel\":\"S\"}}}", "" },
	};

	(void)state;
	run_rows(NULL, rows, sizeof rows / sizeof *rows);
}

/* A key that comes again takes back all that is below it, however deep. */
static void
test_deep_duplicate(void **state)
{
	static const struct bind_name deep = { "x.y.z", 5 };
	static const char line[] = "{\"x\":[{\"y\":{\"z\":1}}],\"x\":{}}";
	struct bind *bind = bind_new(&deep, 1, NULL, NULL, 0);
	struct bound *bound = bound_new(bind, 1, NULL);
	struct json json;

	(void)state;
	assert_int_equal(bound_read(bound, line, sizeof line - 1, &json), 0);
	assert_int_equal(bound_event(bound)->present[0], 0);
	bound_free(bound);
	bind_free(bind);
}

static void
test_shapes(void **state)
{
	static const char *const rows[][2] = {
		{ "{\"log_name\":\"Security\",\"event_data\":{\"Image\":\"x\",\"a\":{\"b\":1}},\"a\":5}", "0={} 1=#1 2='Security 4='x" },
		{ "{\"log_name\":\"S\",\"Channel\":\"own\"}", "2='S" },
		{ "{\"SourceName\":\"s\",\"Image\":\"x\"}", "3='s 4='x" },
		{ "{\"SourceName\":\"s\",\"ThreatName\":\"t\"}", "3='t" },
		{ "{\"Event\":{\"System\":{\"Channel\":\"S\"},\"Data\":{\"Image\":\"x\"}},\"Image\":\"top\"}", "2='S 4='x" },
		{ "{\"log_name\":\"S\",\"event_data.Image\":\"x\"}", "2='S 4='x" },
		{ "{\"Event\":{\"System\":1,\"Arg\":[\"p\",\"\\u0071\",\"r\"]}}", "0='q" },
		{ "{\"Event\":{\"System\":1,\"Arg\":[\"p\"]}}", "" },
		{ "{\"Event\":{\"System\":1,\"Arg\":\"p\"}}", "" },
		{ "{\"Image\":\"x\",\"event_data\":{\"Channel\":\"y\"}}", "4='x" },
	};

	(void)state;
	run_rows(&tables, rows, sizeof rows / sizeof *rows);
}

static void
test_fields(void **state)
{
	static const struct bind_field fields[] = { { "Image", "exe.path" } };
	struct bind *bind = bind_new(names, 5, &tables, fields, 1);
	struct bound *bound = bound_new(bind, 5, NULL);
	char got[4096];

	(void)state;
	show(got, bound, "{\"exe\":{\"path\":\"p\"},\"Image\":\"i\"}");
	assert_string_equal(got, "4='p");
	show(got, bound, "{\"log_name\":\"S\",\"exe.path\":\"flat\"}");
	assert_string_equal(got, "2='S 4='flat");
	bound_free(bound);
	bind_free(bind);
}

static void
test_leaves(void **state)
{
	struct bind *bind = bind_new(names, 5, NULL, NULL, 0);
	struct bound *bound = bound_new(bind, 5, NULL);
	struct event *event = bound_event(bound);

	(void)state;
	assert_int_equal(read_text(bound, "{\"x\":\"\\u0041\",\"y\":[1,true,null,{\"z\":\"q\"}]}"), 0);
	bound_settle_leaves(bound);
	assert_int_equal(event->leaf_count, 3);
	assert_memory_equal(event->leaves[0].data, "A", 1);
	assert_memory_equal(event->leaves[2].data, "q", 1);
	bound_free(bound);
	bind_free(bind);
}

static void
test_limits(void **state)
{
	struct bind *bind = bind_new(names, 5, NULL, NULL, 0);
	struct bound *bound = bound_new(bind, 5, NULL);
	struct event *event = bound_event(bound);
	size_t i, size = 0;
	char *text = malloc(200000);
	struct json json;

	(void)state;
	size += (size_t)sprintf(text, "{\"a\":[0");
	for (i = 0; i < 5000; ++i)
		size += (size_t)sprintf(text + size, ",%zu", i);
	size += (size_t)sprintf(text + size, "],\"Image\":\"");
	memset(text + size, 'x', 70000);
	size += 70000;
	size += (size_t)sprintf(text + size, "\",\"Channel\":\"\\\\");
	memset(text + size, 'y', 70000);
	size += 70000;
	size += (size_t)sprintf(text + size, "\"}");
	assert_int_equal(bound_read(bound, text, size, &json), 0);
	for (i = 0; i < 5; ++i)
		bound_settle(bound, (uint32_t)i);
	assert_int_equal(event->slots[0].size, EVENT_ITEM_MAX);
	assert_int_equal(event->slots[4].size, VALUE_TEXT_MAX);
	assert_int_equal(event->slots[4].flags, VALUE_CUT);
	assert_int_equal(event->slots[2].size, VALUE_TEXT_MAX);
	assert_int_equal(event->slots[2].flags, VALUE_CUT);
	assert_int_equal(event->flags, EVENT_HAS_CUT);
	assert_true(bound_has_long(bound));
	assert_int_equal(bound_counters(bound)->cut_values, 2);
	assert_int_equal(bound_counters(bound)->dropped_items, 5001 - EVENT_ITEM_MAX);
	assert_int_equal(bound_counters(bound)->dropped_leaves, 5003 - EVENT_LEAF_MAX);
	assert_int_equal(read_text(bound, "{\"Image\":\"x\"}"), 0);
	assert_false(bound_has_long(bound));
	bound_free(bound);
	bind_free(bind);
	free(text);
}

/* A tree that gets far more nodes than names let expect. */
static void
test_many_parts(void **state)
{
	static struct bind_name many[300];
	static char texts[300][40];
	struct bind *bind;
	struct bound *bound;
	char line[64];
	uint32_t i;

	(void)state;
	for (i = 0; i < 300; ++i) {
		many[i].size = (uint32_t)sprintf(texts[i], "n%u.a.b.c.d.e", i);
		many[i].data = texts[i];
	}
	bind = bind_new(many, 300, NULL, NULL, 0);
	bound = bound_new(bind, 300, NULL);
	for (i = 0; i < 300; ++i) {
		sprintf(line, "{\"n%u.a.b.c.d.e\":1}", i);
		assert_int_equal(read_text(bound, line), 0);
		assert_int_equal(bound_present(bound)[i / 64], 1ull << i % 64);
		sprintf(line, "{\"n%u\":{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":1}}}}}}", i);
		assert_int_equal(read_text(bound, line), 0);
		assert_int_equal(bound_present(bound)[i / 64], 1ull << i % 64);
	}
	bound_free(bound);
	bind_free(bind);
}

/* Who wants the first names alone knows nothing of the others, nor of how much stands there. */
static void
test_first_names(void **state)
{
	struct bind *bind = bind_new(names, 5, &tables, NULL, 0);
	struct bound *bound = bound_new(bind, 2, NULL);
	struct event *event = bound_event(bound);
	char text[2 * EVENT_ITEM_MAX + 64], got[64];
	size_t i, size = (size_t)sprintf(text, "{\"Image\":[0");

	(void)state;
	for (i = 0; i < EVENT_ITEM_MAX; ++i)
		size += (size_t)sprintf(text + size, ",1");
	sprintf(text + size, "],\"Channel\":\"c\",\"a\":[{\"b\":2}]}");
	show(got, bound, text);
	assert_string_equal(got, "0=[{}] 1=[#2]");
	assert_int_equal(event->present[0], 3);
	assert_int_equal(bound_counters(bound)->dropped_items, 0);
	bound_free(bound);
	bind_free(bind);
}

static void
test_time(void **state)
{
	struct bind *bind = bind_new(names, 5, &tables, NULL, 0);
	struct bound *bound = bound_new(bind, 5, NULL);

	(void)state;
	assert_int_equal(read_text(bound, "{\"SourceName\":1,\"when\":\"w\",\"@timestamp\":\"t\"}"), 0);
	assert_memory_equal(bound_time(bound)->data, "w", 1);
	assert_int_equal(read_text(bound, "{\"when\":\"w\",\"@timestamp\":\"t\"}"), 0);
	assert_memory_equal(bound_time(bound)->data, "t", 1);
	assert_int_equal(read_text(bound, "{}"), 0);
	assert_null(bound_time(bound));
	bound_free(bound);
	bind_free(bind);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names), cmocka_unit_test(test_deep_duplicate), cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_fields), cmocka_unit_test(test_leaves), cmocka_unit_test(test_limits),
		cmocka_unit_test(test_first_names), cmocka_unit_test(test_many_parts), cmocka_unit_test(test_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
