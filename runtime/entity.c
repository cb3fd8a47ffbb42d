/*
 * entity.c - names of processes.
 */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "entity.h"

enum { ID_BITS_AS_BYTES = 12, TICK_NS = 10000000 };

void
entity_id(char text[ENTITY_ID_SIZE], const char *boot_id, uint32_t pid, uint64_t start)
{
	unsigned char hash[crypto_generichash_BYTES_MIN];
	char identity[128];
	int size;

	size = snprintf(identity, sizeof(identity), "%.64s %u %llu", boot_id, pid, (unsigned long long)(start / TICK_NS));
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)identity, size, NULL, 0);
	sodium_bin2base64(text, ENTITY_ID_SIZE, hash, ID_BITS_AS_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
