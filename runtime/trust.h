/*
 * trust.h - who may sign packs: a ring of minisign public keys, and signatures over packs.
 *
 * Prehashed Ed25519 (over BLAKE2b-512) in minisign's text, of which a pack has exactly one legal encoding (pack.5).
 * Works on bytes in memory; whoever reads key files checks who may write them. Call sodium_init() first.
 */
#ifndef TRUST_H
#define TRUST_H

#include <stddef.h>
#include <stdint.h>

struct public_key;
struct secret_key;

enum {
	TRUST_TEXT_SIZE = 1024, /* room for a signature text; PACK_SIGNATURE_MAX bounds it in a file */
	TRUST_WHY_SIZE = 224,   /* room for one line that says why something is not trusted */
};

struct keyring { /* {0} is an empty one */
	struct public_key *keys;
	size_t count;
	const char *place; /* folder where keys belong, for messages; NULL: given one by one. Borrowed. */
};

/* What is signed: header and body, and the two header fields that the trusted comment repeats. */
struct signed_pack {
	const void *data;
	size_t size;
	const char *name;
	uint64_t serial;
};

int keyring_add(struct keyring *ring, const struct public_key *key); /* 0 or -ENOMEM */
void keyring_done(struct keyring *ring);

/* Writes the signature text. Returns its length. */
size_t trust_sign(char text[TRUST_TEXT_SIZE], const struct signed_pack *pack, const struct secret_key *key);
/* Whether text is the one legal signature over pack by a key of the ring that may sign that name. 0, or -1 with why
 * filled. */
int trust_verify(const struct signed_pack *pack, const char *text, size_t size, const struct keyring *ring,
                 char why[TRUST_WHY_SIZE]);
/* The key that a signature text names, unchecked: for messages. 0 or -EINVAL. */
int trust_signer(const char *text, size_t size, uint64_t *id);
#endif
