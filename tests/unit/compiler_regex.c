/* Regular expressions: what matches, by the slow meaning, the DFA and the NFA alike; errors name the construct; caps. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "dfa.h"
#include "fold.h"
#include "ir.h"
#include "../collide/points.h"
#include "../collide/pool.h"
#include "nfa.h"
#include "random.h"
#include "regex.h"

static const struct row {
	const char *pattern, *text;
	int expected;
} rows[] = {
	{ "abc", "xabcx", 1 }, { "abc", "ABC", 0 }, { "(?i)abc", "xABC", 1 }, { "(?i)k", "\xe2\x84\xaa", 1 },
	{ "\\B", "x\xc3\xa9" "0", 0 }, { "\\B", "x\xf0\x9f\x98\x80", 1 }, { "a.*\\B", "a\xc3\xa9" "0", 0 },
	{ "(?i)\\w", "\xe2\x84\xaa", 0 }, { "(?i)[^k]", "K", 0 }, { "(?i)\xc5\xbf", "S", 1 }, { "^abc$", "abc", 1 },
	{ "^abc$", "abc\n", 1 }, { "^abc$", "abc\n\n", 0 }, { "abc\\z", "abc\n", 0 }, { "abc\\Z", "abc\n", 1 },
	{ "^b", "a\nb", 0 }, { "(?m)^b$", "a\nb\nc", 1 }, { "a.c", "a\nc", 0 }, { "(?s)a.c", "a\nc", 1 },
	{ "^.$", "\xc3\xa9", 1 }, { "^..$", "\xc3\xa9", 0 }, { "^.$", "\xff", 1 }, { "^.$", "\xe2\x84", 0 },
	{ "^..$", "\xe2\x84", 1 }, { "^.$", "\xed\xa0\x80", 1 }, { "[^a]", "a", 0 }, { "[^a]", "\xfe", 1 },
	{ "\\bfoo\\b", "a foo b", 1 }, { "\\bfoo\\b", "afoo b", 0 }, { "\\bfoo\\b", "foo", 1 }, { "\\Boo", "foo", 1 },
	{ "\\Bfoo", "foo", 0 }, { "a{2,3}b", "aab", 1 }, { "^a{2,3}b", "aaaab", 0 }, { "a{2}", "a", 0 }, { "a{,2}", "a{,2}", 1 },
	{ "x{1,}y", "xxxy", 1 }, { "(a|b)*c", "ababc", 1 }, { "a|^b", "xb", 0 }, { "(|a)b", "b", 1 }, { "", "anything", 1 },
	{ "[a-c]+?x", "abcx", 1 }, { "[]a]", "]", 1 }, { "[\\]\\-z]", "-", 1 }, { "[a-]", "-", 1 }, { "\\x41\\x{e9}", "A\xc3\xa9", 1 },
	{ "\\Qa.b\\E.", "a.bc", 1 }, { "\\Qa.b\\E", "axb", 0 }, { "[[:digit:]]{3}", "x123", 1 }, { "[[:^digit:]]", "123", 0 },
	{ "(?:a|b)(?P<n>c)", "bc", 1 }, { "(?#note)a", "a", 1 }, { "a(?i)b", "aB", 1 }, { "a(?i)b", "AB", 0 },
	{ "(a(?i)b)c", "aBC", 0 }, { "a$b", "a\nb", 0 }, { "a$\\n", "a\n", 1 }, { "\\d+\\D\\S\\s", "12a- ", 1 },
	{ "\\.exe$", "C:\\x.exe", 1 }, { "(a*)*b", "aaab", 1 }, { "(a?){3}b", "b", 1 }, { "\\t\\n\\r", "\t\n\r", 1 },
	{ "(.){5,}", "abcd", 0 }, { "(.){5,}", "ab\xc3\xa9" "de", 1 }, { "\\w+`(?:\\w+|-|.)`[\\w+|\\s]", "a`b`c", 1 },
	{ "[\xc3\xa0-\xc3\xbf]x", "\xc3\xa9x", 1 }, { "[\xc3\xa0-\xe2\x82\xac]$", "\xd0\x96", 1 }, { "$^", "", 1 }, { "\\b", "", 0 },
};

static int
dfa_fits(const struct dfa *dfa, const uint8_t *text, uint64_t size)
{
	uint32_t state = 0;

	for (uint64_t i = 0; i <= size; i++) {
		if (dfa->states[state].final)
			return 1;
		state = dfa->states[state].next[dfa->class_of[i < size ? text[i] : NFA_END]];
		if (state == DFA_DEAD)
			return 0;
	}
	return dfa->states[state].final;
}

static int
nfa_fits(const struct nfa_graph *graph, const uint8_t *text, uint64_t size)
{
	uint8_t active[2][512] = { { 1 } };

	for (uint64_t i = 0; i <= size + 1; i++) {
		memset(active[(i + 1) & 1], 0, 512);
		for (uint32_t p = 0; p < graph->count; p++) {
			if (!active[i & 1][p])
				continue;
			if (graph->positions[p].final)
				return 1;
			for (uint32_t k = 0; k < graph->positions[p].follow_count && i <= size; k++) {
				uint32_t next = graph->positions[p].follow[k];

				active[(i + 1) & 1][next] |= nfa_set_has(&graph->positions[next].set, i < size ? text[i] : NFA_END);
			}
		}
	}
	return 0;
}

static void
test_rows(void **state)
{
	struct arena *arena = arena_new();
	struct pool *pool = pool_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct regex_error error;
		const struct regex *regex = regex_parse(arena, rows[i].pattern, strlen(rows[i].pattern), 0, &error);
		const struct nfa_graph *graph;
		const struct dfa *dfa;
		uint8_t clean[256];
		uint64_t size = fold_text(clean, (const uint8_t *)rows[i].text, strlen(rows[i].text), 0);
		struct points points;

		if (!regex)
			fail_msg("%s: %s", rows[i].pattern, error.text);
		points = points_read(pool, rows[i].text, strlen(rows[i].text), 0);
		graph = nfa_from_regex(arena, regex);
		assert_non_null(graph);
		dfa = dfa_build(arena, graph, 10000);
		assert_non_null(dfa);
		if (dfa_fits(dfa, clean, size) != rows[i].expected || nfa_fits(graph, clean, size) != rows[i].expected ||
		    (regex_fits(pool, &points, regex) != REGEX_NO) != rows[i].expected)
			fail_msg("/%s/ on \"%s\": dfa %d, nfa %d, expected %d", rows[i].pattern, rows[i].text,
			         dfa_fits(dfa, clean, size), nfa_fits(graph, clean, size), rows[i].expected);
	}
	pool_free(pool);
	arena_free(arena);
}

static void
test_errors(void **state)
{
	static const struct { const char *pattern, *text; uint32_t offset; } errors[] = {
		{ "a(?=b)", "lookahead", 1 }, { "a(?!b)", "negative lookahead", 1 }, { "(?<=a)b", "lookbehind", 0 },
		{ "(?<!a)b", "negative lookbehind", 0 }, { "(a)\\1", "backreference", 3 }, { "(?P<n>a)(?P=n)", "backreference", 8 },
		{ "(?>a)", "atomic group", 0 }, { "a++", "possessive", 1 }, { "\\p{L}", "property", 0 }, { "(a", "without its )", 0 },
		{ "a)", "without its group", 1 }, { "[a", "without its ]", 0 }, { "*a", "nothing to repeat", 0 },
		{ "a**", "nothing to repeat", 2 }, { "a{3,2}", "backwards", 1 }, { "[z-a]", "backwards", 1 },
		{ "a\\", "backslash", 1 }, { "\\y", "unknown escape", 0 }, { "(?x)a", "flag", 0 }, { "[[:nope:]]", "unknown class", 1 },
		{ "a{2000}", "more than", 1 }, { "((a{1000}){1000}){9}", "too large", 0 }, { "(?R)", "recursion", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		struct regex_error error = { .text = "" };

		assert_int_equal(regex_check(errors[i].pattern, strlen(errors[i].pattern), 0, &error), -1);
		if (!strstr(error.text, errors[i].text) || error.offset != errors[i].offset)
			fail_msg("%s: %u %s", errors[i].pattern, error.offset, error.text);
	}
}

/* Junk never crashes, and what is accepted says the same three ways. */
static void
test_junk(void **state)
{
	static const char parts[] = "ab.*+?()[]|^$\\{}2,i:-\nbBzdwk";
	int accepted = 0;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct arena *arena;
		struct pool *pool;
		char pattern[12], text[8];
		const struct regex *regex;
		const struct nfa_graph *graph;
		struct regex_error error;
		struct points points;
		uint32_t size = round % sizeof(pattern), length = round / 12 % sizeof(text), flags = next_random() % 8;

		for (uint32_t i = 0; i < size; i++)
			pattern[i] = parts[next_random() % (sizeof(parts) - 1)];
		for (uint32_t i = 0; i < length; i++)
			text[i] = "ab\nd2. "[next_random() % 7];
		if (regex_check(pattern, size, flags, &error) != 0)
			continue;
		accepted++;
		arena = arena_new();
		regex = regex_parse(arena, pattern, size, flags, &error);
		graph = nfa_from_regex(arena, regex);
		pool = pool_new();
		points = points_read(pool, text, length, 0);
		if (graph->count < 512) {
			const struct dfa *dfa = dfa_build(arena, graph, 100000);
			int expected = regex_fits(pool, &points, regex) != REGEX_NO;

			if (dfa_fits(dfa, (uint8_t *)text, length) != expected || nfa_fits(graph, (uint8_t *)text, length) != expected)
				fail_msg("/%.*s/ flags %u on \"%.*s\": expected %d", (int)size, pattern, flags, (int)length,
				         text, expected);
		}
		pool_free(pool);
		arena_free(arena);
	}
	assert_true(accepted > 100);
}

static void
test_cap(void **state)
{
	static const char pattern[] = "a.{20}b";
	struct arena *arena = arena_new();
	struct regex_error error;
	const struct nfa_graph *graph;

	(void)state;
	graph = nfa_from_regex(arena, regex_parse(arena, pattern, strlen(pattern), 0, &error));
	assert_null(dfa_build(arena, graph, 500));
	graph = nfa_from_regex(arena, regex_parse(arena, "abcab", 5, 0, &error));
	assert_int_equal(dfa_build(arena, graph, 500)->count, 6);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows), cmocka_unit_test(test_errors), cmocka_unit_test(test_junk), cmocka_unit_test(test_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
