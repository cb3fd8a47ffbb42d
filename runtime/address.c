/* address.c - IP addresses, without the system's resolver. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "address.h"

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

static int
parse_v4(const char *at, const char *end, uint8_t bytes[4])
{
	int i, digits;
	unsigned value;

	for (i = 0; i < 4; ++i) {
		if (i && (at == end || *at++ != '.'))
			return -EINVAL;
		for (value = 0, digits = 0; at < end && *at >= '0' && *at <= '9' && digits < 4; ++at, ++digits)
			value = value * 10 + (unsigned)(*at - '0');
		if (!digits || value > 255 || digits > 3)
			return -EINVAL;
		bytes[i] = (uint8_t)value;
	}
	return at == end ? 0 : -EINVAL;
}

static int
hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static int
parse_v6(const char *at, const char *end, uint8_t bytes[16])
{
	int count = 0, gap = -1, digits;
	unsigned value;

	if (end - at >= 2 && at[0] == ':' && at[1] == ':') {
		gap = 0;
		at += 2;
	}
	while (at < end) {
		if (memchr(at, '.', (size_t)(end - at)) && !memchr(at, ':', (size_t)(end - at))) {
			if (count > 12 || parse_v4(at, end, bytes + count))
				return -EINVAL;
			count += 4;
			break;
		}
		for (value = 0, digits = 0; at < end && hex_value(*at) >= 0 && digits < 5; ++at, ++digits)
			value = value << 4 | (unsigned)hex_value(*at);
		if (!digits || digits > 4 || count > 14)
			return -EINVAL;
		bytes[count++] = (uint8_t)(value >> 8);
		bytes[count++] = (uint8_t)value;
		if (at == end)
			break;
		if (*at++ != ':' || at == end)
			return -EINVAL;
		if (*at == ':') {
			if (gap >= 0)
				return -EINVAL;
			gap = count;
			++at;
		}
	}
	if (gap < 0)
		return count == 16 ? 0 : -EINVAL;
	if (count > 14)
		return -EINVAL;
	memmove(bytes + 16 - (count - gap), bytes + gap, (size_t)(count - gap));
	memset(bytes + gap, 0, (size_t)(16 - count));
	return 0;
}

int
address_parse(const char *text, size_t size, uint8_t bytes[16])
{
	memcpy(bytes, mapped, sizeof mapped);
	if (!size || size >= ADDRESS_SIZE)
		return -EINVAL;
	if (!memchr(text, ':', size))
		return parse_v4(text, text + size, bytes + 12);
	return parse_v6(text, text + size, bytes);
}

size_t
address_write(char text[ADDRESS_SIZE], const uint8_t bytes[16])
{
	int i, run, best = 16, best_run = 1;
	size_t used = 0;

	if (!memcmp(bytes, mapped, sizeof mapped))
		return (size_t)snprintf(text, ADDRESS_SIZE, "%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);
	for (i = 0; i < 8; i += run ? run : 1) {
		for (run = 0; i + run < 8 && !bytes[2 * (i + run)] && !bytes[2 * (i + run) + 1]; ++run)
			;
		if (run > best_run) {
			best = i;
			best_run = run;
		}
	}
	for (i = 0; i < 8; ++i) {
		if (i >= best && i < best + best_run) {
			used += (size_t)snprintf(text + used, ADDRESS_SIZE - used, "%s", i == best ? "::" : "");
			continue;
		}
		used += (size_t)snprintf(text + used, ADDRESS_SIZE - used, "%s%x", i && i != best + best_run ? ":" : "",
		                         bytes[2 * i] << 8 | bytes[2 * i + 1]);
	}
	return used;
}
