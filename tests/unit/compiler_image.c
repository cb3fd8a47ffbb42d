/* Builds small images with the real tools: the good one runs, each bad one is refused by name; the cache is used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>
#include <sodium.h>

#include "build.h"
#include "cache.h"
#include "emit.h"
#include "file.h"
#include "image.h"
#include "pack.h"
#include "packfile.h"
#include "toolchain.h"

#define HEAD \
	"#include \"pack.h\"\n" \
	"#define ENTRY __attribute__((visibility(\"default\")))\n"
#define MATCH(body) \
	HEAD "ENTRY uint32_t PACK_CALL match(const struct event *event, uint32_t group, const void *data, void *scratch, " \
	"struct hit *hits) { (void)event, (void)group, (void)data, (void)scratch, (void)hits; " body " }\n"

/* Matches one event in two: slot 0 has text that a DFA knows, whose place a table tells; so does the rule's number. */
static const char good_c[] =
	HEAD
	"extern __attribute__((visibility(\"hidden\"))) const uint32_t rules[4];\n"
	"extern __attribute__((visibility(\"hidden\"))) const int32_t place[1];\n"
	"ENTRY uint32_t PACK_CALL match(const struct event *event, uint32_t group, const void *data, void *scratch,\n"
	"	struct hit *hits)\n"
	"{\n"
	"	(void)data, (void)scratch;\n"
	"	if (!(event->present[0] & 1) || !((uint32_t (*)(const struct value *))((uintptr_t)place + *place))(event->slots))\n"
	"		return 0;\n"
	"	hits[0].rule = rules[group & 3];\n"
	"	return 1;\n"
	"}\n";
static const char good_re[] =
	"#include \"pack.h\"\n"
	"__attribute__((visibility(\"hidden\"))) uint32_t is_shell(const struct value *value);\n"
	"uint32_t is_shell(const struct value *value)\n"
	"{\n"
	"	const unsigned char *at = value->data, *end = at + value->size, *marker;\n"
	"	/*!re2c\n"
	"	re2c:define:YYCTYPE = \"unsigned char\"; re2c:define:YYCURSOR = at; re2c:define:YYLIMIT = end;\n"
	"	re2c:yyfill:enable = 0; re2c:eof = 0; re2c:define:YYMARKER = marker;\n"
	"	\"bash\" | \"dash\" { return at == end; }\n"
	"	$ { return 0; }\n"
	"	* { return 0; }\n"
	"	*/\n"
	"}\n";
static const char good_s[] =
	"	.section .rodata\n"
	"	.balign 4\n"
	"	.globl rules, place\n"
	"	.hidden rules, place\n"
	"rules:	.long 7, 8, 9, 10\n"
	"place:	.long is_shell - .\n";

static const struct bad {
	const char *name, *text, *refusal;
} bad_files[] = {
	{"writable bytes", MATCH("static uint32_t calls; return ++calls;"), "writable bytes"},
	{"a table of pointers",
	 MATCH("static const char *const names[] = {\"a\", \"b\"};"
	       "return ((const char *volatile *)names)[group & 1] != 0;"),
	 ""},
	{"thread-local", MATCH("static __thread uint32_t calls; return ++calls;"), ""},
};

struct fixture {
	char *folder, *cache;
	struct emit_file files[3];
	struct build_request request;
	struct build_result result;
};

static void
file_put(struct fixture *f, size_t number, const char *name, const char *text)
{
	const char *dot = strrchr(name, '.');
	enum emit_kind kind = !strcmp(dot, ".re") ? EMIT_RE : !strcmp(dot, ".s") ? EMIT_TABLES : EMIT_C;

	f->files[number] = (struct emit_file){name, kind, text, strlen(text)};
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_true(sodium_init() >= 0);
	assert_int_equal(folder_make_temporary(&f->folder), 0);
	assert_int_equal(folder_make_temporary(&f->cache), 0);
	f->request = (struct build_request){.folder = f->folder, .files = f->files, .file_count = 3,
	                                    .target = target_host(), .jobs = 1, .cache = f->cache, .quiet = 1};
	file_put(f, 0, "good.c", good_c);
	file_put(f, 1, "shells.re", good_re);
	file_put(f, 2, "tables.s", good_s);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	folder_remove(f->folder);
	folder_remove(f->cache);
	free(f->folder);
	free(f->cache);
	free(f);
	return 0;
}

static int
flatten(struct fixture *f, struct image *image, char text[160])
{
	char *elf;
	size_t size;
	int error;

	assert_int_equal(file_read(f->result.image, 1 << 30, &elf, &size), 0);
	error = image_flatten(image, elf, size, f->request.target, text);
	free(elf);
	return error;
}

static uint32_t
run(const struct image *image, const char *text, struct hit *hit)
{
	const struct value value = {text, strlen(text), VALUE_STRING, 0, 0};
	const uint64_t present = 1;
	const struct event event = {&value, &present, NULL, 0, 0};
	void *memory = mmap(NULL, image->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pack_match_fn *match;
	uint32_t count;

	assert_true(memory != MAP_FAILED);
	memcpy(memory, image->bytes, image->size);
	assert_int_equal(mprotect(memory, image->size, PROT_READ | PROT_EXEC), 0);
	match = (pack_match_fn *)(uintptr_t)((char *)memory + image->entry);
	count = match(&event, 2, NULL, NULL, hit);
	munmap(memory, image->size);
	return count;
}

static void
good_image_runs_where_it_is_mapped(void **state)
{
	struct fixture *f = *state;
	struct image image;
	struct hit hit;
	char text[160];

	if (build_image(&f->request, &f->result))
		fail_msg("%s", f->result.error);
	assert_int_equal(f->result.built, 3);
	assert_int_equal(flatten(f, &image, text), 0);
	assert_true(image.size % PACK_IMAGE_ALIGN == 0 && image.code_size % PACK_IMAGE_ALIGN == 0);
	assert_true(image.size > image.code_size && image.entry < image.code_size);
	assert_int_equal(run(&image, "bash", &hit), 1);
	assert_int_equal(hit.rule, 9);
	assert_int_equal(run(&image, "bashx", &hit), 0);
	image_done(&image);
}

static void
unchanged_files_come_from_the_cache(void **state)
{
	struct fixture *f = *state;
	struct image first, second;
	char text[160];

	assert_int_equal(build_image(&f->request, &f->result), 0);
	assert_int_equal(flatten(f, &first, text), 0);
	folder_remove(f->folder);
	assert_int_equal(folder_make(f->folder, 0700), 0);
	assert_int_equal(build_image(&f->request, &f->result), 0);
	assert_int_equal(f->result.built, 0);
	assert_int_equal(f->result.cached, 3);
	assert_int_equal(flatten(f, &second, text), 0);
	assert_int_equal(first.size, second.size);
	assert_memory_equal(first.bytes, second.bytes, first.size);
	image_done(&first);
	image_done(&second);

	file_put(f, 0, "good.c", MATCH("return 0;"));
	assert_int_equal(build_image(&f->request, &f->result), 0);
	assert_int_equal(f->result.built, 1);
	assert_int_equal(f->result.cached, 2);
}

/* --cache may name a folder that has more than objects. */
static void
only_entries_are_trimmed(void **state)
{
	static const char *const others[] = {"thesis.o", "0123456789abcdef0123456789abcdef", "notes"};
	struct fixture *f = *state;
	struct file_entry *entries;
	char *path;
	size_t count;

	assert_int_equal(build_image(&f->request, &f->result), 0);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_true(asprintf(&path, "%s/%s", f->cache, others[i]) > 0);
		assert_int_equal(file_write(path, "mine", 4, 0644), 0);
		free(path);
	}
	assert_int_equal(cache_trim(f->cache, 0), 0);
	assert_int_equal(folder_list(f->cache, "", &entries, &count), 0);
	assert_int_equal(count, sizeof(others) / sizeof(others[0]));
	folder_list_free(entries, count);
}

static void
damaged_entries_are_compiled_again(void **state)
{
	struct fixture *f = *state;
	struct file_entry *entries;
	size_t count;

	assert_int_equal(build_image(&f->request, &f->result), 0);
	assert_int_equal(folder_list(f->cache, ".o", &entries, &count), 0);
	for (size_t i = 0; i < count; i++) {
		char *path;

		assert_true(asprintf(&path, "%s/%s", f->cache, entries[i].name) > 0);
		assert_int_equal(file_write(path, "half an object, no hash", i ? 23 : 0, 0644), 0);
		free(path);
	}
	folder_list_free(entries, count);
	assert_int_equal(build_image(&f->request, &f->result), 0);
	assert_int_equal(f->result.built, 3);
}

static void
objects_are_linked_from_a_cache_of_any_name(void **state)
{
	struct fixture *f = *state;
	char *cache;

	assert_true(asprintf(&cache, "%s/a b'\"$x\\y", f->cache) > 0);
	assert_int_equal(folder_make(cache, 0700), 0);
	f->request.cache = cache;
	assert_int_equal(build_image(&f->request, &f->result), 0);
	file_put(f, 0, "good.c", MATCH("return 0;"));
	if (build_image(&f->request, &f->result))
		fail_msg("%s", f->result.error);
	assert_int_equal(f->result.cached, 2);
	free(cache);
}

static void
cache_drops_what_was_not_used_for_longest(void **state)
{
	struct fixture *f = *state;
	struct file_entry *entries;
	uint64_t total = 0;
	size_t count;

	assert_int_equal(build_image(&f->request, &f->result), 0);
	assert_int_equal(folder_list(f->cache, ".o", &entries, &count), 0);
	assert_int_equal(count, 4); /* three objects and the ELF, put there last */
	for (size_t i = 0; i < count; i++)
		total += entries[i].size;
	folder_list_free(entries, count);
	assert_int_equal(cache_trim(f->cache, total - 1), 0);
	assert_int_equal(folder_list(f->cache, ".o", &entries, &count), 0);
	assert_int_equal(count, 3);
	folder_list_free(entries, count);
	assert_int_equal(build_image(&f->request, &f->result), 0);
	assert_int_equal(f->result.built, 0);
}

static void
bad_images_are_refused(void **state)
{
	struct fixture *f = *state;
	struct image image;
	char text[160];

	f->request.file_count = 1;
	for (size_t i = 0; i < sizeof(bad_files) / sizeof(bad_files[0]); i++) {
		file_put(f, 0, "bad.c", bad_files[i].text);
		if (build_image(&f->request, &f->result))
			fail_msg("%s: %s", bad_files[i].name, f->result.error);
		if (!flatten(f, &image, text))
			fail_msg("%s: taken", bad_files[i].name);
		if (!strstr(text, bad_files[i].refusal))
			fail_msg("%s: %s", bad_files[i].name, text);
	}
}

static void
import_does_not_link(void **state)
{
	struct fixture *f = *state;

	f->request.file_count = 1;
	file_put(f, 0, "bad.c", "int puts(const char *);\n" MATCH("return puts(\"x\");"));
	assert_int_equal(build_image(&f->request, &f->result), 5);
	assert_non_null(strstr(f->result.error, "puts"));
}

static void
broken_elf_never_crashes(void **state)
{
	struct fixture *f = *state;
	struct image image;
	char text[160], *elf;
	size_t size;

	assert_int_equal(build_image(&f->request, &f->result), 0);
	assert_int_equal(file_read(f->result.image, 1 << 30, &elf, &size), 0);
	for (size_t cut = 0; cut < size; cut += 7) {
		char *part = malloc(cut + 1);

		memcpy(part, elf, cut);
		assert_int_equal(image_flatten(&image, part, cut, f->request.target, text), -1);
		free(part);
	}
	for (size_t i = 0; i < size; i++) {
		elf[i] ^= 0xff;
		image_flatten(&image, elf, size, f->request.target, text);
		image_done(&image);
		elf[i] ^= 0xff;
	}
	free(elf);
}

static void
missing_tool_is_named(void **state)
{
	struct fixture *f = *state;

	setenv("CC", "nocc", 1);
	assert_int_equal(build_image(&f->request, &f->result), 3);
	unsetenv("CC");
	assert_string_equal(f->result.error,
	                    "cannot run \"nocc\": ENOENT (No such file or directory); install gcc or set CC");
	setenv("RE2C", "nore2c", 1);
	assert_int_equal(build_image(&f->request, &f->result), 3);
	unsetenv("RE2C");
	assert_string_equal(f->result.error,
	                    "cannot run \"nore2c\": ENOENT (No such file or directory); install re2c or set RE2C");
}

static void
names_reach_no_shell(void **state)
{
	struct fixture *f = *state;
	char *folder;

	f->files[0].name = "a;touch x.c";
	assert_int_equal(build_image(&f->request, &f->result), 5);
	assert_true(asprintf(&folder, "%s/a b$(touch x)'\"$x", f->folder) > 0);
	assert_int_equal(folder_make(folder, 0700), 0);
	f->request.folder = folder;
	f->request.file_count = 1;
	free(f->folder);
	f->folder = folder;
	file_put(f, 0, "bad.c", MATCH("return 0;"));
	if (build_image(&f->request, &f->result))
		fail_msg("%s", f->result.error);
	assert_int_equal(file_access_by_others("x", NULL), -2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(good_image_runs_where_it_is_mapped, setup, teardown),
		cmocka_unit_test_setup_teardown(unchanged_files_come_from_the_cache, setup, teardown),
		cmocka_unit_test_setup_teardown(only_entries_are_trimmed, setup, teardown),
		cmocka_unit_test_setup_teardown(damaged_entries_are_compiled_again, setup, teardown),
		cmocka_unit_test_setup_teardown(objects_are_linked_from_a_cache_of_any_name, setup, teardown),
		cmocka_unit_test_setup_teardown(cache_drops_what_was_not_used_for_longest, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_images_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(import_does_not_link, setup, teardown),
		cmocka_unit_test_setup_teardown(broken_elf_never_crashes, setup, teardown),
		cmocka_unit_test_setup_teardown(missing_tool_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(names_reach_no_shell, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
