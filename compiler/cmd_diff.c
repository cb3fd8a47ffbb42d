/*
 * cmd_diff.c - rsnlc diff: what changes for who goes from one pack to another.
 */
#include "packfile.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "unseal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "file.h"
#include "options.h"
#include "pack_diff.h"

static const struct option_row rows[] = {{0}};

/* 0 or an enum exit_code after a message. */
static int
side_read(struct pack_side *side, struct arena *arena, const char *path, char **bytes)
{
	char why[256];
	size_t size;
	int error = file_read(path, (size_t)PACK_UNPACKED_MAX * 2, bytes, &size);

	if (error) {
		options_error("%s: %s", path, options_errno(error));
		return CODE_CANNOT;
	}
	if (unseal_header(&side->pack, *bytes, size, why) || unseal_body(&side->pack, arena, why)) {
		options_error("%s: %s", path, why);
		return CODE_UNTRUSTED;
	}
	pack_side_rules(side, arena);
	pack_side_indicators(side, arena);
	return 0;
}

/* A list of words in the manifest, which is JSON, so YAML. */
static const struct node *
manifest_list(const struct pack_side *side, struct arena *arena, const char *key)
{
	const struct pack_tables *tables = &side->pack.tables;
	struct source *source = arena_alloc(arena, sizeof(*source));
	struct document_list documents = {0};
	const struct node *list;

	*source = (struct source){"manifest", arena_text(arena, tables->manifest, tables->manifest_size).data,
	                          tables->manifest_size};
	if (load_documents(arena, diag_list_new(arena), source, &documents) || documents.count != 1)
		return NULL;
	list = node_get(documents.items[0].root, key);
	return list && list->type == NODE_LIST ? list : NULL;
}

/* The words of the new list that the old one lacks. Returns how many. */
static size_t
words_new(FILE *out, const struct node *old, const struct node *new, const char *before)
{
	size_t count = 0, j;

	for (size_t i = 0; new && i < new->count; i++) {
		const struct node *word = new->items[i];

		if (!node_is_scalar(word))
			continue;
		for (j = 0; old && j < old->count && !node_is(old->items[j], word->text.data); j++)
			;
		if (!old || j == old->count)
			fprintf(out, "%s%s", count++ ? ", " : before, word->text.data);
	}
	return count;
}

/* "; newly collected: network_connect; hashes md5" */
static size_t
collected_new(FILE *out, struct arena *arena, const struct pack_side *old, const struct pack_side *new)
{
	size_t count = words_new(out, manifest_list(old, arena, "collects"), manifest_list(new, arena, "collects"),
	                         "; newly collected: ");

	return count + words_new(out, manifest_list(old, arena, "hashes"), manifest_list(new, arena, "hashes"),
	                         count ? "; hashes " : "; newly collected: hashes ");
}

static int
sides_compare(const struct options *options, struct arena *arena, const struct pack_side *old,
              const struct pack_side *new)
{
	struct pack_changes changes = {0};
	char *text = NULL;
	size_t size, more = 0;
	FILE *out = open_memstream(&text, &size);
	int differs;

	if (!out)
		return CODE_CANNOT;
	pack_diff_rules(stdout, old, new, &changes);
	pack_diff_indicators(old, new, &changes);
	more = collected_new(out, arena, old, new);
	fclose(out);
	differs = changes.added || changes.removed || changes.changed || changes.indicators_added ||
	          changes.indicators_removed || more;
	fflush(stdout);
	if (differs && (changes.indicators_added || changes.indicators_removed))
		options_message(options, "%zu added, %zu removed, %zu changed; indicators +%zu -%zu%s", changes.added,
		                changes.removed, changes.changed, changes.indicators_added, changes.indicators_removed, text);
	else if (differs)
		options_message(options, "%zu added, %zu removed, %zu changed%s", changes.added, changes.removed,
		                changes.changed, text);
	free(text);
	return differs ? CODE_CONTENT : CODE_DONE;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct options options;
	struct pack_side sides[2] = {0};
	char *bytes[2] = {NULL, NULL};
	struct arena *arena;
	int code = options_parse(&options, command, argc, argv, NULL, NULL);

	if (code >= 0)
		return code;
	if (options.operand_count != 2) {
		options_error("usage: rsnlc diff OLD NEW");
		return CODE_USAGE;
	}
	arena = arena_new();
	code = side_read(&sides[0], arena, options.operands[0], &bytes[0]);
	if (!code)
		code = side_read(&sides[1], arena, options.operands[1], &bytes[1]);
	if (!code)
		code = sides_compare(&options, arena, &sides[0], &sides[1]);
	arena_free(arena);
	free(bytes[0]);
	free(bytes[1]);
	return code;
}

const struct command command_diff = {
	"diff", "OLD NEW", "Compares two packs: 0 the same, 1 they differ.", rows, run,
};
