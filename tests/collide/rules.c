/* rules.c - random rules, detection by detection. */
#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "rules.h"

enum { LONG_SET = 4200, KEYS_MAX = 8 };

struct keys { /* of one map: no two are the same */
	char list[KEYS_MAX][64];
	uint32_t count;
};

static const char *const fields[] = { "A", "B", "C", "D", "E", "Image", "CommandLine", "a.b", "a.c", "ThreatName",
	"x.y.z", "OriginalFileName", "Company",
	NULL };

/* Of the last some fields are late. */
static const char *const logsources[] = { "product: collide, category: c0", "product: collide, category: c1",
	"product: collide, category: c2", "product: collide", "product: windows, category: process_creation", NULL };

/* Words and pieces of words of one another, with letters whose folding has another length. */
static const char *const words[] = { "powershell", "power", "shell", "cmd.exe", ".exe", "C:\\\\Windows\\\\",
	"\\\\cmd.exe",
	"C:\\\\Windows\\\\System32\\\\cmd.exe", " -enc ", "-enc", " /c ", "-a -b", "http://", "kelvin", "K", "ſ", "straße", "STRASSE",
	"ẞ", "ΟΔΟΣ", "οδός", "İstanbul", "ǆ", "Ⱥlpha", "alpha", "alphabet", "al", "x", "0", "4624", "true", "é", "e\xcc\x81",
	"日本", "😀", "a", "aa", "aaaa", "ab", "owersh", "System32", " ", ".", "_x", "ss", "\\n", "\\x01", "\\0", "\\t", "\xef\xbb\xbf",
	"Ꭰ", "ⅷ", "ͅι", "1.50", "ﬀ", NULL };

/* A pattern's own pieces, as a double-quoted YAML string holds them. */
static const char *const wilds[] = { "*", "?", "*", "\\\\*", "\\\\?", "\\\\\\\\*", "\\\\\\\\", "\\\\\\\\\\\\*",
	"\\\\", "??", "**",
	"\\\"", NULL };

static void
text_write(FILE *out, struct dice *dice, int wild)
{
	for (uint32_t left = dice_roll(dice, 40) ? 1 + dice_roll(dice, 3) : 0; left > 0; left--) {
		if (wild && dice_roll(dice, 4) == 0)
			fputs(dice_pick(dice, wilds), out);
		fputs(dice_pick(dice, words), out);
		if (wild && dice_roll(dice, 6) == 0)
			fputs(dice_pick(dice, wilds), out);
	}
}

static void
string_write(FILE *out, struct dice *dice)
{
	fputc('"', out);
	text_write(out, dice, dice_roll(dice, 2));
	fputc('"', out);
}

/* Without wildcards, for what encodes. */
static void
literal_write(FILE *out, struct dice *dice)
{
	fputc('"', out);
	fputs(dice_roll(dice, 2) ? "abc" : "http://", out);
	text_write(out, dice, 0);
	fputc('"', out);
}

static void
regex_write(FILE *out, struct dice *dice)
{
	fputc('\'', out);
	if (dice_roll(dice, 8) == 0)
		fputs(dice_roll(dice, 2) ? "(?i)" : "(?m)", out);
	rules_write_regex(out, dice, 2);
	fputc('\'', out);
}

/* Plain scalars. */
static void
plain_write(FILE *out, struct dice *dice)
{
	static const char *const plains[] = { "4624", "0", "-5", "007", "0x10", "true", "False", "1.50", "1e3", "null", "~",
		"''", "'007'", "'4624'", "\"true\"", "+3", "12345678901234567890", NULL };

	fputs(dice_pick(dice, plains), out);
}

static void
truth_write(FILE *out, struct dice *dice)
{
	fputs(dice_roll(dice, 2) ? "true" : "false", out);
}

static void
net_write(FILE *out, struct dice *dice)
{
	static const char *const nets[] = { "10.0.0.0/8", "192.168.1.128/25", "fe80::/10", "::ffff:0:0/96", "0.0.0.0/0",
		"::/0",
		"2001:db8::/32", "127.0.0.1", "::1", "172.16.0.0/12", "10.200.3.4/31", "::ffff:10.0.0.0/104", NULL };

	fprintf(out, "'%s'", dice_pick(dice, nets));
}

static void
number_write(FILE *out, struct dice *dice)
{
	static const char *const numbers[] = { "0", "10", "4624", "4624.5", "-3", "1e3", "0.1", "9007199254740993", "010",
		"-0.0",
		NULL };

	fputs(dice_pick(dice, numbers), out);
}

static void
part_number_write(FILE *out, struct dice *dice)
{
	fprintf(out, "%u", dice_roll(dice, 3) ? dice_roll(dice, 54) : 2000 + dice_roll(dice, 40));
}

static void
name_write(FILE *out, struct dice *dice)
{
	fprintf(out, "'%s'", dice_pick(dice, fields));
}

typedef void write_fn(FILE *out, struct dice *dice);

static void
list_write(FILE *out, struct dice *dice, write_fn *write, uint32_t most)
{
	uint32_t count = dice_roll(dice, 3) ? 1 + dice_roll(dice, most) : 1;

	if (count == 1 && dice_roll(dice, 2)) {
		fputc(' ', out);
		write(out, dice);
		fputc('\n', out);
		return;
	}
	fputc('\n', out);
	for (uint32_t i = 0; i < count; i++) {
		fputs("        - ", out);
		write(out, dice);
		fputc('\n', out);
	}
}

/* Modifiers of text in some order that has a meaning, and what writes such values. */
static write_fn *
modifiers_pick(struct dice *dice, char *key, size_t room)
{
	static const char *const sides[] = { "", "|contains", "|contains", "|startswith", "|endswith", NULL };
	static const char *const windash[] = { "", "", "", "", "", "|windash", NULL };
	static const char *const codes[] = { "|base64", "|base64offset|contains", "|base64offset",
		"|wide|base64offset|contains",
		"|utf16le|base64offset", "|utf16be|base64", "|utf16|base64offset|contains", "|wide", "|utf16|contains",
		"|windash|base64offset", NULL };
	static const char *const ends[] = { "", "", "", "", "", "", "|all", "|cased", "|neq", "|all|cased", "|cased|neq",
		NULL };
	const char *side = dice_pick(dice, sides), *dash = dice_pick(dice, windash);
	size_t used = strlen(key);

	if (dice_roll(dice, 7) == 0) {
		snprintf(key + used, room - used, "%s%s", dice_pick(dice, codes), dice_pick(dice, ends));
		return literal_write;
	}
	if (dice_roll(dice, 2))
		snprintf(key + used, room - used, "%s%s%s", dash, side, dice_pick(dice, ends));
	else
		snprintf(key + used, room - used, "%s%s%s", side, dash, dice_pick(dice, ends));
	return string_write;
}

/* An item's key and what writes its values. */
static write_fn *
item_pick(struct dice *dice, char *key, size_t room)
{
	static const char *const regexes[] = { "|re", "|re", "|re|i", "|re|m", "|re|s", "|re|i|m|s", "|re|i|s", "|re|neq",
		"|re|all", "|re|ignorecase", "|re|multiline", "|re|dotall", NULL };
	static const char *const orders[] = { "|lt", "|lte", "|gt", "|gte", "|gte|neq", NULL };
	static const char *const refs[] = { "|fieldref", "|fieldref|contains", "|fieldref|startswith", "|fieldref|endswith",
		"|contains|fieldref", "|fieldref|cased", "|fieldref|neq", "|fieldref|all", "|fieldref|endswith|cased", NULL };
	static const char *const parts[] = { "|minute", "|hour", "|day", "|week", "|month", "|year", "|hour|gte",
		"|week|lt",
		"|minute|lte", "|year|gt", "|day|neq", NULL };
	static const struct {
		const char *const *modifiers;
		write_fn *write;
	} kinds[] = { { regexes, regex_write }, { orders, number_write }, { refs, name_write },
		{ parts, part_number_write } };
	uint32_t kind = dice_roll(dice, 20);

	snprintf(key, room, "%s", dice_pick(dice, fields));
	if (kind < 6) {
		kind = kind < 3 ? 0 : kind - 2;
		snprintf(key + strlen(key), room - strlen(key), "%s", dice_pick(dice, kinds[kind].modifiers));
		return kinds[kind].write;
	}
	if (kind == 6) {
		strcat(key, dice_roll(dice, 4) ? "|cidr" : "|cidr|neq");
		return net_write;
	}
	if (kind == 7 && dice_roll(dice, 4) == 0) {
		strcat(key, dice_roll(dice, 4) ? "|exists" : "|exists|neq");
		return truth_write;
	}
	if (kind == 7)
		return plain_write;
	return modifiers_pick(dice, key, room);
}

static void
long_write(FILE *out, struct dice *dice)
{
	uint32_t step = 7919 + dice_roll(dice, 100);

	fputc('\n', out);
	for (uint32_t i = 0; i < LONG_SET; i++)
		fprintf(out, "        - 'Väl %x'\n", i * step);
}

static void
item_write(FILE *out, struct dice *dice, struct keys *keys, int long_sets)
{
	char key[64];
	write_fn *write = item_pick(dice, key, sizeof(key));

	for (uint32_t i = 0; i < keys->count; i++)
		if (!strcmp(keys->list[i], key))
			return;
	if (keys->count == KEYS_MAX)
		return;
	strcpy(keys->list[keys->count++], key);
	fprintf(out, "      '%s':", key);
	if (long_sets && !strchr(key, '|') && dice_roll(dice, 2) == 0)
		long_write(out, dice);
	else if (dice_roll(dice, 60) == 0 && !strchr(key, '|'))
		fputs(" []\n", out);
	else
		list_write(out, dice, write, strstr(key, "|exists") ? 1 : 6);
}

static void
map_write(FILE *out, struct dice *dice, int long_sets)
{
	struct keys keys = { .count = 0 };

	for (uint32_t left = 1 + dice_roll(dice, 3); left > 0; left--)
		item_write(out, dice, &keys, long_sets);
}

/* Keywords, maps, or a list of both. */
static void
detection_write(FILE *out, struct dice *dice, int long_sets)
{
	uint32_t kind = dice_roll(dice, 12);

	if (kind == 0) {
		fprintf(out, "\n      '|%s':", dice_roll(dice, 2) ? "all" : "cased");
		list_write(out, dice, string_write, 3);
	} else if (kind < 3) {
		fputc('\n', out);
		for (uint32_t left = 1 + dice_roll(dice, 4); left > 0; left--) {
			fputs("      - ", out);
			string_write(out, dice);
			fputc('\n', out);
		}
	} else if (kind < 5) {
		fputc('\n', out);
		for (uint32_t left = 1 + dice_roll(dice, 2); left > 0; left--) {
			struct keys keys = { .count = 0 };

			fputs("     -\n", out);
			item_write(out, dice, &keys, 0);
		}
	} else {
		fputc('\n', out);
		map_write(out, dice, long_sets);
	}
}

/* Conditions over s0.. and f0.. and _h0. */
static void
condition_write(FILE *out, struct dice *dice, uint32_t selections, int depth)
{
	static const char *const groups[] = { "1 of s*", "all of s*", "any of s*", "1 of them", "all of them", "all of f*",
		"1 of _h*", "1 of *0", NULL };
	uint32_t kind = dice_roll(dice, depth > 0 ? 10 : 4);

	switch (kind) {
	case 0: fputs(dice_pick(dice, groups), out); return;
	case 1: case 2: fprintf(out, "s%u", dice_roll(dice, selections)); return;
	case 3: fputs(dice_roll(dice, 2) ? "f0" : selections > 2 ? "2 of s*" : "_h0", out); return;
	case 4:
		fputs(dice_roll(dice, 10) ? "not " : "NOT ", out);
		condition_write(out, dice, selections, 0);
		return;
	case 5:
		fputs("not (", out);
		condition_write(out, dice, selections, depth - 1);
		fputc(')', out);
		return;
	case 6:
		fputc('(', out);
		condition_write(out, dice, selections, depth - 1);
		fputc(')', out);
		return;
	default:
		condition_write(out, dice, selections, depth - 1);
		fputs(kind < 9 ? " and " : " or ", out);
		condition_write(out, dice, selections, depth - 1);
	}
}

static void
rule_write(FILE *out, struct dice *dice, uint32_t number, int long_sets)
{
	uint32_t selections = 1 + dice_roll(dice, 3);

	fprintf(out, "title: rule %u\nid: 00000000-0000-4000-8000-%012x\nlogsource: {%s}\ndetection:\n", number, number,
	        dice_pick(dice, logsources));
	for (uint32_t i = 0; i < selections; i++) {
		fprintf(out, "    s%u:", i);
		detection_write(out, dice, long_sets);
	}
	fputs("    f0:", out);
	detection_write(out, dice, 0);
	fputs("    _h0:", out);
	detection_write(out, dice, 0);
	fputs("    condition: ", out);
	if (dice_roll(dice, 15) == 0)
		fputs("\n      - s0 and f0\n      - ", out);
	condition_write(out, dice, selections, 3);
	fputc('\n', out);
}

void
rules_write(FILE *out, struct dice *dice, uint32_t count, int long_sets)
{
	for (uint32_t i = 0; i < count; i++) {
		fputs(i ? "---\n" : "", out);
		rule_write(out, dice, i + 1, long_sets && i % 16 == 3);
	}
}

void
rules_write_domains(FILE *out, struct dice *dice)
{
	uint32_t step = 1 + dice_roll(dice, 99);

	fputs("type,value\n", out);
	for (uint32_t i = 0; i < LONG_SET; i++)
		fprintf(out, "domain,*.Sub%x.d%u.example\n", i * step, i % 9);
}
