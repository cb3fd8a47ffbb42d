/*
 * compile.h - a compilation: what the passes hand on, and the passes in order.
 *
 * A command fills the request, runs the passes up to the one it needs, prints the diagnostics and looks at what is
 * there. Include diag.h, input.h, node.h, ir.h and options.h first.
 */
#ifndef COMPILE_H
#define COMPILE_H

#include <stdint.h>

struct logsources; /* logsource.h */
struct overrides; /* override.h */
struct placeholders; /* placeholder.h */
struct sigma_rule; /* ast.h */
struct suite; /* suite.h */

struct compile_request { /* what the command line said */
	const char *const *paths;
	size_t path_count;
	const char *const *logsource_files; /* the users' own, after the built-in ones */
	size_t logsource_file_count;
	const char *placeholder_file;       /* what expand reads; NULL: none */
	const char *override_file;          /* decisions about rules; NULL: none */
	struct selection selection;
	const char *name; /* of the pack */
	int skip_bad;     /* leave bad rules out instead of failing */
	const char *dump; /* -d LETTERS: print what a pass made to stdout, stop after the last one asked; NULL: none */
};

struct left_out { /* a bad rule under --skip-bad, for the manifest */
	struct ir_text id, title;
	const char *source;
	const char *reason; /* text of its first error */
};

struct compilation {
	struct arena *arena; /* lives until compile_done() */
	struct diag_list *diags;
	const struct compile_request *request;
	struct input_list inputs;
	struct document_list documents;   /* of Sigma inputs */
	struct sigma_rule **rules;        /* in input order; is_selected, is_bad and is_duplicate say which are used */
	size_t rule_count;
	struct sigma_rule **filters;      /* filter documents, in input order */
	size_t filter_count;
	struct suite *suite;              /* tests of the rules, from check on */
	size_t used_count;                /* rules in the pack */
	size_t indicator_count;
	const char **namespaces;          /* of YARA files so far */
	size_t namespace_count;
	struct left_out *left_out;
	size_t left_out_count;
	const struct logsources *logsources;
	const struct placeholders *placeholders; /* NULL: no file was given */
	struct overrides *overrides;             /* likewise */
	struct ir_builder *builder;       /* until lower ends */
	struct ir_pack *pack;             /* from lower on */
	const char *failure;              /* what went wrong outside the content ("x: ENOENT (...)"), when code is CANNOT */
};

/* The front half of the compiler. Each returns 0, or an exit code when it makes no sense to go on (I/O; content errors
 * without --skip-bad end with CODE_CONTENT after lower, so that every pass has queued all it has to say). */
int compile_load(struct compilation *compilation);  /* inputs -> documents */
int compile_parse(struct compilation *compilation); /* documents -> rules */
int compile_check(struct compilation *compilation); /* names, references, logsources resolved; lints */
int compile_lower(struct compilation *compilation); /* rules, feeds, tests, logsources -> pack */

/* Whether -d asks for the dump of a letter, and whether it asks for one after it. */
int compile_dumps(const struct compilation *compilation, char letter);
int compile_ends(const struct compilation *compilation, char letter);

void compile_init(struct compilation *compilation, const struct compile_request *request);
void compile_done(struct compilation *compilation);

/* load, parse, check, lower with the dumps asked for. Returns 0, or the exit code to leave with; diags may hold
 * warnings, and under --skip-bad errors, in either case. */
int compile_front(struct compilation *compilation);
#endif
