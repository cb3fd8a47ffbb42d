/* Lines read by their layouts say the same as lines walked; the index of quotes says the same without SIMD. */
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
#include "json_index.h"
#include "layout.h"
#include "line.h"
#include "pack.h"
#include "random.h"
#include "shown.h"

#define BLOCK_SCALAR
#define json_index_make scalar_index_choose
#define json_index_make_base scalar_index_make
#define json_index_unescape scalar_index_unescape
#include "json_index.c"
#undef json_index_make
#undef json_index_make_base
#undef json_index_unescape

static uint32_t
draw(uint32_t below)
{
	return next_random() % below;
}

/* The place behind a character or an escape. */
static uint32_t
skip_one(const char *text, uint32_t at)
{
	return at + (text[at] != '\\' ? 1 : text[at + 1] == 'u' ? 6 : 2);
}

/* From each place where no escape ends to each where none is cut, as the walker decodes it. */
static void
compare_unescaped(const struct json_index *index, const char *text, uint32_t from)
{
	static char known[600 + JSON_INDEX_SLACK], walked[600];
	uint32_t to;
	size_t size;
	int cut;

	for (to = from; to < index->size; to = skip_one(text, to)) {
		size = json_unescape(walked, sizeof walked, text + from, to - from, &cut);
		assert_int_equal(json_index_unescape(index, known, text, from, to - from), size);
		assert_memory_equal(known, walked, size);
	}
}

static void
test_index(void **state)
{
	static const char letters[] = "\"\\\\\\\"aunrt/b0fx \x7f\x80\xff\x1f\t";
	int (*const makes[])(struct json_index *, const char *, size_t) = { json_index_make, json_index_make_base };
	static struct json_index a, b;
	uint32_t round, i, size;
	char text[512];

	(void)state;
	for (round = 0; round < 20000; ++round) {
		uint32_t kinds = draw(2) ? sizeof letters - 3 : sizeof letters - 1;

		size = draw(300);
		for (i = 0; i < size; ++i)
			text[i] = draw(3) ? 'a' : letters[draw(kinds)];
		if (makes[round % 2](&a, text, size)) {
			assert_int_equal(scalar_index_make(&b, text, size), -1);
			continue;
		}
		assert_int_equal(scalar_index_make(&b, text, size), 0);
		assert_int_equal(a.points, b.points);
		assert_int_equal(a.ascii, b.ascii);
		assert_int_equal(a.canonical, b.canonical);
		assert_int_equal(a.quote_count, b.quote_count);
		assert_memory_equal(a.quotes, b.quotes, (size / 64 + 1) * sizeof *a.quotes);
		assert_memory_equal(a.escapes, b.escapes, (size / 64 + 1) * sizeof *a.escapes);
		for (i = 0; i < size; i = skip_one(text, i))
			assert_int_equal(json_index_escaped(&a, i, size - i), memchr(text + i, '\\', size - i) != NULL);
		for (i = 0; round % 16 < 2 && i < size; i = skip_one(text, i))
			compare_unescaped(&a, text, i);
	}
}

static const struct bind_name names[] = { { "a", 1 }, { "a.b", 3 }, { "Channel", 7 }, { "Image", 5 }, { "x.y.z", 5 } };
enum { NAMES = sizeof names / sizeof *names };

/* All that an event shows, whichever way it was read. */
static uint32_t with_json; /* strings whose JSON was known */

/* All slots are shown, in their order, and JSON is what a line of an alert would have. */
static void
check_shown(struct bound *bound)
{
	const struct event *event = bound_event(bound);
	struct line line = { 0 };
	uint32_t i, slot = 0, count;
	const struct shown *shown = bound_show(bound, &count);

	for (i = 0; i < count; ++i, ++slot) {
		for (; slot < shown[i].slot; ++slot)
			assert_false(*event->present >> slot & 1);
		assert_int_equal(shown[i].value->type, event->slots[slot].type);
		assert_int_equal(shown[i].value->size, event->slots[slot].size);
		if (!shown[i].json)
			continue;
		line.size = 0;
		line_string(&line, shown[i].value->data, shown[i].value->size, SIZE_MAX);
		assert_int_equal(shown[i].json_size, line.size);
		assert_memory_equal(shown[i].json, line.data, line.size);
		++with_json;
	}
	for (; slot < NAMES; ++slot)
		assert_false(*event->present >> slot & 1);
	line_done(&line);
}

static void
show(char *out, size_t room, struct bound *bound, const char *text, size_t size)
{
	struct event *event = bound_event(bound);
	struct bind_counters *counters = bound_counters(bound);
	const struct value *value, *time;
	struct json json;
	FILE *to = fmemopen(out, room, "w");
	uint32_t i, j;

	setvbuf(to, NULL, _IONBF, 0);
	if (bound_read(bound, text, size, &json)) {
		fprintf(to, "%s at %td", json.error, json.at - json.start);
		fclose(to);
		return;
	}
	fprintf(to, "-%u,%u ", (unsigned)counters->dropped_leaves, (unsigned)counters->dropped_items);
	*counters = (struct bind_counters){ 0 };
	bound_settle_all(bound);
	bound_settle_leaves(bound);
	check_shown(bound);
	for (i = 0; i < NAMES; ++i) {
		if (!(*event->present >> i & 1))
			continue;
		value = &event->slots[i];
		fprintf(to, "%u:%u,%u=", i, value->type, value->size);
		for (j = 0; value->type == VALUE_LIST && j < value->size; ++j)
			fprintf(to, "<%.*s>", (int)((const struct value *)value->data)[j].size,
			        (const char *)((const struct value *)value->data)[j].data);
		if (value->type != VALUE_LIST)
			fprintf(to, "<%.*s>", (int)value->size, (const char *)value->data);
	}
	for (i = 0; i < event->leaf_count; ++i)
		fprintf(to, "/%u%.*s", event->leaves[i].type, (int)event->leaves[i].size, (const char *)event->leaves[i].data);
	time = bound_time(bound);
	if (time)
		fprintf(to, "@%.*s", (int)time->size, (const char *)time->data);
	fprintf(to, " %u %u", event->flags, json.points);
	fclose(to);
}

struct pair {
	struct bind *bind;
	struct layouts *layouts;
	struct bound *known, *walked;
};

static void
pair_open(struct pair *pair)
{
	pair->bind = bind_new(names, NAMES, NULL, NULL, 0);
	pair->layouts = layouts_new();
	pair->known = bound_new(pair->bind, NAMES, pair->layouts);
	pair->walked = bound_new(pair->bind, NAMES, NULL);
}

static void
pair_close(struct pair *pair)
{
	bound_free(pair->known);
	bound_free(pair->walked);
	layouts_free(pair->layouts);
	bind_free(pair->bind);
}

static void
compare(struct pair *pair, const char *text, size_t size)
{
	static char known[1 << 20], walked[1 << 20];
	char *copy = malloc(size + 1); /* exactly as large as the text, for ASan */
	int i;

	copy = realloc(copy, size ? size : 1);
	memcpy(copy, text, size);
	show(walked, sizeof walked, pair->walked, copy, size);
	for (i = 0; i < 4; ++i) { /* new, known by steps, known by steps and learnt as a trail, by its trail */
		show(known, sizeof known, pair->known, copy, size);
		if (strcmp(known, walked))
			fail_msg("%.*s\n known:  %s\n walked: %s", (int)size, text, known, walked);
	}
	free(copy);
}

static size_t
write_value(char *out, int depth)
{
	static const char *const scalars[] = { "1", "-0", "12.5e3", "0", "01", "tru", "true", "false", "null", "\"\"",
		"\"C:\\\\a\\\\b\"", "\"\\u00e9\\n\"", "\"say \\\"x\\\"\"", "\"\\/\\b\"", "\"\x7f\"", "\"\\x\"", "\"tab\t\"",
		"\"long enough to cross a block of sixty-four bytes, and then some more of it\"", "1 ", " \"x\"",
		"12345678901234567890", "\"@\\\\\"" };
	static const char *const keys[] = { "a", "b", "a.b", "Channel", "Image", "x", "y", "z", "x.y", "@timestamp", "Im age",
		"\\u0061", "other", "something.longer.than.sixteen" };
	size_t used = 0;
	uint32_t i, kind = draw(depth ? 12 : 30), count;

	if (depth && kind > 1)
		return (size_t)sprintf(out, "%s", scalars[draw(draw(8) ? 4 : sizeof scalars / sizeof *scalars)]);
	count = draw(5);
	used += (size_t)sprintf(out, "%s", kind == 1 ? "[" : draw(50) ? "{" : "{ ");
	for (i = 0; i < count; ++i) {
		if (kind != 1)
			used += (size_t)sprintf(out + used, "\"%s\"%s", keys[draw(sizeof keys / sizeof *keys)], draw(9) ? ":" : " : ");
		used += depth < 4 ? write_value(out + used, depth + 1) : (size_t)sprintf(out + used, "7");
		if (i + 1 < count || !draw(60))
			used += (size_t)sprintf(out + used, "%s", draw(9) ? "," : " , ");
	}
	return used + (size_t)sprintf(out + used, "%s", draw(99) ? kind == 1 ? "]" : "}" : "");
}

static void
test_random(void **state)
{
	static char text[1 << 16];
	struct pair pair;
	uint32_t round;
	size_t size;

	(void)state;
	pair_open(&pair);
	for (round = 0; round < 60000; ++round) {
		size = write_value(text, 0);
		if (!draw(20) && size)
			text[draw((uint32_t)size)] = (char)draw(256);
		compare(&pair, text, draw(30) ? size : draw((uint32_t)size + 1));
	}
	assert_in_range(with_json, 1000, UINT32_MAX);
	pair_close(&pair);
}

/* The same keys in some orders, again and again, with ever other values and with a byte that is wrong. */
static void
test_trails(void **state)
{
	static const char *const values[] = { "1", "-1.5", "true", "null", "\"\"", "\"x\"", "\"C:\\\\a\"", "\"say \\\"b\\\": 1,\"",
		"[]", "[\"a\",\"b\"]", "[1, \"c\" ,true]",
		"\"a longer text, with \\u00e9, that goes on over more than one block of sixty-four\"" };
	static const char *const orders[] = { "{\"a\":%s,\"Image\":%s,\"x\":{\"y\":{\"z\":%s}},\"other\":%s}",
		"{\"Image\":%s,\"x\":{\"y\":{\"z\":%s}},\"a\":%s,\"other\":%s}",
		"{\"other\":%s,\"a\":%s,\"x\":{\"y\":{\"z\":%s}},\"Image\":%s}",
		"{\"x\":{\"y\":{\"z\":%s}},\"Image\":%s, \"other\":%s,\"a\" : %s }",
		"{\"x\":{},\"a\":{\"b\":%s},\"Image\":%s,\"z\":%s,\"y\":%s}",
		"{\"a\":%s,\"b\":%s,\"a.key.of.more.than.thirty-two.bytes\":{\"c\":%s},\"d\":%s}", "{\"a\":%s,\"a\":%s,\"b\":%s,\"c\":%s}" };
	static char text[1024];
	struct pair pair;
	uint32_t round;
	size_t size;

	(void)state;
	pair_open(&pair);
	for (round = 0; round < 40000; ++round) {
		const char *value[4];
		uint32_t i, kinds = draw(2) ? 2 : sizeof values / sizeof *values, from = draw(sizeof values / sizeof *values - kinds + 1);

		for (i = 0; i < 4; ++i)
			value[i] = values[from + draw(kinds)];
		size = (size_t)sprintf(text, orders[draw(sizeof orders / sizeof *orders)], value[0], value[1], value[2], value[3]);
		if (!draw(4))
			text[draw((uint32_t)size)] = " \"\\,:{}[]a1"[draw(12)];
		compare(&pair, text, size);
	}
	pair_close(&pair);
}

/* More keys, layouts, values, depth and items than are kept: nothing is lost but speed. */
static void
test_limits(void **state)
{
	static char text[2 * JSON_INDEX_MAX];
	struct pair pair;
	uint32_t i, j;
	size_t size;

	(void)state;
	pair_open(&pair);
	for (i = 0; i < 3 * LAYOUT_MAX; ++i) {
		size = (size_t)sprintf(text, "{\"k%u\":1,\"a\":{\"k%u\":%u,\"b\":\"%u\"},\"Image\":[1,\"%u\"]}", i % 61, i, i, i, i);
		compare(&pair, text, size);
	}
	for (i = 100; i < 4000; i *= 2) {
		for (j = 0, size = 1; j < i; ++j)
			size += (size_t)sprintf(text + size, "\"k%u\":%u,", j, j);
		text[0] = '{';
		size += (size_t)sprintf(text + size, "\"a\":[1");
		for (j = 0; j < i; ++j)
			size += (size_t)sprintf(text + size, ",%u", j);
		size += (size_t)sprintf(text + size, "]}");
		compare(&pair, text, size);
	}
	for (i = EVENT_LEAF_MAX - 3; i < EVENT_LEAF_MAX + 3; ++i) {
		size = (size_t)sprintf(text, "{\"Image\":[1,2]");
		for (j = 2; j < i; ++j)
			size += (size_t)sprintf(text + size, ",\"k%u\":%u", j, j);
		size += (size_t)sprintf(text + size, "}");
		compare(&pair, text, size);
	}
	for (i = 1, size = 0; i < 40; ++i) {
		size += (size_t)sprintf(text + size, "{\"a\":");
		memset(text + size + 1, '}', i);
		text[size] = '1';
		compare(&pair, text, size + 1 + i);
	}
	size = (size_t)sprintf(text, "{\"Image\":\"x\",\"b\":[");
	for (i = 0; i < 12; ++i)
		size += (size_t)sprintf(text + size, "\"%0*u\",", (int)JSON_INDEX_MAX / 12 - 15, i);
	memset(text + size - 1, ' ', JSON_INDEX_MAX);
	for (i = 0; i < 4; ++i) {
		memcpy(text + JSON_INDEX_MAX - 4 + i, " ]}", 3);
		compare(&pair, text, JSON_INDEX_MAX - 1 + i);
	}
	for (i = 0; i < 6 * 3; ++i) {
		static const char *const around[6][2] = { { "\"", "\"" }, { "", "" }, { "1.", "" }, { "[\"", "\"]" }, { "[1,", "]" },
			{ "\"\\n", "\"" } };

		size = (size_t)sprintf(text, "{\"Image\":%s", around[i / 3][0]);
		memset(text + size, '7', VALUE_TEXT_MAX + 1);
		size += VALUE_TEXT_MAX - 1 + i % 3;
		size += (size_t)sprintf(text + size, "%s,\"k\":1}", around[i / 3][1]);
		compare(&pair, text, size);
		compare(&pair, text, size);
	}
	pair_close(&pair);
}

/* What is longer than 64 KiB between two values is no step of a layout, and takes none away. */
static void
test_long_steps(void **state)
{
	static const char *const lines[] = { "{\"%0*u\":\"x\"}", "{\"a\":1,\"%0*u\":{\"x\":1}}", "{\"a\":1 %*s }" };
	static const char known[] = "{\"a\":1,\"b\":2}";
	static char text[2 * JSON_INDEX_MAX];
	struct layouts *layouts = layouts_new();
	uint32_t i, j;

	(void)state;
	for (i = 0; i < 48; ++i) /* the first ones fill the room for texts */
		for (j = 0; j < 3; ++j) {
			int longest = i < 16 ? 65000 : UINT16_MAX - 32 + (int)i;
			size_t size = (size_t)(j < 2 ? sprintf(text, lines[j], longest, i) : sprintf(text, lines[j], longest, ""));

			layouts_read(layouts, text, size);
		}
	memcpy(text, known, sizeof known);
	assert_int_not_equal(layouts_read(layouts, text, sizeof known - 1), LAYOUT_NONE);
	layouts_free(layouts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index), cmocka_unit_test(test_random), cmocka_unit_test(test_trails),
		cmocka_unit_test(test_limits), cmocka_unit_test(test_long_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
