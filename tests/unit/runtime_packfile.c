/* What pack.5 says a reader checks of a pack's tables, broken one by one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>
#include <zstd.h>

#include "packfile.h"
#include "small_pack.h"

static const char rules[] =
	"title: Netcat\n"
	"id: 7f734ed0-4f47-46c0-837f-6ee62505abd9\n"
	"level: high\n"
	"logsource: {product: windows, category: process_creation}\n"
	"detection:\n"
	"  selection: {Image|endswith: nc.exe}\n"
	"  condition: selection\n"
	"---\n"
	"title: Netcat under another name\n"
	"id: 7f734ed0-4f47-46c0-837f-6ee62505abdc\n"
	"level: high\n"
	"logsource: {product: windows, category: process_creation}\n"
	"detection:\n"
	"  selection: {OriginalFileName: nc.exe}\n"
	"  condition: selection\n"
	"---\n"
	"title: A value that routes ask for\n"
	"id: 7f734ed0-4f47-46c0-837f-6ee62505abdf\n"
	"level: high\n"
	"logsource: {product: zeek, service: dns}\n"
	"detection:\n"
	"  selection: {EventID: 7}\n"
	"  condition: selection\n"
	NETCAT_CORRELATIONS;

static int
setup(void **state)
{
	return fixture_new(state, rules);
}

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

/* The early group and the late one have the same predicates. */
static void
group_shares_and_is_not_late(struct pack_tables *t)
{
	((struct pack_group *)t->groups)[1].flags &= ~PACK_GROUP_LATE;
}

static void
group_shares_some(struct pack_tables *t)
{
	((struct pack_group *)t->groups)[1].predicates.count--;
}

static void
group_shares_with_none(struct pack_tables *t)
{
	((struct pack_group *)t->groups)[0].flags |= PACK_GROUP_LATE;
	((struct pack_group *)t->groups)[0].predicates = (struct pack_list){ 1, 1 };
}

static void
predicate_left(struct pack_tables *t)
{
	for (uint32_t i = 0; i < t->group_count; i++)
		((struct pack_group *)t->groups)[i].predicates.count = 0;
	for (uint32_t i = 0; i < t->rule_count; i++)
		((struct pack_rule *)t->rules)[i].uses.count = 0;
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

static void
want_group(struct pack_tables *t)
{
	((struct pack_want *)t->wants)[0].group = t->group_count;
}

static void
want_slot(struct pack_tables *t)
{
	((struct pack_want *)t->wants)[0].slot = PACK_NONE;
}

static void
want_texts(struct pack_tables *t)
{
	((struct pack_want *)t->wants)[0].texts.count = t->text_count + 1;
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
		image_retarget, group_flag, group_needs, group_gap, group_shares_and_is_not_late, group_shares_some,
		group_shares_with_none, predicate_left, rule_astray, rule_flag, slot_flag, use_negated, want_group, want_slot,
		want_texts, correlation_type, correlation_other_type, correlation_compares_nothing, correlation_compares_thrice,
		correlation_compare, correlation_limit, correlation_percentile, correlation_timespan, correlation_groups,
		correlation_rule, correlation_of_nothing, correlation_reserved, correlation_lost, reference_forward,
		reference_self, reference_keys, key_of_nothing, key_of_both, key_of_a_plain_rule, key_name,
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
		cmocka_unit_test(broken_tables_are_refused),
		cmocka_unit_test(names_begin_with_a_letter_or_digit),
	};

	return cmocka_run_group_tests(tests, setup, fixture_free);
}
