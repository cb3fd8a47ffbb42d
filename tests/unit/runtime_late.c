/* Late fields from end to end: a program's file scanned, its record matched by rules over what the file says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "decode.h"
#include "late.h"
#include "late_pack.h"
#include "pe_bytes.h"
#include "scan.h"

/* What the program of pe_bytes.h says. */
static void
scan_file(struct scan_result *result)
{
	static const struct scan_limits limits = {.hash_max = FILE_SIZE, .want_hashes = 1};
	static const struct scan_rules none;
	struct scanner *scanner;
	char text[256];
	FILE *stream = tmpfile();

	assert_non_null(stream);
	assert_int_equal(fwrite(file, sizeof(file), 1, stream), 1);
	fflush(stream);
	assert_int_equal(scanner_open(&scanner, &none, text), 0);
	scanner_scan(scanner, fileno(stream), &limits, result);
	assert_int_equal(scan_result_check(result, scan_result_size(result)), 0);
	scanner_close(scanner);
	fclose(stream);
}

static void
match(struct fixture *f, enum record_kind kind, const struct scan_result *result)
{
	struct raw_event raw = record_of(kind);
	struct late_fields late;

	assert_non_null(record_check(raw.data, raw.size));
	if (result)
		late_fill(&late, result);
	f->written[0] = 0;
	pipeline_late(f->pipeline, &raw, result ? &late : NULL, result != NULL);
}

static void
programs_that_start(void **state)
{
	static struct scan_result result;
	struct fixture *f = *state;

	make_file(1);
	scan_file(&result);
	assert_int_equal(result.flags, SCAN_HASHED | SCAN_PROGRAM);
	match(f, RECORD_process_start, &result);
	assert_true(fired(f, "original") && fired(f, "texts") && fired(f, "imphash") && fired(f, "other"));
	assert_non_null(strstr(f->written, "\"original_file_name\":\"tool.exe\""));
	assert_non_null(strstr(f->written, "\"quality\":[]"));
	memset(file, 0, 2);
	scan_file(&result);
	assert_int_equal(result.flags, SCAN_HASHED);
	match(f, RECORD_process_start, &result);
	assert_true(!fired(f, "original") && !fired(f, "texts") && fired(f, "other"));
}

static void
libraries_that_load(void **state)
{
	static struct scan_result result;
	struct fixture *f = *state;

	make_file(0);
	scan_file(&result);
	match(f, RECORD_image_load, &result);
	assert_false(fired(f, "library"));
	set32(OPTIONAL + 96 + 8 * 4, SECTION); /* has a certificate */
	set32(OPTIONAL + 96 + 8 * 4 + 4, 8);
	scan_file(&result);
	assert_int_equal(result.program.signature, SCAN_SIGNATURE_UNCHECKED);
	match(f, RECORD_image_load, &result);
	assert_true(fired(f, "library") && !fired(f, "status"));
	result.program.signature = SCAN_EXPIRED;
	strcpy(result.program.signer, "Example Inc.");
	match(f, RECORD_image_load, &result);
	assert_true(fired(f, "library") && fired(f, "status"));
	assert_non_null(strstr(f->written, "\"subject_name\":\"Example Inc.\""));
}

static void
what_comes_too_late_is_said(void **state)
{
	struct fixture *f = *state;
	uint64_t before = pipeline_counters(f->pipeline)->late_unsettled;

	match(f, RECORD_process_start, NULL);
	assert_true(!fired(f, "original") && fired(f, "other"));
	assert_non_null(strstr(f->written, "\"Hashes:missing\""));
	assert_int_equal(pipeline_counters(f->pipeline)->late_unsettled, before + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_that_start), cmocka_unit_test(libraries_that_load),
		cmocka_unit_test(what_comes_too_late_is_said),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
