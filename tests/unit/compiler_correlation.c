/* compiler_correlation.c - correlations through the front half: files, selection, digests, long chains and circles. */
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

#include "arena.h"
#include "packfile.h"
#include "diag.h"
#include "input.h"
#include "ir.h"
#include "node.h"
#include "options.h"
#include "compile.h"

enum { FILE_MAX = 4 };

struct fixture {
	struct compile_request request;
	struct compilation compilation;
	const char *paths[FILE_MAX];
	char names[FILE_MAX][64];
	int files[FILE_MAX];
	int code;
};

static const char failed[] = "title: failed\nid: id-failed\nname: failed\nlevel: low\n"
                             "logsource: {product: linux, category: process_creation}\n"
                             "detection: {s: {Image: /f}, condition: s}\n";
static const char other[] = "title: other\nid: id-other\nname: other\nlevel: low\n"
                            "logsource: {product: linux, category: process_creation}\n"
                            "detection: {s: {Image: /o}, condition: s}\n";
static const char many[] = "title: many\nid: id-many\nname: many\nlevel: low\ncorrelation:\n  type: event_count\n"
                           "  rules: [failed]\n  group-by: [User]\n  timespan: 5m\n  condition: {gte: 3}\n";
static const char both[] = "title: both\nid: id-both\nlevel: low\ncorrelation:\n  type: temporal\n"
                           "  rules: [many, id-other]\n  group-by: [User]\n  timespan: 5m\n";

/* Compiles texts, one a file. */
static void
compile(struct fixture *f, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		f->files[i] = memfd_create("rules", 0);
		assert_true(f->files[i] >= 0);
		assert_int_equal(write(f->files[i], texts[i], strlen(texts[i])), strlen(texts[i]));
		snprintf(f->names[i], sizeof(f->names[i]), "/proc/self/fd/%d", f->files[i]);
		f->paths[i] = f->names[i];
	}
	f->request.paths = f->paths;
	f->request.path_count = count;
	f->request.name = "test";
	compile_init(&f->compilation, &f->request);
	f->code = compile_front(&f->compilation);
	diag_sort(f->compilation.diags);
}

static void
done(struct fixture *f)
{
	for (size_t i = 0; i < f->request.path_count; i++)
		close(f->files[i]);
	compile_done(&f->compilation);
}

static size_t
errors(const struct fixture *f)
{
	return diag_count(f->compilation.diags, DIAG_ERROR);
}

static const struct ir_correlation *
correlation_of(const struct fixture *f, const char *id)
{
	for (uint32_t i = 0; i < f->compilation.pack->correlation_count; i++)
		if (!strcmp(f->compilation.pack->correlations[i].rule.id.data, id))
			return &f->compilation.pack->correlations[i];
	fail_msg("no correlation %s", id);
	return NULL;
}

static void
rules_stand_in_any_file(void **state)
{
	const char *const texts[] = {both, other, many, failed}, *const turned[] = {failed, many, other, both};
	struct fixture one = {0}, two = {0};

	(void)state;
	compile(&one, texts, 4);
	compile(&two, turned, 4);
	assert_int_equal(errors(&one) + errors(&two), 0);
	assert_int_equal(one.compilation.pack->correlation_count, 2);
	for (uint32_t i = 0; i < 2; i++) {
		const struct ir_correlation *left = &one.compilation.pack->correlations[i];
		const struct ir_correlation *right = &two.compilation.pack->correlations[i];

		assert_string_equal(left->rule.id.data, right->rule.id.data);
		assert_memory_equal(left->rule.digest, right->rule.digest, sizeof(left->rule.digest));
	}
	assert_string_equal(one.compilation.pack->correlations[0].rule.id.data, "id-many");
	assert_int_equal(one.compilation.pack->correlations[0].rule.flags, PACK_RULE_SILENT);
	assert_int_equal(one.compilation.pack->correlations[1].rule.flags, 0);
	assert_int_equal(one.compilation.pack->groups[0].kept_count, 1);
	done(&one);
	done(&two);
}

static void
a_digest_is_also_of_its_rules(void **state)
{
	static const char changed[] = "title: failed\nid: id-failed\nname: failed\nlevel: low\n"
	                              "logsource: {product: linux, category: process_creation}\n"
	                              "detection: {s: {Image: /g}, condition: s}\n";
	static const char filter[] = "title: f\nid: id-filter\nlogsource: {product: linux}\n"
	                             "filter: {rules: [other], s: {User: root}, condition: not s}\n";
	const char *const before[] = {both, other, many, failed}, *const after[] = {both, other, many, changed};
	char joined[2048];
	const char *const filtered[] = {joined, other, many, failed};
	struct fixture f[3] = {0};
	const char *const ids[] = {"id-many", "id-both"};
	const int equal[2][2] = {{0, 0}, {1, 0}}; /* after a change of "failed", and of "other" */

	(void)state;
	snprintf(joined, sizeof(joined), "%s---\n%s", both, filter);
	compile(&f[0], before, 4);
	compile(&f[1], after, 4);
	compile(&f[2], filtered, 4);
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 2; j++)
			assert_int_equal(!memcmp(correlation_of(&f[0], ids[j])->rule.digest,
			                         correlation_of(&f[1 + i], ids[j])->rule.digest, 16), equal[i][j]);
	for (int i = 0; i < 3; i++)
		done(&f[i]);
}

/* What refers to a bad rule is left out with it, and says so; what does not stays. */
static void
bad_rules_take_their_correlations_along(void **state)
{
	static const char bad[] = "title: other\nid: id-other\nname: other\nlevel: low\n"
	                          "logsource: {product: linux, category: process_creation}\n"
	                          "detection: {s: {Image|re: '('}, condition: s}\n";
	const char *const texts[] = {both, bad, many, failed};
	struct fixture f = {.request.skip_bad = 1};

	(void)state;
	compile(&f, texts, 4);
	assert_int_equal(f.code, 0);
	assert_int_equal(f.compilation.pack->correlation_count, 1);
	assert_int_equal(f.compilation.left_out_count, 2);
	assert_string_equal(f.compilation.left_out[0].id.data, "id-both");
	assert_string_equal(f.compilation.left_out[0].reason, "the rule \"id-other\" is not in the pack: it has errors");
	/* nothing but the correlation that is left out silenced it */
	assert_int_equal(correlation_of(&f, "id-many")->rule.flags, 0);
	done(&f);
}

static void
rules_that_are_left_out_are_missed(void **state)
{
	const char *const texts[] = {both, other, many, failed};
	struct fixture f = {.request.skip_bad = 1};

	(void)state;
	assert_int_equal(selection_add(&f.request.selection, 1, "id:id-failed"), 0);
	compile(&f, texts, 4);
	assert_int_equal(errors(&f), 2);
	assert_int_equal(f.compilation.pack->correlation_count, 0);
	assert_int_equal(f.compilation.left_out_count, 2);
	assert_non_null(strstr(f.compilation.left_out[1].reason, "\"failed\" is left out by"));
	done(&f);
}

static void
the_same_twice_is_used_once(void **state)
{
	const char *const texts[] = {many, failed, many};
	struct fixture f = {0};

	(void)state;
	compile(&f, texts, 3);
	assert_int_equal(errors(&f), 0);
	assert_int_equal(f.compilation.pack->correlation_count, 1);
	done(&f);
}

/* "failed", and count correlations, each of the one after it; the last of "end". */
static char *
chain_make(size_t count, const char *end)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fputs(failed, out);
	for (size_t i = 0; i < count; i++) {
		fprintf(out, "---\ntitle: c\nid: c%zu\nlevel: low\ncorrelation:\n  type: event_count\n  group-by: [User]\n"
		        "  timespan: 5m\n  condition: {gte: 2}\n  rules: [", i);
		if (i + 1 < count)
			fprintf(out, "c%zu]\n", i + 1);
		else
			fprintf(out, "%s]\n", end);
	}
	fclose(out);
	return text;
}

static void
chains_have_an_end(void **state)
{
	static const struct {
		size_t count;
		const char *end;
		size_t errors, good;
	} rows[] = {
		{32, "failed", 0, 32}, {33, "failed", 1, 32}, {40, "failed", 8, 32}, {3000, "failed", 2968, 32},
		{1, "c0", 1, 0}, {3, "c1", 3, 0}, {3000, "c0", 3000, 0}, {3000, "c1500", 3000, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *text = chain_make(rows[i].count, rows[i].end);
		const char *const texts[] = {text};
		struct fixture f = {.request.skip_bad = 1};

		compile(&f, texts, 1);
		assert_int_equal(errors(&f), rows[i].errors);
		assert_int_equal(f.compilation.pack->correlation_count, rows[i].good);
		done(&f);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_stand_in_any_file),
		cmocka_unit_test(a_digest_is_also_of_its_rules),
		cmocka_unit_test(bad_rules_take_their_correlations_along),
		cmocka_unit_test(rules_that_are_left_out_are_missed),
		cmocka_unit_test(the_same_twice_is_used_once),
		cmocka_unit_test(chains_have_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
