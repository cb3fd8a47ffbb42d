/*
 * minisign.h - minisign's key files (jedisct1.github.io/minisign), in memory: public ones, and secret ones encrypted
 * with scrypt or, as by minisign -W, not at all. Call sodium_init() first.
 */
#ifndef MINISIGN_H
#define MINISIGN_H

#include <stddef.h>
#include <stdint.h>

enum {
	KEY_ID_SIZE = 17,    /* room for a key id as text: 16 upper-case hex digits */
	KEY_GLOB_SIZE = 64,  /* room for a key's "packs:" limit */
	KEY_TEXT_SIZE = 1024, /* room for a key file */
};

struct public_key {
	uint64_t id;
	uint8_t bytes[32];
	char packs[KEY_GLOB_SIZE]; /* names it may sign, * and ? are wild; "": any */
};

struct secret_key { /* wipe with secret_key_wipe() */
	uint64_t id;
	uint8_t bytes[64]; /* seed, then public key */
};

void key_id_text(char text[KEY_ID_SIZE], uint64_t id); /* as minisign shows it */

/* Contents of a .pub file, or its second line alone. "packs: GLOB" in its comment limits the names it may sign.
 * 0, or -EINVAL. */
int public_key_parse(struct public_key *key, const char *text, size_t size);
void public_key_write(char text[KEY_TEXT_SIZE], const struct public_key *key);

/* Contents of a secret key file. -EINVAL: not one; -EACCES: encrypted, and password is NULL; -EPERM: wrong password;
 * -ENOMEM: scrypt needs more memory (1 GiB, as minisign sets it). */
int secret_key_parse(struct secret_key *key, const char *text, size_t size, const char *password);
/* password NULL: unencrypted. 0 or -ENOMEM. */
int secret_key_write(char text[KEY_TEXT_SIZE], const struct secret_key *key, const char *password);
void secret_key_generate(struct secret_key *key);
void secret_key_public(const struct secret_key *key, struct public_key *public_key);
void secret_key_wipe(struct secret_key *key);
#endif
