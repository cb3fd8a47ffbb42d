/*
 * emit_net.c - nets as the image compares them, read by the image's own code.
 */
#include <string.h>

#include "emitter.h"
#include "ir.h"
#include "packrt_number.h"

int
emit_net(struct ir_text text, unsigned char bytes[16], unsigned *bits)
{
	const char *slash = memchr(text.data, '/', text.size);
	uint64_t size = slash ? (uint64_t)(slash - text.data) : text.size;
	int family = address_read((struct text){ (const uint8_t *)text.data, size, 0 }, bytes);
	unsigned most = family == 4 ? 32 : 128, length = 0;

	for (uint64_t i = size + 1; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9' || length > most)
			return 0;
		length = length * 10 + text.data[i] - '0';
	}
	if (!slash)
		length = most;
	*bits = length + (family == 4 ? 96 : 0);
	return length > most ? 0 : family;
}
