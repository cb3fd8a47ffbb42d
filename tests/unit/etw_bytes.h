/*
 * etw_bytes.h - user data of ETW events from text: fields split by '|', each TYPE:VALUE.
 *
 *   1 2 4 8  numbers of so many bytes     p  pointer      P  port, big-endian      i  IPv4      I  IPv6, 32 hex digits
 *   w  UTF-16 and its terminator          W  UTF-16 units as four hex digits each, and a terminator
 *   a  bytes and a terminator             s  SID ("S-1-5-18")    t  TOKEN_USER and SID; empty: four bytes of 0
 *   g  16 bytes of a GUID                 b  bytes as hex digits
 */
#ifndef ETW_BYTES_H
#define ETW_BYTES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct etw_bytes {
	uint8_t data[65536];
	uint32_t size;
	uint8_t pointer_size;
};

static inline void
etw_put(struct etw_bytes *bytes, uint64_t number, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		bytes->data[bytes->size++] = (uint8_t)(i < 8 ? number >> 8 * i : 0);
}

static inline void
etw_put_hex(struct etw_bytes *bytes, const char *text, size_t size)
{
	unsigned byte;

	for (size_t i = 0; i + 2 <= size && sscanf(text + i, "%2x", &byte) == 1; i += 2)
		bytes->data[bytes->size++] = (uint8_t)byte;
}

static inline void
etw_put_sid(struct etw_bytes *bytes, const char *text)
{
	unsigned long parts[16], count = 0;
	char *at = (char *)text + 4; /* S-1-A-B-C */

	for (parts[count++] = strtoul(at, &at, 10); *at == '-' && count < 16; count++)
		parts[count] = strtoul(at + 1, &at, 10);
	etw_put(bytes, 1 | (count - 1) << 8, 2);
	for (int i = 5; i >= 0; i--)
		bytes->data[bytes->size++] = (uint8_t)((uint64_t)parts[0] >> 8 * i);
	for (unsigned long i = 1; i < count; i++)
		etw_put(bytes, parts[i], 4);
}

static inline void
etw_put_wide(struct etw_bytes *bytes, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		etw_put(bytes, (unsigned char)text[i], 2);
	etw_put(bytes, 0, 2);
}

static inline void
etw_put_field(struct etw_bytes *bytes, char type, const char *text, size_t size)
{
	char value[256];
	unsigned a, b, c, d;

	snprintf(value, sizeof(value), "%.*s", (int)size, text);
	switch (type) {
	case 'p': etw_put(bytes, strtoull(value, NULL, 0), bytes->pointer_size); break;
	case 'P': etw_put(bytes, (strtoul(value, NULL, 0) & 0xff) << 8 | strtoul(value, NULL, 0) >> 8, 2); break;
	case 'i':
		sscanf(value, "%u.%u.%u.%u", &a, &b, &c, &d);
		etw_put(bytes, a | b << 8 | c << 16 | d << 24, 4);
		break;
	case 'w': etw_put_wide(bytes, text, size); break;
	case 'W':
		for (size_t i = 0; i + 4 <= size; i += 4)
			if (sscanf(text + i, "%4x", &a) == 1)
				etw_put(bytes, a, 2);
		etw_put(bytes, 0, 2);
		break;
	case 'a':
		memcpy(bytes->data + bytes->size, text, size);
		bytes->size += (uint32_t)size;
		etw_put(bytes, 0, 1);
		break;
	case 's': etw_put_sid(bytes, value); break;
	case 't':
		if (!size) {
			etw_put(bytes, 0, 4);
			break;
		}
		etw_put(bytes, 0x1234, bytes->pointer_size);
		etw_put(bytes, 0, bytes->pointer_size);
		etw_put_sid(bytes, value);
		break;
	case 'g': etw_put(bytes, 0, 16); break;
	case 'I':
	case 'b': etw_put_hex(bytes, text, size); break;
	default: etw_put(bytes, strtoull(value, NULL, 0), (uint32_t)(type - '0'));
	}
}

static inline void
etw_bytes_build(struct etw_bytes *bytes, const char *text, uint8_t pointer_size)
{
	size_t size;

	bytes->size = 0;
	bytes->pointer_size = pointer_size;
	for (; *text; text += size + (text[size] == '|')) {
		size = strcspn(text, "|");
		etw_put_field(bytes, text[0], text + 2, size - 2);
	}
}
#endif
