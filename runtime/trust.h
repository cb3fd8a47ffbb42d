/*
 * trust.h - who may sign packs: minisign's key files, a ring of public keys, and signatures over packs.
 *
 * Formats are minisign's (jedisct1.github.io/minisign): prehashed Ed25519, that is Ed25519 over BLAKE2b-512, and for
 * secret keys scrypt. Works on bytes in memory only; who reads files checks who may write them. The signature text of
 * a pack has one legal encoding (pack.5).
 */
#ifndef TRUST_H
#define TRUST_H

#include <stddef.h>
#include <stdint.h>

enum {
	TRUST_ID_SIZE = 17,    /* room for a key id as text: 16 upper-case hex digits */
	TRUST_GLOB_MAX = 64,   /* bytes of a key's "packs:" limit */
	TRUST_TEXT_MAX = 1024, /* room for a key file or a signature, with its NUL */
	TRUST_WHY_MAX = 224,   /* room for one line that says why something is not trusted */
};

struct public_key {
	uint64_t id;
	uint8_t bytes[32];
	char packs[TRUST_GLOB_MAX]; /* names it may sign, * and ? are wild; "": any */
};

struct secret_key { /* wipe with secret_key_wipe() */
	uint64_t id;
	uint8_t bytes[64]; /* seed, then public key */
};

/* A ring of keys. {0} is an empty one. */
struct keyring {
	struct public_key *keys;
	size_t count;
	const char *place; /* where keys belong, for messages: a folder; NULL: given one by one. Borrowed. */
};

/* What is signed: header and body, and the two header fields that the trusted comment repeats. */
struct signed_pack {
	const void *data;
	size_t size;
	const char *name;
	uint64_t serial;
};

void key_id_text(char text[TRUST_ID_SIZE], uint64_t id); /* as minisign shows it */

/* Contents of a .pub file, or its second line alone. "packs: GLOB" in its comment limits the names it may sign.
 * 0, or -EINVAL. */
int public_key_parse(struct public_key *key, const char *text, size_t size);
void public_key_write(char text[TRUST_TEXT_MAX], const struct public_key *key);

/* Contents of a secret key file. -EINVAL: not one; -EACCES: encrypted, and password is NULL; -EPERM: wrong password;
 * -ENOMEM: scrypt needs more memory (1 GiB, as minisign sets it). */
int secret_key_parse(struct secret_key *key, const char *text, size_t size, const char *password);
/* password NULL: unencrypted, as minisign -W. 0 or -ENOMEM. */
int secret_key_write(char text[TRUST_TEXT_MAX], const struct secret_key *key, const char *password);
void secret_key_generate(struct secret_key *key);
void secret_key_public(const struct secret_key *key, struct public_key *public_key);
void secret_key_wipe(struct secret_key *key);

int keyring_add(struct keyring *ring, const struct public_key *key); /* 0 or -ENOMEM */
void keyring_done(struct keyring *ring);

/* Writes the signature text. Returns its length. */
size_t trust_sign(char text[TRUST_TEXT_MAX], const struct signed_pack *pack, const struct secret_key *key);
/* Whether text is the one legal signature over pack by a key of the ring that may sign that name. The key's id goes to
 * *id (may be NULL), also on failure where the text names one. 0, or -1 with why filled. */
int trust_verify(const struct signed_pack *pack, const char *text, size_t size, const struct keyring *ring,
                 uint64_t *id, char why[TRUST_WHY_MAX]);
/* The key id that a signature text claims, unchecked: for messages. 0 or -EINVAL. */
int trust_signer(const char *text, size_t size, uint64_t *id);
#endif
