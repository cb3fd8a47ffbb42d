/* Events of Windows as records: a fixture for every layout, in all versions, with both pointer sizes, and cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decode.h"
#include "enrich.h"
#include "etw.h"
#include "etw_bytes.h"
#include "etw_layout.h"
#include "event_line.h"
#include "pack.h"
#include "process_table.h"
#include "record.h"
#include "record_kinds.h"
#include "vocabulary.h"

#include "etw_fixtures.h"
#include "etw_tester.h"

enum { FIXTURE_COUNT = sizeof(etw_fixtures) / sizeof(etw_fixtures[0]) };

static void
send_fixture(struct tester *t, const struct etw_fixture *fixture, uint8_t version, uint8_t pointer_size)
{
	tester_send(t, fixture->provider, fixture->id, version, fixture->bytes, pointer_size);
}

/* Who acts, and what it has opened. */
static void
prepare(struct tester *t)
{
	tester_send(t, ETW_kernel_process, 15, 0, "4:4|8:1|4:0|4:0|4:0|w:System", 8);
	tester_send(t, ETW_process, 3, 4, "p:1|4:1000|4:4|4:1|4:259|p:2|4:0|t:S-1-5-21-1-2-3-1001|a:p.exe|w:p.exe -x", 8);
	tester_name(t, ETW_KEY, 0xa1, "w:\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\x");
	tester_name(t, ETW_FILE, 0xf2, "w:\\Device\\HarddiskVolume3\\old.txt");
}

static void
test_fixtures(void **state)
{
	int failed = 0;

	(void)state;
	for (int i = 0; i < FIXTURE_COUNT; i++)
		for (uint8_t version = etw_fixtures[i].oldest; version <= etw_fixtures[i].newest; version++)
			for (uint8_t pointer_size = 4; pointer_size <= 8; pointer_size += 4) {
				const struct etw_fixture *fixture = &etw_fixtures[i];
				struct tester *t = tester_new();

				prepare(t);
				send_fixture(t, fixture, version, pointer_size);
				if (strcmp(t->line, fixture->line ? fixture->line : "")) {
					fprintf(stderr, "fixture %d, version %u, pointers of %u: \"%s\"\n", i, version,
					        pointer_size, t->line);
					failed++;
				}
				tester_free(t);
			}
	assert_int_equal(failed, 0);
}

/* Each layout and version has its fixture. */
static void
test_all_layouts(void **state)
{
	const struct etw_layout *layout;

	(void)state;
	for (size_t i = 0; (layout = etw_layout_at(i)) != NULL; i++)
		for (int version = layout->oldest; version <= layout->newest; version++) {
			int found = 0;

			for (int j = 0; j < FIXTURE_COUNT; j++)
				found |= etw_fixtures[j].provider == layout->provider && etw_fixtures[j].id == layout->id &&
				         etw_fixtures[j].oldest <= version && etw_fixtures[j].newest >= version;
			if (!found)
				fail_msg("no fixture of provider %u, id %u, version %d", layout->provider, layout->id, version);
		}
}

/* A layout that ends in the middle is bad; what follows its last field does not matter. */
static void
test_truncations(void **state)
{
	struct tester *t = tester_new();
	struct etw_bytes *bytes = malloc(sizeof(*bytes));

	(void)state;
	prepare(t);
	for (int i = 0; i < FIXTURE_COUNT; i++) {
		const struct etw_fixture *fixture = &etw_fixtures[i];
		uint32_t needed = 0;

		etw_bytes_build(bytes, fixture->bytes, 8);
		for (uint32_t size = 0; size <= bytes->size; size++) {
			enum etw_result result = tester_send_bytes(t, fixture->provider, fixture->id, fixture->newest, bytes, size);

			assert_int_not_equal(result, ETW_UNKNOWN);
			if (result == ETW_BAD)
				assert_int_equal(needed, 0);
			else if (!needed)
				needed = size;
		}
		assert_true(needed > 0);
		for (uint32_t odd = 1; odd <= 9; odd++) {
			etw_put(bytes, 0xff, 1);
			assert_int_not_equal(
				tester_send_bytes(t, fixture->provider, fixture->id, fixture->newest, bytes, bytes->size), ETW_BAD);
		}
	}
	free(bytes);
	tester_free(t);
}

static void
test_versions(void **state)
{
	struct tester *t = tester_new();
	struct etw_bytes *bytes = calloc(1, sizeof(*bytes));
	const struct etw_unknown *unknown;
	uint64_t count = 0;

	(void)state;
	for (int i = 0; i < FIXTURE_COUNT; i++) {
		etw_bytes_build(bytes, etw_fixtures[i].bytes, 8);
		assert_int_equal(tester_send_bytes(t, etw_fixtures[i].provider, etw_fixtures[i].id, 99, bytes, bytes->size),
		                 ETW_UNKNOWN);
		assert_int_equal(tester_send_bytes(t, etw_fixtures[i].provider, 250, 0, bytes, bytes->size), ETW_NOTHING);
	}
	assert_int_equal(etw_decoder_counters(t->decoder)->unknown, FIXTURE_COUNT);
	assert_int_equal(etw_decoder_counters(t->decoder)->ignored, FIXTURE_COUNT);
	for (size_t i = 0; (unknown = etw_decoder_unknown(t->decoder, i)) != NULL; i++) {
		assert_int_equal(unknown->version, 99);
		count += unknown->count;
	}
	assert_in_range(count, 64, FIXTURE_COUNT);
	free(bytes);
	tester_free(t);
}

/* windows.def speaks of kinds and fields that there are, and of every kind that Windows is said to have. */
static void
test_sources(void **state)
{
	static const struct { const char *kind, *field; } rows[] = {
#define SOURCE(kind, provider, events, caveat) {#kind, NULL},
#include "windows.def"
#define CAVEAT(kind, field, why) {#kind, field},
#include "windows.def"
	};
	uint64_t sources = 1ull << RECORD_recorded | 1ull << RECORD_file_scan;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int number = record_kind_number(rows[i].kind, strlen(rows[i].kind));

		assert_true(number >= 0);
		if (!rows[i].field)
			sources |= 1ull << number;
		else if (!vocabulary_field(vocabulary_kind((uint32_t)number), rows[i].field, strlen(rows[i].field)))
			fail_msg("%s has no field %s", rows[i].kind, rows[i].field);
	}
	for (uint32_t number = 0; number < RECORD_KIND_MAX; number++) {
		const struct vocabulary_kind *kind = vocabulary_kind(number);

		for (const struct vocabulary_field *field = kind ? kind->fields : NULL; field && field->member; field++)
			if (field->on_windows != VOCABULARY_NEVER && !(sources >> number & 1))
				fail_msg("%s.%s comes from nowhere", kind->name, field->member);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixtures),
		cmocka_unit_test(test_all_layouts),
		cmocka_unit_test(test_truncations),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
