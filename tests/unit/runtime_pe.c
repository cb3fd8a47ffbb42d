/* Program files for Windows, made here byte by byte: their version strings and imports, and files that lie. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "line.h"
#include "pe.h"
#include "pe_bytes.h"

static struct pe pe;
static struct pe_version version;
static struct line list;

static int
imports(void)
{
	int error;

	list.size = 0;
	error = pe_read_imports(&pe, &list);
	line_raw(&list, "", 1);
	--list.size;
	return error;
}

static void
says_what_it_is(void **state)
{
	(void)state;
	for (int is_64 = 0; is_64 < 2; is_64++) {
		make_file(is_64);
		assert_int_equal(pe_open(&pe, file, sizeof file), 0);
		assert_int_equal(pe.is_64, is_64);
		assert_int_equal(pe_read_version(&pe, &version), 0);
		assert_string_equal(version.company, "Example");
		assert_string_equal(version.original_file_name, "tool.exe");
		assert_string_equal(version.product, "");
		assert_string_equal(version.description, "");
		assert_string_equal(version.file_version, "1.2.3.4");
		assert_int_equal(imports(), 0);
		assert_string_equal(list.data, "kernel32.createfilew,kernel32.ord77,oleaut32.sysallocstring");
	}
}

static void
other_files_are_none(void **state)
{
	(void)state;
	assert_int_equal(pe_open(&pe, "", 0), -EBADMSG);
	assert_int_equal(pe_open(&pe, "\177ELF", 4), -EBADMSG);
	make_file(1);
	set16(OPTIONAL, 0x107);
	assert_int_equal(pe_open(&pe, file, sizeof file), -EBADMSG);
	make_headers(1);
	assert_int_equal(pe_open(&pe, file, sizeof file), 0);
	assert_int_equal(pe_read_version(&pe, &version), -ENOENT);
	assert_int_equal(imports(), -ENOENT);
	set32(OPTIONAL + 112 + 8, 0);
	assert_int_equal(pe_open(&pe, file, sizeof file), 0);
	assert_int_equal(imports(), -ENOENT);
}

static void
long_strings_are_cut(void **state)
{
	char text[700];

	(void)state;
	memset(text, 'a', sizeof text);
	text[sizeof text - 1] = 0;
	make_file(1);
	make_version(text);
	assert_int_equal(pe_open(&pe, file, sizeof file), 0);
	assert_int_equal(pe_read_version(&pe, &version), 0);
	assert_true(strlen(version.description) < PE_TEXT_MAX && strlen(version.description) >= PE_TEXT_MAX - 4);
}

/* Every file cut short, and every byte changed: an answer or an error, and nothing outside of the file is read. */
static void
files_may_lie(void **state)
{
	(void)state;
	for (uint32_t size = 0; size < FILE_SIZE; size++) {
		uint8_t *copy = malloc(size ? size : 1);

		make_file(1);
		memcpy(copy, file, size);
		if (!pe_open(&pe, copy, size)) {
			pe_read_version(&pe, &version);
			imports();
		}
		free(copy);
	}
	for (uint32_t i = 0; i < 5 * FILE_SIZE; i++) {
		make_file(i & 1);
		file[i / 5] ^= (uint8_t)(1 + 50 * (i % 5));
		if (pe_open(&pe, file, sizeof file))
			continue;
		pe_read_version(&pe, &version);
		imports();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_it_is), cmocka_unit_test(other_files_are_none),
		cmocka_unit_test(long_strings_are_cut), cmocka_unit_test(files_may_lie),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	line_done(&list);
	return failed;
}
