/*
 * cmd_explain.c - rsnlc explain: a rule, and what the compiled pack makes of an event with it.
 */
#include "packfile.h"
#include "diag.h"
#include "input.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "options.h"
#include "compile.h"
#include "make.h"
#include "minisign.h"
#include "yara_compile.h"
#include "building.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "emit.h"
#include "suite.h"
#include "explain.h"
#include "explain_event.h"
#include "explain_sequence.h"
#include "pack.h"
#include "trial.h"
#include "tryout.h"

enum { LETTER_IR = 300, ASKED_MAX = 3 };

static const struct option_row rows[] = {
	{LETTER_IR, "ir", NULL, "print the rule as the compiler sees it, too"},
	TRYOUT_ROWS,
	{0},
};

struct explain {
	struct tryout tryout;
	struct compilation compilation;
	int ir;
	const char *path, *id; /* of the rule; id NULL: the only one in the file */
	struct event_operand operand;
	struct sigma_rule *rule;
};

static int
set(void *state, int letter, const char *value)
{
	struct explain *explain = state;

	if (letter != LETTER_IR)
		return tryout_set(&explain->tryout, letter, value);
	explain->ir = 1;
	return 0;
}

/* FILE or PATH:ID */
static void
rule_operand_parse(struct explain *explain, struct arena *arena, const char *word)
{
	const char *colon = strrchr(word, ':');

	explain->path = word;
	if (!colon || !access(word, F_OK))
		return;
	explain->path = arena_print(arena, "%.*s", (int)(colon - word), word);
	explain->id = colon + 1;
}

/* The rule asked for, and what it takes the matches of, stay selected. 0 or an enum exit_code after a message. */
static int
rule_find(struct explain *explain)
{
	struct compilation *compilation = &explain->compilation;
	size_t count = 0;

	for (size_t i = 0; i < compilation->rule_count; i++) {
		struct sigma_rule *rule = compilation->rules[i];
		int fits = explain->id ? !strcmp(rule->id.data, explain->id) : !rule->is_silent;

		if (!fits || rule->is_duplicate)
			continue;
		explain->rule = rule;
		count++;
	}
	if (count > 1) {
		options_error("%s: has %zu rules; say which with %s:ID", explain->path, count, explain->path);
		return CODE_USAGE;
	}
	if (!count && explain->id)
		options_error("%s: no rule has the id \"%s\"", explain->path, explain->id);
	else if (!count)
		options_error("%s: no rule", explain->path);
	if (count && !explain->rule->is_selected) {
		options_error("%s: the override file disables the rule", explain->path);
		return CODE_CONTENT;
	}
	tryout_select(compilation, &explain->rule, count);
	return count ? 0 : CODE_CONTENT;
}

static const struct ir_group *
group_find(const struct ir_pack *pack, const char *id)
{
	for (uint32_t i = 0; i < pack->group_count; i++)
		for (uint32_t j = 0; j < pack->groups[i].rule_count; j++)
			if (!strcmp(pack->groups[i].rules[j]->id.data, id))
				return &pack->groups[i];
	return NULL;
}

static uint32_t
number_find(const struct trial *trial, const char *id)
{
	const struct pack_tables *tables = trial_tables(trial);
	uint32_t number = 0;

	while (number < tables->rule_count && strcmp(pack_text_data(tables, tables->rules[number].id), id))
		number++;
	return number < tables->rule_count ? number : PACK_NONE;
}

static void
head_print(const struct explain *explain, const char *verdict)
{
	const struct sigma_rule *rule = explain->rule;

	printf("%s \"%s\" (%s)%s%s\n", rule->place.source->name, rule->title.data,
	       rule->level.size ? rule->level.data : "low", verdict ? ": " : "", verdict ? verdict : "");
}

/* The values that say which logsource the event is of. */
static size_t
asked_print(const struct explaining *explaining, const char *before)
{
	const struct trial_look *look = explaining->look;
	const struct pack_tables *tables = trial_tables(explaining->trial);
	size_t count = 0;

	for (uint32_t i = 0; i < look->asked_count && count < ASKED_MAX; i++) {
		uint32_t slot = look->asked[i];
		const struct value *value = &look->event.slots[slot];

		if (!(look->event.present[slot / 64] >> slot % 64 & 1) || value->type == VALUE_LIST)
			continue;
		printf("%s%s ", count++ ? ", " : before, pack_text_data(tables, tables->slots[slot].name));
		if (value->type == VALUE_STRING)
			explain_print_text(stdout, value->data, value->size);
		else
			printf("%.*s", (int)value->size, (const char *)value->data);
	}
	return count;
}

static void
routed_print(const struct explaining *explaining)
{
	const struct sigma_rule *rule = explaining->rule;

	printf("routed  %s%s%s%s%s (", rule->product.size ? rule->product.data : "*", rule->category.size ? "/" : "",
	       rule->category.data, rule->service.size ? "/" : "", rule->service.data);
	if (explaining->look->routed) {
		if (!asked_print(explaining, "by "))
			fputs("by the event", stdout);
	} else if (asked_print(explaining, "taken from the rule; the event's ")) {
		fputs(" leads elsewhere", stdout);
	} else {
		fputs("taken from the rule; the event names none", stdout);
	}
	fputs(")\n", stdout);
}

static void
key_add(void *data, const char *path)
{
	struct explaining *explaining = data;

	explaining->keys = arena_grow(explaining->arena, explaining->keys, explaining->key_count,
	                              sizeof(*explaining->keys));
	explaining->keys[explaining->key_count++] = arena_print(explaining->arena, "%s", path);
}

static void
absent_tell(const struct explain *explain, const struct explaining *explaining)
{
	char *list = NULL;

	for (size_t i = 0; i < explaining->absent_count; i++)
		list = arena_print(explaining->arena, "%s%s%s", i ? list : "", i ? ", " : "", explaining->absent[i]);
	fflush(stdout);
	if (list)
		options_message(&explain->tryout.building.options, "not in the event: %s", list);
}

/* Prints what the pack makes of the event. */
static int
event_explain(struct explain *explain, struct trial *trial, const struct event_text *event)
{
	struct trial_look look;
	struct trial_bad bad;
	struct explaining explaining = {
		.arena = explain->compilation.arena, .trial = trial, .look = &look, .rule = explain->rule,
		.number = number_find(trial, explain->rule->id.data),
		.group = group_find(explain->compilation.pack, explain->rule->id.data),
	};
	int error = trial_look(trial, event->data, event->size, explaining.number, &look, &bad);

	if (error == -EBADMSG) {
		fprintf(stderr, "%s:%llu:%zu: error: %s [bad-json]\n", event->name,
		        (unsigned long long)(event->line + bad.line - 1), bad.column, bad.text);
		return CODE_CONTENT;
	}
	if (error)
		return CODE_CANNOT;
	trial_paths(event->data, event->size, key_add, &explaining);
	head_print(explain, look.matched ? "match" : "no match");
	routed_print(&explaining);
	explain_print_tree(stdout, &explaining);
	absent_tell(explain, &explaining);
	if ((explain_truth(&explaining) == TRUTH_YES) == look.matched)
		return CODE_DONE;
	options_error("internal check failed: the pack says \"%s\", its predicates do not; attach the rule and the event",
	              look.matched ? "match" : "no match");
	return CODE_BUG;
}

/* The predicates and the rule, without what every pack knows of events. */
static void
rule_ir_print(const struct ir_pack *pack)
{
	struct ir_pack own = *pack;

	own.route_count = own.shape_count = own.vector_count = 0;
	ir_print(stdout, &own);
}

/* The rule alone: nothing has to be compiled for it. */
static int
rule_explain(struct explain *explain)
{
	struct compilation *compilation = &explain->compilation;
	int code = compile_lower(compilation);

	if (code)
		return code;
	fold_pack(compilation->arena, compilation->pack);
	head_print(explain, NULL);
	if (explain->rule->correlation)
		explain_print_correlation(stdout, explain->rule);
	if (!explain->rule->is_correlation)
		explain_print_rule(stdout, compilation->arena, explain->rule, compilation->pack);
	if (explain->ir)
		rule_ir_print(compilation->pack);
	return CODE_DONE;
}

static int
match_explain(struct explain *explain)
{
	struct compilation *compilation = &explain->compilation;
	struct event_text event;
	struct trial *trial;
	int code = event_find(compilation->arena, &explain->operand, compilation->suite, explain->rule, &event);

	if (!code)
		code = tryout_open(&explain->tryout, compilation, &trial);
	if (code)
		return code;
	if (event.more && !explain->operand.line)
		options_message(&explain->tryout.building.options,
		                "%s has %zu events; this is the first (%s:LINE names another)", event.name, event.more + 1,
		                event.name);
	if (explain->ir)
		rule_ir_print(compilation->pack);
	code = event_explain(explain, trial, &event);
	trial_close(trial);
	return code;
}

/* A correlation sees all events of the file or test. */
static int
sequence_explain(struct explain *explain)
{
	struct compilation *compilation = &explain->compilation;
	struct event_text *events;
	struct trial *trial = NULL;
	char *text = NULL;
	size_t count, size;
	uint32_t fired = 0;
	FILE *out;
	int error = 0, code = event_find_all(compilation->arena, &explain->operand, compilation->suite, explain->rule,
	                                     &events, &count);

	if (!code)
		code = tryout_open(&explain->tryout, compilation, &trial);
	if (code)
		return code;
	out = open_memstream(&text, &size);
	if (out) {
		error = explain_print_sequence(out, trial, explain->rule, number_find(trial, explain->rule->id.data), events,
		                               count, &fired);
		fclose(out);
	}
	trial_close(trial);
	head_print(explain, fired ? "match" : "no match");
	explain_print_correlation(stdout, explain->rule);
	if (explain->ir)
		rule_ir_print(compilation->pack);
	fputs(text ? text : "", stdout);
	free(text);
	return !error && text ? CODE_DONE : error == -EBADMSG ? CODE_CONTENT : CODE_CANNOT;
}

static int
event_is_given(const struct explain *explain)
{
	return explain->tryout.building.options.operand_count > 1;
}

static int
explain_run(struct explain *explain, struct arena *arena)
{
	const struct options *options = &explain->tryout.building.options;
	const char *paths[2];
	size_t count = 1;
	int code;

	rule_operand_parse(explain, arena, options->operands[0]);
	paths[0] = explain->path;
	if (options->operand_count > 1)
		event_operand_parse(arena, options->operands[1], &explain->operand);
	if (explain->operand.is_test)
		paths[count++] = explain->operand.path;
	code = tryout_load(&explain->tryout, &explain->compilation, paths, count);
	if (!code)
		code = rule_find(explain);
	if (!code && explain->rule->is_bad) {
		diag_print(stderr, explain->compilation.diags, DIAG_TEXT, options->color);
		code = CODE_CONTENT;
	}
	if (!code)
		code = !event_is_given(explain)       ? rule_explain(explain)
		       : explain->rule->correlation ? sequence_explain(explain) : match_explain(explain);
	compile_done(&explain->compilation);
	return code;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct explain explain = {.ir = 0};
	const struct options *options = &explain.tryout.building.options;
	int code = options_parse(&explain.tryout.building.options, command, argc, argv, set, &explain);
	struct arena *arena;

	if (code >= 0)
		return code;
	if (options->operand_count < 1 || options->operand_count > 2) {
		options_error("explain: one RULE and at most one EVENT wanted");
		return CODE_USAGE;
	}
	arena = arena_new();
	/* any rule can be explained, deprecated ones too */
	selection_add(&explain.tryout.building.compile.selection, 0, "status:*");
	code = explain_run(&explain, arena);
	tryout_done(&explain.tryout);
	arena_free(arena);
	return code;
}

const struct command command_explain = {
	"explain", "[OPTION]... RULE [EVENT]", "Shows what the compiled pack makes of an event, part by part of a rule.",
	rows, run,
};
