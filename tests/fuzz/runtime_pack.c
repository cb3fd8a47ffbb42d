/* runtime_pack.c - any bytes taken for a pack: the header's checks, then the tables' checks on what follows it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "packfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pack_header header = {0};
	struct pack_tables tables;
	char why[256];
	void *body;

	pack_header_check(data, size, why, sizeof(why));
	if (size < sizeof(header))
		return 0;
	memcpy(&header, data, sizeof(header));
	body = aligned_alloc(8, (size - sizeof(header) + 8) & ~(size_t)7);
	memcpy(body, data + sizeof(header), size - sizeof(header));
	pack_tables_check(&tables, &header, body, size - sizeof(header), why, sizeof(why));
	free(body);
	return 0;
}
