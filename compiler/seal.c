/*
 * seal.c - sections, zstd, header, signature: the bytes of a pack.
 */
#include "packfile.h"
#include "diag.h"
#include "ir.h"

#include "seal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ZSTD_STATIC_LINKING_ONLY /* for ZSTD_c_literalCompressionMode */
#include <zstd.h>

#include "arena.h"
#include "body.h"
#include "image.h"
#include "pack.h"
#include "tables.h"
#include "trust.h"

/* Levels of zstd. Two more make SigmaHQ's pack 1 % smaller in half as much time again. What is hashes of indicators for
 * the most part does not get smaller: the other level makes it 3 % larger, and unpacks it four times as fast. */
enum { LEVEL = 7, LEVEL_HASHES = -1 };
/* Made to be unpacked fast: nothing is repeated from farther back than a processor's cache reaches, nor so short that it
 * is not worth it, and the rest stands as it is. SigmaHQ's pack is a fifth larger for it and unpacked in 3/4 of the time.
 * A library that knows one of them no more refuses it, which costs that speed and nothing else. */
static const struct { ZSTD_cParameter parameter; int value; } fast[] = {
	{ZSTD_c_windowLog, 18}, {ZSTD_c_minMatch, 7}, {ZSTD_c_literalCompressionMode, ZSTD_ps_disable},
};
/* Threads, each over so many bytes at a time, which makes a pack 0.2 % larger. The pack is the same for any number but 0. */
enum { PACKERS = 2, PACKER_BYTES = 4 << 20 };

int
seal_name_check(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t size = strlen(name);

	if (size == 0 || size > PACK_NAME_MAX || !strchr(letters, name[0]))
		return -EINVAL;
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-")] ? -EINVAL : 0;
}

/* All sections, unpacked, checked as the runtime will check them. */
static void *
body_make(struct arena *arena, const struct seal_request *request, const struct pack_header *header, size_t *size,
          char text[256])
{
	struct body *body = body_new(arena);
	struct ir_text manifest = manifest_write(arena, request);
	struct pack_tables tables;
	void *bytes;

	body_add(body, PACK_MANIFEST, manifest.data, manifest.size);
	tables_write(body, request->pack, request->needs, request->yara);
	for (size_t i = 0; i < request->image_count; i++) {
		const struct image *image = &request->images[i];
		const struct pack_image head = {.target = image->target, .entry = image->entry, .size = image->size,
		                                .code_size = image->code_size};

		body_add_image(body, &head, image->bytes);
	}
	if (request->data_size > 0)
		body_add(body, PACK_DATA, request->data, request->data_size);
	bytes = body_finish(body, size);
	if (*size > PACK_UNPACKED_MAX) {
		snprintf(text, 256, "pack unpacks to %zu bytes, more than %d MiB", *size, PACK_UNPACKED_MAX >> 20);
		return NULL;
	}
	if (pack_tables_check(&tables, header, bytes, *size, text, 256))
		return NULL;
	return bytes;
}

static void
header_fill(struct pack_header *header, const struct seal_request *request)
{
	*header = (struct pack_header){
		.format = PACK_FORMAT,
		.header_size = sizeof(*header),
		.serial = request->serial,
		.built = request->built,
		.expires = request->expires,
		.abi = PACK_ABI,
		.scratch_size = request->scratch_size,
		.scratch_align = request->scratch_align,
		.hits_max = request->hits_max,
	};
	memcpy(header->magic, PACK_MAGIC, sizeof(header->magic));
	memcpy(header->name, request->pack->name.data, request->pack->name.size);
	for (size_t i = 0; i < request->image_count; i++)
		header->targets |= request->images[i].target;
}

void
seal_sign(struct arena *arena, const void *pack, size_t signed_size, const struct secret_key *key, void **bytes,
          size_t *size)
{
	const struct pack_header *header = pack;
	const struct signed_pack subject = {pack, signed_size, header->name, header->serial};
	char text[TRUST_TEXT_SIZE];
	size_t text_size = trust_sign(text, &subject, key);
	char *copy = arena_alloc(arena, signed_size + text_size);

	memcpy(copy, pack, signed_size);
	memcpy(copy + signed_size, text, text_size);
	*bytes = copy;
	*size = signed_size + text_size;
}

/* Returns the size, or an error of zstd. Where there can be no threads, there is one. */
static size_t
body_pack(void *out, size_t room, const void *body, size_t size, int level)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();
	size_t packed;

	if (!context)
		return ZSTD_compress(out, room, body, size, level);
	ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
	for (size_t i = 0; i < sizeof(fast) / sizeof(*fast); i++)
		ZSTD_CCtx_setParameter(context, fast[i].parameter, fast[i].value);
	if (!ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_nbWorkers, PACKERS)))
		ZSTD_CCtx_setParameter(context, ZSTD_c_jobSize, PACKER_BYTES);
	packed = ZSTD_compress2(context, out, room, body, size);
	if (ZSTD_isError(packed)) {
		ZSTD_CCtx_reset(context, ZSTD_reset_session_only);
		ZSTD_CCtx_setParameter(context, ZSTD_c_nbWorkers, 0);
		packed = ZSTD_compress2(context, out, room, body, size);
	}
	ZSTD_freeCCtx(context);
	return packed;
}

int
seal_pack(struct arena *arena, const struct seal_request *request, void **bytes, size_t *size, char text[256])
{
	struct pack_header header;
	size_t unpacked, room, packed;
	void *body, *whole;

	header_fill(&header, request);
	body = body_make(arena, request, &header, &unpacked, text);
	if (!body)
		return -1;
	room = ZSTD_compressBound(unpacked);
	whole = arena_alloc(arena, sizeof(header) + room);
	packed = body_pack((char *)whole + sizeof(header), room, body, unpacked,
	                   request->data_size > unpacked / 2 ? LEVEL_HASHES : LEVEL);
	if (ZSTD_isError(packed)) {
		snprintf(text, 256, "zstd: %s", ZSTD_getErrorName(packed));
		return -1;
	}
	header.body_size = packed;
	header.unpacked_size = unpacked;
	memcpy(whole, &header, sizeof(header));
	*bytes = whole;
	*size = sizeof(header) + packed;
	if (request->key)
		seal_sign(arena, whole, *size, request->key, bytes, size);
	return 0;
}
