/*
 * manifest.c - what a pack holds, as one JSON object for people and CI.
 */
#include "packfile.h"
#include "diag.h"
#include "ir.h"
#include "input.h"
#include "node.h"
#include "options.h"
#include "compile.h"

#include "seal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "arena.h"
#include "image.h"
#include "pack.h"
#include "toolchain.h"
#include "yara_compile.h"

static const char *const levels[] = {"informational", "low", "medium", "high", "critical"};
static const char *const hashes[] = {"md5", "sha1", "sha256", "imphash"};

enum { LEVEL_COUNT = sizeof(levels) / sizeof(levels[0]), HASH_COUNT = sizeof(hashes) / sizeof(hashes[0]) };

static void
key_write(FILE *out, const char *key, struct ir_text value)
{
	fprintf(out, "\"%s\":", key);
	diag_print_json(out, value.data, value.size);
}

static struct ir_text
text_of(const char *string)
{
	return (struct ir_text){string ? string : "", string ? strlen(string) : 0};
}

static void
images_write(FILE *out, const struct seal_request *request)
{
	char digest_text[33];
	uint8_t digest[16];

	fputs(",\"images\":[", out);
	for (size_t i = 0; i < request->image_count; i++) {
		const struct image *image = &request->images[i];

		crypto_generichash(digest, sizeof(digest), image->bytes, image->size, NULL, 0);
		sodium_bin2hex(digest_text, sizeof(digest_text), digest, sizeof(digest));
		fprintf(out, "%s{\"target\":\"%s\",\"size_bytes\":%" PRIu64 ",\"blake2b\":\"%s\"}", i ? "," : "",
		        target_name(image->target), image->size, digest_text);
	}
	fputc(']', out);
}

static void
counts_write(FILE *out, const struct seal_request *request)
{
	uint32_t by_level[LEVEL_COUNT] = {0}, sigma = 0;

	for (uint32_t i = 0; i < request->pack->group_count; i++)
		for (uint32_t j = 0; j < request->pack->groups[i].rule_count; j++) {
			const struct ir_rule *rule = request->pack->groups[i].rules[j];

			if (rule->engine == PACK_SIGMA && rule->level < LEVEL_COUNT) {
				by_level[rule->level]++;
				sigma++;
			}
		}
	fprintf(out, ",\"sigma\":%" PRIu32 ",\"levels\":{", sigma);
	for (int i = LEVEL_COUNT - 1; i >= 0; i--)
		fprintf(out, "\"%s\":%" PRIu32 "%s", levels[i], by_level[i], i ? "," : "}");
	fprintf(out, ",\"correlations\":%" PRIu32 ",\"yara\":%" PRIu32 ",\"indicators\":%zu,\"vectors\":%" PRIu32,
	        request->pack->correlation_count, request->yara ? request->yara->rule_count : 0, request->indicator_count,
	        request->pack->vector_count);
}

static int
text_compare(const void *a, const void *b)
{
	const struct ir_text *left = a, *right = b;
	uint32_t common = left->size < right->size ? left->size : right->size;
	int order = memcmp(left->data, right->data, common);

	return order ? order : (left->size > right->size) - (left->size < right->size);
}

/* Kinds of the live routes that lead to some group, sorted, each once. */
static void
collects_write(FILE *out, const struct ir_pack *pack)
{
	struct ir_text *kinds = calloc(pack->route_count + 1, sizeof(*kinds));
	uint32_t count = 0, written = 0;

	for (uint32_t i = 0; kinds && i < pack->route_count; i++)
		if (pack->routes[i].kind.size > 0 && pack->routes[i].group_count > 0 &&
		    pack->routes[i].flags & PACK_ROUTE_LIVE)
			kinds[count++] = pack->routes[i].kind;
	if (count > 0)
		qsort(kinds, count, sizeof(*kinds), text_compare);
	fputs(",\"collects\":[", out);
	for (uint32_t i = 0; i < count; i++) {
		if (i > 0 && !text_compare(&kinds[i], &kinds[i - 1]))
			continue;
		if (written++)
			fputc(',', out);
		diag_print_json(out, kinds[i].data, kinds[i].size);
	}
	fputc(']', out);
	free(kinds);
}

static int
text_is(struct ir_text text, const char *prefix, int whole)
{
	size_t size = strlen(prefix);

	return text.size >= size && (!whole || text.size == size) &&
	       !strncasecmp(text.data, prefix, size);
}

/* Whether some rule asks for that hash, by its own field or by a value "SHA256=..." of Hashes, or a correlation takes it. */
static int
hash_asked(const struct ir_pack *pack, const char *hash)
{
	char prefix[16];

	for (uint32_t i = 0; i < pack->group_count; i++)
		for (uint32_t j = 0; j < pack->groups[i].kept_count; j++)
			if (text_is(pack->fields[pack->groups[i].kept[j]], hash, 1))
				return 1;
	snprintf(prefix, sizeof(prefix), "%s=", hash);
	for (uint32_t i = 0; i < pack->group_count; i++)
		for (uint32_t j = 0; j < pack->groups[i].predicate_count; j++) {
			const struct ir_predicate *predicate = &pack->groups[i].predicates[j];

			if (predicate->field == IR_NONE)
				continue;
			if (text_is(pack->fields[predicate->field], hash, 1))
				return 1;
			if (!text_is(pack->fields[predicate->field], "Hashes", 1))
				continue;
			for (uint32_t k = 0; k < predicate->value_count; k++)
				if (text_is(predicate->values[k].text, prefix, 0))
					return 1;
		}
	return 0;
}

static void
hashes_write(FILE *out, const struct ir_pack *pack)
{
	int written = 0;

	fputs(",\"hashes\":[", out);
	for (int i = 0; i < HASH_COUNT; i++)
		if (hash_asked(pack, hashes[i]))
			fprintf(out, "%s\"%s\"", written++ ? "," : "", hashes[i]);
	fputc(']', out);
}

static void
left_out_write(FILE *out, const struct seal_request *request)
{
	fputs(",\"left_out\":[", out);
	for (size_t i = 0; i < request->left_out_count; i++) {
		const struct left_out *rule = &request->left_out[i];

		fputs(i ? ",{" : "{", out);
		key_write(out, "id", rule->id);
		fputc(',', out);
		key_write(out, "title", rule->title);
		fputc(',', out);
		key_write(out, "file", text_of(rule->source));
		fputc(',', out);
		key_write(out, "reason", text_of(rule->reason));
		fputc('}', out);
	}
	fputc(']', out);
}

struct ir_text
manifest_write(struct arena *arena, const struct seal_request *request)
{
	char *json = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&json, &size);
	struct ir_text text = {0};

	if (!out)
		return text;
	fputs("{\"v\":1,", out);
	key_write(out, "name", request->pack->name);
	fprintf(out, ",\"serial\":%" PRIu64 ",\"built\":%" PRIu64 ",\"expires\":%" PRIu64 ",\"abi\":%d,\"rsnlc\":\"%s\"",
	        request->serial, request->built, request->expires, PACK_ABI, RSNL_VERSION);
	images_write(out, request);
	counts_write(out, request);
	collects_write(out, request->pack);
	hashes_write(out, request->pack);
	left_out_write(out, request);
	fputs("}\n", out);
	if (!fclose(out))
		text = arena_text(arena, json, size);
	free(json);
	return text;
}
