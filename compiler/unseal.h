/*
 * unseal.h - reads a pack again: header, signature text, tables. For inspect and sign; nothing is trusted by it.
 *
 * Include packfile.h first.
 */
#ifndef UNSEAL_H
#define UNSEAL_H

#include <stddef.h>

struct arena;

struct unsealed { /* borrows the file's bytes */
	const struct pack_header *header;
	size_t signed_size;       /* header and body */
	const char *signature;    /* what follows them */
	size_t signature_size;    /* 0: unsigned */
	struct pack_tables tables; /* after unseal_body() */
};

/* bytes are 8-byte aligned. 0, or -1 with why (256 bytes) filled: "size: TEXT". */
int unseal_header(struct unsealed *pack, const void *bytes, size_t size, char *why);
/* Unpacks and checks the tables; they live in the arena. 0, or -1 with why: "decompress: TEXT" or "tables: TEXT". */
int unseal_body(struct unsealed *pack, struct arena *arena, char *why);
#endif
