/*
 * value.c - the values of an item: types that fit the comparison, canonical numbers, networks, expressions.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "packfile.h"
#include "pattern.h"
#include "regex.h"
#include "value.h"

static int
value_refuse(struct diag_list *diags, const struct sigma_value *value, const char *wanted)
{
	diag_add(diags, value->node->place, DIAG_bad_value, "%s expected, not %s", wanted,
	         node_type_name(value->node->type));
	return -EBADMSG;
}

static void
value_set(struct arena *arena, struct sigma_value *value, struct sigma_pattern pattern)
{
	value->patterns = arena_alloc(arena, sizeof(*value->patterns));
	value->patterns[0] = pattern;
	value->pattern_count = 1;
}

int
value_read(struct arena *arena, struct diag_list *diags, struct sigma_value *value)
{
	if (value->pattern_count)
		return 0;
	if (value->node->type == NODE_NULL || value->node->type == NODE_BOOL)
		return value_refuse(diags, value, "text");
	value_set(arena, value, pattern_parse(arena, value->node->text));
	return 0;
}

/* 4624 for 4624, +4624, 04624 and 0x1210: how an integer is compared with an event's. */
static int
integer_canonical(struct arena *arena, struct diag_list *diags, const struct sigma_value *value, struct ir_text *text)
{
	const char *at = value->node->text.data, *end = at + value->node->text.size;
	int negative = *at == '-';
	unsigned long long number;

	if (!strncmp(at, "0x", 2) || !strncmp(at, "0o", 2)) {
		errno = 0;
		number = strtoull(at + 2, NULL, at[1] == 'x' ? 16 : 8);
		if (errno) {
			diag_add(diags, value->node->place, DIAG_bad_value, "the number does not fit 64 bits; write it in decimal");
			return -EBADMSG;
		}
		*text = arena_string(arena, arena_print(arena, "%llu", number));
		return 0;
	}
	at += *at == '-' || *at == '+';
	while (at + 1 < end && *at == '0')
		at++;
	negative = negative && *at != '0';
	*text = arena_string(arena, arena_print(arena, "%s%s", negative ? "-" : "", at));
	return 0;
}

static int
plain_check(struct arena *arena, struct diag_list *diags, struct sigma_item *item, struct sigma_value *value)
{
	struct ir_text text;

	if (value->pattern_count)
		return 0;
	switch (value->node->type) {
	case NODE_NULL:
		if (!item->field.size)
			return value_refuse(diags, value, "a keyword");
		if (item->value_count > 1)
			diag_add(diags, value->node->place, DIAG_null_in_list,
			         "null among values: missing or null becomes one of the alternatives");
		return 0;
	case NODE_BOOL:
		value_set(arena, value, pattern_literal(arena, arena_string(arena,
			(value->node->text.data[0] | 32) == 't' ? "true" : "false")));
		return 0;
	case NODE_INTEGER:
		if (integer_canonical(arena, diags, value, &text))
			return -EBADMSG;
		value_set(arena, value, pattern_literal(arena, text));
		return 0;
	case NODE_REAL:
		value_set(arena, value, pattern_literal(arena, value->node->text));
		return 0;
	default:
		return value_read(arena, diags, value);
	}
}

static int
regex_value_check(struct diag_list *diags, struct sigma_item *item, struct sigma_value *value)
{
	const struct node *node = value->node;
	struct regex_error error = {0};

	if (node->type == NODE_NULL || node->type == NODE_BOOL)
		return value_refuse(diags, value, "a regular expression");
	if (!regex_check(node->text.data, node->text.size, item->regex_flags, &error))
		return 0;
	diag_add(diags, node_place(node, error.offset, error.offset < node->text.size),
	         error.unsupported ? DIAG_regex_unsupported : DIAG_regex_syntax, "%s", error.text);
	return -EBADMSG;
}

/* Whether bits from prefix on are 0. */
static int
is_network(const unsigned char *address, size_t size, unsigned long prefix)
{
	for (size_t bit = prefix; bit < size * 8; bit++)
		if (address[bit / 8] >> (7 - bit % 8) & 1)
			return 0;
	return 1;
}

static int
cidr_refuse(struct diag_list *diags, const struct sigma_value *value, const char *text)
{
	diag_add(diags, value->node->place, DIAG_bad_cidr, "\"%.64s\": %s", value->node->text.data, text);
	return -EBADMSG;
}

static int
cidr_check(struct arena *arena, struct diag_list *diags, struct sigma_value *value)
{
	const char *text = value->node->text.data, *slash = strchr(text, '/');
	unsigned char address[16], network[16] = {0};
	char shown[INET6_ADDRSTRLEN];
	unsigned long prefix;
	size_t size;
	int family;
	char *end;

	if (value->node->type != NODE_STRING)
		return value_refuse(diags, value, "a network such as 10.0.0.0/8");
	family = strchr(text, ':') ? AF_INET6 : AF_INET;
	size = family == AF_INET6 ? 16 : 4;
	if (inet_pton(family, slash ? arena_print(arena, "%.*s", (int)(slash - text), text) : text, address) != 1)
		return cidr_refuse(diags, value, "not an IPv4 or IPv6 network");
	prefix = slash ? strtoul(slash + 1, &end, 10) : size * 8;
	if (slash && (slash[1] < '0' || slash[1] > '9' || *end || prefix > size * 8))
		return cidr_refuse(diags, value, size == 4 ? "the prefix is 0 to 32" : "the prefix is 0 to 128");
	if (is_network(address, size, prefix))
		return 0;
	for (size_t bit = 0; bit < prefix; bit++)
		network[bit / 8] |= address[bit / 8] & (0x80 >> bit % 8);
	inet_ntop(family, network, shown, sizeof(shown));
	diag_add(diags, value->node->place, DIAG_bad_cidr, "bits after the prefix are set; the network is %s/%lu", shown,
	         prefix);
	return -EBADMSG;
}

static int
number_check(struct arena *arena, struct diag_list *diags, struct sigma_item *item, struct sigma_value *value)
{
	struct ir_text text = value->node->text;
	int64_t number;

	if (value->node->type != NODE_INTEGER && (value->node->type != NODE_REAL || item->part))
		return value_refuse(diags, value, item->part ? "an integer" : "a number");
	if (value->node->type == NODE_INTEGER && node_integer(value->node, &number)) {
		diag_add(diags, value->node->place, DIAG_bad_value, "the number does not fit 64 bits");
		return -EBADMSG;
	}
	if (value->node->type == NODE_REAL && strpbrk(value->node->text.data, "nN"))
		return value_refuse(diags, value, "a finite number");
	if (value->node->type == NODE_INTEGER && integer_canonical(arena, diags, value, &text))
		return -EBADMSG;
	value_set(arena, value, pattern_literal(arena, text));
	return 0;
}

static int
value_check(struct arena *arena, struct diag_list *diags, struct sigma_item *item, struct sigma_value *value)
{
	if (item->fieldref) {
		if (value->node->type != NODE_STRING || !value->node->text.size)
			return value_refuse(diags, value, "the name of a field");
		return 0;
	}
	switch (item->comparison) {
	case SIGMA_EQUALS:
		return item->part ? number_check(arena, diags, item, value) : plain_check(arena, diags, item, value);
	case SIGMA_CONTAINS:
	case SIGMA_STARTSWITH:
	case SIGMA_ENDSWITH:
		return value_read(arena, diags, value);
	case SIGMA_REGEX:
		return regex_value_check(diags, item, value);
	case SIGMA_CIDR:
		return cidr_check(arena, diags, value);
	case SIGMA_EXISTS:
		return value->node->type == NODE_BOOL ? 0 : value_refuse(diags, value, "true or false");
	default:
		return number_check(arena, diags, item, value);
	}
}

int
values_check(struct arena *arena, struct diag_list *diags, struct sigma_item *item,
             const struct sigma_modifier *compared)
{
	int result = 0;

	if (!item->value_count && (item->comparison != SIGMA_EQUALS || item->part || item->fieldref || item->encoded)) {
		diag_add(diags, compared ? compared->place : item->place, DIAG_bad_value, "a value is missing");
		return -EBADMSG;
	}
	if (item->comparison == SIGMA_EXISTS && item->value_count > 1) {
		diag_add(diags, compared->place, DIAG_bad_value, "\"exists\" takes one value, true or false");
		return -EBADMSG;
	}
	for (size_t i = 0; i < item->value_count; i++)
		if (value_check(arena, diags, item, &item->values[i]))
			result = -EBADMSG;
	return result;
}
