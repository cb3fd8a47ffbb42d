/* binxml_value.c - values of Windows events as JSON, in the words that Windows itself shows them with. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "binxml.h"
#include "bytes.h"
#include "fold.h"
#include "line.h"
#include "timestamp.h"

enum {
	SID_AUTHORITIES_MAX = 15,
	FILETIME_SECOND = 10000000, /* units of 100 ns */
};

static const uint64_t filetime_1970 = 116444736000000000; /* from 1601-01-01 */

static void
write_point(struct line *json, uint32_t point)
{
	uint8_t text[4];

	line_raw(json, (const char *)text, utf8_write(text, point));
}

static void
write_unit(struct line *json, uint32_t unit)
{
	char text[8];

	if (unit == '"' || unit == '\\')
		line_raw(json, "\\", 1);
	if (unit >= 0x20 && unit != 0x7f && unit >> 11 != 0x1b)
		write_point(json, unit);
	else
		line_raw(json, text, (size_t)snprintf(text, sizeof text, "\\u%04x", unit));
}

void
binxml_write_utf16(struct line *json, const uint8_t *data, uint32_t size)
{
	uint32_t at, unit, low;

	line_raw(json, "\"", 1);
	for (at = 0; at + 2 <= size; at += 2) {
		unit = read_u16(data + at);
		low = unit >> 10 == 0x36 && at + 4 <= size ? read_u16(data + at + 2) : 0;
		if (low >> 10 == 0x37) {
			write_point(json, 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff));
			at += 2;
		} else {
			write_unit(json, unit);
		}
	}
	line_raw(json, "\"", 1);
}

/* Bytes of a code page that the record does not name: ASCII is itself, others are shown as Latin 1. */
static void
write_ansi(struct line *json, const uint8_t *data, uint32_t size)
{
	uint32_t i;

	line_raw(json, "\"", 1);
	for (i = 0; i < size; ++i)
		write_unit(json, data[i]);
	line_raw(json, "\"", 1);
}

static void
write_binary(struct line *json, const uint8_t *data, uint32_t size)
{
	char text[3];
	uint32_t i;

	line_raw(json, "\"", 1);
	for (i = 0; i < size; ++i)
		line_raw(json, text, (size_t)snprintf(text, sizeof text, "%02X", data[i]));
	line_raw(json, "\"", 1);
}

static void
write_guid(struct line *json, const uint8_t *data)
{
	char text[48];

	snprintf(text, sizeof text, "\"{%08" PRIx32 "-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}\"", read_u32(data),
	         read_u16(data + 4), read_u16(data + 6), data[8], data[9], data[10], data[11], data[12], data[13], data[14],
	         data[15]);
	line_text(json, text);
}

/* S-REVISION-AUTHORITY-SUB-...; MS-DTYP 2.4.2.1. */
static void
write_sid(struct line *json, const uint8_t *data, uint32_t size)
{
	uint64_t authority = 0;
	char text[32];
	uint32_t i;

	if (size < 8 || data[1] > SID_AUTHORITIES_MAX || size < 8 + 4u * data[1]) {
		write_binary(json, data, size);
		return;
	}
	for (i = 2; i < 8; ++i)
		authority = authority << 8 | data[i];
	snprintf(text, sizeof text, "\"S-%u-%" PRIu64, data[0], authority);
	line_text(json, text);
	for (i = 0; i < data[1]; ++i) {
		snprintf(text, sizeof text, "-%" PRIu32, read_u32(data + 8 + 4 * i));
		line_text(json, text);
	}
	line_text(json, "\"");
}

static void
write_filetime(struct line *json, uint64_t time)
{
	const uint64_t seconds = time / FILETIME_SECOND;
	const int64_t days = (int64_t)(seconds / 86400) - (int64_t)(filetime_1970 / FILETIME_SECOND / 86400);
	const unsigned of_day = (unsigned)(seconds % 86400);
	const struct timestamp_date date = timestamp_date(days);
	char text[80];

	snprintf(text, sizeof text, "\"%04u-%02u-%02uT%02u:%02u:%02u.%07uZ\"", date.year, date.month, date.day,
	         of_day / 3600, of_day / 60 % 60, of_day % 60, (unsigned)(time % FILETIME_SECOND));
	line_text(json, text);
}

static void
write_systemtime(struct line *json, const uint8_t *data)
{
	char text[64];

	snprintf(text, sizeof text, "\"%04u-%02u-%02uT%02u:%02u:%02u.%03uZ\"", read_u16(data), read_u16(data + 2),
	         read_u16(data + 6), read_u16(data + 8), read_u16(data + 10), read_u16(data + 12), read_u16(data + 14));
	line_text(json, text);
}

static void
write_real(struct line *json, double value, int digits)
{
	char text[40];

	snprintf(text, sizeof text, isfinite(value) ? "%.*g" : "\"%.*g\"", digits, value);
	line_text(json, text);
}

static void
write_integer(struct line *json, uint8_t type, const uint8_t *data)
{
	const uint64_t raw = type >= BINXML_INT64 ? read_u64(data) : type >= BINXML_INT32 ? read_u32(data)
	                     : type >= BINXML_INT16 ? read_u16(data) : *data;
	char text[32];

	switch (type) {
	case BINXML_INT8:
		snprintf(text, sizeof text, "%d", (int8_t)raw);
		break;
	case BINXML_INT16:
		snprintf(text, sizeof text, "%d", (int16_t)raw);
		break;
	case BINXML_INT32:
		snprintf(text, sizeof text, "%" PRId32, (int32_t)raw);
		break;
	case BINXML_INT64:
		snprintf(text, sizeof text, "%" PRId64, (int64_t)raw);
		break;
	default:
		snprintf(text, sizeof text, "%" PRIu64, raw);
	}
	line_text(json, text);
}

static void
write_hex(struct line *json, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "\"0x%" PRIx64 "\"", value);
	line_text(json, text);
}

/* Bytes of one value of a type whose size is fixed; else 0. */
static uint32_t
size_of(uint8_t type, uint32_t size)
{
	static const uint8_t sizes[] = { [BINXML_INT8] = 1, [BINXML_UINT8] = 1, [BINXML_INT16] = 2, [BINXML_UINT16] = 2,
		[BINXML_INT32] = 4, [BINXML_UINT32] = 4, [BINXML_INT64] = 8, [BINXML_UINT64] = 8, [BINXML_FLOAT] = 4,
		[BINXML_DOUBLE] = 8, [BINXML_BOOL] = 4, [BINXML_GUID] = 16, [BINXML_FILETIME] = 8, [BINXML_SYSTEMTIME] = 16,
		[BINXML_HEX32] = 4, [BINXML_HEX64] = 8 };

	if (type == BINXML_SIZE)
		return size == 4 ? 4 : 8;
	return type < sizeof sizes ? sizes[type] : 0;
}

static void
write_fixed(struct line *json, uint8_t type, const uint8_t *data, uint32_t size)
{
	uint32_t bits;
	uint64_t bits_64;
	float real;
	double real_64;

	switch (type) {
	case BINXML_FLOAT:
		bits = read_u32(data);
		memcpy(&real, &bits, sizeof real);
		write_real(json, real, 9);
		return;
	case BINXML_DOUBLE:
		bits_64 = read_u64(data);
		memcpy(&real_64, &bits_64, sizeof real_64);
		write_real(json, real_64, 17);
		return;
	case BINXML_BOOL:
		line_text(json, read_u32(data) ? "true" : "false");
		return;
	case BINXML_GUID:
		write_guid(json, data);
		return;
	case BINXML_FILETIME:
		write_filetime(json, read_u64(data));
		return;
	case BINXML_SYSTEMTIME:
		write_systemtime(json, data);
		return;
	case BINXML_SIZE:
	case BINXML_HEX32:
	case BINXML_HEX64:
		write_hex(json, size == 4 ? read_u32(data) : read_u64(data));
		return;
	default:
		write_integer(json, type, data);
	}
}

/* A string of an array of strings ends with a NUL. */
static uint32_t
string_size(const uint8_t *data, uint32_t size)
{
	uint32_t at = 0;

	while (at + 2 <= size && read_u16(data + at))
		at += 2;
	return at;
}

static void
write_array(struct line *json, uint8_t type, const uint8_t *data, uint32_t size)
{
	const uint32_t step = size_of(type, 8);
	uint32_t at, one;

	line_raw(json, "[", 1);
	for (at = 0; at < size; at += one) {
		one = step ? step : type == BINXML_STRING ? string_size(data + at, size - at) : size;
		if (one > size - at)
			break;
		line_comma(json);
		binxml_write_value(json, type, data + at, one);
		one += type == BINXML_STRING ? 2 : 0;
	}
	line_raw(json, "]", 1);
}

void
binxml_write_value(struct line *json, uint8_t type, const uint8_t *data, uint32_t size)
{
	const uint32_t fixed = size_of(type, size);

	if (type & BINXML_ARRAY) {
		write_array(json, type & ~BINXML_ARRAY, data, size);
		return;
	}
	switch (type) {
	case BINXML_NULL:
		line_text(json, "null");
		return;
	case BINXML_STRING:
		while (size >= 2 && !read_u16(data + size - 2))
			size -= 2;
		binxml_write_utf16(json, data, size);
		return;
	case BINXML_ANSI:
		while (size && !data[size - 1])
			--size;
		write_ansi(json, data, size);
		return;
	case BINXML_SID:
		write_sid(json, data, size);
		return;
	}
	if (fixed && size == fixed)
		write_fixed(json, type, data, size);
	else
		write_binary(json, data, size);
}
