/* Collides the compiled image with the slow meaning of the IR, on events made from the rules' own strings: all predicates
 * and all hits must agree. COLLIDER_RULES=PATH collides other rules, COLLIDER_EVENTS=N that many events a group. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "diag.h"
#include "input.h"
#include "ir.h"
#include "node.h"
#include "options.h"
#include "compile.h"

#include "build.h"
#include "emit.h"
#include "evaluate.h"
#include "file.h"
#include "image.h"
#include "toolchain.h"

static const char rules[] =
	"title: a\nid: 00000000-0000-4000-8000-000000000001\nlogsource: {product: t, category: one}\ndetection:\n"
	"  a:\n    A|contains: ['powershell', ' -e ', 'x', 'ſtraße', 'kelvin', 'ΟΔΟΣ', 'owersh']\n"
	"    B|endswith: ['\\cmd.exe', '\\pwsh.exe', 'd.exe', '\\powershell.exe', '\\powershell_ise.exe']\n"
	"  b:\n    B|startswith: ['c:\\windows\\system32\\', 'c:\\windows', 'c:\\users\\']\n"
	"    C: ['alpha', 'alphabet', 'al', '4624', '', 'K', 'ſ']\n"
	"  f:\n    D|re: ['^ab+c$', 'foo\\b.{2,5}bar', '(?i)k[0-9]{2,}s', '\\d{3}(-|\\.)\\d{2}', '[^a-z]é?z$', '(?m)^x$', 'a.{40,}b']\n"
	"  condition: (a or b) and not f\n"
	"---\n"
	"title: b\nid: 00000000-0000-4000-8000-000000000002\nlogsource: {product: t, category: one}\ndetection:\n"
	"  a:\n    A: ['a*b?c', '*end', 'start*mid*end', '?', 'x?*y', '*k*']\n"
	"  b:\n    E|cidr: ['10.0.0.0/8', 'fe80::/10', '192.168.1.128/25', '::ffff:0:0/96']\n"
	"  c:\n    N|gte: 10\n    N|lt: 4624.5\n"
	"  d:\n    A|fieldref: C\n"
	"  e:\n    A|fieldref|contains: C\n"
	"  g:\n    D|cased|contains: ['ABC', 'Kelvin']\n"
	"  h:\n    B|cased: 'Exact'\n"
	"  i:\n    C: null\n"
	"  j:\n    E|exists: true\n"
	"  condition: a or b or c or d or e or g or h or (i and j)\n"
	"---\n"
	"title: c\nid: 00000000-0000-4000-8000-000000000003\nlogsource: {product: t, category: two}\ndetection:\n"
	"  k: ['keyword one', 'σίσυφος', 'zz', 'key*two']\n"
	"  t:\n    T|hour|gte: 20\n    T|week: 1\n    T|minute: 30\n"
	"  w:\n    W|base64offset|contains: 'http://'\n    W|windash|contains: ' -enc '\n"
	"  condition: k or t or not w\n";

enum { LONG_SET = 4200 };

struct collider {
	struct compilation compilation;
	const struct ir_group *originals; /* as lower left them */
	struct emit_result emitted;
	pack_match_fn *match;
	uint64_t random;
	uint64_t decisions;
};

static uint32_t
dice(struct collider *collider, uint32_t sides)
{
	collider->random ^= collider->random << 13;
	collider->random ^= collider->random >> 7;
	collider->random ^= collider->random << 17;
	return collider->random % sides;
}

static void
image_map(struct collider *collider, const char *path, uint32_t target)
{
	struct image image;
	char text[160], *elf;
	size_t size;
	uint8_t *mapped;

	assert_int_equal(file_read(path, 1 << 28, &elf, &size), 0);
	if (image_flatten(&image, elf, size, target, text) != 0)
		fail_msg("%s", text);
	mapped = mmap(NULL, image.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(mapped, MAP_FAILED);
	memcpy(mapped, image.bytes, image.size);
	assert_int_equal(mprotect(mapped, image.size, PROT_READ | PROT_EXEC), 0);
	collider->match = (pack_match_fn *)(void *)(mapped + image.entry);
	image_done(&image);
	free(elf);
}

static void
collider_build(struct collider *collider, const char *path, const char *folder)
{
	static struct compile_request request = { .name = "collider", .skip_bad = 1 };
	struct build_request build = { .folder = folder, .target = target_host(), .jobs = 2, .quiet = 1 };
	struct build_result built;

	request.paths = &path;
	request.path_count = 1;
	compile_init(&collider->compilation, &request);
	if (compile_front(&collider->compilation) != 0) {
		diag_print(stderr, collider->compilation.diags, DIAG_TEXT, 0);
		fail_msg("%s", collider->compilation.failure);
	}
	collider->originals = collider->compilation.pack->groups;
	fold_pack(collider->compilation.arena, collider->compilation.pack);
	if (emit_pack(collider->compilation.arena, collider->compilation.pack, folder, &collider->emitted) != 0)
		fail_msg("%s", collider->emitted.error);
	build.files = collider->emitted.files;
	build.file_count = collider->emitted.file_count;
	if (build_image(&build, &built) != 0)
		fail_msg("%s", built.error);
	image_map(collider, built.image, build.target);
}

/* Events ------------------------------------------------------------------------------------------------------------- */

struct text { /* of a value being made */
	char data[POINTS_MAX];
	uint32_t size;
};

static void
text_add(struct text *text, const void *data, uint32_t size)
{
	size = size > 300 ? 300 : size;
	if (text->size + size > 600)
		return;
	memcpy(text->data + text->size, data, size);
	text->size += size;
}

static void
text_add_junk(struct collider *collider, struct text *text)
{
	static const char *const junk[] = { "", "a", " ", "\\", "é", "\xff", "\xe2\x84\xaa", "ſ", "x", ".", "-", "\n", "0", "\xc3",
		"ẞ", "\xed\xa0\x80", "C:\\", ".exe", "http", "zzzz" };
	const char *one = junk[dice(collider, sizeof(junk) / sizeof(*junk))];

	text_add(text, one, strlen(one));
}

static void
text_add_regex(struct collider *collider, struct text *text, const struct regex *regex)
{
	uint8_t bytes[4];
	uint32_t count;

	switch (regex->type) {
	case REGEX_CLASS:
		if (regex->range_count) {
			const struct regex_range *range = regex->ranges + dice(collider, regex->range_count);
			uint32_t width = range->last - range->first + 1, point = range->first + dice(collider, width < 60 ? width : 60);

			count = utf8_write(bytes, point);
			text_add(text, point >= FOLD_BYTE ? "\xfe" : (char *)bytes, point >= FOLD_BYTE ? 1 : count);
		}
		break;
	case REGEX_ALTERNATE: text_add_regex(collider, text, regex->children[dice(collider, regex->child_count)]); break;
	case REGEX_REPEAT:
		count = regex->min + dice(collider, 3);
		for (uint32_t i = 0; i < count && i <= regex->max; i++)
			text_add_regex(collider, text, regex->children[0]);
		break;
	default:
		for (uint32_t i = 0; i < regex->child_count; i++)
			text_add_regex(collider, text, regex->children[i]);
	}
}

static void
text_add_value(struct collider *collider, struct text *text, const struct ir_predicate *predicate)
{
	const struct ir_value *value;
	struct regex_error error;

	if (!predicate->value_count)
		return;
	value = predicate->values + dice(collider, predicate->value_count);
	if (predicate->op == PACK_REGEX) {
		text_add_regex(collider, text, regex_parse(collider->compilation.arena, value->text.data, value->text.size,
		               predicate->regex_flags, &error));
		return;
	}
	if (predicate->op != PACK_WILDCARD) {
		text_add(text, value->text.data, predicate->op == PACK_CIDR ? strcspn(value->text.data, "/") : value->text.size);
		return;
	}
	for (uint32_t i = 0; i < value->piece_count; i++) {
		if (value->pieces[i].type == IR_LITERAL)
			text_add(text, value->pieces[i].literal.data, value->pieces[i].literal.size);
		else
			text_add_junk(collider, text);
	}
}

/* Near misses: another case, another letter of the same folding, a byte less or more. */
static void
text_change(struct collider *collider, struct text *text)
{
	uint32_t at = text->size ? dice(collider, text->size) : 0;

	switch (dice(collider, 8)) {
	case 0:
		for (uint32_t i = 0; i < text->size; i++)
			if (dice(collider, 2) && ((text->data[i] | 0x20) >= 'a' && (text->data[i] | 0x20) <= 'z'))
				text->data[i] ^= 0x20;
		break;
	case 1:
		if (text->size)
			memmove(text->data + at, text->data + at + 1, --text->size - at);
		break;
	case 2:
		if (text->size)
			text->data[at] = dice(collider, 256);
		break;
	case 3:
		for (uint32_t i = 0; i < text->size && text->size < 600; i++)
			if (text->data[i] == 'k' || text->data[i] == 's') {
				const char *other = text->data[i] == 'k' ? "\xe2\x84\xaa" : "\xc5\xbf";

				memmove(text->data + i + strlen(other), text->data + i + 1, text->size - i - 1);
				memcpy(text->data + i, other, strlen(other));
				text->size += strlen(other) - 1;
			}
		break;
	default: break;
	}
}

static struct value
value_make(struct collider *collider, const struct ir_group *group, uint32_t field, int lists)
{
	struct arena *arena = collider->compilation.arena;
	struct text *text = arena_alloc(arena, sizeof(*text));
	struct value value = { .type = VALUE_STRING }, *items;

	if (lists && dice(collider, 8) == 0) {
		value = (struct value){ .type = VALUE_LIST, .size = dice(collider, 4) };
		value.data = items = arena_alloc(arena, 4 * sizeof(*items));
		for (uint32_t i = 0; i < value.size; i++)
			items[i] = value_make(collider, group, field, 0);
		return value;
	}
	if (dice(collider, 16) == 0)
		return (struct value){ .type = dice(collider, 2) ? VALUE_NULL : VALUE_OBJECT };
	for (uint32_t parts = dice(collider, 4); parts > 0; parts--) {
		const struct ir_predicate *predicate = group->predicates + dice(collider, group->predicate_count);

		for (int tries = 0; tries < 20 && predicate->field != field; tries++)
			predicate = group->predicates + dice(collider, group->predicate_count);
		if (dice(collider, 3) == 0)
			text_add_junk(collider, text);
		text_add_value(collider, text, predicate);
		if (dice(collider, 3) == 0)
			text_add_junk(collider, text);
	}
	if (dice(collider, 6) == 0) {
		static const char *const some[] = { "12", "4624", "4624.49999", "1e2", "2021-01-04T23:30:00Z", "10.200.3.4",
			"::ffff:10.1.1.1", "fe80::1", "192.168.1.200", "-5", "9007199254740993", "K", "2020-12-31T20:05:00Z" };
		const char *one = some[dice(collider, sizeof(some) / sizeof(*some))];

		text->size = 0;
		text_add(text, one, strlen(one));
	} else {
		text_change(collider, text);
	}
	value.data = text->data;
	value.size = text->size;
	return value;
}

static void
event_check(struct collider *collider, uint32_t number, const struct event *event, uint32_t first, void *scratch,
            struct hit *hits)
{
	const struct ir_group *group = collider->originals + number;
	struct evaluation evaluation = { arena_new(), group, event };
	enum verdict *verdicts = arena_alloc(evaluation.arena, (group->predicate_count + 1) * sizeof(*verdicts));
	struct event all = *event;
	uint32_t count, at = 0;

	for (uint32_t i = 0; i < group->predicate_count; i++)
		verdicts[i] = predicate_verdict(&evaluation, i);
	count = collider->match(event, number, collider->emitted.data, scratch, hits);
	for (uint32_t i = 0; i < group->rule_count; i++) {
		int expected = expr_verdict(group->rules[i]->expr, verdicts) == VERDICT_YES;
		int found = at < count && hits[at].rule == first + i;

		if (expected != found)
			fail_msg("rule %.*s: expected %d, found %d", (int)group->rules[i]->id.size, group->rules[i]->id.data, expected,
			         found);
		at += found;
	}
	assert_int_equal(at, count);
	all.flags |= EVENT_DECIDE_ALL;
	collider->match(&all, number, collider->emitted.data, scratch, hits);
	for (uint32_t i = 0; i < group->predicate_count; i++)
		if (scratch_predicate(scratch, i) != (verdicts[i] == VERDICT_YES)) {
			const struct ir_predicate *predicate = group->predicates + i;
			const struct value *members;
			uint32_t members_count = members_of(&evaluation, predicate->field, &members);

			for (uint32_t k = 0; k < members_count; k++)
				print_message("member %u flags %u: \"%.*s\"\n", members[k].type, members[k].flags,
				              members[k].type == VALUE_LIST ? 0 : (int)members[k].size, (const char *)members[k].data);
			fail_msg("group %u predicate %u (op %u, value \"%s\"): expected %d", number, i, predicate->op,
			         predicate->value_count ? predicate->values[0].text.data : "", verdicts[i]);
		}
	collider->decisions += group->rule_count + group->predicate_count;
	arena_free(evaluation.arena);
}

/* Regexes and wildcards are asked on whole values: which of them a cut one leaves open is the automaton's business. */
static int
may_be_cut(const struct ir_group *group, uint32_t field)
{
	for (uint32_t i = 0; i < group->predicate_count; i++) {
		int op = group->predicates[i].op;

		if ((group->predicates[i].field == field || group->predicates[i].other == field) &&
		    (op == PACK_REGEX || op == PACK_WILDCARD || (op >= PACK_FIELD_EQUALS && op <= PACK_FIELD_CONTAINS)))
			return 0;
	}
	return 1;
}

static void
group_collide(struct collider *collider, uint32_t number, uint32_t first, uint32_t events, void *scratch, struct hit *hits)
{
	const struct ir_group *group = collider->originals + number;
	uint32_t fields = collider->compilation.pack->field_count;
	struct value *slots = calloc(fields + 1, sizeof(*slots)), *leaves = calloc(fields + 1, sizeof(*leaves));
	uint64_t *present = calloc(fields / 64 + 1, sizeof(*present));

	for (uint32_t i = 0; i < events; i++) {
		struct event event = { slots, present, leaves, 0, 0 };

		memset(present, 0, (fields / 64 + 1) * sizeof(*present));
		for (uint32_t k = 0; k < 2 * group->predicate_count && k < 24; k++) {
			uint32_t field = group->predicates[dice(collider, group->predicate_count)].field;

			if (field == IR_NONE) {
				if (event.leaf_count < fields) {
					leaves[event.leaf_count] = value_make(collider, group, field, 0);
					event.leaf_count += is_scalar(leaves + event.leaf_count);
				}
				continue;
			}
			slots[field] = value_make(collider, group, field, 1);
			if (dice(collider, 20) == 0 && is_scalar(slots + field) && may_be_cut(group, field)) {
				slots[field].flags = VALUE_CUT;
				event.flags |= EVENT_HAS_CUT;
			}
			present[field / 64] |= UINT64_C(1) << field % 64;
		}
		event_check(collider, number, &event, first, scratch, hits);
	}
	free(slots);
	free(leaves);
	free(present);
}

/* Compiles what is at path and collides every group; returns the size of the DATA section. */
static size_t
collide(const char *path, uint32_t events)
{
	struct collider collider = { .random = 88172645463325252 };
	struct hit *hits;
	uint32_t first = 0;
	char *folder;
	void *scratch;

	assert_int_equal(folder_make_temporary(&folder), 0);
	collider_build(&collider, path, folder);
	scratch = aligned_alloc(collider.emitted.scratch_align, collider.emitted.scratch_size / 64 * 64 + 64);
	hits = calloc(collider.emitted.hits_max + 1, sizeof(*hits));
	for (uint32_t i = 0; i < collider.compilation.pack->group_count; i++) {
		group_collide(&collider, i, first, events, scratch, hits);
		first += collider.originals[i].rule_count;
	}
	print_message("%llu decisions agree\n", (unsigned long long)collider.decisions);
	free(hits);
	free(scratch);
	compile_done(&collider.compilation);
	folder_remove(folder);
	free(folder);
	return collider.emitted.data_size;
}

static void
test_collider(void **state)
{
	const char *path = getenv("COLLIDER_RULES"), *count = getenv("COLLIDER_EVENTS");
	char *folder, *own;

	(void)state;
	assert_int_equal(folder_make_temporary(&folder), 0);
	assert_true(asprintf(&own, "%s/rules.yml", folder) > 0);
	assert_int_equal(file_write(own, rules, sizeof(rules) - 1, 0644), 0);
	collide(path ? path : own, count ? atoi(count) : 3000);
	folder_remove(folder);
	free(folder);
	free(own);
}

/* Sets of whole values and of domains that are too long for code. */
static void
test_long_sets(void **state)
{
	char *folder, *path, *text;
	size_t size;
	FILE *out;

	(void)state;
	assert_int_equal(folder_make_temporary(&folder), 0);
	out = open_memstream(&text, &size);
	fputs("title: long\nid: 00000000-0000-4000-8000-000000000004\nlogsource: {product: t, category: three}\n"
	      "detection:\n  a:\n    A:\n", out);
	for (int i = 0; i < LONG_SET; i++)
		fprintf(out, "      - 'Value %x'\n", i * 7919);
	fputs("  b:\n    B: x\n  condition: a or not b\n", out);
	fclose(out);
	assert_true(asprintf(&path, "%s/long.yml", folder) > 0);
	assert_int_equal(file_write(path, text, size, 0644), 0);
	free(path);
	free(text);
	out = open_memstream(&text, &size);
	fputs("type,value\n", out);
	for (int i = 0; i < LONG_SET; i++)
		fprintf(out, "domain,*.Sub%x.d%d.example\n", i * 31, i % 9);
	fclose(out);
	assert_true(asprintf(&path, "%s/long.csv", folder) > 0);
	assert_int_equal(file_write(path, text, size, 0644), 0);
	free(path);
	free(text);
	assert_true(collide(folder, 600) > 60 * LONG_SET); /* more than one of the two tables takes */
	folder_remove(folder);
	free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_collider), cmocka_unit_test(test_long_sets) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
