/* compiler_feed.c - indicator feeds: what is one, what its lines mean, what is wrong with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "diag.h"
#include "feed.h"
#include "ir.h"
#include "indicator.h"
#include "ir_build.h"
#include "logsource.h"
#include "packfile.h"

static int
recognised(const char *text)
{
	struct source source = {"x", text, strlen(text)};

	return feed_recognises(&source);
}

static void
feeds_are_recognised(void **state)
{
	(void)state;
	assert_true(recognised("type,value\n"));
	assert_true(recognised("# a comment\ntype,value,severity\nmd5,x\n"));
	assert_true(recognised("\n44d88612fea8a8f36de82e1278abb02f\n"));
	assert_true(recognised("evil.example\n192.0.2.1 # why\n2001:db8::/32\n/tmp/x\nC:\\x\\y.exe\n*/x\n.sub.example\n"));
	assert_true(recognised("evil.example\nbad line\nmore.example\n"));
	assert_false(recognised(""));
	assert_false(recognised("title: a rule\ndetection:\n"));
	assert_false(recognised("rule x { condition: true }\n"));
	assert_false(recognised("#!/bin/sh\nset -eu\n"));
	assert_false(recognised("/* a comment */\nint main(void);\n"));
	assert_false(recognised("{\"a\": 1}\n"));
	assert_false(recognised("hello\n"));
}

static void
guesses(void **state)
{
	static const struct {
		const char *text;
		enum indicator_type type;
	} rows[] = {
		{"44d88612fea8a8f36de82e1278abb02f", INDICATOR_MD5},
		{"3395856ce81f2b7382dee72602f798b642f14140", INDICATOR_SHA1},
		{"192.0.2.1", INDICATOR_IP},
		{"192.0.2.0/24", INDICATOR_IP},
		{"fe80::1", INDICATOR_IP},
		{"cafe.de", INDICATOR_DOMAIN},
		{"*.a.example", INDICATOR_DOMAIN},
		{"xn--bcher-kva.example", INDICATOR_DOMAIN},
		{"/usr/bin/x", INDICATOR_PATH},
		{"C:\\x", INDICATOR_PATH},
		{"word", INDICATOR_TYPE_COUNT},
		{"44d88612fea8a8f36de82e1278abb02", INDICATOR_TYPE_COUNT},
		{"two words", INDICATOR_TYPE_COUNT},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (indicator_guess(rows[i].text, strlen(rows[i].text)) != rows[i].type)
			fail_msg("%s", rows[i].text);
}

static const char *
fault_of(struct arena *arena, enum indicator_type type, const char *text)
{
	static struct indicator_fault fault;
	struct indicator indicator;

	if (indicator_read(arena, type, text, strlen(text), &indicator, &fault) == 0)
		return "";
	return fault.text;
}

static void
faults_have_words(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	assert_string_equal(fault_of(arena, INDICATOR_MD5, "44d8"), "4 hexadecimal digits; md5 has 32");
	assert_string_equal(fault_of(arena, INDICATOR_MD5, "44x8"), "\"x\" is no hexadecimal digit");
	assert_string_equal(fault_of(arena, INDICATOR_IP, "10.0.0.1/8"),
	                    "bits after the prefix are set; the network is 10.0.0.0/8");
	assert_string_equal(fault_of(arena, INDICATOR_IP, "10.0.0.0/33"), "a prefix of 0 to 32 bits is wanted");
	assert_string_equal(fault_of(arena, INDICATOR_IP, "10.0.0.256"), "no IPv4 or IPv6 address");
	assert_string_equal(fault_of(arena, INDICATOR_DOMAIN, "a..b"), "a label of a domain has 1 to 63 bytes");
	assert_string_equal(fault_of(arena, INDICATOR_DOMAIN, "a b.c"), "a domain cannot have \" \"");
	assert_string_not_equal(fault_of(arena, INDICATOR_DOMAIN, "tld"), "");
	assert_string_equal(fault_of(arena, INDICATOR_DOMAIN, ".tld"), "");
	assert_string_equal(fault_of(arena, INDICATOR_DOMAIN, "a.b."), "");
	assert_string_not_equal(fault_of(arena, INDICATOR_PATH, "***"), "");
	assert_string_not_equal(fault_of(arena, INDICATOR_PATH, "name.exe"), "");
	assert_string_equal(fault_of(arena, INDICATOR_SHA256, ""), "the value is empty");
	arena_free(arena);
}

static void
patterns_are_simplified(void **state)
{
	static const struct {
		const char *text;
		int op;
	} rows[] = {
		{"/a/b", PACK_EQUALS}, {"*/b", PACK_ENDSWITH}, {"/a/*", PACK_STARTSWITH}, {"*/b/*", PACK_CONTAINS},
		{"/a/*/b", PACK_WILDCARD}, {"/a/?", PACK_WILDCARD}, {"**/b", PACK_ENDSWITH},
	};
	struct arena *arena = arena_new();
	struct indicator_fault fault;
	struct indicator indicator;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(indicator_read(arena, INDICATOR_PATH, rows[i].text, strlen(rows[i].text), &indicator, &fault),
		                 0);
		assert_int_equal(indicator.op, rows[i].op);
	}
	arena_free(arena);
}

/* Lowers a feed and prints its diagnostics to text. Returns the pack. */
static struct ir_pack *
lower(struct arena *arena, const char *feed, char *text, size_t size, size_t *taken)
{
	struct diag_list *diags = diag_list_new(arena);
	struct logsources *logsources = logsources_new(arena);
	struct ir_builder *builder = ir_builder_new(arena);
	struct source source = {"feed.csv", feed, strlen(feed)};
	FILE *out = fmemopen(text, size, "w");

	assert_int_equal(logsources_add(logsources, diags, logsources_builtin()), 0);
	*taken = feed_lower(builder, arena, diags, logsources, &source);
	diag_print(out, diags, DIAG_TEXT, 0);
	fclose(out);
	return ir_build_finish(builder, arena_string(arena, "test"));
}

static void
errors_have_places(void **state)
{
	struct arena *arena = arena_new();
	char text[8192];
	size_t taken;

	(void)state;
	lower(arena, "type,value,severity,expires\n"
	             "domian,a.example\n"
	             "md5,0123\n"
	             "domain,\"b.example\",hihg\n"
	             "ip,192.0.2.9,low,soon\n"
	             "ip,192.0.2.9,low,2020-01-01\n"
	             "ip,192.0.2.9,low,,,\n"
	             "domain,good.example,,2999-12-31T00:00:00Z\n", text, sizeof(text), &taken);
	assert_int_equal(taken, 1);
	assert_non_null(strstr(text, "feed.csv:2:1: error: unknown type \"domian\""));
	assert_non_null(strstr(text, "feed.csv:3:5: error: 4 hexadecimal digits"));
	assert_non_null(strstr(text, "feed.csv:4:20: error: unknown severity \"hihg\""));
	assert_non_null(strstr(text, "feed.csv:5:18: error: \"soon\" is no time"));
	assert_non_null(strstr(text, "feed.csv:6:18: note: 1 expired"));
	assert_non_null(strstr(text, "feed.csv:7:19: error: more fields"));
	arena_free(arena);
}

static void
feeds_become_rules(void **state)
{
	struct arena *arena = arena_new();
	const struct ir_group *group = NULL;
	struct ir_pack *pack;
	char text[8192] = "";
	size_t taken;
	uint32_t i;

	(void)state;
	pack = lower(arena, "*.Sub.example\nexact.example\n44d88612fea8a8f36de82e1278abb02f\n", text, sizeof(text), &taken);
	assert_string_equal(text, "");
	assert_int_equal(taken, 3);
	for (i = 0; i < pack->group_count; i++) {
		if (strcmp(pack->groups[i].product.data, "linux") != 0)
			continue;
		if (strcmp(pack->groups[i].category.data, "dns_query") == 0)
			group = &pack->groups[i];
		else
			assert_int_equal(pack->groups[i].late_count, pack->groups[i].rule_count);
	}
	assert_non_null(group);
	assert_int_equal(group->late_count, 0);
	assert_int_equal(group->rule_count, 1);
	assert_int_equal(group->predicate_count, 2);
	assert_int_equal(group->rules[0]->level, PACK_HIGH);
	assert_int_equal(group->rules[0]->engine, PACK_IOC);
	assert_string_equal(group->rules[0]->indicator.data, "domain");
	for (i = 0; i < 2; i++)
		assert_string_equal(group->predicates[i].values[0].text.data,
		                    group->predicates[i].op == PACK_SUBDOMAIN ? "sub.example" : "exact.example");
	arena_free(arena);
}

enum { MANY = 5000 };

/* MANY domains, each twice, from the last one on if backwards. The caller frees it. */
static char *
many_domains(int backwards)
{
	char *feed = NULL;
	size_t size;
	FILE *out = open_memstream(&feed, &size);

	for (int i = 0; i < 2 * MANY; i++)
		fprintf(out, "host%d.example\n", (backwards ? 2 * MANY - 1 - i : i) % MANY);
	fclose(out);
	return feed;
}

/* Each value once, and in the same order whatever the feed's is. */
static void
long_feeds_become_sets(void **state)
{
	struct arena *arena = arena_new();
	const struct ir_predicate *sets[2];
	uint8_t seen[MANY] = {0};
	char text[8192] = "";
	size_t taken;

	(void)state;
	for (int i = 0; i < 2; i++) {
		char *feed = many_domains(i);

		sets[i] = lower(arena, feed, text, sizeof(text), &taken)->groups[0].predicates;
		assert_int_equal(taken, 2 * MANY);
		assert_int_equal(sets[i]->value_count, MANY);
		free(feed);
	}
	for (uint32_t i = 0; i < MANY; i++) {
		const struct ir_value *value = &sets[0]->values[i];

		assert_string_equal(value->text.data, sets[1]->values[i].text.data);
		assert_int_equal(value->text.size, strlen(value->text.data));
		assert_ptr_equal(value->shown.data, value->text.data);
		assert_int_equal(seen[atoi(value->text.data + 4)]++, 0);
	}
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(feeds_are_recognised),
		cmocka_unit_test(guesses),
		cmocka_unit_test(faults_have_words),
		cmocka_unit_test(patterns_are_simplified),
		cmocka_unit_test(errors_have_places),
		cmocka_unit_test(feeds_become_rules),
		cmocka_unit_test(long_feeds_become_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
