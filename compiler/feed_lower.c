/* feed_lower.c - the buckets of a feed become rules: one predicate a field and operator, any of them fires. */
#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "indicator.h"
#include "feed_model.h"
#include "hashed.h"
#include "ir_build.h"
#include "logsource.h"
#include "packfile.h"

#include <sodium.h>
#include <string.h>

enum { SETTLED = 1024 }; /* values above this stay in the order of their hashes: to sort them by text takes a second */

/* Where an indicator of a type is looked for. prefix: the field holds "MD5=...,SHA256=...". */
static const struct target {
	enum indicator_type type;
	enum indicator_system system;
	const char *category, *field, *prefix;
} targets[] = {
	{INDICATOR_MD5, INDICATOR_LINUX, "process_creation", "md5", NULL},
	{INDICATOR_SHA1, INDICATOR_LINUX, "process_creation", "sha1", NULL},
	{INDICATOR_SHA256, INDICATOR_LINUX, "process_creation", "sha256", NULL},
	{INDICATOR_MD5, INDICATOR_WINDOWS, "process_creation", "Hashes", "MD5="},
	{INDICATOR_SHA1, INDICATOR_WINDOWS, "process_creation", "Hashes", "SHA1="},
	{INDICATOR_SHA256, INDICATOR_WINDOWS, "process_creation", "Hashes", "SHA256="},
	{INDICATOR_MD5, INDICATOR_WINDOWS, "image_load", "Hashes", "MD5="},
	{INDICATOR_SHA1, INDICATOR_WINDOWS, "image_load", "Hashes", "SHA1="},
	{INDICATOR_SHA256, INDICATOR_WINDOWS, "image_load", "Hashes", "SHA256="},
	{INDICATOR_MD5, INDICATOR_WINDOWS, "driver_load", "Hashes", "MD5="},
	{INDICATOR_SHA1, INDICATOR_WINDOWS, "driver_load", "Hashes", "SHA1="},
	{INDICATOR_SHA256, INDICATOR_WINDOWS, "driver_load", "Hashes", "SHA256="},
	{INDICATOR_IP, INDICATOR_LINUX, "network_connection", "DestinationIp", NULL},
	{INDICATOR_IP, INDICATOR_WINDOWS, "network_connection", "DestinationIp", NULL},
	{INDICATOR_DOMAIN, INDICATOR_LINUX, "dns_query", "QueryName", NULL},
	{INDICATOR_DOMAIN, INDICATOR_WINDOWS, "dns_query", "QueryName", NULL},
	{INDICATOR_DOMAIN, INDICATOR_WINDOWS, "network_connection", "DestinationHostname", NULL},
	{INDICATOR_PATH, INDICATOR_LINUX, "process_creation", "Image", NULL},
	{INDICATOR_PATH, INDICATOR_WINDOWS, "process_creation", "Image", NULL},
	{INDICATOR_PATH, INDICATOR_LINUX, "file_event", "TargetFilename", NULL},
	{INDICATOR_PATH, INDICATOR_WINDOWS, "file_event", "TargetFilename", NULL},
};

/* The values as the target's field holds them. */
static struct ir_predicate
predicate_of(const struct feed *feed, const struct feed_values *set, const struct target *target, uint32_t field)
{
	struct ir_predicate predicate = {.field = field, .other = IR_NONE, .op = set->op, .value_count = set->count,
	                                 .settled = set->count > SETTLED};
	struct ir_value *values = set->items;
	size_t i;

	if (target->prefix) {
		predicate.op = PACK_CONTAINS;
		values = arena_alloc(feed->arena, set->count * sizeof(*values));
		for (i = 0; i < set->count; i++) {
			values[i] = set->items[i];
			values[i].text = arena_string(feed->arena,
			                              arena_print(feed->arena, "%s%.*s", target->prefix,
			                                          (int)set->items[i].text.size, set->items[i].text.data));
		}
	}
	predicate.values = values;
	return predicate;
}

/* Of all values, once for all places where they are looked for. */
static void
values_digest(struct feed_bucket *bucket)
{
	crypto_generichash_state state;
	size_t i, j;

	crypto_generichash_init(&state, NULL, 0, sizeof(bucket->digest));
	for (i = 0; i < bucket->set_count; i++) {
		const struct feed_values *set = &bucket->sets[i];

		crypto_generichash_update(&state, &set->op, 1);
		for (j = 0; j < set->count; j++) {
			crypto_generichash_update(&state, (const uint8_t *)set->items[j].text.data, set->items[j].text.size);
			crypto_generichash_update(&state, (const uint8_t *)"", 1);
		}
	}
	crypto_generichash_final(&state, bucket->digest, sizeof(bucket->digest));
}

/* Of what the bucket means: its type, level, end and values. */
static void
bucket_digest(const struct feed_bucket *bucket, const struct target *target, uint8_t digest[16])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, 16);
	crypto_generichash_update(&state, (const uint8_t *)target->field, strlen(target->field));
	crypto_generichash_update(&state, &bucket->level, sizeof(bucket->level));
	crypto_generichash_update(&state, (const uint8_t *)&bucket->expires, sizeof(bucket->expires));
	crypto_generichash_update(&state, bucket->digest, sizeof(bucket->digest));
	crypto_generichash_final(&state, digest, 16);
}

/* The texts by which the rule is known; the runtime puts the value that matched into its alerts. */
static struct ir_rule
rule_of(const struct feed *feed, const struct feed_bucket *bucket, const struct target *target)
{
	struct arena *arena = feed->arena;
	const char *type = indicator_types[bucket->type];
	const char *system = target->system == INDICATOR_LINUX ? "linux" : "windows";
	struct ir_text none = {"", 0};
	struct ir_rule rule = {
		.title = arena_string(arena, arena_print(arena, "Indicator: %s", type)),
		.status = none, .version = none, .author = bucket->provider, .license = none, .description = none,
		.source = arena_string(arena, feed->source->name),
		.indicator = arena_string(arena, type),
		.level = bucket->level,
		.engine = PACK_IOC,
		.expires = bucket->expires,
	};

	rule.id = arena_string(arena, arena_print(arena, "ioc:%s:%s:%s:%llu:%.*s%s%s/%s/%s", feed->source->name, type,
	                                          feed_levels[bucket->level], (unsigned long long)bucket->expires,
	                                          (int)bucket->provider.size, bucket->provider.data,
	                                          bucket->provider.size ? ":" : "", system, target->category,
	                                          target->field));
	bucket_digest(bucket, target, rule.digest);
	return rule;
}

static void
bucket_build(const struct feed *feed, const struct feed_bucket *bucket, const struct target *target,
             const struct logsources *logsources, struct ir_builder *builder)
{
	struct ir_text none = {"", 0}, name = arena_string(feed->arena, target->field);
	struct logsource logsource = {
		arena_string(feed->arena, target->system == INDICATOR_LINUX ? "linux" : "windows"),
		arena_string(feed->arena, target->category), none,
	};
	struct ir_rule rule = rule_of(feed, bucket, target);
	const struct ir_expr **children = arena_alloc(feed->arena, bucket->set_count * sizeof(*children));
	struct ir_use *uses = arena_alloc(feed->arena, bucket->set_count * sizeof(*uses));
	struct ir_predicate predicate;
	uint32_t group, field;
	size_t i;

	group = ir_build_group(builder, logsource.product, logsource.category, none);
	rule.late = logsource_reach(logsources, &logsource, name, NULL) == REACH_LATE;
	field = ir_build_field(builder, name);
	for (i = 0; i < bucket->set_count; i++) {
		if (!(bucket->sets[i].systems & target->system))
			continue;
		predicate = predicate_of(feed, &bucket->sets[i], target, field);
		uses[rule.use_count].part = rule.indicator;
		uses[rule.use_count].predicate = ir_build_predicate(builder, group, &predicate);
		children[rule.use_count] = ir_build_literal(builder, uses[rule.use_count].predicate);
		rule.use_count++;
	}
	rule.uses = uses;
	rule.expr = rule.use_count == 1 ? children[0] : ir_build_join(builder, IR_OR, children, rule.use_count);
	ir_build_rule(builder, group, &rule);
}

static int
bucket_has_system(const struct feed_bucket *bucket, enum indicator_system system)
{
	size_t i;

	for (i = 0; i < bucket->set_count; i++)
		if (bucket->sets[i].systems & system)
			return 1;
	return 0;
}

static struct hashed *
values_hash(struct arena *arena, const struct feed_values *set)
{
	struct hashed *keys = arena_alloc(arena, set->count * sizeof(*keys)), *key = keys;

	for (const struct feed_block *block = set->first; block; block = block->next)
		for (size_t i = 0; i < block->count; i++) {
			const struct ir_value *value = &block->items[i];

			*key++ = (struct hashed){hashed_text(value->text.data, value->text.size), value};
		}
	return keys;
}

/* A value far ahead, which is anywhere in memory, will be copied. */
static void
value_expect(const struct hashed *keys, size_t at, size_t count)
{
	enum { AHEAD = 16 };

	if (at + 2 * AHEAD < count)
		__builtin_prefetch(keys[at + 2 * AHEAD].item);
	if (at + AHEAD < count)
		__builtin_prefetch(((const struct ir_value *)keys[at + AHEAD].item)->text.data);
}

/* The value with its text at *room, which is moved on. */
static struct ir_value
value_copy(const struct ir_value *value, char **room)
{
	struct ir_value copy = *value;

	memcpy(*room, value->text.data, value->text.size);
	copy.text.data = *room;
	if (value->shown.data == value->text.data)
		copy.shown.data = *room;
	*room += value->text.size + 1;
	return copy;
}

/* Each once and in an order that the feed's does not change: one array for all places. The texts are in the same order, so
 * that who goes through them does not wait for memory. */
static void
values_sort(struct arena *arena, struct feed_values *set)
{
	struct hashed *keys = values_hash(arena, set);
	struct ir_value *items = arena_alloc(arena, set->count * sizeof(*items));
	size_t count = 0, size = 0;
	char *room;

	for (const struct feed_block *block = set->first; block; block = block->next)
		for (size_t i = 0; i < block->count; i++)
			size += block->items[i].text.size + 1;
	room = arena_alloc(arena, size);
	hashed_sort(arena, keys, set->count);
	for (size_t i = 0; i < set->count; i++) {
		const struct ir_value *value = keys[i].item;

		value_expect(keys, i, set->count);
		if (i == 0 || keys[i].hash != keys[i - 1].hash || ir_text_compare(items[count - 1].text, value->text) != 0)
			items[count++] = value_copy(value, &room);
	}
	set->items = items;
	set->count = count;
}

void
feed_build(struct feed *feed, const struct logsources *logsources, struct ir_builder *builder)
{
	struct feed_bucket *bucket;
	size_t i, j;

	for (i = 0; i < feed->bucket_count; i++) {
		bucket = &feed->buckets[i];
		for (j = 0; j < bucket->set_count; j++)
			values_sort(feed->arena, &bucket->sets[j]);
		values_digest(bucket);
		for (j = 0; j < sizeof(targets) / sizeof(targets[0]); j++)
			if (targets[j].type == bucket->type && bucket_has_system(bucket, targets[j].system))
				bucket_build(feed, bucket, &targets[j], logsources, builder);
	}
}
