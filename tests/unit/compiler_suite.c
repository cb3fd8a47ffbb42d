/* compiler_suite.c - test files: whose events they hold, as JSON, and what is wrong with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "ir_build.h"
#include "node.h"
#include "ast.h"
#include "suite.h"

static const char rule_text[] = "title: t\nid: the-id\nlevel: low\nlogsource: {product: x}\n"
				"detection: {s: {A: 1}, condition: s}\n";

struct outcome {
	struct arena *arena;
	struct diag_list *diags;
	const struct ir_pack *pack;
	struct suite suite;
};

static struct outcome
suite_of(const char *name, const char *text)
{
	struct outcome outcome = {.arena = arena_new()};
	struct source rule_source = {"dir/x.yml", rule_text, sizeof(rule_text) - 1}, source = {name, text, strlen(text)};
	struct ir_builder *builder = ir_builder_new(outcome.arena);
	struct document_list documents = {0};
	struct sigma_rule *rule;

	outcome.diags = diag_list_new(outcome.arena);
	assert_int_equal(load_documents(outcome.arena, outcome.diags, &rule_source, &documents), 0);
	rule = rule_parse(outcome.arena, outcome.diags, &documents.items[0]);
	rule->is_selected = 1;
	suite_read(outcome.arena, outcome.diags, &source, &rule, 1, &outcome.suite);
	suite_lower(outcome.arena, builder, &outcome.suite);
	outcome.pack = ir_build_finish(builder, arena_string(outcome.arena, "p"));
	return outcome;
}

static void
events(void **state)
{
	struct outcome outcome = suite_of("dir/x.test.yml",
		"match:\n  - {A: 1, B: '2', C: [true, null, 1.50, 007], D: {E: \"q\\\"\\n\"}}\n  - {file: f, count: 2}\n"
		"no_match:\n  - A: .inf\n");

	(void)state;
	assert_int_equal(diag_count(outcome.diags, DIAG_ERROR), 0);
	assert_int_equal(outcome.pack->vector_count, 2);
	assert_string_equal(outcome.pack->vectors[0].event.data,
	                    "{\"A\":1,\"B\":\"2\",\"C\":[true,null,1.50,\"007\"],\"D\":{\"E\":\"q\\\"\\u000a\"}}");
	assert_string_equal(outcome.pack->vectors[0].rule_id.data, "the-id");
	assert_string_equal(outcome.pack->vectors[0].place.data, "dir/x.test.yml:2");
	assert_true(outcome.pack->vectors[0].expected);
	assert_string_equal(outcome.pack->vectors[1].event.data, "{\"A\":\".inf\"}");
	assert_false(outcome.pack->vectors[1].expected);
	arena_free(outcome.arena);
}

static void
named_rule(void **state)
{
	struct outcome outcome = suite_of("elsewhere.test.yml", "rule: the-id\nmatch: [{A: 1}]\n");

	(void)state;
	assert_int_equal(outcome.pack->vector_count, 1);
	arena_free(outcome.arena);
}

static void
files(void **state)
{
	struct outcome outcome = suite_of("dir/x.test.yml",
		"match:\n  - {file: a.json}\n  - {file: b.json, count: 3}\n  - {file: 1, b: 2}\nno_match:\n  - {file: /c.json}\n");

	(void)state;
	assert_int_equal(diag_count(outcome.diags, DIAG_ERROR), 0);
	assert_int_equal(outcome.suite.count, 4);
	assert_string_equal(outcome.suite.cases[0].file, "dir/a.json");
	assert_int_equal(outcome.suite.cases[0].count, -1);
	assert_int_equal(outcome.suite.cases[1].count, 3);
	assert_false(outcome.suite.cases[1].at_least);
	assert_null(outcome.suite.cases[2].file);
	assert_int_equal(outcome.suite.cases[2].index, 2);
	assert_int_equal(outcome.suite.cases[2].lines[0], 4);
	assert_string_equal(outcome.suite.cases[3].file, "/c.json");
	assert_string_equal(outcome.suite.cases[3].list, "no_match");
	assert_int_equal(outcome.pack->vector_count, 1);
	arena_free(outcome.arena);
}

static void
info(void **state)
{
	struct outcome outcome = suite_of("a/info.yml",
		"id: x\nrule_metadata:\n  - {id: the-id, title: t}\nregression_tests_info:\n"
		"  - {name: n, type: evtx, match_count: 2, path: far/away/e.evtx}\n  - {path: f.json}\n");

	(void)state;
	assert_int_equal(diag_count(outcome.diags, DIAG_ERROR), 0);
	assert_int_equal(outcome.suite.count, 2);
	assert_string_equal(outcome.suite.cases[0].file, "a/e.json");
	assert_int_equal(outcome.suite.cases[0].count, 2);
	assert_true(outcome.suite.cases[0].at_least);
	assert_true(outcome.suite.cases[0].expected);
	assert_string_equal(outcome.suite.cases[1].file, "a/f.json");
	assert_int_equal(outcome.suite.cases[1].count, -1);
	assert_int_equal(outcome.pack->vector_count, 0);
	arena_free(outcome.arena);
}

static void
wrong(void **state)
{
	static const char *const texts[] = {
		"match: [{A: 1}]\n", "rule: other\nmatch: []\n", "rule: the-id\nmatsch: []\n", "rule: the-id\nmatch: {A: 1}\n",
		"- 1\n", "rule: [\n", "rule: the-id\nmatch: [1]\n", "rule: the-id\nmatch: [{file: f, count: x}]\n",
		"rule: the-id\nmatch: [{file: f.rsnr}]\n", "rule: the-id\nno_match: [{file: f, count: 1}]\n",
		"rule_metadata: [{id: other}]\n", "rule_metadata: [{id: the-id}]\nregression_tests_info: [{path: f.raw}]\n",
		"rule_metadata: [{id: the-id}]\nregression_tests_info: [{name: n}]\n",
		"rule_metadata: [{id: the-id}]\nregression_tests_info: [{path: f.json, match_count: -1}]\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct outcome outcome = suite_of("elsewhere.test.yml", texts[i]);

		assert_int_equal(diag_count(outcome.diags, DIAG_ERROR), 1);
		assert_int_equal(outcome.suite.count, 0);
		arena_free(outcome.arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events), cmocka_unit_test(named_rule), cmocka_unit_test(files),
		cmocka_unit_test(info), cmocka_unit_test(wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
