/*
 * seal.h - tables, images and rules -> the bytes of a pack: sections, zstd, header, signature (pack.5).
 *
 * Include diag.h and ir.h first.
 */
#ifndef SEAL_H
#define SEAL_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct emit_needs;
struct image;
struct left_out;
struct secret_key;
struct yara_result;

struct seal_request {
	const struct ir_pack *pack; /* as emit saw it */
	const struct image *images; /* one a target, ascending */
	size_t image_count;
	const struct yara_result *yara; /* NULL: none */
	const struct emit_needs *needs; /* of emit */
	const void *data;           /* of emit */
	size_t data_size;
	uint32_t scratch_size, scratch_align, hits_max;
	size_t indicator_count;
	const struct left_out *left_out;
	size_t left_out_count;
	uint64_t serial, built, expires;
	const struct secret_key *key; /* NULL: unsigned */
};

/* Same request, same bytes. The bytes live in the arena. 0, or -1 with text filled. */
int seal_pack(struct arena *arena, const struct seal_request *request, void **bytes, size_t *size, char text[256]);
/* Puts a signature behind header and body, in place of what is there. The new bytes live in the arena. */
void seal_sign(struct arena *arena, const void *pack, size_t signed_size, const struct secret_key *key, void **bytes,
               size_t *size);

/* 0, or -EINVAL: not a name for a pack (pack.5). */
int seal_name_check(const char *name);

/* The manifest (pack.5) as JSON text in the arena. */
struct ir_text manifest_write(struct arena *arena, const struct seal_request *request);
#endif
