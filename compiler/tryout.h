/*
 * tryout.h - a pack that is compiled to be run at once: what test and explain have in common.
 *
 * Include what building.h asks for and building.h first.
 */
#ifndef TRYOUT_H
#define TRYOUT_H

struct compilation;
struct sigma_rule;
struct trial;

struct tryout {
	struct building building; /* of the pack; its options are the command's */
	const char *fields;       /* --fields FILE; NULL: none */
};

enum { TRYOUT_PLACEHOLDERS = 400, TRYOUT_OVERRIDE, TRYOUT_FIELDS, TRYOUT_LOGSOURCES, TRYOUT_CACHE, TRYOUT_NO_CACHE };

/* Rows of a command's options. */
#define TRYOUT_ROWS \
	{TRYOUT_PLACEHOLDERS, "placeholders", "FILE", "what the %name% of the modifier expand stand for"}, \
	{TRYOUT_OVERRIDE, "override", "FILE", "decisions about rules, by id or tag: level, enabled, note"}, \
	{TRYOUT_FIELDS, "fields", "FILE", "lines \"Field: key\": where events keep a rule's field"}, \
	{TRYOUT_LOGSOURCES, "logsources", "FILE", "more logsources; repeatable"}, \
	{TRYOUT_CACHE, "cache", "DIR", "compiled objects [~/.cache/rsnlc]"}, \
	{TRYOUT_NO_CACHE, "no-cache", NULL, "compile everything"}

/* Takes one of these options. 0, or -EINVAL after a message. */
int tryout_set(struct tryout *tryout, int letter, const char *value);
/* After the options: paths are what to compile; Sigma rules and tests are taken, and nothing lints them. Bad rules are
 * left out, with their errors queued. 0, or an enum exit_code after a message. compile_done() and tryout_done() in either
 * case. */
int tryout_load(struct tryout *tryout, struct compilation *compilation, const char *const *paths, size_t count);
/* Leaves selected only these rules and those whose matches they take. */
void tryout_select(struct compilation *compilation, struct sigma_rule *const *rules, size_t count);
/* Compiles the rules still selected and opens the pack; the trial is the caller's to close. The same codes. */
int tryout_open(struct tryout *tryout, struct compilation *compilation, struct trial **trial);
void tryout_done(struct tryout *tryout);
/* " --fields F" and the like: the options that another command line needs to see the same. */
void tryout_print_options(FILE *out, const struct tryout *tryout);
/* A word of a command line, quoted where a shell would not leave it alone. */
void tryout_print_word(FILE *out, const char *word);
#endif
