/* pe.c - the headers of a Windows program file, and its import table. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "line.h"
#include "pe.h"
#include "pe_map.h"

enum {
	DOS_HEADER = 64, DOS_NEW_HEADER = 60,
	FILE_HEADER = 24, FILE_SECTIONS = 6, FILE_OPTIONAL_SIZE = 20,
	MAGIC_32 = 0x10b, MAGIC_64 = 0x20b,
	DIRECTORIES_32 = 96, DIRECTORIES_64 = 112, DIRECTORY_IMPORT = 1, DIRECTORY_RESOURCE = 2,
	DIRECTORY_CERTIFICATE = 4,
	SECTION_HEADER = 40,
	IMPORT_DESCRIPTOR = 20, IMPORT_NAME = 12, IMPORT_FIRST_THUNK = 16,
	NAME_MAX_BYTES = 512, /* of a library's or a function's name */
};

const uint8_t *
pe_at(const struct pe *pe, uint32_t address, uint32_t *left)
{
	uint32_t i;

	for (i = 0; i < pe->section_count; ++i) {
		const struct pe_section *section = &pe->sections[i];

		if (address >= section->address && address - section->address < section->size) {
			*left = section->size - (address - section->address);
			return pe->file + section->offset + (address - section->address);
		}
	}
	return NULL;
}

static void
read_section(struct pe *pe, const uint8_t *header)
{
	struct pe_section *section = &pe->sections[pe->section_count];
	const uint32_t loaded = read_u32(header + 8);

	*section = (struct pe_section){ read_u32(header + 12), read_u32(header + 16), read_u32(header + 20) };
	if (section->offset >= pe->size)
		return;
	if (section->size > pe->size - section->offset)
		section->size = pe->size - section->offset;
	if (loaded && loaded < section->size)
		section->size = loaded;
	++pe->section_count;
}

/* What the directory of that number says, from the optional header. */
static void
read_directory(const uint8_t *optional, uint32_t size, uint32_t first, uint32_t number, uint32_t *address,
               uint32_t *bytes)
{
	const uint32_t at = first + 8 * number;

	if (at + 8 > size || read_u32(optional + first - 4) <= number)
		return;
	*address = read_u32(optional + at);
	*bytes = read_u32(optional + at + 4);
}

int
pe_open(struct pe *pe, const void *file, size_t size)
{
	const uint8_t *bytes = file, *optional;
	uint32_t header, optional_size, first, i, count;

	*pe = (struct pe){ .file = bytes, .size = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX };
	if (pe->size < DOS_HEADER || memcmp(bytes, "MZ", 2))
		return -EBADMSG;
	header = read_u32(bytes + DOS_NEW_HEADER);
	if (header > pe->size || pe->size - header < FILE_HEADER || memcmp(bytes + header, "PE\0", 4))
		return -EBADMSG;
	count = read_u16(bytes + header + FILE_SECTIONS);
	optional_size = read_u16(bytes + header + FILE_OPTIONAL_SIZE);
	optional = bytes + header + FILE_HEADER;
	if (pe->size - header - FILE_HEADER < optional_size + SECTION_HEADER * (uint64_t)count ||
	    optional_size < DIRECTORIES_32)
		return -EBADMSG;
	pe->is_64 = read_u16(optional) == MAGIC_64;
	first = pe->is_64 ? DIRECTORIES_64 : DIRECTORIES_32;
	if ((!pe->is_64 && read_u16(optional) != MAGIC_32) || optional_size < first)
		return -EBADMSG;
	read_directory(optional, optional_size, first, DIRECTORY_IMPORT, &pe->import_address, &pe->import_size);
	read_directory(optional, optional_size, first, DIRECTORY_RESOURCE, &pe->resource_address, &pe->resource_size);
	read_directory(optional, optional_size, first, DIRECTORY_CERTIFICATE, &pe->certificate_offset,
	               &pe->certificate_size);
	for (i = 0; i < count && pe->section_count < PE_SECTION_MAX; ++i)
		read_section(pe, optional + optional_size + SECTION_HEADER * i);
	return 0;
}

/* The NUL-terminated name at an address, in lower case; returns its length, 0: there is none. */
static uint32_t
read_name(const struct pe *pe, uint32_t address, char name[NAME_MAX_BYTES])
{
	uint32_t left, size;
	const uint8_t *at = pe_at(pe, address, &left);

	for (size = 0; at && size < left && size < NAME_MAX_BYTES - 1 && at[size]; ++size)
		name[size] = (char)(at[size] >= 'A' && at[size] <= 'Z' ? at[size] | 32 : at[size]);
	name[size] = 0;
	return size;
}

static void
drop_ending(char *name, uint32_t size)
{
	static const char endings[][5] = { ".dll", ".ocx", ".sys" };
	size_t i;

	for (i = 0; i < sizeof endings / sizeof *endings; ++i)
		if (size > 4 && !strcmp(name + size - 4, endings[i]))
			name[size - 4] = 0;
}

/* The name of a function that is imported by its number, where the number says which it is. */
static void
name_ordinal(const char *library, uint32_t number, char name[NAME_MAX_BYTES])
{
	static const char oleaut32[] = "oleaut32", ws2_32[] = "ws2_32";
	static const struct {
		const char *library;
		uint32_t number;
		const char *name;
	} rows[] = {
#define ORDINAL(library, number, name) { library, number, name },
#include "pe_ordinals.def"
#undef ORDINAL
	};
	size_t i;

	if (!strcmp(library, "wsock32"))
		library = ws2_32;
	for (i = 0; i < sizeof rows / sizeof *rows; ++i)
		if (rows[i].number == number && !strcmp(rows[i].library, library)) {
			strcpy(name, rows[i].name);
			return;
		}
	snprintf(name, NAME_MAX_BYTES, "ord%u", (unsigned)number);
}

/* The functions of one library. Returns how many, or -EBADMSG. */
static int
read_thunks(const struct pe *pe, uint32_t address, const char *library, int room, struct line *list)
{
	const uint32_t step = pe->is_64 ? 8 : 4;
	char name[NAME_MAX_BYTES];
	uint32_t left;
	uint64_t thunk;
	int count;

	for (count = 0; count < room; ++count, address += step) {
		const uint8_t *at = pe_at(pe, address, &left);

		if (!at || left < step)
			return -EBADMSG;
		thunk = pe->is_64 ? read_u64(at) : read_u32(at);
		if (!thunk)
			break;
		if (thunk >> (8 * step - 1))
			name_ordinal(library, (uint32_t)(thunk & 0xffff), name);
		else if (!read_name(pe, (uint32_t)thunk + 2, name))
			return -EBADMSG;
		if (list->size)
			line_text(list, ",");
		line_text(list, library);
		line_text(list, ".");
		line_text(list, name);
	}
	return count;
}

int
pe_read_imports(const struct pe *pe, struct line *list)
{
	char library[NAME_MAX_BYTES];
	const uint8_t *at;
	uint32_t address = pe->import_address, left, size, names;
	int count, room = PE_IMPORT_MAX;

	for (; address && room > 0; address += IMPORT_DESCRIPTOR, --room) {
		at = pe_at(pe, address, &left);
		if (!at || left < IMPORT_DESCRIPTOR)
			return -EBADMSG;
		if (!read_u32(at + IMPORT_NAME))
			break;
		size = read_name(pe, read_u32(at + IMPORT_NAME), library);
		if (!size)
			return -EBADMSG;
		drop_ending(library, size);
		names = read_u32(at);
		count = read_thunks(pe, names ? names : read_u32(at + IMPORT_FIRST_THUNK), library, room, list);
		if (count < 0)
			return count;
		room -= count;
	}
	if (list->failed)
		return -ENOMEM;
	return list->size ? 0 : -ENOENT;
}
