/* detector.c - a pack from its bytes to callable code, in the order of trust (pack.5). */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "detector.h"
#include "os.h"
#include "pack.h"
#include "packfile.h"
#include "record_kinds.h"
#include "trust.h"

#if defined(__x86_64__)
enum { TARGET = PACK_X86_64 };
#elif defined(__aarch64__)
enum { TARGET = PACK_AARCH64 };
#endif

enum { SCRATCH_MAX = 64 << 20, HITS_MAX = 1 << 20 };

struct detector {
	struct pack_header header;
	struct pack_tables tables;
	void *body;
	pack_match_fn *match;
};

static const char *const target_names[] = { "x86_64", "aarch64" };

const char *
check_name(enum check check)
{
	static const char *const names[] = { "size", "signature", "target", "serial", "decompress", "tables", "image",
		"vectors", "crash" };

	return names[check];
}

__attribute__((format(printf, 3, 4))) static int
refuse(struct refusal *why, enum check check, const char *format, ...)
{
	va_list args;

	why->check = check;
	va_start(args, format);
	vsnprintf(why->text, sizeof why->text, format, args);
	va_end(args);
	return -1;
}

static int
check_size(const void *file, size_t size, const struct trust_policy *policy, struct refusal *why)
{
	struct pack_header header;

	why->check = CHECK_SIZE;
	if (pack_header_check(file, size, why->text, sizeof why->text))
		return -1;
	memcpy(&header, file, sizeof header);
	if (header.unpacked_size > policy->unpacked_max)
		return refuse(why, CHECK_SIZE, "unpacks to %llu bytes, more than packs.max_size of %llu",
		              (unsigned long long)header.unpacked_size, (unsigned long long)policy->unpacked_max);
	return 0;
}

static int
check_signature(const void *file, size_t size, const struct trust_policy *policy, struct refusal *why)
{
	struct signed_pack pack = { file, 0, NULL, 0 };
	struct pack_header header;
	size_t rest;

	memcpy(&header, file, sizeof header);
	pack.size = sizeof header + header.body_size;
	pack.name = header.name;
	pack.serial = header.serial;
	rest = size - pack.size;
	if (!rest && policy->allow_unsigned)
		return 0;
	why->check = CHECK_SIGNATURE;
	return trust_verify(&pack, (const char *)file + pack.size, rest, policy->keys, why->text);
}

static int
check_target(const struct pack_header *header, struct refusal *why)
{
	int other = header->targets & PACK_AARCH64 ? 1 : 0;

	if (header->abi != PACK_ABI)
		return refuse(why, CHECK_TARGET, "ABI %u, this agent speaks %u", header->abi, PACK_ABI);
	if (!(header->targets & TARGET))
		return refuse(why, CHECK_TARGET, "has %s, this is %s", header->targets ? target_names[other] : "no image",
		              target_names[__builtin_ctz(TARGET)]);
	return 0;
}

static int
check_serial(const struct pack_header *header, const struct trust_policy *policy, struct refusal *why)
{
	if (header->serial < policy->newest_serial && !policy->allow_older)
		return refuse(why, CHECK_SERIAL, "%llu is older than %llu (rsnl swap --allow-older)",
		              (unsigned long long)header->serial, (unsigned long long)policy->newest_serial);
	if (header->expires && policy->now > header->expires)
		return refuse(why, CHECK_SERIAL, "expired at %llu, it is %llu", (unsigned long long)header->expires,
		              (unsigned long long)policy->now);
	return 0;
}

int
pack_verify(const void *file, size_t size, const struct trust_policy *policy, struct refusal *why)
{
	struct pack_header header;

	if (check_size(file, size, policy, why) || check_signature(file, size, policy, why))
		return -1;
	memcpy(&header, file, sizeof header);
	return check_target(&header, why) || check_serial(&header, policy, why) ? -1 : 0;
}

/* Unpacks exactly header.unpacked_size bytes. */
static int
unpack(struct detector *d, const char *frame, struct refusal *why)
{
	unsigned long long size = ZSTD_getFrameContentSize(frame, d->header.body_size);
	size_t length = ZSTD_findFrameCompressedSize(frame, d->header.body_size), n;

	if (ZSTD_isError(length) || length != d->header.body_size)
		return refuse(why, CHECK_DECOMPRESS, "the body is not one whole zstd frame");
	if (size != d->header.unpacked_size)
		return refuse(why, CHECK_DECOMPRESS, "the frame does not unpack to %llu bytes",
		              (unsigned long long)d->header.unpacked_size);
	d->body = os_pages_new(d->header.unpacked_size + 1);
	if (!d->body)
		return refuse(why, CHECK_DECOMPRESS, "no memory for %llu bytes", size);
	n = ZSTD_decompress(d->body, d->header.unpacked_size, frame, d->header.body_size);
	if (ZSTD_isError(n))
		return refuse(why, CHECK_DECOMPRESS, "%s", ZSTD_getErrorName(n));
	if (n != d->header.unpacked_size)
		return refuse(why, CHECK_DECOMPRESS, "unpacked to %zu bytes, not %llu", n, size);
	return 0;
}

static int
check_tables(struct detector *d, struct refusal *why)
{
	const struct pack_header *h = &d->header;

	why->check = CHECK_TABLES;
	if (!h->scratch_align || h->scratch_align & (h->scratch_align - 1) || h->scratch_align > 4096)
		return refuse(why, CHECK_TABLES, "scratch alignment is %u", h->scratch_align);
	if (h->scratch_size > SCRATCH_MAX || h->hits_max > HITS_MAX)
		return refuse(why, CHECK_TABLES, "scratch of %u bytes, %u hits", h->scratch_size, h->hits_max);
	return pack_tables_check(&d->tables, h, d->body, h->unpacked_size, why->text, sizeof why->text);
}

/* What flat bytes can show; rsnlc proved the rest before it signed them. The image runs where it was unpacked. */
static int
run_image(struct detector *d, struct refusal *why)
{
	const struct pack_image *image = d->tables.images[__builtin_ctz(TARGET)];
	char *bytes;
	int error;

	if (!image)
		return refuse(why, CHECK_IMAGE, "no image for this machine");
	if (!image->size || image->size % PACK_IMAGE_ALIGN || image->size > PACK_IMAGE_MAX)
		return refuse(why, CHECK_IMAGE, "is %llu bytes", (unsigned long long)image->size);
	if (!image->code_size || image->code_size > image->size || image->code_size % PACK_IMAGE_ALIGN)
		return refuse(why, CHECK_IMAGE, "has %llu bytes of code in %llu", (unsigned long long)image->code_size,
		              (unsigned long long)image->size);
	if (image->entry >= image->code_size)
		return refuse(why, CHECK_IMAGE, "entry lies outside the code");
	bytes = (char *)image + image->offset;
	error = os_pages_run(bytes, image->code_size);
	if (error)
		return refuse(why, CHECK_IMAGE, "cannot be run: %s", os_errno_name(-error));
	d->match = (pack_match_fn *)(bytes + image->entry);
	return 0;
}

/* Nothing is written from now on; images of other machines, or all, are not read either. */
static int
seal_body(const struct detector *d, int tables_only, struct refusal *why)
{
	uint32_t bit;
	int error;

	for (bit = 0; bit < sizeof d->tables.images / sizeof *d->tables.images; ++bit)
		if (d->tables.images[bit] && (tables_only || 1u << bit != TARGET))
			os_pages_drop((char *)d->tables.images[bit] + d->tables.images[bit]->offset, d->tables.images[bit]->size);
	error = os_pages_seal(d->body, d->header.unpacked_size + 1);
	return error ? refuse(why, CHECK_DECOMPRESS, "cannot be sealed: %s", os_errno_name(-error)) : 0;
}

int
detector_open(struct detector **detector, const void *file, size_t size, const struct trust_policy *policy,
              struct refusal *why)
{
	struct detector *d;

	if (pack_verify(file, size, policy, why))
		return -1;
	d = calloc(1, sizeof *d);
	if (!d)
		return refuse(why, CHECK_DECOMPRESS, "no memory");
	memcpy(&d->header, file, sizeof d->header);
	if (unpack(d, (const char *)file + sizeof d->header, why) || check_tables(d, why) ||
	    seal_body(d, policy->tables_only, why) || (!policy->tables_only && run_image(d, why))) {
		detector_close(d);
		return -1;
	}
	*detector = d;
	return 0;
}

void
detector_close(struct detector *detector)
{
	if (!detector)
		return;
	os_pages_free(detector->body, detector->header.unpacked_size + 1);
	free(detector);
}

const struct pack_header *
detector_header(const struct detector *detector)
{
	return &detector->header;
}

const struct pack_tables *
detector_tables(const struct detector *detector)
{
	return &detector->tables;
}

static int
is_live(const struct pack_tables *tables, const struct pack_route *route, const char *system)
{
	return route->flags & PACK_ROUTE_LIVE &&
	       (!system || !route->product.size || !strcmp(pack_text_data(tables, route->product), system));
}

void
detector_info(const struct detector *detector, const char *system, struct detector_info *info)
{
	const struct pack_tables *t = &detector->tables;
	const struct pack_header *h = &detector->header;
	uint32_t i, j;
	int kind;

	*info = (struct detector_info){ h->name, h->serial, h->built, h->expires, t->rule_count, 0, 0 };
	for (i = 0; i < t->route_count; ++i) {
		const struct pack_route *route = &t->routes[i];

		kind = record_kind_number(pack_text_data(t, route->kind), route->kind.size);
		if (!is_live(t, route, system) || kind <= 0)
			continue;
		info->kinds |= 1ull << kind;
		for (j = 0; j < route->groups.count; ++j)
			if (t->groups[t->indices[route->groups.first + j]].flags & PACK_GROUP_LATE)
				info->late_kinds |= 1ull << kind;
	}
}

const void *
detector_section(const struct detector *detector, uint32_t type, size_t *size)
{
	const char *at = detector->body, *end = at + detector->header.unpacked_size;

	while (at < end) {
		const struct pack_section *section = (const void *)at;

		*size = section->size;
		if (section->type == type)
			return section + 1;
		at += sizeof *section + ((section->size + 7) & ~(uint64_t)7);
	}
	*size = 0;
	return NULL;
}

uint32_t
detector_match(const struct detector *detector, const struct event *event, uint32_t group, void *scratch,
               struct hit *hits)
{
	return detector->match(event, group, detector->tables.data, scratch, hits);
}

void *
detector_scratch_new(const struct detector *detector)
{
	size_t align = detector->header.scratch_align < 64 ? 64 : detector->header.scratch_align;
	size_t size = (detector->header.scratch_size + align - 1) / align * align;
	void *scratch = os_aligned_new(align, size ? size : align);

	if (scratch)
		memset(scratch, 0, size);
	return scratch;
}

void
detector_scratch_free(void *scratch)
{
	os_aligned_free(scratch);
}
