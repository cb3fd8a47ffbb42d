/*
 * rule_head.c - what a rule says about itself, as IR: id, title, level and the like.
 */
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"
#include "packfile.h"

static uint8_t
level_number(struct ir_text level)
{
	static const char *const names[] = {"informational", "low", "medium", "high", "critical"};

	for (uint8_t i = PACK_INFORMATIONAL; i <= PACK_CRITICAL; i++)
		if (level.size && !strcmp(level.data, names[i]))
			return i;
	return PACK_LOW;
}

struct ir_rule
rule_head(struct arena *arena, const struct sigma_rule *rule)
{
	struct ir_rule head = {
		.id = rule->id, .title = rule->title, .status = rule->status, .version = rule->version,
		.author = rule->author, .license = rule->license, .description = rule->description,
		.source = arena_string(arena, rule->place.source->name), .indicator = arena_string(arena, ""),
		.note = rule->note,
		.references = rule->references, .tags = rule->tags, .reference_count = rule->reference_count,
		.tag_count = rule->tag_count, .level = level_number(rule->level), .engine = PACK_SIGMA,
		.flags = rule->is_silent ? PACK_RULE_SILENT : 0,
	};

	memcpy(head.digest, rule->digest, sizeof(head.digest));
	return head;
}
