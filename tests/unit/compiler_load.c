/* compiler_load.c - YAML as nodes: types of scalars, places, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include <cmocka.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "load_ahead.h"
#include "node.h"
#include "yaml_reader.h"

struct loaded {
	struct arena *arena;
	struct diag_list *diags;
	struct document_list documents;
	struct source source;
	int result;
};

static int is_ahead; /* what is loaded was read ahead */

static struct loaded
load(const char *text, size_t size)
{
	struct loaded loaded = {.arena = arena_new(), .source = {"x.yml", text, size}};
	struct yaml_reader reader;

	loaded.diags = diag_list_new(loaded.arena);
	if (!is_ahead) {
		loaded.result = load_documents(loaded.arena, loaded.diags, &loaded.source, &loaded.documents);
		return loaded;
	}
	assert_int_equal(load_open(&reader, &loaded.source), 0);
	yaml_reader_ahead(&reader);
	loaded.result = load_read(loaded.arena, loaded.diags, &loaded.source, &reader, &loaded.documents);
	yaml_reader_close(&reader);
	return loaded;
}

/* The name of the only error. */
static const char *
load_error(const char *text, size_t size)
{
	struct loaded loaded = load(text, size);
	const char *name;

	assert_int_not_equal(loaded.result, 0);
	assert_int_equal(diag_count(loaded.diags, DIAG_ERROR), 1);
	diag_sort(loaded.diags);
	name = diag_rows[diag_at(loaded.diags, 0)->name].name;
	arena_free(loaded.arena);
	return name;
}

static void
core_schema(void **state)
{
	static const struct {
		const char *text;
		enum node_type type;
	} cases[] = {
		{"null", NODE_NULL}, {"Null", NODE_NULL}, {"~", NODE_NULL}, {"", NODE_NULL}, {"nULL", NODE_STRING},
		{"true", NODE_BOOL}, {"FALSE", NODE_BOOL}, {"yes", NODE_STRING}, {"on", NODE_STRING}, {"tRUE", NODE_STRING},
		{"0", NODE_INTEGER}, {"-12", NODE_INTEGER}, {"+3", NODE_INTEGER}, {"007", NODE_INTEGER},
		{"0x1F", NODE_INTEGER}, {"0o17", NODE_INTEGER}, {"0o18", NODE_STRING}, {"0x", NODE_STRING},
		{"1_000", NODE_STRING}, {"+", NODE_STRING}, {"1.5", NODE_REAL}, {".5", NODE_REAL}, {"5.", NODE_REAL},
		{"1e3", NODE_REAL}, {"-1.5E-3", NODE_REAL}, {".inf", NODE_REAL}, {".nan", NODE_REAL}, {".", NODE_STRING},
		{"e3", NODE_STRING}, {"1e", NODE_STRING}, {"1.2.3", NODE_STRING}, {"12:30", NODE_STRING},
		{"2026-11-22", NODE_STRING}, {"'1'", NODE_STRING}, {"\"true\"", NODE_STRING}, {"!!str 1", NODE_STRING},
		{"! 1", NODE_STRING}, {"!!int '1'", NODE_INTEGER}, {"|\n  1", NODE_STRING},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[64];
		int size = snprintf(text, sizeof(text), "a: %s\n", cases[i].text);
		struct loaded loaded = load(text, size);

		assert_int_equal(loaded.result, 0);
		if (node_get(loaded.documents.items[0].root, "a")->type != cases[i].type)
			fail_msg("%s", cases[i].text);
		arena_free(loaded.arena);
	}
}

static void
places(void **state)
{
	static const char text[] = "\303\251: 'abc'\nlist:\n  - \"\303\251x\"\n";
	struct loaded loaded = load(text, sizeof(text) - 1);
	const struct node *root = loaded.documents.items[0].root, *item = node_get(root, "list")->items[0];
	struct place place;

	(void)state;
	assert_int_equal(root->items[0]->place.line, 1);
	assert_int_equal(root->items[0]->place.column, 4);
	assert_int_equal(root->items[0]->place.width, 5);
	place = node_place(item, 2, 1);
	assert_int_equal(place.line, 3);
	assert_int_equal(place.column, 7);
	assert_int_equal(place.width, 1);
	arena_free(loaded.arena);
}

static void
limits(void **state)
{
	size_t size = 1 << 20;
	char *text = malloc(size);

	(void)state;
	memset(text, '[', size);
	assert_string_equal(load_error(text, size), "depth-limit");
	for (size_t i = 0; i < size; i += 2)
		memcpy(text + i, "- ", 2);
	assert_string_equal(load_error(text, size), "depth-limit");
	memcpy(text, "[", 1);
	for (size_t i = 1; i + 1 < size; i += 2)
		memcpy(text + i, "a,", 2);
	assert_string_equal(load_error(text, size - 1), "bad-yaml");
	free(text);
}

static void
bombs(void **state)
{
	char text[8192];
	int size = snprintf(text, sizeof(text), "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");

	(void)state;
	for (int i = 1; i < 40; i++)
		size += snprintf(text + size, sizeof(text) - size, "a%d: &a%d [*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1, i - 1);
	assert_string_equal(load_error(text, size), "alias-limit");
	for (int i = size = 0; i < 300; i++)
		size += snprintf(text + size, sizeof(text) - size, "- &b%d x\n", i);
	assert_string_equal(load_error(text, size), "alias-limit");
	assert_string_equal(load_error("a: &x [*x]\n", 11), "bad-yaml");
}

static void
encodings(void **state)
{
	static const char utf16[] = "\377\376a\0:\0 \0b\0";

	(void)state;
	assert_string_equal(load_error(utf16, sizeof(utf16) - 1), "bad-encoding");
	assert_string_equal(load_error("a: \300\200\n", 6), "bad-encoding");
	assert_string_equal(load_error("a: \355\240\200\n", 7), "bad-encoding");
	assert_string_equal(load_error("a: b\0c\n", 7), "bad-yaml");
	assert_string_equal(load_error("a: \001\n", 5), "bad-yaml");
}

/* A file cut anywhere is refused or read, never more. */
static void
cut_anywhere(void **state)
{
	static const char text[] = "title: 'x'\nlist: [1, {a: \"b\"}, &c d, *c]\nmap:\n  ? k\n  : |\n    block\n---\n- second\n...\n";

	(void)state;
	for (size_t size = 0; size < sizeof(text); size++) {
		struct loaded loaded = load(text, size);

		assert_true(loaded.result == 0 || diag_count(loaded.diags, DIAG_ERROR) > 0);
		arena_free(loaded.arena);
	}
}

/* Whoever reads a source, its documents come in order. */
static void
two_threads(void **state)
{
	enum { COUNT = 500 };
	static struct source rows[COUNT];
	static const struct source *sources[COUNT];
	static char texts[COUNT][32];
	struct arena *arena = arena_new();
	struct document_list documents = {0};
	struct load_ahead *ahead;
	struct yaml_reader *reader;

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		rows[i] = (struct source){"x.yml", texts[i], (size_t)sprintf(texts[i], "number: n%zu\n", i)};
		sources[i] = &rows[i];
	}
	ahead = load_ahead_new(sources, COUNT);
	assert_non_null(ahead);
	for (size_t i = 0; i < COUNT; i++) {
		reader = load_ahead_take(ahead, i);
		if (reader)
			assert_int_equal(load_read(arena, diag_list_new(arena), sources[i], reader, &documents), 0);
		else
			assert_int_equal(load_documents(arena, diag_list_new(arena), sources[i], &documents), 0);
		assert_int_equal(documents.count, i + 1);
		assert_memory_equal(node_get(documents.items[i].root, "number")->text.data, texts[i] + 8, strlen(texts[i]) - 9);
	}
	load_ahead_free(ahead);
	load_ahead_free(load_ahead_new(sources, COUNT)); /* of which none was taken */
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(core_schema), cmocka_unit_test(places), cmocka_unit_test(limits), cmocka_unit_test(bombs),
		cmocka_unit_test(encodings), cmocka_unit_test(cut_anywhere), cmocka_unit_test(two_threads),
	};
	int failed = cmocka_run_group_tests_name("as it is asked for", tests, NULL, NULL);

	is_ahead = 1;
	return failed + cmocka_run_group_tests_name("read ahead", tests, NULL, NULL);
}
