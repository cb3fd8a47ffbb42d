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

enum { NEW_HEADER = 64, OPTIONAL = NEW_HEADER + 24, SECTION = 512, ADDRESS = 0x1000, FILE_SIZE = 4096 };

static uint8_t file[FILE_SIZE];
static struct pe pe;
static struct pe_version version;
static struct line list;

static void
set16(uint32_t at, uint32_t value)
{
	file[at] = (uint8_t)value;
	file[at + 1] = (uint8_t)(value >> 8);
}

static void
set32(uint32_t at, uint32_t value)
{
	set16(at, value);
	set16(at + 2, value >> 16);
}

/* Headers with one section at ADDRESS, imports at its start and resources 1,024 bytes behind. */
static void
make_headers(int is_64)
{
	const uint32_t directories = OPTIONAL + (is_64 ? 112 : 96);

	memset(file, 0, sizeof file);
	memcpy(file, "MZ", 2);
	set32(60, NEW_HEADER);
	memcpy(file + NEW_HEADER, "PE", 2);
	set16(NEW_HEADER + 6, 1);
	set16(NEW_HEADER + 20, 240);
	set16(OPTIONAL, is_64 ? 0x20b : 0x10b);
	set32(directories - 4, 16);
	set32(directories + 8, ADDRESS);
	set32(directories + 16, ADDRESS + 1024);
	set32(OPTIONAL + 240 + 8, FILE_SIZE - SECTION);
	set32(OPTIONAL + 240 + 12, ADDRESS);
	set32(OPTIONAL + 240 + 16, FILE_SIZE - SECTION);
	set32(OPTIONAL + 240 + 20, SECTION);
}

static void
set_thunk(uint32_t at, int is_64, uint32_t value, int is_number)
{
	set32(at, value);
	set32(at + (is_64 ? 4 : 0), is_64 ? (uint32_t)is_number << 31 : value | (uint32_t)is_number << 31);
}

static void
make_imports(int is_64)
{
	const uint32_t step = is_64 ? 8 : 4;

	for (uint32_t i = 0; i < 2; i++) {
		set32(SECTION + 20 * i + (i ? 16 : 0), ADDRESS + 100 + 50 * i);
		set32(SECTION + 20 * i + 12, ADDRESS + 300 + 20 * i);
	}
	set_thunk(SECTION + 100, is_64, ADDRESS + 400, 0);
	set_thunk(SECTION + 100 + step, is_64, 77, 1);
	set_thunk(SECTION + 150, is_64, 2, 1);
	strcpy((char *)file + SECTION + 300, "KERNEL32.DLL");
	strcpy((char *)file + SECTION + 320, "oleaut32.dll");
	strcpy((char *)file + SECTION + 402, "CreateFileW");
}

/* A node of a version resource; returns where it ends, aligned. Its length is set by close_node. */
static uint32_t
open_node(uint32_t at, const char *key, const char *value)
{
	uint32_t to = at + 6;

	for (; *key; to += 2)
		set16(to, (uint8_t)*key++);
	to = (to + 2 + 3) & ~3u;
	if (!value)
		return to;
	set16(at + 2, (uint32_t)strlen(value) + 1);
	set16(at + 4, 1);
	for (; *value; to += 2)
		set16(to, (uint8_t)*value++);
	set16(at, to + 2 - at);
	return (to + 2 + 3) & ~3u;
}

static void
make_version(const char *description)
{
	const uint32_t start = SECTION + 1024, data = start + 256;
	uint32_t root, info, table, at;

	set16(start + 14, 1);
	set32(start + 16, 16);
	set32(start + 20, 0x80000000 + 24);
	set16(start + 24 + 14, 1);
	set32(start + 40, 1);
	set32(start + 44, 0x80000000 + 48);
	set16(start + 48 + 14, 2);
	set32(start + 64, 0);
	set32(start + 68, 0x70000000);
	set32(start + 72, 0x409);
	set32(start + 76, 96);
	set32(start + 96, ADDRESS + 1024 + 256);
	root = data;
	info = open_node(root, "VS_VERSION_INFO", NULL);
	set16(root + 2, 52);
	info += 52;
	table = open_node(info, "StringFileInfo", NULL);
	at = open_node(table, "040904b0", NULL);
	at = open_node(at, "CompanyName", "Example");
	at = open_node(at, "OriginalFilename", "tool.exe");
	at = open_node(at, "ProductName", "");
	at = open_node(at, "Other", "x");
	at = open_node(at, "FileVersion", "1.2.3.4");
	at = open_node(at, "FileDescription", description);
	set16(table, at - table);
	set16(info, at - info);
	set16(root, at - root);
	set32(start + 100, at - data);
}

static void
make_file(int is_64)
{
	make_headers(is_64);
	make_imports(is_64);
	make_version("");
}

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
