/*
 * hashes.h - MD5, SHA-1 and SHA-256 of the same bytes, by the system's library.
 */
#ifndef HASHES_H
#define HASHES_H

#include <stddef.h>
#include <stdint.h>

enum { HASHES_MD5_SIZE = 16, HASHES_SHA1_SIZE = 20, HASHES_SHA256_SIZE = 32 };

struct hasher;

struct hasher *hasher_new(void);         /* NULL: no memory, or the library does not have one of them */
void hasher_free(struct hasher *hasher); /* NULL is fine */
void hasher_begin(struct hasher *hasher);
void hasher_add(struct hasher *hasher, const void *bytes, size_t size);
/* Of what was added since hasher_begin. 0, or -ENOTSUP: the library refused, and nothing is filled. */
int hasher_end(struct hasher *hasher, uint8_t md5[HASHES_MD5_SIZE], uint8_t sha1[HASHES_SHA1_SIZE],
               uint8_t sha256[HASHES_SHA256_SIZE]);
#endif
