/* compiler_keyword.c - the texts without one of which no keyword of a rule counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "ir.h"
#include "keyword.h"
#include "packfile.h"

enum { PREDICATES = 7 };

/* By number: keywords of one value, but for the last, which is a field's. */
static const char *const values[PREDICATES] = { "Golden Ticket", ":", "mimilib", "../../etc", "a\"<%=b", "wget ", "field" };

static const struct row {
	const char *rules; /* expressions in prefix notation, two operands each: & | ! and numbers of predicates */
	const char *texts; /* joined by a bar; NULL: nobody says */
	int some;
} rows[] = {
	{ "0", "golden ticket", 0 },
	{ "1", NULL, 0 },
	{ "&1 0", "golden ticket", 0 },
	{ "|1 0", NULL, 0 },
	{ "|2 0", "golden ticket|mimilib", 0 },
	{ "&2 4", "<%=b", 0 },
	{ "&2 |5 1", "mimilib", 0 },
	{ "&6 |5 2", "mimilib|wget ", 0 },
	{ "|6 &0 1", "golden ticket", 1 },
	{ "|6 &5 &1 0", "golden ticket", 1 },
	{ "|6 1", NULL, 0 },
	{ "&6 |6 &0 1", "golden ticket", 1 },
	{ "&2 |6 &0 1", "mimilib", 0 },
	{ "|6 !&0 1", NULL, 0 },
	{ "0 |6 &1 5 |6 2", "golden ticket|mimilib|wget ", 1 },
	{ "|6 &0 2", "golden ticket|mimilib", 0 },
	{ "&6 !0", "golden ticket", 0 },
	{ "&6 !1", NULL, 0 },
	{ "&0 !1", "golden ticket", 0 },
	{ "3", "/etc", 0 },
	{ "6", NULL, 0 },
	{ "0 &1 5", "golden ticket|wget ", 0 },
	{ "0 1", NULL, 0 },
};

static const struct ir_expr *
expr_read(struct arena *arena, const char **text)
{
	struct ir_expr *expr = arena_alloc(arena, sizeof(*expr));
	char type = *(*text)++;

	expr->type = type == '&' ? IR_AND : type == '|' ? IR_OR : type == '!' ? IR_NOT : IR_PREDICATE;
	expr->predicate = expr->type == IR_PREDICATE ? (uint32_t)(type - '0') : 0;
	expr->child_count = expr->type == IR_PREDICATE ? 0 : expr->type == IR_NOT ? 1 : 2;
	expr->children = arena_alloc(arena, 2 * sizeof(*expr->children));
	for (uint32_t i = 0; i < expr->child_count; i++) {
		expr->children[i] = expr_read(arena, text);
		*text += i == 0 && **text == ' ' && expr->child_count == 2;
	}
	return expr;
}

static void
check(struct arena *arena, const struct ir_predicate *predicates, const struct row *row)
{
	struct ir_rule rules[4] = { 0 };
	const struct ir_rule *list[4];
	struct ir_group group = { .predicates = predicates, .predicate_count = PREDICATES, .rules = list };
	const struct ir_text *texts;
	char found[256] = "";
	uint32_t count;
	int some;

	for (const char *at = row->rules; *at; at += *at == ' ') {
		rules[group.rule_count].expr = expr_read(arena, &at);
		list[group.rule_count] = rules + group.rule_count;
		group.rule_count++;
	}
	texts = keyword_literals(arena, &group, &count, &some);
	for (uint32_t i = 0; texts && i < count; i++)
		snprintf(found + strlen(found), sizeof(found) - strlen(found), "%s%.*s", i ? "|" : "", (int)texts[i].size, texts[i].data);
	if (!texts != !row->texts || strcmp(found, row->texts ? row->texts : "") || (texts && some != row->some))
		fail_msg("%s: %s", row->rules, texts ? found : "nobody says");
}

static void
rules_hang_on_their_rarest_keywords(void **state)
{
	struct arena *arena = arena_new();
	struct ir_value value[PREDICATES] = { 0 };
	struct ir_predicate predicates[PREDICATES] = { 0 };

	(void)state;
	for (uint32_t i = 0; i < PREDICATES; i++) {
		value[i].text = (struct ir_text){ values[i], (uint32_t)strlen(values[i]) };
		predicates[i] = (struct ir_predicate){ .field = i == PREDICATES - 1 ? 0 : IR_NONE, .op = PACK_KEYWORD, .value_count = 1,
			.values = value + i };
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check(arena, predicates, rows + i);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(rules_hang_on_their_rarest_keywords) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
