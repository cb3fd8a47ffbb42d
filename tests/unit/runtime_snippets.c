/* Texts that are kept by key: found again, forgotten all at once when they fill their room, never mixed up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "snippets.h"

static size_t
text_of(char *text, size_t size, uint64_t key)
{
	return (size_t)snprintf(text, size, "text of %llu", (unsigned long long)key);
}

static void
what_is_found_is_what_was_kept(void **state)
{
	struct snippets *snippets = snippets_new();
	uint64_t found = 0;
	char text[64];

	(void)state;
	assert_non_null(snippets);
	for (uint64_t i = 0; i < 100000; i++) {
		uint64_t key = i * 7919 % (i % 2 ? 5000 : 100);
		struct snippet kept = snippets_find(snippets, key);
		size_t size = text_of(text, sizeof(text), key);

		if (!kept.data) {
			snippets_keep(snippets, key, text, size);
			kept = snippets_find(snippets, key);
		} else {
			found++;
		}
		assert_int_equal(kept.size, size);
		assert_memory_equal(kept.data, text, size);
	}
	assert_int_not_equal(found, 0);
	snippets_free(snippets);
}

static void
long_texts_push_out_the_others(void **state)
{
	static char text[300000];
	struct snippets *snippets = snippets_new();

	(void)state;
	snippets_keep(snippets, 1, text, sizeof(text));
	assert_int_equal(snippets_find(snippets, 1).size, sizeof(text));
	snippets_keep(snippets, 2, text, sizeof(text));
	assert_null(snippets_find(snippets, 1).data);
	assert_int_equal(snippets_find(snippets, 2).size, sizeof(text));
	snippets_free(snippets);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_found_is_what_was_kept),
		cmocka_unit_test(long_texts_push_out_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
