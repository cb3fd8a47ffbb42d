/*
 * pe_bytes.h - a small program file for Windows, written byte by byte: a section with imports and a version resource.
 */
#ifndef PE_BYTES_H
#define PE_BYTES_H

#include <stdint.h>
#include <string.h>

enum { NEW_HEADER = 64, OPTIONAL = NEW_HEADER + 24, SECTION = 512, ADDRESS = 0x1000, FILE_SIZE = 4096 };

static uint8_t file[FILE_SIZE];

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
#endif
