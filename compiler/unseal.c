/*
 * unseal.c - reads a pack again.
 */
#include "packfile.h"

#include "unseal.h"

#include <stdio.h>
#include <string.h>

#include <zstd.h>

#include "arena.h"

enum { WHY_SIZE = 256 };

int
unseal_header(struct unsealed *pack, const void *bytes, size_t size, char *why)
{
	int used = snprintf(why, WHY_SIZE, "size: ");

	*pack = (struct unsealed){.header = bytes};
	if (pack_header_check(bytes, size, why + used, WHY_SIZE - used))
		return -1;
	pack->signed_size = sizeof(*pack->header) + pack->header->body_size;
	pack->signature = (const char *)bytes + pack->signed_size;
	pack->signature_size = size - pack->signed_size;
	return 0;
}

int
unseal_body(struct unsealed *pack, struct arena *arena, char *why)
{
	const size_t size = pack->header->unpacked_size;
	size_t got;
	void *body;
	int used;

	if (size > PACK_UNPACKED_MAX) {
		snprintf(why, WHY_SIZE, "decompress: body is larger than %d MiB", PACK_UNPACKED_MAX >> 20);
		return -1;
	}
	body = arena_alloc(arena, size + 8);
	got = ZSTD_decompress(body, size, pack->header + 1, pack->header->body_size);
	if (ZSTD_isError(got) || got != size) {
		snprintf(why, WHY_SIZE, "decompress: %s", ZSTD_isError(got) ? ZSTD_getErrorName(got) : "body is shorter");
		return -1;
	}
	used = snprintf(why, WHY_SIZE, "tables: ");
	return pack_tables_check(&pack->tables, pack->header, body, size, why + used, WHY_SIZE - used);
}
