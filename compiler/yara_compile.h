/*
 * yara_compile.h - YARA rules by libyara: every error with its place, and the compiled rules as bytes.
 *
 * Include diag.h and ir.h first.
 */
#ifndef YARA_COMPILE_H
#define YARA_COMPILE_H

#include <stddef.h>
#include <stdint.h>

struct arena;

struct yara_rule { /* one public rule, for its row in PACK_RULES */
	struct ir_text id;    /* NAMESPACE.NAME */
	struct ir_text title; /* NAME */
	struct ir_text version, author, license, description, source; /* of its meta; source: the file */
	const struct ir_text *references, *tags;
	uint32_t reference_count, tag_count;
	uint8_t level;        /* enum pack_level: meta severity, level or score; else high */
	uint8_t digest[16];   /* of its source file and name */
};

struct yara_result {
	const void *bytes; /* as yr_rules_save_stream() wrote them */
	size_t size;
	uint32_t version[3];
	const struct yara_rule *rules; /* in the order of files and places */
	uint32_t rule_count;
};

/* Checks one source by itself; what libyara refuses is queued. Returns the number of errors. */
size_t yara_check(struct arena *arena, struct diag_list *diags, const struct source *source);
/* Compiles sources that passed yara_check(). Everything in result lives in the arena. 0, or -1 with text filled. */
int yara_compile(struct arena *arena, const struct ir_yara_source *sources, uint32_t count,
                 struct yara_result *result, char text[256]);
#endif
