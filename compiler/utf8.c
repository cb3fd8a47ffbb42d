/*
 * utf8.c - well-formed UTF-8: sizes and counts of code points.
 */
#include "utf8.h"

size_t
utf8_size(const char *data, size_t left)
{
	const unsigned char *bytes = (const unsigned char *)data;
	unsigned char lead = bytes[0];
	size_t size = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;

	if (!size || size > left)
		return 0;
	for (size_t i = 1; i < size; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	if ((lead == 0xe0 && bytes[1] < 0xa0) || (lead == 0xed && bytes[1] > 0x9f) || (lead == 0xf0 && bytes[1] < 0x90) ||
	    (lead == 0xf4 && bytes[1] > 0x8f))
		return 0;
	return size;
}

size_t
utf8_count(const char *data, size_t size)
{
	size_t count = 0, bytes;

	for (size_t at = 0; at < size; at += bytes ? bytes : 1) {
		bytes = utf8_size(data + at, size - at);
		count++;
	}
	return count;
}

uint32_t
utf8_decode(const char *data, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)data;
	uint32_t point = size == 1 ? bytes[0] : bytes[0] & (0x7f >> size);

	for (size_t i = 1; i < size; i++)
		point = point << 6 | (bytes[i] & 0x3f);
	return point;
}
