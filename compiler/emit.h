/*
 * emit.h - writes a planned pack as C, .re and assembler files.
 *
 * The files stay in memory: of most of them the cache has the object already. Compile every file with EMIT_CFLAGS (.re
 * through re2c with EMIT_RE2C first; .s, which are tables alone, need no flags) and link them to one position-independent
 * image whose entry is EMIT_ENTRY.
 */
#ifndef EMIT_H
#define EMIT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;
struct ir_pack;

#define EMIT_ENTRY "match"
#define EMIT_RE2C "-c -W -Wno-nondeterministic-tags --no-debug-info"
#define EMIT_CFLAGS \
	"-std=gnu11 -O1 -fpic -ffreestanding -fno-builtin -fvisibility=hidden -fno-stack-protector " \
	"-fno-asynchronous-unwind-tables -fno-strict-aliasing -fcf-protection=none"
#define EMIT_CFLAGS_X86_64 "-mno-red-zone" /* beside EMIT_CFLAGS */
#define EMIT_CFLAGS_RE "-O1" /* behind EMIT_CFLAGS for .re: -O2 takes 3 to 6 times as long over a DFA's gotos */

#define EMIT_CFLAGS_HOT "-O2" /* behind EMIT_CFLAGS for the routines that every event goes through */

enum emit_kind { EMIT_C, EMIT_RE, EMIT_HOT, EMIT_TABLES };

struct emit_file {
	const char *name; /* within a folder: "rules_1f.c", "windows_process_creation.re" */
	enum emit_kind kind;
	const char *text; /* NUL behind it */
	size_t size;
};

struct emit_needs { /* an event without any of these fields, 0xffffffff for values of any, matches no rule of a group */
	const uint32_t *fields;
	uint32_t count;
	int known; /* 0: one without may match */
};

struct emit_result {
	uint32_t scratch_size, scratch_align, hits_max; /* for the pack's header */
	const struct emit_file *files;                  /* sorted by name; each is one unit of compilation */
	uint32_t file_count;
	const struct emit_needs *needs; /* by group */
	const void *data; /* the DATA section, 8-byte aligned sizes; size 0: the pack has none */
	size_t data_size;
	char error[256]; /* after -1 */
};

/* Constants, duplicates, flattening, negation normal form, cost order. Replaces expressions; predicates keep their
 * numbers; sets PACK_IN_DATA on long value sets. Everything new lives in the arena. Call it once, before the cold
 * tables are written. */
void fold_pack(struct arena *arena, struct ir_pack *pack);

/* plan and emit: requires a folded pack; needs "pack.h" and "packrt.h" (with what it includes) on the include path
 * when the files are compiled. 0, or -1 with result->error filled. Everything in result lives in the arena. */
int emit_pack(struct arena *arena, const struct ir_pack *pack, struct emit_result *result);

/* -d f and -d n: the folded IR is printed by ir_print(), the plan by this. */
void plan_print(FILE *out, struct arena *arena, const struct ir_pack *pack);
#endif
