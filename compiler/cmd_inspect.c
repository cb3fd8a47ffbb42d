/*
 * cmd_inspect.c - rsnlc inspect: what a pack holds, and with -p first whether it is trusted.
 */
#include "packfile.h"
#include "diag.h"
#include "ir.h"
#include "node.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "arena.h"
#include "file.h"
#include "key.h"
#include "minisign.h"
#include "options.h"
#include "show.h"
#include "toolchain.h"
#include "trust.h"
#include "unseal.h"

enum { SPLIT = 256 };

static const struct option_row rows[] = {
	{'p', "public-key", "PUB", "check the signature by this key first; repeatable"},
	{'r', "rules", NULL, "list the rules too"},
	{SPLIT, "split", "DIR", "write payload and payload.minisig, which minisign -V accepts"},
	{'f', "format", "text|json", "form of the output [text]"},
	{0},
};

static const char *const levels[] = {"informational", "low", "medium", "high", "critical"};
static const char *const engines[] = {"sigma", "ioc", "yara", "correlation"};

struct inspection {
	struct options options;
	const char *keys[64];
	size_t key_count;
	const char *split;
	int list_rules, json;
	const char *path;
	struct arena *arena;
	struct keyring ring;
	struct unsealed pack;
};

static int
set(void *state, int letter, const char *value)
{
	struct inspection *inspection = state;

	switch (letter) {
	case 'p':
		if (inspection->key_count == sizeof(inspection->keys) / sizeof(inspection->keys[0])) {
			options_error("-p: at most 64 keys");
			return -EINVAL;
		}
		inspection->keys[inspection->key_count++] = value;
		break;
	case 'r':
		inspection->list_rules = 1;
		break;
	case SPLIT:
		inspection->split = value;
		break;
	case 'f':
		inspection->json = !strcmp(value, "json");
		if (!inspection->json && strcmp(value, "text")) {
			options_error("--format is text or json, not \"%s\"", value);
			return -EINVAL;
		}
	}
	return 0;
}

static int
keys_read(struct inspection *inspection)
{
	struct public_key key;
	int code = 0;

	for (size_t i = 0; !code && i < inspection->key_count; i++) {
		code = key_read_public(inspection->keys[i], &key);
		if (!code && keyring_add(&inspection->ring, &key))
			code = CODE_CANNOT;
	}
	return code;
}

static int
signature_verify(const struct inspection *inspection)
{
	const struct unsealed *pack = &inspection->pack;
	const struct signed_pack subject = {pack->header, pack->signed_size, pack->header->name, pack->header->serial};
	char why[TRUST_WHY_SIZE];

	if (inspection->key_count == 0 ||
	    !trust_verify(&subject, pack->signature, pack->signature_size, &inspection->ring, why))
		return 0;
	options_error("%s: signature: %s", inspection->path, why);
	return CODE_UNTRUSTED;
}

/* "good, key ID", "by key ID, not checked (no -p)" or "none". */
static const char *
signature_state(const struct inspection *inspection, char text[64])
{
	const struct unsealed *pack = &inspection->pack;
	char id_text[KEY_ID_SIZE];
	uint64_t id;

	if (pack->signature_size == 0)
		return "none";
	if (trust_signer(pack->signature, pack->signature_size, &id))
		return "malformed";
	key_id_text(id_text, id);
	snprintf(text, 64, inspection->key_count ? "good, key %s" : "by key %s, not checked (no -p)", id_text);
	return text;
}

static int
split_write(const struct inspection *inspection)
{
	const struct unsealed *pack = &inspection->pack;
	const struct {
		const char *name;
		const void *data;
		size_t size;
	} parts[] = {
		{"payload", pack->header, pack->signed_size},
		{"payload.minisig", pack->signature, pack->signature_size},
	};
	int error = folder_make(inspection->split, 0755);
	char *path;

	for (size_t i = 0; !error && i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (asprintf(&path, "%s/%s", inspection->split, parts[i].name) < 0)
			return CODE_CANNOT;
		if (parts[i].size > 0)
			error = file_write(path, parts[i].data, parts[i].size, 0644);
		free(path);
	}
	if (error)
		options_error("%s: %s", inspection->split, options_errno(error));
	return error ? CODE_CANNOT : 0;
}

static void
images_print(const struct pack_tables *tables)
{
	char size[SHOW_SIZE];

	printf("images      ");
	for (int i = 0, written = 0; i < 32; i++) {
		const char *name = target_name(UINT32_C(1) << i);

		if (tables->images[i])
			printf("%s%s %s", written++ ? ", " : "", name ? name : "?", show_bytes(size, tables->images[i]->size));
	}
	putchar('\n');
}

static void
content_print(const struct pack_tables *tables, const struct node *manifest)
{
	uint32_t by_level[5] = {0}, sigma = 0, yara = 0;
	const struct node *indicators = node_get(manifest, "indicators"), *left_out = node_get(manifest, "left_out");

	for (uint32_t i = 0; i < tables->rule_count; i++) {
		yara += tables->rules[i].engine == PACK_YARA_RULE;
		if (tables->rules[i].engine == PACK_SIGMA) {
			sigma++;
			by_level[tables->rules[i].level]++;
		}
	}
	printf("content     %" PRIu32 " Sigma rules (critical %" PRIu32 " high %" PRIu32 " medium %" PRIu32 " low %" PRIu32
	       " informational %" PRIu32 "), %" PRIu32 " correlations, %" PRIu32 " YARA, %.*s indicators, %" PRIu32
	       " test vectors\n", sigma,
	       by_level[PACK_CRITICAL], by_level[PACK_HIGH], by_level[PACK_MEDIUM], by_level[PACK_LOW],
	       by_level[PACK_INFORMATIONAL], tables->correlation_count, yara, indicators ? (int)indicators->text.size : 1,
	       indicators ? indicators->text.data : "0", tables->vector_count);
	if (left_out && left_out->count > 0)
		printf("left out    %zu bad rules\n", left_out->count);
}

/* Texts of a pack that nobody vouches for: a terminal gets no control characters, C1 ones (U+0080..U+009F) included. */
static void
plain_print(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = text[i];
		int c1 = i && text[i - 1] == '\xc2' && byte >= 0x80 && byte < 0xa0;

		putchar(byte < ' ' || byte == 0x7f || c1 ? '?' : byte);
	}
}

static void
words_print(const struct node *list)
{
	for (size_t i = 0; list && list->type == NODE_LIST && i < list->count; i++)
		if (node_is_scalar(list->items[i])) {
			fputs(i ? " " : "", stdout);
			plain_print(list->items[i]->text.data, list->items[i]->text.size);
		}
}

static void
collects_print(const struct node *manifest)
{
	const struct node *collects = node_get(manifest, "collects"), *hashes = node_get(manifest, "hashes");

	printf("collects    ");
	if (!collects || collects->count == 0)
		printf("nothing");
	words_print(collects);
	if (hashes && hashes->count > 0) {
		printf("; hashes ");
		words_print(hashes);
	}
	putchar('\n');
}

static void
rules_print(const struct pack_tables *tables)
{
	for (uint32_t i = 0; i < tables->rule_count; i++) {
		const struct pack_rule *rule = &tables->rules[i];

		plain_print(pack_text_data(tables, rule->id), rule->id.size);
		printf("\t%s\t%s\t", engines[rule->engine], levels[rule->level]);
		plain_print(pack_text_data(tables, rule->title), rule->title.size);
		if (rule->note.size) {
			putchar('\t');
			plain_print(pack_text_data(tables, rule->note), rule->note.size);
		}
		putchar('\n');
	}
}

/* The manifest is JSON, so YAML. NULL when it cannot be read. */
static const struct node *
manifest_read(const struct inspection *inspection)
{
	const struct pack_tables *tables = &inspection->pack.tables;
	struct source *source = arena_alloc(inspection->arena, sizeof(*source));
	struct document_list documents = {0};

	source->name = inspection->path;
	source->data = arena_text(inspection->arena, tables->manifest, tables->manifest_size).data;
	source->size = tables->manifest_size;
	if (load_documents(inspection->arena, diag_list_new(inspection->arena), source, &documents) ||
	    documents.count != 1)
		return NULL;
	return documents.items[0].root;
}

static void
text_print(const struct inspection *inspection)
{
	const struct pack_header *header = inspection->pack.header;
	const struct node *manifest = manifest_read(inspection);
	char built[SHOW_SIZE], expires[SHOW_SIZE], state[64];

	printf("name %s   serial %" PRIu64 "   built %s   expires %s   abi %" PRIu32 "\n", header->name, header->serial,
	       show_time(built, header->built), header->expires ? show_time(expires, header->expires) : "never",
	       header->abi);
	printf("signature   %s\n", signature_state(inspection, state));
	images_print(&inspection->pack.tables);
	content_print(&inspection->pack.tables, manifest);
	collects_print(manifest);
	if (inspection->list_rules)
		rules_print(&inspection->pack.tables);
}

static void
json_print(const struct inspection *inspection)
{
	const struct pack_tables *tables = &inspection->pack.tables;
	char state[64];
	size_t manifest = tables->manifest_size;

	while (manifest > 0 && tables->manifest[manifest - 1] == '\n')
		manifest--;
	for (uint32_t i = 0; inspection->list_rules && i < tables->rule_count; i++) {
		const struct pack_rule *rule = &tables->rules[i];

		printf("{\"v\":1,\"type\":\"rule\",\"id\":");
		diag_print_json(stdout, pack_text_data(tables, rule->id), rule->id.size);
		printf(",\"engine\":\"%s\",\"level\":\"%s\",\"title\":", engines[rule->engine], levels[rule->level]);
		diag_print_json(stdout, pack_text_data(tables, rule->title), rule->title.size);
		if (rule->note.size) {
			printf(",\"note\":");
			diag_print_json(stdout, pack_text_data(tables, rule->note), rule->note.size);
		}
		printf("}\n");
	}
	printf("{\"v\":1,\"type\":\"summary\",\"signature\":\"%s\",\"rules\":%" PRIu32 ",\"manifest\":%.*s}\n",
	       signature_state(inspection, state), tables->rule_count, (int)manifest, tables->manifest);
}

static int
inspect_steps(struct inspection *inspection, const void *bytes, size_t size)
{
	char why[256];
	int code;

	if (unseal_header(&inspection->pack, bytes, size, why)) {
		options_error("%s: %s", inspection->path, why);
		return CODE_UNTRUSTED;
	}
	code = signature_verify(inspection);
	if (!code && inspection->split)
		code = split_write(inspection);
	if (code)
		return code;
	if (unseal_body(&inspection->pack, inspection->arena, why)) {
		options_error("%s: %s", inspection->path, why);
		return CODE_UNTRUSTED;
	}
	if (inspection->json)
		json_print(inspection);
	else
		text_print(inspection);
	return 0;
}

static int
inspect(struct inspection *inspection)
{
	char *bytes;
	size_t size;
	int code = keys_read(inspection), error;

	if (code)
		return code;
	error = file_read(inspection->path, (size_t)PACK_UNPACKED_MAX * 2, &bytes, &size);
	if (error) {
		options_error("%s: %s", inspection->path, options_errno(error));
		return CODE_CANNOT;
	}
	code = inspect_steps(inspection, bytes, size);
	free(bytes);
	return code;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct inspection inspection = {0};
	int code = options_parse(&inspection.options, command, argc, argv, set, &inspection);

	if (code >= 0)
		return code;
	if (inspection.options.operand_count != 1) {
		options_error("usage: rsnlc inspect [-p PUB]... [--rules] [--split DIR] [--format text|json] PACK");
		return CODE_USAGE;
	}
	if (sodium_init() < 0)
		return CODE_CANNOT;
	inspection.path = inspection.options.operands[0];
	inspection.arena = arena_new();
	code = inspect(&inspection);
	keyring_done(&inspection.ring);
	arena_free(inspection.arena);
	return code;
}

const struct command command_inspect = {
	.name = "inspect",
	.operands = "[-p PUB]... [--rules] [--split DIR] [--format text|json] PACK",
	.summary = "show what a pack holds",
	.options = rows,
	.run = run,
};
