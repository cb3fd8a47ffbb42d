/*
 * hashes_windows.c - hashes.h by CNG (bcrypt.dll).
 */
#include "hashes.h"

#include <errno.h>
#include <stdlib.h>
#include <windows.h>

#include <bcrypt.h>

enum { KINDS = 3 };

struct hasher {
	BCRYPT_ALG_HANDLE providers[KINDS];
	BCRYPT_HASH_HANDLE hashes[KINDS]; /* NULL: not begun */
	int failed;
};

struct hasher *
hasher_new(void)
{
	const wchar_t *const kinds[KINDS] = {BCRYPT_MD5_ALGORITHM, BCRYPT_SHA1_ALGORITHM, BCRYPT_SHA256_ALGORITHM};
	struct hasher *hasher = calloc(1, sizeof(*hasher));

	for (int i = 0; hasher && i < KINDS; i++) {
		if (BCryptOpenAlgorithmProvider(&hasher->providers[i], kinds[i], NULL, 0)) {
			hasher->providers[i] = NULL;
			hasher_free(hasher);
			hasher = NULL;
		}
	}
	return hasher;
}

static void
hashes_end(struct hasher *hasher)
{
	for (int i = 0; i < KINDS; i++) {
		if (hasher->hashes[i])
			BCryptDestroyHash(hasher->hashes[i]);
		hasher->hashes[i] = NULL;
	}
}

void
hasher_free(struct hasher *hasher)
{
	if (!hasher)
		return;
	hashes_end(hasher);
	for (int i = 0; i < KINDS; i++) {
		if (hasher->providers[i])
			BCryptCloseAlgorithmProvider(hasher->providers[i], 0);
	}
	free(hasher);
}

void
hasher_begin(struct hasher *hasher)
{
	hashes_end(hasher);
	hasher->failed = 0;
	for (int i = 0; !hasher->failed && i < KINDS; i++)
		hasher->failed = BCryptCreateHash(hasher->providers[i], &hasher->hashes[i], NULL, 0, NULL, 0, 0) != 0;
}

void
hasher_add(struct hasher *hasher, const void *bytes, size_t size)
{
	for (int i = 0; !hasher->failed && i < KINDS; i++)
		hasher->failed = BCryptHashData(hasher->hashes[i], (void *)bytes, (ULONG)size, 0) != 0;
}

int
hasher_end(struct hasher *hasher, uint8_t md5[HASHES_MD5_SIZE], uint8_t sha1[HASHES_SHA1_SIZE],
           uint8_t sha256[HASHES_SHA256_SIZE])
{
	uint8_t *const digests[KINDS] = {md5, sha1, sha256};
	const ULONG sizes[KINDS] = {HASHES_MD5_SIZE, HASHES_SHA1_SIZE, HASHES_SHA256_SIZE};

	for (int i = 0; !hasher->failed && i < KINDS; i++)
		hasher->failed = BCryptFinishHash(hasher->hashes[i], digests[i], sizes[i], 0) != 0;
	hashes_end(hasher);
	return hasher->failed ? -ENOTSUP : 0;
}
