/* indicator.c - reads one indicator: hashes, addresses and networks, domains, paths. */
#include "arena.h"
#include "ir.h"
#include "indicator.h"
#include "packfile.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char *const indicator_types[INDICATOR_TYPE_COUNT] = {"md5", "sha1", "sha256", "ip", "domain", "path"};

static const size_t hash_sizes[] = {[INDICATOR_MD5] = 32, [INDICATOR_SHA1] = 40, [INDICATOR_SHA256] = 64};

enum { DOMAIN_MAX = 253, LABEL_MAX = 63, ADDRESS_TEXT_MAX = 64 };

static int __attribute__((format(printf, 4, 5)))
fail(struct indicator_fault *fault, size_t offset, size_t size, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(fault->text, sizeof(fault->text), format, arguments);
	va_end(arguments);
	fault->offset = offset;
	fault->size = size;
	return -EINVAL;
}

enum indicator_type
indicator_type_named(const char *name, size_t size)
{
	int type;

	if (size == 4 && memcmp(name, "cidr", 4) == 0)
		return INDICATOR_IP;
	for (type = 0; type < INDICATOR_TYPE_COUNT; type++)
		if (strlen(indicator_types[type]) == size && memcmp(indicator_types[type], name, size) == 0)
			break;
	return type;
}

static size_t
hex_prefix(const char *text, size_t size)
{
	size_t i;

	for (i = 0; i < size && isxdigit((unsigned char)text[i]); i++)
		;
	return i;
}

static int
looks_like_path(const char *text, size_t size)
{
	if (size > 2 && isalpha((unsigned char)text[0]) && text[1] == ':' && text[2] == '\\')
		return 1;
	if (size > 2 && text[0] == '\\' && text[1] == '\\')
		return 1;
	if (size > 2 && text[0] == '*' && (text[1] == '/' || text[1] == '\\'))
		return 1;
	return size > 1 && text[0] == '/' && text[1] != '/' && text[1] != '*';
}

static int
looks_like_domain(const char *text, size_t size)
{
	size_t i, dots = 0, last = 0;

	if (size > 2 && text[0] == '*' && text[1] == '.')
		i = 2;
	else
		i = size > 0 && text[0] == '.';
	for (; i < size; i++) {
		if (text[i] == '.')
			last = ++dots ? i + 1 : 0;
		else if (!isalnum((unsigned char)text[i]) && text[i] != '-' && text[i] != '_')
			return 0;
	}
	return dots > 0 && last + 1 < size && isalpha((unsigned char)text[last]);
}

enum indicator_type
indicator_guess(const char *text, size_t size)
{
	size_t i;
	int type;

	for (type = INDICATOR_MD5; type <= INDICATOR_SHA256; type++)
		if (size == hash_sizes[type] && hex_prefix(text, size) == size)
			return type;
	for (i = 0; i < size && (isxdigit((unsigned char)text[i]) || strchr(".:/", text[i])); i++)
		;
	if (i == size && size > 2 && (memchr(text, ':', size) || memchr(text, '.', size)) && text[0] != '/' &&
	    !looks_like_domain(text, size))
		return INDICATOR_IP;
	if (looks_like_path(text, size))
		return INDICATOR_PATH;
	return looks_like_domain(text, size) ? INDICATOR_DOMAIN : INDICATOR_TYPE_COUNT;
}

/* A copy without capitals; not interned, since feeds have millions of values. */
static struct ir_text
text_lower(struct arena *arena, const char *text, size_t size)
{
	char *lower = arena_alloc(arena, size + 1);

	for (size_t i = 0; i < size; i++)
		lower[i] = text[i] >= 'A' && text[i] <= 'Z' ? text[i] | 32 : text[i];
	return (struct ir_text){lower, size};
}

static int
hash_read(struct arena *arena, const char *text, size_t size, struct indicator *indicator,
          struct indicator_fault *fault)
{
	size_t wanted = hash_sizes[indicator->type], digits = hex_prefix(text, size);

	if (digits < size)
		return fail(fault, digits, 1, "\"%.*s\" is no hexadecimal digit", 1, text + digits);
	if (size != wanted)
		return fail(fault, 0, size, "%zu hexadecimal digits; %s has %zu", size, indicator_types[indicator->type],
		            wanted);
	indicator->op = PACK_EQUALS;
	indicator->value.text = indicator->value.shown = text_lower(arena, text, size);
	return 0;
}

/* 1 if bits after the first `prefix` of the address are set; they are cleared. */
static int
clear_host_bits(unsigned char *address, size_t size, unsigned prefix)
{
	int found = 0;
	size_t i;

	for (i = 0; i < size; i++) {
		unsigned char mask = prefix >= 8 * (i + 1) ? 255 : prefix <= 8 * i ? 0 : (unsigned char)(0xff00 >> prefix % 8);

		found |= (address[i] & ~mask) != 0;
		address[i] &= mask;
	}
	return found;
}

static int
network_read(const char *address, const char *slash, size_t size, unsigned *prefix, struct indicator_fault *fault)
{
	int family = strchr(address, ':') ? AF_INET6 : AF_INET;
	unsigned most = family == AF_INET ? 32 : 128;
	char *end, shown[INET6_ADDRSTRLEN];
	unsigned char bytes[16];

	if (inet_pton(family, address, bytes) != 1)
		return fail(fault, 0, slash ? (size_t)(slash - address) : size, "no IPv4 or IPv6 address");
	*prefix = most;
	if (!slash)
		return 0;
	*prefix = strtoul(slash + 1, &end, 10);
	if (!isdigit((unsigned char)slash[1]) || *end || *prefix > most)
		return fail(fault, slash - address + 1, size - (slash - address) - 1, "a prefix of 0 to %u bits is wanted", most);
	if (!clear_host_bits(bytes, most / 8, *prefix))
		return 0;
	inet_ntop(family, bytes, shown, sizeof(shown));
	return fail(fault, 0, size, "bits after the prefix are set; the network is %s/%u", shown, *prefix);
}

/* A single IPv4 address has one way to be written; IPv6 has many, so it is compared as a network of one. */
static int
ip_read(struct arena *arena, const char *text, size_t size, struct indicator *indicator, struct indicator_fault *fault)
{
	char address[ADDRESS_TEXT_MAX], *slash;
	unsigned prefix = 0;
	int error;

	if (size >= sizeof(address))
		return fail(fault, 0, size, "no IPv4 or IPv6 address");
	memcpy(address, text, size);
	address[size] = 0;
	slash = strchr(address, '/');
	if (slash)
		*slash = 0;
	error = network_read(address, slash, size, &prefix, fault);
	if (error)
		return error;
	indicator->value.shown = text_lower(arena, text, size);
	indicator->value.text = indicator->value.shown;
	indicator->op = slash || strchr(address, ':') ? PACK_CIDR : PACK_EQUALS;
	if (!slash && indicator->op == PACK_CIDR)
		indicator->value.text = arena_string(arena, arena_print(arena, "%s/%u", indicator->value.shown.data, prefix));
	return 0;
}

static int
domain_read(struct arena *arena, const char *text, size_t size, struct indicator *indicator,
            struct indicator_fault *fault)
{
	size_t i, start, skip = size > 1 && text[0] == '*' && text[1] == '.' ? 2 : size > 0 && text[0] == '.';
	size_t end = size > skip && text[size - 1] == '.' ? size - 1 : size;
	int dots = 0;

	if (end - skip > DOMAIN_MAX)
		return fail(fault, skip, end - skip, "%zu bytes; a domain has at most %d", end - skip, DOMAIN_MAX);
	for (i = start = skip; i <= end; i++) {
		if (i < end && text[i] != '.') {
			if ((unsigned char)text[i] >= 0x80)
				return fail(fault, i, 1, "domains are written in ASCII (xn--...)");
			if (!isalnum((unsigned char)text[i]) && text[i] != '-' && text[i] != '_')
				return fail(fault, i, 1, "a domain cannot have \"%c\"", text[i]);
			continue;
		}
		if (i == start || i - start > LABEL_MAX)
			return fail(fault, start, i - start, "a label of a domain has 1 to %d bytes", LABEL_MAX);
		dots += i < end;
		start = i + 1;
	}
	if (dots == 0 && !skip)
		return fail(fault, 0, size, "a domain has at least one dot; write \".%.*s\" for all that ends with it", (int)size,
		            text);
	indicator->op = skip ? PACK_SUBDOMAIN : PACK_EQUALS;
	indicator->value.text = text_lower(arena, text + skip, end - skip);
	indicator->value.shown = indicator->value.text;
	return 0;
}

static void
piece_add(struct arena *arena, struct ir_piece **pieces, struct ir_value *value, enum ir_piece_type type,
          const char *text, size_t size)
{
	if (type == IR_ANY_RUN && value->piece_count > 0 && (*pieces)[value->piece_count - 1].type == IR_ANY_RUN)
		return;
	*pieces = arena_grow(arena, *pieces, value->piece_count, sizeof(**pieces));
	(*pieces)[value->piece_count].type = type;
	(*pieces)[value->piece_count++].literal = arena_text(arena, text, size);
}

/* A pattern whose only wildcards are runs at its ends is a plain comparison. */
static void
pattern_simplify(struct indicator *indicator)
{
	struct ir_value *value = &indicator->value;
	const struct ir_piece *pieces = value->pieces;
	int open_start = pieces[0].type == IR_ANY_RUN, open_end = pieces[value->piece_count - 1].type == IR_ANY_RUN;

	if (value->piece_count != 1u + open_start + open_end || pieces[open_start].type != IR_LITERAL)
		return;
	indicator->op = open_start && open_end ? PACK_CONTAINS : open_start ? PACK_ENDSWITH : PACK_STARTSWITH;
	value->text = pieces[open_start].literal;
	value->pieces = NULL;
	value->piece_count = 0;
}

static int
path_read(struct arena *arena, const char *text, size_t size, struct indicator *indicator,
          struct indicator_fault *fault)
{
	struct ir_value *value = &indicator->value;
	struct ir_piece *pieces = NULL;
	size_t i, start;

	if (size < 2 || strspn(text, "*?") >= size)
		return fail(fault, 0, size, "a path or a pattern with more than wildcards is wanted");
	if (!memchr(text, '/', size) && !memchr(text, '\\', size))
		return fail(fault, 0, size, "a path has a slash or a backslash; write \"*/%.*s\" for a file name", (int)size, text);
	indicator->systems = memchr(text, '\\', size) ? INDICATOR_WINDOWS : INDICATOR_LINUX;
	value->text = value->shown = arena_text(arena, text, size);
	indicator->op = PACK_EQUALS;
	if (!memchr(text, '*', size) && !memchr(text, '?', size))
		return 0;
	for (i = start = 0; i <= size; i++) {
		if (i < size && text[i] != '*' && text[i] != '?')
			continue;
		if (i > start)
			piece_add(arena, &pieces, value, IR_LITERAL, text + start, i - start);
		if (i < size)
			piece_add(arena, &pieces, value, text[i] == '*' ? IR_ANY_RUN : IR_ANY_ONE, "", 0);
		start = i + 1;
	}
	value->pieces = pieces;
	indicator->op = PACK_WILDCARD;
	pattern_simplify(indicator);
	return 0;
}

int
indicator_read(struct arena *arena, enum indicator_type type, const char *text, size_t size,
               struct indicator *indicator, struct indicator_fault *fault)
{
	memset(indicator, 0, sizeof(*indicator));
	indicator->type = type;
	indicator->systems = INDICATOR_ANY;
	if (size == 0)
		return fail(fault, 0, 0, "the value is empty");
	switch (type) {
	case INDICATOR_IP:
		return ip_read(arena, text, size, indicator, fault);
	case INDICATOR_DOMAIN:
		return domain_read(arena, text, size, indicator, fault);
	case INDICATOR_PATH:
		return path_read(arena, text, size, indicator, fault);
	default:
		return hash_read(arena, text, size, indicator, fault);
	}
}
