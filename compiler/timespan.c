/*
 * timespan.c - "5m", "1h": how far back a correlation looks.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"
#include "packfile.h"

/* A month and a year are what they last on average in the Gregorian calendar, since a window has a fixed length. */
static const struct {
	char letter;
	uint32_t seconds;
} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}, {'M', 2629746}, {'y', 31556952}};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static uint32_t
unit_seconds(const char *text, size_t size)
{
	for (size_t i = 0; size == 1 && i < COUNT(units); i++)
		if (units[i].letter == *text)
			return units[i].seconds;
	return 0;
}

static void
unit_unknown(struct diag_list *diags, const struct node *node, size_t digits)
{
	const char *unit = node->text.data + digits;
	const char letter[] = {*unit | 32, 0};
	size_t size = node->text.size - digits;
	int is_word = strspn(unit, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == size;
	struct place place = node_place(node, size ? digits : 0, size ? size : node->text.size);

	if (!digits || !size || !is_word || !unit_seconds(letter, 1))
		diag_add(diags, place, DIAG_bad_correlation,
		         "a timespan is a whole number and one unit, such as 90m; units are s, m, h, d, w, M (months) and y");
	else
		diag_add(diags, place, DIAG_bad_correlation, "unknown unit \"%s\"; did you mean \"%.*s%s\"?", unit,
		         (int)digits, node->text.data, !strncasecmp(unit, "mo", 2) ? "M" : letter);
}

uint64_t
timespan_parse(struct diag_list *diags, const struct node *node)
{
	const char *text = node_is_scalar(node) ? node->text.data : "";
	size_t digits = strspn(text, "0123456789"), size = strlen(text);
	uint32_t unit = unit_seconds(text + digits, size - digits);
	uint64_t number = digits < 12 ? strtoull(text, NULL, 10) : UINT32_MAX;

	if (!node_is_scalar(node) || size != node->text.size)
		diag_add(diags, node->place, DIAG_bad_correlation, "a timespan is text such as 5m, not %s",
		         node_type_name(node->type));
	else if (!digits || !unit)
		unit_unknown(diags, node, digits);
	else if (!number)
		diag_add(diags, node->place, DIAG_bad_correlation, "a timespan is longer than nothing");
	else if (number > PACK_TIMESPAN_MAX / unit)
		diag_add(diags, node->place, DIAG_bad_correlation, "a timespan is at most 10 years");
	else
		return number * unit;
	return 0;
}
