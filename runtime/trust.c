/*
 * trust.c - signatures over packs: written, and verified against a ring of public keys.
 */
#include "trust.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "minisign.h"

#define UNTRUSTED "untrusted comment: signature of an rsnl pack\n"
#define TRUSTED "trusted comment: "

enum {
	HASH_SIZE = 64,
	SIGNATURE_SIZE = 64,
	COMMENT_SIZE = 128, /* room for the trusted comment */
	SIGNATURE_LINE = 100,
	GLOBAL_LINE = 88,
};

struct signature_form { /* minisign's, in base64 the text's second line */
	uint8_t algorithm[2]; /* "ED": prehashed */
	uint8_t id[8];        /* little-endian */
	uint8_t signature[SIGNATURE_SIZE];
};

_Static_assert(sizeof(struct signature_form) == 74, "minisign's signature");

static const uint8_t prehashed[2] = {'E', 'D'};

int
keyring_add(struct keyring *ring, const struct public_key *key)
{
	struct public_key *keys = realloc(ring->keys, (ring->count + 1) * sizeof(*keys));

	if (!keys)
		return -ENOMEM;
	ring->keys = keys;
	keys[ring->count++] = *key;
	return 0;
}

void
keyring_done(struct keyring *ring)
{
	free(ring->keys);
	*ring = (struct keyring){.place = ring->place};
}

/* What the global signature is over: the first signature, then the trusted comment. Returns its size. */
static size_t
global_message(uint8_t message[SIGNATURE_SIZE + COMMENT_SIZE], const struct signed_pack *pack,
               const uint8_t signature[SIGNATURE_SIZE])
{
	char *comment = (char *)message + SIGNATURE_SIZE;

	memcpy(message, signature, SIGNATURE_SIZE);
	return SIGNATURE_SIZE + snprintf(comment, COMMENT_SIZE, "rsnl pack %.47s serial %" PRIu64, pack->name,
	                                 pack->serial);
}

/* The text that these two signatures have. Returns its length. */
static size_t
signature_text(char text[TRUST_TEXT_SIZE], const struct signed_pack *pack, const struct signature_form *form,
               const uint8_t global[SIGNATURE_SIZE])
{
	uint8_t message[SIGNATURE_SIZE + COMMENT_SIZE];
	char first[SIGNATURE_LINE + 1], last[GLOBAL_LINE + 1];

	global_message(message, pack, form->signature);
	sodium_bin2base64(first, sizeof(first), (const uint8_t *)form, sizeof(*form), sodium_base64_VARIANT_ORIGINAL);
	sodium_bin2base64(last, sizeof(last), global, SIGNATURE_SIZE, sodium_base64_VARIANT_ORIGINAL);
	return snprintf(text, TRUST_TEXT_SIZE, UNTRUSTED "%s\n" TRUSTED "%s\n%s\n", first,
	                (const char *)message + SIGNATURE_SIZE, last);
}

size_t
trust_sign(char text[TRUST_TEXT_SIZE], const struct signed_pack *pack, const struct secret_key *key)
{
	uint8_t hash[HASH_SIZE], global[SIGNATURE_SIZE], message[SIGNATURE_SIZE + COMMENT_SIZE];
	struct signature_form form;

	memcpy(form.algorithm, prehashed, sizeof(prehashed));
	for (size_t i = 0; i < sizeof(form.id); i++)
		form.id[i] = key->id >> 8 * i;
	crypto_generichash(hash, sizeof(hash), pack->data, pack->size, NULL, 0);
	crypto_sign_detached(form.signature, NULL, hash, sizeof(hash), key->bytes);
	crypto_sign_detached(global, NULL, message, global_message(message, pack, form.signature), key->bytes);
	return signature_text(text, pack, &form, global);
}

/* Finds the two base64 lines by their places; whether all else is right, a comparison with the text made anew says. */
static int
signature_decode(struct signature_form *form, uint8_t global[SIGNATURE_SIZE], const char *text, size_t size)
{
	const size_t start = sizeof(UNTRUSTED) - 1;
	size_t length;

	if (size < start + SIGNATURE_LINE + GLOBAL_LINE + 1 ||
	    sodium_base642bin((uint8_t *)form, sizeof(*form), text + start, SIGNATURE_LINE, NULL, &length, NULL,
	                      sodium_base64_VARIANT_ORIGINAL) ||
	    length != sizeof(*form) || memcmp(form->algorithm, prehashed, sizeof(prehashed)))
		return -EINVAL;
	if (sodium_base642bin(global, SIGNATURE_SIZE, text + size - GLOBAL_LINE - 1, GLOBAL_LINE, NULL, &length, NULL,
	                      sodium_base64_VARIANT_ORIGINAL) ||
	    length != SIGNATURE_SIZE)
		return -EINVAL;
	return 0;
}

static uint64_t
form_id(const struct signature_form *form)
{
	uint64_t id = 0;

	for (int i = sizeof(form->id) - 1; i >= 0; i--)
		id = id << 8 | form->id[i];
	return id;
}

int
trust_signer(const char *text, size_t size, uint64_t *id)
{
	struct signature_form form;
	uint8_t global[SIGNATURE_SIZE];

	if (signature_decode(&form, global, text, size))
		return -EINVAL;
	*id = form_id(&form);
	return 0;
}

static int
glob_fits(const char *glob, const char *name)
{
	const char *star = NULL, *resume = NULL;

	while (*name) {
		if (*glob == '*') {
			star = glob++;
			resume = name;
		} else if (*glob == '?' || *glob == *name) {
			glob++;
			name++;
		} else if (star) {
			glob = star + 1;
			name = ++resume;
		} else {
			return 0;
		}
	}
	while (*glob == '*')
		glob++;
	return *glob == '\0';
}

/* Says that the ring lacks a key, and what to do. */
static void
unknown_key_explain(char why[TRUST_WHY_SIZE], const struct keyring *ring, uint64_t id)
{
	int used;

	used = snprintf(why, TRUST_WHY_SIZE, "made by key %016" PRIX64 ", ", id);
	if (ring->place) {
		snprintf(why + used, TRUST_WHY_SIZE - used, "not in %.64s; to trust it: cp NAME.pub %.64s/", ring->place,
		         ring->place);
		return;
	}
	used += snprintf(why + used, TRUST_WHY_SIZE - used, "which was not given");
	for (size_t i = 0; i < ring->count && i < 4; i++)
		used += snprintf(why + used, TRUST_WHY_SIZE - used, "%s%016" PRIX64, i ? ", " : " (have: ",
		                 ring->keys[i].id);
	if (ring->count)
		snprintf(why + used, TRUST_WHY_SIZE - used, "%s)", ring->count > 4 ? ", ..." : "");
}

static const struct public_key *
keyring_find(const struct keyring *ring, uint64_t id)
{
	for (size_t i = 0; i < ring->count; i++)
		if (ring->keys[i].id == id)
			return &ring->keys[i];
	return NULL;
}

static int
signatures_fit(const struct signed_pack *pack, const struct signature_form *form,
               const uint8_t global[SIGNATURE_SIZE], const struct public_key *key)
{
	uint8_t hash[HASH_SIZE], message[SIGNATURE_SIZE + COMMENT_SIZE];
	size_t size = global_message(message, pack, form->signature);

	crypto_generichash(hash, sizeof(hash), pack->data, pack->size, NULL, 0);
	return !crypto_sign_verify_detached(form->signature, hash, sizeof(hash), key->bytes) &&
	       !crypto_sign_verify_detached(global, message, size, key->bytes);
}

int
trust_verify(const struct signed_pack *pack, const char *text, size_t size, const struct keyring *ring,
             char why[TRUST_WHY_SIZE])
{
	struct signature_form form;
	uint8_t global[SIGNATURE_SIZE];
	char legal[TRUST_TEXT_SIZE];
	const struct public_key *key;

	if (size == 0) {
		snprintf(why, TRUST_WHY_SIZE, "unsigned; rsnlc sign -k KEY signs it; packs.unsigned: true in the config, or "
		         "--unsigned for replay, takes it as it is");
		return -1;
	}
	if (signature_decode(&form, global, text, size)) {
		snprintf(why, TRUST_WHY_SIZE, "signature text is not in its one legal form");
		return -1;
	}
	key = keyring_find(ring, form_id(&form));
	if (!key) {
		unknown_key_explain(why, ring, form_id(&form));
		return -1;
	}
	if (!signatures_fit(pack, &form, global, key)) {
		snprintf(why, TRUST_WHY_SIZE, "bytes do not match the signature");
		return -1;
	}
	if (signature_text(legal, pack, &form, global) != size || memcmp(legal, text, size)) {
		snprintf(why, TRUST_WHY_SIZE, "signature text is not in its one legal form");
		return -1;
	}
	if (key->packs[0] && !glob_fits(key->packs, pack->name)) {
		snprintf(why, TRUST_WHY_SIZE, "key %016" PRIX64 " may only sign packs called %s", key->id, key->packs);
		return -1;
	}
	return 0;
}
