/* compiler_literal.c - what a regular expression's texts must have: literals, a size, runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "demand.h"
#include "ir.h"
#include "literal.h"
#include "packfile.h"
#include "regex.h"

struct row {
	const char *regex, *literals; /* joined by a space */
	uint32_t size, run;
	int exact;
};

static const struct row rows[] = {
	{ "abc", "abc", 3, 0, 0 },
	{ "x+abc", "abc", 4, 0, 0 },
	{ "(?:ab){2}c", "ababc", 5, 0, 0 },
	{ "a*", "", 0, 0, 0 },
	{ "[qx]yz", "qyz xyz", 3, 0, 0 },
	{ "(?i)QY", "qy", 2, 0, 0 },
	{ "\\.[\"']{1}", ".\" .'", 2, 0, 0 },
	{ "\"(?:\\{\\d\\})+\"\\s*-f",
	  "\"{0} \"{1} \"{2} \"{3} \"{4} \"{5} \"{6} \"{7} \"{8} \"{9}", 7, 0, 0 },
	{ "(?:foo|quux)\\d", "foo quux", 4, 0, 0 },
	{ "(?:foo|q*).", "", 1, 0, 0 },
	{ "[^x][a-f0-9]{64}[^x]", "", 66, 64, 0 },
	{ ".{1000,}", "", 1000, 1000, 1 },
	{ "[a-z]{20}", "", 20, 20, 1 },
	{ "^[a-z]{20}", "", 20, 20, 0 },
	{ "[\xc3\xa0-\xc3\xbf]{9}", "", 18, 9, 0 },
	{ "(?:[0-9]{12}|x)y", "y", 2, 0, 0 },
};

static void
literals_join(const struct literals *literals, char *text, size_t size)
{
	size_t used = 0;

	text[0] = 0;
	for (uint32_t i = 0; i < literals->count; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%.*s", i ? " " : "", (int)literals->texts[i].size,
		                         literals->texts[i].data);
}

static void
regexes_demand_what_all_their_texts_have(void **state)
{
	struct arena *arena = arena_new();
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct ir_value value = { .text = { rows[i].regex, (uint32_t)strlen(rows[i].regex) } };
		const struct ir_predicate predicate = { .op = PACK_REGEX };
		struct regex_error error;
		const struct regex *regex = regex_parse(arena, rows[i].regex, strlen(rows[i].regex), 0, &error);
		const struct literals literals = literals_required(arena, &predicate, &value);
		struct demand demand;

		assert_non_null(regex);
		demand = demand_of(regex);
		literals_join(&literals, text, sizeof(text));
		if (strcmp(text, rows[i].literals) || demand.size != rows[i].size || demand.run != rows[i].run ||
		    demand.exact != rows[i].exact)
			fail_msg("%s: literals %s, size %u, run %u, exact %d", rows[i].regex, text, demand.size, demand.run,
			         demand.exact);
	}
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(regexes_demand_what_all_their_texts_have) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
