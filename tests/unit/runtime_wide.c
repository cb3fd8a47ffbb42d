/* No routine with wide registers leaves their upper halves set: all code after it that has only SSE would wait for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json_index.h"
#include "leaf_filter.h"
#include "line.h"
#include "packfile.h"

#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
#define LITTLE_IS_INLINED /* so that wide registers go from one function to another, and stay as they are */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LITTLE_IS_INLINED
#endif
#endif

#if defined(__x86_64__) && !defined(LITTLE_IS_INLINED)
#include <cpuid.h>
#include <immintrin.h>

enum { XINUSE_YMM = 1 << 2 }; /* of XCR1; Intel SDM volume 1, 13.1 and 13.6 */

enum { TEXTS = 40, TEXT_SIZE = 4 };

static uint32_t state_of_random = 1;

static char
letter(void)
{
	state_of_random = state_of_random * 1664525 + 1013904223;
	return (char)('a' + (state_of_random >> 16) % 26);
}

/* So many that the search sees some where there are none. */
static struct leaf_filter *
make_filter(void)
{
	static char strings[TEXTS * (TEXT_SIZE + 1)];
	static struct pack_text texts[TEXTS];
	static const struct pack_tables tables = { .strings = strings, .strings_size = sizeof strings, .texts = texts,
		.text_count = TEXTS };
	static const struct pack_list all[] = { { 0, TEXTS / 2 }, { TEXTS / 2, TEXTS / 2 } };

	for (uint32_t i = 0; i < TEXTS; ++i) {
		texts[i] = (struct pack_text){ i * (TEXT_SIZE + 1), TEXT_SIZE };
		for (uint32_t k = 0; k < TEXT_SIZE; ++k)
			strings[texts[i].offset + k] = letter();
	}
	return leaf_filter_new(&tables, all, 2);
}

static int
can_tell(void)
{
	uint32_t a, b, c, d;

	return __builtin_cpu_supports("avx2") && __get_cpuid_count(13, 1, &a, &b, &c, &d) && a & 1 << 2;
}

__attribute__((target("xsave"))) static int
is_clean(void)
{
	return !(_xgetbv(1) & XINUSE_YMM);
}

__attribute__((target("avx"))) static void
clean(void)
{
	_mm256_zeroupper();
}

static void
lines_leave_registers_clean(void **state)
{
	static const char *const parts[] = { "", "\\\\", "\\u0041", "\303\251", "\x7f" };
	struct leaf_filter *filter;
	struct json_index *index;
	struct line out = { 0 };
	char line[200], decoded[sizeof line + JSON_INDEX_SLACK];
	uint64_t found = 0;

	(void)state;
	if (!can_tell())
		return;
	filter = make_filter();
	index = malloc(sizeof *index);
	assert_true(filter && index);
	clean();
	for (int i = 0; i < 20000; ++i) {
		const size_t size = 20 + (size_t)i % (sizeof line - 20);
		const char *part = parts[i % (sizeof parts / sizeof *parts)];

		for (size_t k = 0; k < size; ++k)
			line[k] = letter();
		line[0] = line[size - 1] = '"';
		memcpy(line + 2, part, strlen(part));
		leaf_filter_finds(filter, line, size);
		assert_true(is_clean());
		leaf_filter_lists(filter, line, size, &found);
		assert_true(is_clean());
		leaf_filter_folds(line, size);
		assert_true(is_clean());
		if (!json_index_make(index, line, size))
			json_index_unescape(index, decoded, line, 1, size - 2);
		assert_true(is_clean());
		line_cut(&out, 0);
		line_string(&out, line, size, size);
		assert_true(is_clean());
	}
	line_done(&out);
	free(index);
	free(filter);
}
#else
static void
lines_leave_registers_clean(void **state)
{
	(void)state; /* there are no halves, or nobody waits for them */
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_leave_registers_clean),
	};

	return cmocka_run_group_tests_name("wide", tests, NULL, NULL);
}
