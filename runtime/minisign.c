/*
 * minisign.c - reads and writes minisign's key files.
 */
#include "minisign.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#define COMMENT "untrusted comment: "
#define PACKS_LIMIT "packs: "

enum {
	ALGORITHM_SIZE = 2,
	ID_SIZE = 8,
	SALT_SIZE = 32,
	CHECK_SIZE = 32,
};

/* minisign's binary forms, each in base64 on a line of its own. */
struct public_form {
	uint8_t algorithm[ALGORITHM_SIZE]; /* "Ed" */
	uint8_t id[ID_SIZE];               /* little-endian */
	uint8_t key[32];
};

struct sealed_key { /* what scrypt's stream is xored over */
	uint8_t id[ID_SIZE];
	uint8_t key[64];
	uint8_t check[CHECK_SIZE]; /* BLAKE2b-256 of algorithm, id and key */
};

struct secret_form {
	uint8_t algorithm[ALGORITHM_SIZE];     /* "Ed" */
	uint8_t kdf[ALGORITHM_SIZE];           /* "Sc"; zeros: unencrypted, and all up to sealed is zero */
	uint8_t check_algorithm[ALGORITHM_SIZE]; /* "B2" */
	uint8_t salt[SALT_SIZE];
	uint8_t operations[8]; /* scrypt's limits, little-endian */
	uint8_t memory[8];
	struct sealed_key sealed;
};

_Static_assert(sizeof(struct public_form) == 42, "minisign's public key");
_Static_assert(sizeof(struct secret_form) == 158, "minisign's secret key");

static const uint8_t ed25519[ALGORITHM_SIZE] = {'E', 'd'}, scrypt[ALGORITHM_SIZE] = {'S', 'c'},
                     blake2b[ALGORITHM_SIZE] = {'B', '2'}, none[ALGORITHM_SIZE] = {0, 0};

static uint64_t
load64(const uint8_t bytes[8])
{
	uint64_t value = 0;

	for (int i = 7; i >= 0; i--)
		value = value << 8 | bytes[i];
	return value;
}

static void
store64(uint8_t bytes[8], uint64_t value)
{
	for (int i = 0; i < 8; i++)
		bytes[i] = value >> 8 * i;
}

void
key_id_text(char text[KEY_ID_SIZE], uint64_t id)
{
	snprintf(text, KEY_ID_SIZE, "%016" PRIX64, id);
}

/* Splits off the next line; its length without LF or CR LF goes to *length. NULL at the end. */
static const char *
line_next(const char **cursor, const char *end, size_t *length)
{
	const char *line = *cursor, *stop;

	if (line == end)
		return NULL;
	stop = memchr(line, '\n', end - line);
	*cursor = stop ? stop + 1 : end;
	if (!stop)
		stop = end;
	if (stop > line && stop[-1] == '\r')
		stop--;
	*length = stop - line;
	return line;
}

static int
form_decode(void *form, size_t form_size, const char *line, size_t length)
{
	size_t size;

	if (sodium_base642bin(form, form_size, line, length, NULL, &size, NULL, sodium_base64_VARIANT_ORIGINAL))
		return -EINVAL;
	return size == form_size ? 0 : -EINVAL;
}

static void
form_encode(char *text, size_t room, const void *form, size_t form_size)
{
	sodium_bin2base64(text, room, form, form_size, sodium_base64_VARIANT_ORIGINAL);
}

/* Reads a key file: a comment line, which may be missing, and a form. */
static int
key_file_decode(void *form, size_t form_size, const char *text, size_t size, const char **comment,
                size_t *comment_length)
{
	const char *cursor = text, *end = text + size, *line;
	size_t length;

	*comment = NULL;
	line = line_next(&cursor, end, &length);
	if (line && length >= sizeof(COMMENT) - 1 && !memcmp(line, COMMENT, sizeof(COMMENT) - 1)) {
		*comment = line;
		*comment_length = length;
		line = line_next(&cursor, end, &length);
	}
	return line ? form_decode(form, form_size, line, length) : -EINVAL;
}

/* Copies the GLOB of "packs: GLOB", the rest of the comment or up to a blank. */
static int
packs_limit(char packs[KEY_GLOB_SIZE], const char *comment, size_t length)
{
	char line[KEY_TEXT_SIZE];
	const char *limit;
	size_t size;

	packs[0] = '\0';
	if (!comment)
		return 0;
	if (length >= sizeof(line))
		return -EINVAL;
	memcpy(line, comment, length);
	line[length] = '\0';
	limit = strstr(line, PACKS_LIMIT);
	if (!limit)
		return 0;
	limit += sizeof(PACKS_LIMIT) - 1;
	size = strcspn(limit, " \t");
	if (size == 0 || size >= KEY_GLOB_SIZE)
		return -EINVAL;
	memcpy(packs, limit, size);
	packs[size] = '\0';
	return 0;
}

int
public_key_parse(struct public_key *key, const char *text, size_t size)
{
	struct public_form form;
	const char *comment;
	size_t length = 0;

	if (key_file_decode(&form, sizeof(form), text, size, &comment, &length) ||
	    memcmp(form.algorithm, ed25519, sizeof(ed25519)))
		return -EINVAL;
	key->id = load64(form.id);
	memcpy(key->bytes, form.key, sizeof(key->bytes));
	return packs_limit(key->packs, comment, length);
}

void
public_key_write(char text[KEY_TEXT_SIZE], const struct public_key *key)
{
	struct public_form form;
	char line[sodium_base64_ENCODED_LEN(sizeof(form), sodium_base64_VARIANT_ORIGINAL)];

	memcpy(form.algorithm, ed25519, sizeof(ed25519));
	store64(form.id, key->id);
	memcpy(form.key, key->bytes, sizeof(form.key));
	form_encode(line, sizeof(line), &form, sizeof(form));
	snprintf(text, KEY_TEXT_SIZE, COMMENT "minisign public key %016" PRIX64 "%s%s\n%s\n", key->id,
	         key->packs[0] ? " " PACKS_LIMIT : "", key->packs, line);
}

static void
sealed_check(uint8_t check[CHECK_SIZE], const struct secret_form *form)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, CHECK_SIZE);
	crypto_generichash_update(&state, form->algorithm, sizeof(form->algorithm));
	crypto_generichash_update(&state, form->sealed.id, sizeof(form->sealed.id));
	crypto_generichash_update(&state, form->sealed.key, sizeof(form->sealed.key));
	crypto_generichash_final(&state, check, CHECK_SIZE);
}

/* Encrypts or decrypts: xors scrypt's stream over the sealed part. */
static int
sealed_xor(struct secret_form *form, const char *password)
{
	uint8_t stream[sizeof(form->sealed)], *bytes = (uint8_t *)&form->sealed;

	if (crypto_pwhash_scryptsalsa208sha256(stream, sizeof(stream), password, strlen(password), form->salt,
	                                       load64(form->operations), load64(form->memory)))
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(stream); i++)
		bytes[i] ^= stream[i];
	sodium_memzero(stream, sizeof(stream));
	return 0;
}

static int
sealed_open(struct secret_form *form, const char *password)
{
	uint8_t check[CHECK_SIZE];
	int error;

	if (!memcmp(form->kdf, none, sizeof(none)))
		return 0;
	if (memcmp(form->kdf, scrypt, sizeof(scrypt)) || memcmp(form->check_algorithm, blake2b, sizeof(blake2b)))
		return -EINVAL;
	if (!password)
		return -EACCES;
	error = sealed_xor(form, password);
	if (error)
		return error;
	sealed_check(check, form);
	return sodium_memcmp(check, form->sealed.check, sizeof(check)) ? -EPERM : 0;
}

int
secret_key_parse(struct secret_key *key, const char *text, size_t size, const char *password)
{
	struct secret_form form;
	const char *comment;
	size_t length;
	int error;

	error = key_file_decode(&form, sizeof(form), text, size, &comment, &length);
	if (!error && memcmp(form.algorithm, ed25519, sizeof(ed25519)))
		error = -EINVAL;
	if (!error)
		error = sealed_open(&form, password);
	if (!error) {
		key->id = load64(form.sealed.id);
		memcpy(key->bytes, form.sealed.key, sizeof(key->bytes));
	}
	sodium_memzero(&form, sizeof(form));
	return error;
}

int
secret_key_write(char text[KEY_TEXT_SIZE], const struct secret_key *key, const char *password)
{
	struct secret_form form = {0};
	char line[sodium_base64_ENCODED_LEN(sizeof(form), sodium_base64_VARIANT_ORIGINAL)];
	int error = 0;

	memcpy(form.algorithm, ed25519, sizeof(ed25519));
	memcpy(form.check_algorithm, blake2b, sizeof(blake2b));
	store64(form.sealed.id, key->id);
	memcpy(form.sealed.key, key->bytes, sizeof(form.sealed.key));
	if (password) {
		memcpy(form.kdf, scrypt, sizeof(scrypt));
		randombytes_buf(form.salt, sizeof(form.salt));
		store64(form.operations, crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_SENSITIVE);
		store64(form.memory, crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_SENSITIVE);
		sealed_check(form.sealed.check, &form);
		error = sealed_xor(&form, password);
	}
	if (!error) {
		form_encode(line, sizeof(line), &form, sizeof(form));
		snprintf(text, KEY_TEXT_SIZE, COMMENT "minisign encrypted secret key\n%s\n", line);
		sodium_memzero(line, sizeof(line));
	}
	sodium_memzero(&form, sizeof(form));
	return error;
}

void
secret_key_generate(struct secret_key *key)
{
	uint8_t public_bytes[crypto_sign_PUBLICKEYBYTES];

	randombytes_buf(&key->id, sizeof(key->id));
	crypto_sign_keypair(public_bytes, key->bytes);
}

void
secret_key_public(const struct secret_key *key, struct public_key *public_key)
{
	*public_key = (struct public_key){.id = key->id};
	memcpy(public_key->bytes, key->bytes + 32, sizeof(public_key->bytes));
}

void
secret_key_wipe(struct secret_key *key)
{
	sodium_memzero(key, sizeof(*key));
}
