/* rules_regex.c - random regular expressions from a grammar. */
#include "pool.h"
#include "rules.h"

static const char *const literals[] = { "a", "b", "ab", "cmd", "K", "s", "é", "ß", "ſ", "\\.", "\\\\", "-", " ", "0",
	"x",
	"\\x41", "\\x{212a}", "\\u017f", "\\t", "\\n", "\\/", "exe", "Ω", "\\*", "\\[", "_", ",", "=", "😀", NULL };
static const char *const classes[] = { "[a-c]", "[^a]", "[A-Za-z0-9]", "\\d", "\\w", "\\s", "\\D", "\\W", "\\S", ".",
	"[\\w.-]", "[k-s]", "[^\\n]", "[\\]\\\\]", "[é-ü]", "[^\\W_]", "[-a]", "[a-]", "[\\d,]", NULL };
static const char *const asserts[] = { "^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z", "\\b", "\\b", NULL };
static const char *const quantifiers[] = { "*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "*?", "+?", "??", "{3,8}",
	"{12}", "{40,}",
	"{2,60}",
	NULL };
static const char *const groups[] = { "(", "(?:", "(?i:", "(?s:", "(?P<name>", "(?:", NULL };

static void
sequence_write(FILE *out, struct dice *dice, int depth)
{
	for (uint32_t left = 1 + dice_roll(dice, 4); left > 0; left--) {
		uint32_t kind = dice_roll(dice, 10);

		if (kind == 0) {
			fputs(dice_pick(dice, asserts), out);
			continue;
		}
		if (kind < 3 && depth > 0) {
			fputs(dice_pick(dice, groups), out);
			rules_write_regex(out, dice, depth - 1);
			fputc(')', out);
		} else {
			fputs(kind < 6 ? dice_pick(dice, classes) : dice_pick(dice, literals), out);
		}
		if (dice_roll(dice, 3) == 0)
			fputs(dice_pick(dice, quantifiers), out);
	}
}

void
rules_write_regex(FILE *out, struct dice *dice, int depth)
{
	sequence_write(out, dice, depth);
	while (dice_roll(dice, 4) == 0) {
		fputc('|', out);
		sequence_write(out, dice, depth);
	}
}
