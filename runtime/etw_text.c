/*
 * etw_text.c - UTF-16, SIDs, integrity levels, registry names and values.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "bytes.h"
#include "etw_text.h"

enum { SID_HEAD = 8, SID_PARTS_MAX = 15 };

enum { /* winnt.h */
	REGISTRY_STRING = 1, REGISTRY_EXPANDED = 2, REGISTRY_DWORD = 4, REGISTRY_LINK = 6, REGISTRY_QWORD = 11,
};

static int
is_high(uint32_t unit)
{
	return unit >= 0xd800 && unit < 0xdc00;
}

static int
is_low(uint32_t unit)
{
	return unit >= 0xdc00 && unit < 0xe000;
}

/* Bytes of the character's UTF-8. */
static size_t
character_write(char bytes[4], uint32_t character)
{
	if (character < 0x80) {
		bytes[0] = (char)character;
		return 1;
	}
	if (character < 0x800) {
		bytes[0] = (char)(0xc0 | character >> 6);
		bytes[1] = (char)(0x80 | (character & 0x3f));
		return 2;
	}
	if (character < 0x10000) {
		bytes[0] = (char)(0xe0 | character >> 12);
		bytes[1] = (char)(0x80 | (character >> 6 & 0x3f));
		bytes[2] = (char)(0x80 | (character & 0x3f));
		return 3;
	}
	bytes[0] = (char)(0xf0 | character >> 18);
	bytes[1] = (char)(0x80 | (character >> 12 & 0x3f));
	bytes[2] = (char)(0x80 | (character >> 6 & 0x3f));
	bytes[3] = (char)(0x80 | (character & 0x3f));
	return 4;
}

size_t
etw_text_wide(char *text, size_t room, const uint8_t *wide, size_t size, int *cut)
{
	size_t used = 0;

	for (size_t i = 0; i + 2 <= size; i += 2) {
		uint32_t unit = read_u16(wide + i);
		char bytes[4];
		size_t length;

		if (is_high(unit) && i + 4 <= size && is_low(read_u16(wide + i + 2))) {
			unit = 0x10000 + ((unit - 0xd800) << 10) + (read_u16(wide + i + 2) - 0xdc00u);
			i += 2;
		}
		length = character_write(bytes, unit);
		if (length > room - used) {
			if (cut)
				*cut = 1;
			break;
		}
		memcpy(text + used, bytes, length);
		used += length;
	}
	return used;
}

static int
sid_is_whole(const uint8_t *sid, size_t size)
{
	return size >= SID_HEAD && sid[1] <= SID_PARTS_MAX && size >= SID_HEAD + 4u * sid[1];
}

size_t
etw_text_sid(char *text, size_t room, const uint8_t *sid, size_t size)
{
	char whole[192]; /* 15 numbers of ten digits and what stands between */
	uint64_t authority = 0;
	size_t used;

	if (!sid_is_whole(sid, size))
		return 0;
	for (int i = 2; i < SID_HEAD; i++)
		authority = authority << 8 | sid[i];
	used = (size_t)snprintf(whole, sizeof(whole), "S-%u-%llu", sid[0], (unsigned long long)authority);
	for (int i = 0; i < sid[1]; i++)
		used += (size_t)snprintf(whole + used, sizeof(whole) - used, "-%lu",
		                         (unsigned long)read_u32(sid + SID_HEAD + 4 * i));
	if (used > room)
		return 0;
	memcpy(text, whole, used);
	return used;
}

uint32_t
etw_sid_last(const uint8_t *sid, size_t size)
{
	if (!sid_is_whole(sid, size) || !sid[1])
		return 0;
	return read_u32(sid + SID_HEAD + 4 * (sid[1] - 1));
}

const char *
etw_text_integrity(uint32_t level)
{
	return level < 0x1000 ? "Untrusted" : level < 0x2000 ? "Low" : level < 0x3000 ? "Medium" :
	       level < 0x4000 ? "High" : level < 0x5000 ? "System" : "Protected";
}

static size_t
join(char *text, size_t room, const char *start, const char *rest, size_t size)
{
	size_t length = strlen(start);

	if (length > room)
		return 0;
	memcpy(text, start, length);
	if (size > room - length)
		size = room - length;
	memcpy(text + length, rest, size);
	return length + size;
}

/* Bytes of prefix when name is it, or begins with it and a backslash; else 0. */
static size_t
skip_key(const char *name, size_t size, const char *prefix)
{
	size_t length = strlen(prefix);

	if (size < length || strncasecmp(name, prefix, length) || (size > length && name[length] != '\\'))
		return 0;
	return length;
}

/* The same for a control set, whose number may be any: \REGISTRY\MACHINE\SYSTEM\ControlSet001. */
static size_t
skip_control_set(const char *name, size_t size)
{
	static const char start[] = "\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet";
	size_t length = sizeof(start) - 1;

	if (size < length + 3 || strncasecmp(name, start, length) || (size > length + 3 && name[length + 3] != '\\'))
		return 0;
	for (size_t i = length; i < length + 3; i++)
		if (name[i] < '0' || name[i] > '9')
			return 0;
	return length + 3;
}

size_t
etw_text_key(char *text, size_t room, const char *name, size_t size)
{
	static const struct { const char *prefix, *shown; } roots[] = {
		{"\\REGISTRY\\MACHINE\\SYSTEM\\CurrentControlSet", "HKLM\\System\\CurrentControlSet"},
		{"\\REGISTRY\\MACHINE\\SYSTEM", "HKLM\\System"}, {"\\REGISTRY\\MACHINE\\SOFTWARE\\Classes", "HKCR"},
		{"\\REGISTRY\\MACHINE", "HKLM"}, {"\\REGISTRY\\USER", "HKU"},
	};
	size_t skip = skip_control_set(name, size);

	if (skip)
		return join(text, room, roots[0].shown, name + skip, size - skip);
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		skip = skip_key(name, size, roots[i].prefix);
		if (skip)
			return join(text, room, roots[i].shown, name + skip, size - skip);
	}
	return join(text, room, "", name, size);
}

/* Bytes of a string before its terminator, which it may lack. */
static size_t
wide_size(const uint8_t *data, size_t size)
{
	size_t i;

	for (i = 0; i + 2 <= size && (data[i] || data[i + 1]); i += 2)
		;
	return i;
}

static size_t
string_write(char *text, size_t room, const uint8_t *data, size_t captured, size_t size, int *cut)
{
	size_t string = wide_size(data, captured);

	if (!string)
		return captured || !size ? join(text, room, "(Empty)", "", 0) : 0;
	*cut |= string == captured && captured < size;
	return etw_text_wide(text, room, data, string, cut);
}

size_t
etw_text_value(char *text, size_t room, uint32_t type, const uint8_t *data, size_t captured, size_t size, int *cut)
{
	char number[48] = "";

	switch (type) {
	case REGISTRY_STRING:
	case REGISTRY_EXPANDED:
	case REGISTRY_LINK:
		return string_write(text, room, data, captured, size, cut);
	case REGISTRY_DWORD:
		if (captured >= 4)
			snprintf(number, sizeof(number), "DWORD (0x%08lx)", (unsigned long)read_u32(data));
		break;
	case REGISTRY_QWORD:
		if (captured >= 8)
			snprintf(number, sizeof(number), "QWORD (0x%08lx-0x%08lx)", (unsigned long)read_u32(data + 4),
			         (unsigned long)read_u32(data));
		break;
	default:
		return join(text, room, "Binary Data", "", 0);
	}
	return join(text, room, number, "", 0);
}
