/*
 * hashes_linux.c - hashes.h by libcrypto.
 */
#include "hashes.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>

enum { KINDS = 3 };

struct hasher {
	EVP_MD_CTX *contexts[KINDS];
	int failed;
};

struct hasher *
hasher_new(void)
{
	struct hasher *hasher = calloc(1, sizeof(*hasher));

	for (int i = 0; hasher && i < KINDS; i++) {
		hasher->contexts[i] = EVP_MD_CTX_new();
		if (!hasher->contexts[i]) {
			hasher_free(hasher);
			hasher = NULL;
		}
	}
	return hasher;
}

void
hasher_free(struct hasher *hasher)
{
	if (!hasher)
		return;
	for (int i = 0; i < KINDS; i++)
		EVP_MD_CTX_free(hasher->contexts[i]);
	free(hasher);
}

void
hasher_begin(struct hasher *hasher)
{
	const EVP_MD *kinds[KINDS] = {EVP_md5(), EVP_sha1(), EVP_sha256()};

	hasher->failed = 0;
	for (int i = 0; i < KINDS; i++)
		hasher->failed |= !EVP_DigestInit_ex(hasher->contexts[i], kinds[i], NULL);
}

void
hasher_add(struct hasher *hasher, const void *bytes, size_t size)
{
	for (int i = 0; !hasher->failed && i < KINDS; i++)
		hasher->failed = !EVP_DigestUpdate(hasher->contexts[i], bytes, size);
}

int
hasher_end(struct hasher *hasher, uint8_t md5[HASHES_MD5_SIZE], uint8_t sha1[HASHES_SHA1_SIZE],
           uint8_t sha256[HASHES_SHA256_SIZE])
{
	uint8_t *digests[KINDS] = {md5, sha1, sha256};

	if (hasher->failed)
		return -ENOTSUP;
	for (int i = 0; i < KINDS; i++)
		EVP_DigestFinal_ex(hasher->contexts[i], digests[i], NULL);
	return 0;
}
