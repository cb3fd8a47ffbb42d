/*
 * Every byte of a small signed pack is flipped in turn: each one is refused by name and none crashes. The same inside
 * the unpacked body, where no signature helps: opening may take or refuse it, but not crash.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>
#include <zstd.h>

#include "detector.h"
#include "packfile.h"
#include "small_pack.h"

static const char rules[] =
	"title: Netcat\n"
	"id: 7f734ed0-4f47-46c0-837f-6ee62505abd9\n"
	"status: test\n"
	"level: high\n"
	"logsource: {product: linux, category: process_creation}\n"
	"detection:\n"
	"  selection: {Image|endswith: /nc}\n"
	"  condition: selection\n"
	NETCAT_CORRELATIONS;

static int
setup(void **state)
{
	return fixture_new(state, rules);
}

static int
open_pack(const struct fixture *f, const void *bytes, size_t size, int allow_unsigned, struct refusal *why)
{
	const struct trust_policy policy = {.keys = &f->ring, .allow_unsigned = allow_unsigned,
	                                    .unpacked_max = PACK_UNPACKED_MAX};
	struct detector *detector;
	int error = detector_open(&detector, bytes, size, &policy, why);

	if (!error)
		detector_close(detector);
	return error;
}

static void
good_pack_is_taken(void **state)
{
	struct fixture *f = *state;
	struct refusal why;

	if (open_pack(f, f->pack, f->size, 0, &why))
		fail_msg("refused at %s: %s", check_name(why.check), why.text);
}

static void
every_flipped_byte_is_refused_by_name(void **state)
{
	struct fixture *f = *state;
	struct refusal why;

	for (size_t i = 0; i < f->size; i++) {
		f->pack[i] ^= 1 << i % 8;
		memset(&why, 0xff, sizeof(why));
		if (!open_pack(f, f->pack, f->size, 0, &why))
			fail_msg("byte %zu flipped: taken", i);
		if ((why.check != CHECK_SIZE && why.check != CHECK_SIGNATURE) || !why.text[0] ||
		    !memchr(why.text, '\0', sizeof(why.text)))
			fail_msg("byte %zu flipped: refused at %d", i, why.check);
		f->pack[i] ^= 1 << i % 8;
	}
}

static void
every_cut_is_refused_by_name(void **state)
{
	struct fixture *f = *state;
	struct refusal why;

	for (size_t size = 0; size < f->size; size++) {
		uint8_t *part = malloc(size + 1);

		memcpy(part, f->pack, size);
		if (!open_pack(f, part, size, 0, &why) || why.check > CHECK_SIGNATURE)
			fail_msg("cut to %zu bytes: %s", size, check_name(why.check));
		free(part);
	}
}

/* A pack without signature around another body. */
static uint8_t *
repack(const struct fixture *f, const void *body, size_t body_size, size_t *size)
{
	const size_t room = ZSTD_compressBound(body_size);
	struct pack_header header;
	uint8_t *pack = malloc(sizeof(header) + room);

	memcpy(&header, f->pack, sizeof(header));
	header.body_size = ZSTD_compress(pack + sizeof(header), room, body, body_size, 1);
	memcpy(pack, &header, sizeof(header));
	*size = sizeof(header) + header.body_size;
	return pack;
}

static void
flipped_body_never_crashes(void **state)
{
	struct fixture *f = *state;
	const struct pack_header *header = (const void *)f->pack;
	uint8_t *body = malloc(header->unpacked_size), *pack;
	struct pack_tables tables;
	struct refusal why;
	char text[256];
	size_t size, before, behind; /* the image's code and constants are not tables */

	assert_int_equal(ZSTD_decompress(body, header->unpacked_size, header + 1, header->body_size),
	                 header->unpacked_size);
	assert_int_equal(pack_tables_check(&tables, header, body, header->unpacked_size, text, sizeof(text)), 0);
	before = (const uint8_t *)tables.images[tables.images[0] ? 0 : 1] - body;
	behind = (const uint8_t *)tables.correlations - body - sizeof(struct pack_section);
	for (size_t i = 0; i < header->unpacked_size; i = i + 1 == before ? behind : i + 1) {
		body[i] ^= 1 << i % 8;
		pack = repack(f, body, header->unpacked_size, &size);
		memset(&why, 0xff, sizeof(why));
		if (open_pack(f, pack, size, 1, &why) &&
		    (why.check < CHECK_DECOMPRESS || why.check > CHECK_IMAGE || !why.text[0]))
			fail_msg("body byte %zu flipped: refused at %d", i, why.check);
		free(pack);
		body[i] ^= 1 << i % 8;
	}
	free(body);
}

/* Only what this system has is collected for a pack. */
static void
kinds_are_those_of_the_system(void **state)
{
	struct fixture *f = *state;
	const struct trust_policy policy = {.keys = &f->ring, .unpacked_max = PACK_UNPACKED_MAX};
	struct detector_info any, ours, others;
	struct detector *detector;
	struct refusal why;

	assert_int_equal(detector_open(&detector, f->pack, f->size, &policy, &why), 0);
	detector_info(detector, NULL, &any);
	detector_info(detector, "linux", &ours);
	detector_info(detector, "windows", &others);
	detector_close(detector);
	assert_true(any.kinds != 0);
	assert_int_equal(ours.kinds, any.kinds);
	assert_int_equal(others.kinds, 0);
}

/* The kernel refuses to write where a page may not be written. */
static void
open_pack_is_read_only(void **state)
{
	struct fixture *f = *state;
	const struct trust_policy policy = {.keys = &f->ring, .unpacked_max = PACK_UNPACKED_MAX};
	const struct pack_tables *tables;
	const struct pack_image *image;
	struct detector *detector;
	struct refusal why;
	int zeros = open("/dev/zero", O_RDONLY);

	assert_int_equal(detector_open(&detector, f->pack, f->size, &policy, &why), 0);
	tables = detector_tables(detector);
	image = tables->images[tables->images[0] ? 0 : 1];
	const char *const places[] = {(const char *)tables->rules, (const char *)image + image->offset,
	                              (const char *)image + image->offset + image->size - 1};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		assert_int_equal(read(zeros, (char *)places[i], 1), -1);
		assert_int_equal(errno, EFAULT);
	}
	detector_close(detector);
	close(zeros);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_pack_is_taken),
		cmocka_unit_test(every_flipped_byte_is_refused_by_name),
		cmocka_unit_test(every_cut_is_refused_by_name),
		cmocka_unit_test(flipped_body_never_crashes),
		cmocka_unit_test(kinds_are_those_of_the_system),
		cmocka_unit_test(open_pack_is_read_only),
	};

	return cmocka_run_group_tests(tests, setup, fixture_free);
}
