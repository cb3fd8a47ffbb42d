/*
 * Every byte of a small signed pack is flipped in turn: each one is refused by name and none crashes. The same inside
 * the unpacked body, where no signature helps: opening may take or refuse it, but not crash.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
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
#include "minisign.h"
#include "os.h"
#include "packfile.h"
#include "trust.h"

static const char rule[] =
	"title: Netcat\n"
	"id: 7f734ed0-4f47-46c0-837f-6ee62505abd9\n"
	"status: test\n"
	"level: high\n"
	"logsource: {product: linux, category: process_creation}\n"
	"detection:\n"
	"  selection: {Image|endswith: /nc}\n"
	"  condition: selection\n"
	"---\n"
	"title: Netcat, often\n"
	"id: 7f734ed0-4f47-46c0-837f-6ee62505abda\n"
	"name: often\n"
	"level: high\n"
	"correlation:\n"
	"  type: value_count\n"
	"  rules: [7f734ed0-4f47-46c0-837f-6ee62505abd9]\n"
	"  group-by: [User]\n"
	"  timespan: 5m\n"
	"  condition: {field: CommandLine, gte: 3, lt: 9}\n"
	"---\n"
	"title: Netcat, often and again\n"
	"id: 7f734ed0-4f47-46c0-837f-6ee62505abdb\n"
	"level: high\n"
	"correlation:\n"
	"  type: temporal_ordered\n"
	"  rules: [often, 7f734ed0-4f47-46c0-837f-6ee62505abd9]\n"
	"  group-by: [User]\n"
	"  timespan: 5m\n";

struct fixture {
	char folder[32];
	uint8_t *pack;
	size_t size;
	struct keyring ring;
};

/* Runs rsnlc of the build under test in the folder. */
static void
rsnlc(const struct fixture *f, const char *arguments)
{
	const char *build = getenv("RSNL_BUILD");
	char command[512];

	snprintf(command, sizeof(command), "cd '%s' && '%s/rsnlc' %s >&2", f->folder, build ? build : ".", arguments);
	if (system(command))
		fail_msg("%s", command);
}

static void *
file_take(const struct fixture *f, const char *name, size_t *size)
{
	char path[64];
	void *data;

	snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	assert_int_equal(os_read_file(path, 1 << 24, &data, size), 0);
	return data;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct public_key key;
	char path[64], *text;
	size_t size;

	assert_true(sodium_init() >= 0);
	strcpy(f->folder, "/tmp/rsnl-flip-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(path, sizeof(path), "%s/nc.yml", f->folder);
	assert_int_equal(os_write_file(path, rule, strlen(rule), 0644), 0);
	rsnlc(f, "key generate -q -W k");
	rsnlc(f, "build -q -k k.key -o small.rsnp --no-cache nc.yml");
	f->pack = file_take(f, "small.rsnp", &f->size);
	text = file_take(f, "k.pub", &size);
	assert_int_equal(public_key_parse(&key, text, size), 0);
	assert_int_equal(keyring_add(&f->ring, &key), 0);
	free(text);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	static const char *const names[] = {"nc.yml", "k.key", "k.pub", "small.rsnp"};
	struct fixture *f = *state;
	char path[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", f->folder, names[i]);
		remove(path);
	}
	remove(f->folder);
	keyring_done(&f->ring);
	free(f->pack);
	free(f);
	return 0;
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

/* What pack.5 says a reader checks, broken one by one. */
static struct pack_image *
image_of(struct pack_tables *t)
{
	return (struct pack_image *)t->images[t->images[0] ? 0 : 1];
}

static void
image_move(struct pack_tables *t)
{
	image_of(t)->offset += 8;
}

static void
image_beside_a_page(struct pack_tables *t)
{
	image_of(t)->offset -= 8;
	image_of(t)->size += 8;
}

static void
image_at_a_later_page(struct pack_tables *t)
{
	image_of(t)->offset += PACK_IMAGE_ALIGN;
	image_of(t)->size -= PACK_IMAGE_ALIGN;
	memset(image_of(t) + 1, 0, image_of(t)->offset - sizeof(struct pack_image));
}

static void
image_behind_its_section(struct pack_tables *t)
{
	image_of(t)->offset += image_of(t)->size + PACK_IMAGE_ALIGN;
	image_of(t)->size = -(uint64_t)PACK_IMAGE_ALIGN;
}

static void
image_behind_a_byte(struct pack_tables *t)
{
	*(char *)(image_of(t) + 1) = 1;
}

static void
image_retarget(struct pack_tables *t)
{
	image_of(t)->target = 4;
}

static void
group_flag(struct pack_tables *t)
{
	((struct pack_group *)t->groups)[0].flags |= 16;
}

static void
group_needs(struct pack_tables *t)
{
	((struct pack_group *)t->groups)[0].flags &= ~PACK_GROUP_NEEDS;
	((struct pack_group *)t->groups)[0].flags |= PACK_GROUP_NEEDS_LEAVES;
}

static void
group_gap(struct pack_tables *t)
{
	((struct pack_group *)t->groups)[0].rules = (struct pack_list){ 1, 0 };
}

static void
predicate_left(struct pack_tables *t)
{
	((struct pack_group *)t->groups)[0].predicates.count = 0;
	((struct pack_rule *)t->rules)[0].uses.count = 0;
}

static void
rule_astray(struct pack_tables *t)
{
	((struct pack_rule *)t->rules)[0].group = PACK_NONE;
}

static void
rule_flag(struct pack_tables *t)
{
	((struct pack_rule *)t->rules)[0].flags = 2;
}

static void
slot_flag(struct pack_tables *t)
{
	((struct pack_slot *)t->slots)[0].flags = 6;
}

static void
use_negated(struct pack_tables *t)
{
	((struct pack_use *)t->uses)[0].negated = 2;
}

static struct pack_correlation *
correlation_at(struct pack_tables *t, uint32_t number)
{
	return (struct pack_correlation *)&t->correlations[number];
}

static void
correlation_type(struct pack_tables *t)
{
	correlation_at(t, 0)->type = PACK_VALUE_MEDIAN + 1;
}

static void
correlation_other_type(struct pack_tables *t)
{
	correlation_at(t, 0)->type = PACK_EVENT_COUNT;
}

static void
correlation_compares_nothing(struct pack_tables *t)
{
	correlation_at(t, 0)->compare_count = 0;
}

static void
correlation_compares_thrice(struct pack_tables *t)
{
	correlation_at(t, 0)->compare_count = 3;
}

static void
correlation_compare(struct pack_tables *t)
{
	correlation_at(t, 0)->compares[1] = PACK_COMPARE_GTE + 1;
}

static void
correlation_limit(struct pack_tables *t)
{
	correlation_at(t, 0)->limits[1] = NAN;
}

static void
correlation_percentile(struct pack_tables *t)
{
	correlation_at(t, 0)->percentile = -1;
}

static void
correlation_timespan(struct pack_tables *t)
{
	correlation_at(t, 0)->timespan = 0;
}

static void
correlation_groups(struct pack_tables *t)
{
	correlation_at(t, 0)->group_count = 3;
}

static void
correlation_rule(struct pack_tables *t)
{
	correlation_at(t, 1)->rule = correlation_at(t, 0)->rule;
}

static void
correlation_of_nothing(struct pack_tables *t)
{
	correlation_at(t, 1)->references.count = 0;
}

static void
correlation_reserved(struct pack_tables *t)
{
	correlation_at(t, 1)->reserved = 1;
}

static void
correlation_lost(struct pack_tables *t)
{
	((struct pack_rule *)t->rules)[0].engine = PACK_CORRELATION;
}

static void
reference_forward(struct pack_tables *t)
{
	((struct pack_reference *)t->correlation_references)[0].rule = correlation_at(t, 1)->rule;
}

static void
reference_self(struct pack_tables *t)
{
	((struct pack_reference *)t->correlation_references)[1].rule = correlation_at(t, 1)->rule;
}

static void
reference_keys(struct pack_tables *t)
{
	((struct pack_reference *)t->correlation_references)[0].keys.count--;
}

static void
key_of_nothing(struct pack_tables *t)
{
	((struct pack_key *)t->keys)[0].slot = PACK_NONE;
}

static void
key_of_both(struct pack_tables *t)
{
	((struct pack_key *)t->keys)[0].name = 0;
}

static void
key_of_a_plain_rule(struct pack_tables *t)
{
	((struct pack_key *)t->keys)[0] = (struct pack_key){PACK_NONE, 0};
}

static void
key_name(struct pack_tables *t)
{
	((struct pack_key *)t->keys)[2].name = 1;
}

static void
broken_tables_are_refused(void **state)
{
	static void (*const breaks[])(struct pack_tables *) = {
		image_move, image_beside_a_page, image_at_a_later_page, image_behind_its_section, image_behind_a_byte,
		image_retarget, group_flag, group_needs, group_gap, predicate_left, rule_astray, rule_flag, slot_flag, use_negated, correlation_type, correlation_other_type, correlation_compares_nothing,
		correlation_compares_thrice, correlation_compare, correlation_limit, correlation_percentile,
		correlation_timespan, correlation_groups, correlation_rule, correlation_of_nothing, correlation_reserved,
		correlation_lost, reference_forward, reference_self, reference_keys, key_of_nothing, key_of_both,
		key_of_a_plain_rule, key_name,
	};
	struct fixture *f = *state;
	const struct pack_header *header = (const void *)f->pack;
	uint8_t *body = malloc(header->unpacked_size);
	struct pack_tables tables;
	char why[256];

	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		ZSTD_decompress(body, header->unpacked_size, header + 1, header->body_size);
		assert_int_equal(pack_tables_check(&tables, header, body, header->unpacked_size, why, sizeof(why)), 0);
		breaks[i](&tables);
		if (!pack_tables_check(&tables, header, body, header->unpacked_size, why, sizeof(why)))
			fail_msg("break %zu: taken", i);
	}
	free(body);
}

static void
names_begin_with_a_letter_or_digit(void **state)
{
	struct fixture *f = *state;
	char *copy = malloc(f->size), why[256];

	memcpy(copy, f->pack, f->size);
	for (const char *first = "._-"; *first; first++) {
		((struct pack_header *)copy)->name[0] = *first;
		assert_int_equal(pack_header_check(copy, f->size, why, sizeof(why)), -1);
	}
	free(copy);
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
		cmocka_unit_test(broken_tables_are_refused),
		cmocka_unit_test(names_begin_with_a_letter_or_digit),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
