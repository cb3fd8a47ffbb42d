/*
 * emitter.h - what the emit_*.c files share: the files being written, names, numbers and strings as text.
 */
#ifndef EMITTER_H
#define EMITTER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;
struct ir_pack;
struct ir_predicate;
struct ir_text;
struct ir_value;
struct plan;
struct plan_group;
struct plan_set;

struct emit_unit { /* one file, in memory until all is emitted */
	const char *name;
	int kind; /* enum emit_kind */
	FILE *out;
	char *text;
	size_t size;
};

struct emit_rule_file { /* a file of rules and the predicates it names, by its own numbers */
	const char *name;      /* C name of its table */
	uint32_t *predicates;  /* numbers in their groups */
	uint32_t *groups;
	uint32_t count;
};

struct emit_function { /* emitted already, shared between groups */
	uint64_t hash; /* never 0 */
	int uses_end;  /* a pattern's */
};

struct emit_known { /* open addressing; room is a power of two */
	struct emit_function *slots;
	uint32_t room, count;
};

struct emit_table { /* of the DATA section */
	const struct ir_predicate *predicate; /* the first that has its values */
	size_t offset;
};

struct emitter {
	struct arena *arena;
	const struct ir_pack *pack;
	const struct plan *plan;
	const char **names;     /* of groups, as parts of C names */
	struct emit_unit *units;
	uint32_t unit_count;
	struct emit_known functions;
	uint32_t rule_files, string_files, pattern_files; /* powers of two */
	struct emit_table *tables;
	size_t table_count;
	char *error;            /* 256 bytes; filled with the first failure */
};

enum { EMIT_HASH_START = 0, EMIT_UNITS_MAX = 16384 };

/* The file of that name, opened with what every such file begins with; re: what a file for re2c says of its input, or
 * NULL. */
FILE *emitter_file(struct emitter *emitter, const char *name, const char *re);
/* The same of a file of tables, for the assembler: a compiler takes long over numbers that it can do nothing about. */
FILE *emitter_tables(struct emitter *emitter, const char *name);
void emitter_fail(struct emitter *emitter, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What is known of the function that a hash stands for; valid until the next call. *is_new: it is to be emitted. */
struct emit_function *emitter_function(struct emitter *emitter, uint64_t hash, int *is_new);
/* 1 the first time a hash is seen: the function it stands for is to be emitted. */
int emitter_first(struct emitter *emitter, uint64_t hash);

/* FNV-1a, from hash on; EMIT_HASH_START begins. */
uint64_t emit_hash(uint64_t hash, const void *data, size_t size);
/* What to divide count things into, so that a file has about each of them. */
uint32_t emit_file_count(uint32_t count, uint32_t each);
/* "name" with all that cannot be in a C name as '_'. */
char *emit_name(struct arena *arena, const char *text, size_t size);

void emit_string(FILE *out, const char *data, size_t size);  /* as a C string with its quotes, on one line */
void emit_comment(FILE *out, const char *data, size_t size); /* so that it cannot end a comment */

/* emit_table.c: constant tables, into a file of emitter_tables(). C knows one as extern, by its name. */
void emit_table(FILE *out, const char *name); /* begins it */
void emit_longs(FILE *out, const uint32_t *numbers, uint32_t count);
void emit_quads(FILE *out, const uint64_t *words, uint32_t count);
void emit_numbers(FILE *out, const char *name, const uint32_t *numbers, uint32_t count); /* all of a uint32_t[] */
void emit_bitmap(FILE *out, const char *name, const uint64_t *words, uint32_t bits); /* an even number of words */

/* emit_strings.c: a find_fn (packrt.h) of a forward or backward set, called what is returned; order[number] is the index
 * in the set of the string it numbers so. A small set's is in a file of its own kind and declared in out; a large set's
 * is called name, in out, and calls those of its parts. place: a hash that stays while strings come and go. */
const char *emit_strings(struct emitter *emitter, FILE *out, const char *name, uint64_t place, const struct plan_set *set,
                         uint32_t *order);

/* emit_contains.c: the table NAME of a contains set, into a file of emitter_tables(). */
void emit_contains(FILE *out, const char *name, const struct plan_set *set);

/* emit_pattern.c: the automaton of one value of a wildcard or regex predicate, in a file of its own; returns the hash
 * that names it (pattern_HASH). *uses_end as in nfa.h. */
uint64_t emit_pattern(struct emitter *emitter, const struct ir_value *value, int is_regex, unsigned regex_flags,
                      int fold, int *uses_end);

/* emit_leaves.c: leaves_of_GROUP() for each group that looks for strings in all values. */
void emit_leaves(struct emitter *emitter);

/* emit_group.c, emit_candidates.c, emit_lazy.c, emit_net.c, emit_rules.c, emit_image.c, emit_data.c */
void emit_group(struct emitter *emitter, uint32_t group);
/* The tables that make rules of a group candidates: what out is to declare of them, and the tables. Returns how many rules
 * always are. */
uint32_t emit_candidates(struct emitter *emitter, FILE *out, FILE *tables, uint32_t group);
/* What each predicate of a group is asked by itself, where sets alone do not tell: tests_GROUP[], and the statements that
 * return an answer. */
void emit_tests(struct emitter *emitter, FILE *tables, uint32_t group);
void emit_lazy(struct emitter *emitter, FILE *out, uint32_t group);
/* Address or net in CIDR notation as 16 bytes (IPv4 mapped to ::ffff:0:0/96) and a length there; 4, 6, or 0: neither. */
int emit_net(struct ir_text text, unsigned char bytes[16], unsigned *bits);
void emit_rules(struct emitter *emitter);
/* Is there a function for it? Not where it is never true, or true whenever it is a candidate. */
int emit_rule_has_code(const struct plan_group *group, uint32_t rule);
void emit_rule_name(struct emitter *emitter, uint32_t group, uint32_t rule, FILE *out);
void emit_image(struct emitter *emitter);
/* The DATA section; NULL and 0 where there is none. */
const void *emit_data(struct emitter *emitter, size_t *size);

/* The group's own number of a field: index in its slot table. */
uint32_t emit_slot(const struct plan_group *group, uint32_t field);
/* The number of the group's scan of a slot; SCAN_NONE: nothing is looked for there in every event. */
uint32_t emit_scan_number(const struct plan_group *group, uint32_t field);
/* Which of its sets of a type a predicate hangs on when it is asked; PLAN_NONE: none, or one that the group runs for every
 * event. */
uint32_t emit_set_of(const struct plan_group *group, uint32_t predicate, int type);
/* The fields of a group, by that number; PLAN_LEAVES among them. Returns how many. */
uint32_t emit_slots(const struct plan_group *group, uint32_t *fields, uint32_t room);
#endif
