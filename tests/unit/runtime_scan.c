/* Hashes and YARA matches of a file behind a descriptor: rules from source, limits, bounds of a result. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <yara.h>

#include "packfile.h"
#include "scan.h"
#include "scan_cache.h"
#include "scan_known.h"

static const char strings[] = "demo\0rule one { strings: $a = \"MARK\" condition: $a } "
	"rule every { condition: true } private rule hidden { condition: true }\0rule broken {";
struct compiled {
	struct pack_yara head;
	unsigned char bytes[1 << 16];
	size_t size;
};

static struct scan_result result;
static struct scan_limits limits;

static void
defaults(void)
{
	limits = (struct scan_limits){.yara_max = 1 << 20, .hash_max = 1 << 20, .timeout_s = 5};
}

static struct scanner *
scanner(uint32_t at, uint32_t size)
{
	struct pack_yara_source source = {{0, 4}, {at, size}};
	struct scan_rules rules = {.strings = strings, .strings_size = sizeof(strings), .source = &source,
		.source_size = sizeof(source)};
	struct scanner *made = NULL;
	char text[256];

	return scanner_open(&made, &rules, text) ? NULL : made;
}

static struct scanner *
good_scanner(void)
{
	return scanner(5, (uint32_t)strlen(strings + 5));
}

static int
file_of(const void *bytes, size_t size)
{
	int fd = memfd_create("file", 0);

	assert_int_equal(write(fd, bytes, size), size);
	return fd;
}

static void
matches_and_hashes(void **state)
{
	struct scanner *with = good_scanner();
	int fd = file_of("abc MARK xyz MARK", 17);
	char hex[65];

	(void)state;
	assert_non_null(with);
	defaults();
	scanner_scan(with, fd, &limits, &result);
	assert_int_equal(result.error, 0);
	assert_int_equal(result.match_total, 2);
	assert_string_equal(result.matches[0].name_space, "demo");
	assert_string_equal(result.matches[0].rule, "one");
	assert_int_equal(result.matches[0].string_count, 2);
	assert_string_equal(result.matches[0].strings[0].name, "$a");
	assert_int_equal(result.matches[0].strings[0].offset, 4);
	assert_int_equal(result.matches[0].strings[1].offset, 13);
	assert_memory_equal(result.matches[0].strings[0].value, "MARK", 4);
	assert_int_equal(result.flags & SCAN_HASHED, SCAN_HASHED); /* of a file with a match */
	assert_int_equal(scan_result_check(&result, scan_result_size(&result)), 0);
	close(fd);
	fd = file_of("abc", 3);
	limits.want_hashes = 1;
	scanner_scan(with, fd, &limits, &result);
	scan_hex(hex, result.md5, 16);
	assert_string_equal(hex, "900150983cd24fb0d6963f7d28e17f72");
	scan_hex(hex, result.sha1, 20);
	assert_string_equal(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
	scan_hex(hex, result.sha256, 32);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	close(fd);
	scanner_close(with);
}

static void
limits_hold(void **state)
{
	struct scanner *with = good_scanner();
	static char bytes[5000];
	int fd = file_of(bytes, sizeof(bytes));

	(void)state;
	defaults();
	limits.yara_max = 4096;
	limits.hash_max = 4096;
	limits.want_hashes = 1;
	scanner_scan(with, fd, &limits, &result);
	assert_int_equal(result.flags, SCAN_TOO_LARGE);
	assert_int_equal(result.match_count, 0);
	close(fd);
	scanner_scan(with, -1, &limits, &result);
	assert_true(result.flags & SCAN_FAILED);
	scanner_close(with);
}

static void
bad_rules_are_refused(void **state)
{
	struct pack_yara_source outside = {{0, 4}, {5, 100000}};
	struct scan_rules rules = {.strings = strings, .strings_size = sizeof(strings), .source = &outside,
		.source_size = sizeof(outside)};
	struct scanner *made = NULL;
	char text[256];

	(void)state;
	assert_null(scanner((uint32_t)(sizeof(strings) - sizeof("rule broken {")), 13));
	assert_int_not_equal(scanner_open(&made, &rules, text), 0);
}

static size_t
keep(const void *bytes, size_t size, size_t count, void *user)
{
	struct compiled *compiled = user;

	assert_true(size * count <= sizeof(compiled->bytes) - compiled->size);
	memcpy(compiled->bytes + compiled->size, bytes, size * count);
	compiled->size += size * count;
	return count;
}

/* Rules in the compiled form, as of that version of libyara. */
static void
compile(struct compiled *compiled, const char *text, uint32_t micro)
{
	YR_STREAM stream = {.user_data = compiled, .write = keep};
	YR_COMPILER *compiler;
	YR_RULES *rules;

	compiled->head = (struct pack_yara){{YR_MAJOR_VERSION, YR_MINOR_VERSION, micro}, 1};
	compiled->size = 0;
	assert_int_equal(yr_initialize(), ERROR_SUCCESS);
	assert_int_equal(yr_compiler_create(&compiler), ERROR_SUCCESS);
	assert_int_equal(yr_compiler_add_string(compiler, text, "demo"), 0);
	assert_int_equal(yr_compiler_get_rules(compiler, &rules), ERROR_SUCCESS);
	assert_int_equal(yr_rules_save_stream(rules, &stream), ERROR_SUCCESS);
	yr_rules_destroy(rules);
	yr_compiler_destroy(compiler);
	yr_finalize();
}

/* The first rule that matches when a pack has rule "built" compiled, as of that version, and "one" as source. */
static const char *
first_match(uint32_t micro)
{
	static struct compiled compiled;
	struct pack_yara_source source = {{0, 4}, {5, (uint32_t)strlen(strings + 5)}};
	struct scan_rules rules = {.strings = strings, .strings_size = sizeof(strings), .source = &source,
		.source_size = sizeof(source), .compiled = &compiled};
	struct scanner *made;
	char text[256];
	int fd = file_of("MARK", 4);

	defaults();
	compile(&compiled, "rule built { strings: $a = \"MARK\" condition: $a }", micro);
	rules.compiled_size = sizeof(compiled.head) + compiled.size;
	assert_int_equal(scanner_open(&made, &rules, text), 0);
	assert_string_equal(text, "");
	scanner_scan(made, fd, &limits, &result);
	scanner_close(made);
	close(fd);
	return result.matches[0].rule;
}

static void
compiled_rules_of_this_version_are_taken(void **state)
{
	(void)state;
	assert_string_equal(first_match(YR_MICRO_VERSION), "built");
	assert_string_equal(first_match(YR_MICRO_VERSION + 1), "one");
}

static void
sources_that_do_not_compile_are_left_out(void **state)
{
	static const char texts[] = "demo\0rule one { condition: true }\0import \"absent\" rule two { condition: absent.x }";
	struct pack_yara_source sources[2] = {{{0, 4}, {34, (uint32_t)strlen(texts + 34)}},
		{{0, 4}, {5, (uint32_t)strlen(texts + 5)}}};
	struct scan_rules rules = {.strings = texts, .strings_size = sizeof(texts), .source = sources,
		.source_size = sizeof(sources)};
	struct scanner *made;
	char text[256];
	int fd = file_of("x", 1);

	(void)state;
	defaults();
	assert_int_equal(scanner_open(&made, &rules, text), 0);
	assert_string_equal(text, "YARA rules left out: line 1: unknown module \"absent\"");
	scanner_scan(made, fd, &limits, &result);
	assert_int_equal(result.match_total, 1);
	assert_string_equal(result.matches[0].rule, "one");
	scanner_close(made);
	close(fd);
}

static void
files_are_known_until_they_change(void **state)
{
	struct scanner *with = good_scanner();
	struct scan_cache *cache = scan_cache_new(16);
	int fd = file_of("MARK", 4);
	uint64_t spent;

	(void)state;
	defaults();
	scan_known(cache, with, fd, &limits, 1, &result);
	assert_int_equal(result.match_total, 2);
	spent = result.time_ns;
	memset(&result, 0, sizeof(result));
	scan_known(cache, with, fd, &limits, 2, &result);
	assert_int_equal(result.match_total, 2);
	assert_string_equal(result.matches[0].rule, "one");
	assert_int_equal(result.time_ns, spent); /* of the first */
	usleep(20000);
	assert_int_equal(pwrite(fd, "LOST", 4, 0), 4);
	scan_known(cache, with, fd, &limits, 3, &result);
	assert_int_equal(result.match_total, 1);
	limits.want_hashes = 1; /* the matches have them already */
	scan_known(cache, with, fd, &limits, 4, &result);
	assert_true(result.flags & SCAN_HASHED);
	close(fd);
	scan_cache_free(cache);
	scanner_close(with);
}

static void
without_rules_it_hashes(void **state)
{
	struct scan_rules none = {0};
	struct scanner *made = NULL;
	char text[256];
	int fd = file_of("", 0);

	(void)state;
	defaults();
	limits.want_hashes = 1;
	assert_int_equal(scanner_open(&made, &none, text), 0);
	scanner_scan(made, fd, &limits, &result);
	assert_int_equal(result.flags, SCAN_HASHED);
	close(fd);
	scanner_close(made);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_and_hashes), cmocka_unit_test(limits_hold), cmocka_unit_test(bad_rules_are_refused),
		cmocka_unit_test(files_are_known_until_they_change),
		cmocka_unit_test(compiled_rules_of_this_version_are_taken),
		cmocka_unit_test(sources_that_do_not_compile_are_left_out),
		cmocka_unit_test(without_rules_it_hashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
