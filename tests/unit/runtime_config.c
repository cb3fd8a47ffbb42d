/* rsnl.yaml: defaults, each kind of value, errors with their place, printing that reads back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config.h"

static struct config config;

/* Reads text; what was said is in *errors, the caller's to free(). */
static int
parse(const char *text, char **errors)
{
	size_t size;
	FILE *out = open_memstream(errors, &size);
	int count = config_parse(&config, text, strlen(text), "t.yaml", out);

	fclose(out);
	return count;
}

static void
expect_error(const char *text, const char *error)
{
	char *errors;

	assert_int_not_equal(parse(text, &errors), 0);
	if (!strstr(errors, error))
		fail_msg("wanted \"%s\", got \"%s\"", error, errors);
	free(errors);
}

static void
expect_good(const char *text)
{
	char *errors;

	if (parse(text, &errors))
		fail_msg("%s", errors);
	free(errors);
}

static void
defaults(void **state)
{
	(void)state;
	expect_good("");
	assert_string_equal(config.agent.user, "rsnl");
	assert_int_equal(config.agent.drain, 10000000000);
	assert_int_equal(config.sources.ring, 8 << 20);
	assert_int_equal(config.sources.kinds, 0);
	assert_int_equal(config.yara.when, CONFIG_ON_EXEC | CONFIG_ON_WRITE);
	assert_int_equal(config.sink_count, 1);
	assert_int_equal(config.sinks[0].mode, 0640);
	assert_int_equal(config_check(&config, sizeof(config)), 0);
}

static void
values(void **state)
{
	(void)state;
	expect_good("version: 1\n"
	            "agent: {state: /s, threads: auto, log: debug}\n"
	            "packs: {unsigned: true, max_size: 1Gi}\n"
	            "sources: {kinds: [process_start, dns_query], ring: 64Mi}\n"
	            "yara: {when: [exec], timeout: 100ms, allow: [/usr/, /opt/x]}\n"
	            "alerts: {level: high}\n"
	            "sinks: [{type: stdout}, {type: file, path: /a, mode: '0600'}]\n");
	assert_string_equal(config.packs.incoming, "/s/packs/incoming");
	assert_int_equal(config.packs.allow_unsigned, 1);
	assert_int_equal(config.sources.kinds, 1 << 1 | 1 << 9);
	assert_int_equal(config.yara.when, CONFIG_ON_EXEC);
	assert_int_equal(config.yara.timeout, 100000000);
	assert_int_equal(config.yara.allow.count, 2);
	assert_int_equal(config.alerts.level, 3);
	assert_int_equal(config.sink_count, 2);
	assert_int_equal(config.sinks[1].mode, 0600);
}

static void
errors(void **state)
{
	static const struct { const char *text, *error; } rows[] = {
		{"agnt: {}\n", "t.yaml:1:1: error: unknown key \"agnt\" in the file's top; did you mean \"agent\"? [unknown-key]"},
		{"agent: {usr: x}\n", "t.yaml:1:9: error: unknown key \"usr\" in agent; did you mean \"user\"? [unknown-key]"},
		{"agent: {}\nagent: {}\n", "t.yaml:2:1: error: key \"agent\" is given twice (first at 1:1) [duplicate-key]"},
		{"version: 2\n", "t.yaml:1:10: error: version takes 1 [bad-value]"},
		{"agent: {drain: 10}\n", "t.yaml:1:16: error: agent.drain: \"10\" is not a duration such as 10s [bad-value]"},
		{"agent: {drain: 6m}\n", "6m is outside 0s to 5m"},
		{"agent: {threads: 65}\n", "\"65\" is not a number from 1 to 64"},
		{"packs: {unsigned: yes}\n", "\"yes\" is not one of false|true"},
		{"packs: {unsigned: 'true'}\n", "not a quoted text"},
		{"packs: {keys: keys.d}\n", "\"keys.d\" is not an absolute path"},
		{"sources: {ring: 3Mi}\n", "3Mi is not a power of two"},
		{"sources: {kinds: [nope]}\n", "\"nope\" is not an event kind"},
		{"yara: {when: [sweep]}\n", "not supported yet"},
		{"yara: {allow: ['']}\n", "t.yaml:1:15: error: yara.allow takes a list of absolute path prefixes"},
		{"response: {mode: enforce}\n", "t.yaml:1:18: error: response.mode: not supported yet [not-supported]"},
		{"packs: {url: 'https://x'}\n", "packs.url: not supported yet"},
		{"sinks: [{type: http, url: 'https://x'}]\n", "sinks.http: not supported yet"},
		{"sinks: [{type: file, keep: 3}]\n", "t.yaml:1:28: error: sinks.file.keep: not supported yet [not-supported]"},
		{"sinks: [{type: pigeon}]\n", "a sink takes a type"},
		{"sinks: {}\n", "sinks takes a list"},
		{"agent: [\n", "[bad-yaml]"},
		{"- 1\n", "the file takes a mapping"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		expect_error(rows[i].text, rows[i].error);
}

static void
all_errors_are_printed(void **state)
{
	char *said;

	(void)state;
	assert_int_equal(parse("agent: {x: 1, drain: 5}\nnope: 1\n", &said), 3);
	free(said);
}

static void
default_of_missing_feature_is_fine(void **state)
{
	(void)state;
	expect_good("throttle: {window: 60s, keys: 65536}\nresponse: {mode: disabled, level: critical}\npacks: {url: ''}\n");
}

static void
print_reads_back(void **state)
{
	struct config before;
	char *text, *again;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	expect_good("yara: {allow: [/a, /b], when: []}\nsources: {kinds: all}\nsinks: [{type: stdout}, {type: file}]\n");
	before = config;
	config_print(&config, out);
	fclose(out);
	assert_int_equal(parse(text, &again), 0);
	assert_memory_equal(&before, &config, sizeof(config));
	free(text);
	free(again);
}

static void
foreign_struct_is_checked(void **state)
{
	(void)state;
	config_init(&config);
	assert_int_not_equal(config_check(&config, sizeof(config) - 1), 0);
	memset(config.agent.state, 'x', sizeof(config.agent.state));
	assert_int_not_equal(config_check(&config, sizeof(config)), 0);
	config_init(&config);
	config.yara.allow.count = CONFIG_LIST_MAX + 1;
	assert_int_not_equal(config_check(&config, sizeof(config)), 0);
	config_init(&config);
	config.sink_count = CONFIG_SINK_MAX + 1;
	assert_int_not_equal(config_check(&config, sizeof(config)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults), cmocka_unit_test(values), cmocka_unit_test(errors),
		cmocka_unit_test(all_errors_are_printed), cmocka_unit_test(default_of_missing_feature_is_fine),
		cmocka_unit_test(print_reads_back), cmocka_unit_test(foreign_struct_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
