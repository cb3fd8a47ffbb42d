/*
 * pattern.h - the text of a value as literals and wildcards, and what the encoding modifiers do to it.
 *
 * Include diag.h, ir.h, node.h and ast.h first. Everything returned lives in the arena.
 */
#ifndef PATTERN_H
#define PATTERN_H

struct arena;

/* Reads Sigma's escapes: "\" escapes "*", "?" and "\" only, and is itself before anything else. */
struct sigma_pattern pattern_parse(struct arena *arena, struct ir_text text);

/* The text as it is, without wildcards. */
struct sigma_pattern pattern_literal(struct arena *arena, struct ir_text text);

/* The text of a pattern without wildcards; data NULL where it has some. */
struct ir_text pattern_text(struct arena *arena, const struct sigma_pattern *pattern);

/* The pattern as Sigma writes it, wildcards escaped where they are literal. */
struct ir_text pattern_source(struct arena *arena, const struct sigma_pattern *pattern);

/* The pattern with any run before it, after it, or both. */
struct sigma_pattern pattern_open(struct arena *arena, const struct sigma_pattern *pattern, int before, int after);

/* One pattern after the other. */
struct sigma_pattern pattern_join(struct arena *arena, const struct sigma_pattern *left,
                                  const struct sigma_pattern *right);

enum pattern_utf16 { UTF16_LE, UTF16_BE, UTF16_BOM };

struct sigma_pattern pattern_utf16(struct arena *arena, const struct sigma_pattern *pattern, enum pattern_utf16 form);

/* RFC 4648. offset -1: the whole text with padding; 0 to 2: what of it does not depend on the offset bytes before it nor
 * on what follows. */
struct ir_text pattern_base64(struct arena *arena, struct ir_text text, int offset);

enum { WINDASH_DASHES = 5, WINDASH_LISTED_MAX = 125 };

/* Every spelling of the dashes that begin an option. Returns how many, or 0 when there would be more than
 * WINDASH_LISTED_MAX; then *regex is set to a regular expression for them, without anchors. */
size_t pattern_windash(struct arena *arena, const struct sigma_pattern *pattern, struct sigma_pattern **spellings,
                       struct ir_text *regex);
#endif
