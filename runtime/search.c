/* search.c - slow, exact search for one pattern in one value: folded code points, wildcards, networks. */
#include <string.h>

#include "address.h"
#include "fold.h"
#include "pack.h"
#include "packfile.h"
#include "block.h"
#include "rarity.h"
#include "search.h"
#include "word.h"

#define HIGH_BITS UINT64_C(0x8080808080808080)

static uint32_t
lower(uint32_t byte)
{
	return byte - 'A' < 26 ? byte | 0x20 : byte;
}

/* Bytes of text that are equal to all of pattern from their beginning, by folded code points, or -1. */
static int64_t
match_here(struct search_text text, struct search_text pattern, int cased)
{
	const uint8_t *t = (const uint8_t *)text.data, *p = (const uint8_t *)pattern.data;
	uint32_t i = 0, j = 0, a, b;

	while (j < pattern.size) {
		if (i >= text.size)
			return -1;
		a = t[i];
		b = p[j];
		if ((a | b) < 0x80) {
			if (cased ? a != b : lower(a) != lower(b))
				return -1;
			++i, ++j;
			continue;
		}
		i += utf8_read(t + i, text.size - i, &a);
		j += utf8_read(p + j, pattern.size - j, &b);
		if (cased ? a != b : fold_point(a) != fold_point(b))
			return -1;
	}
	return i;
}

/* The places of a block that have c, letters in either case, or what is not ASCII and may fold to it. */
static uint64_t
places_of(const char *at, char c)
{
	struct block block = block_read(at);

	return block_equal(&block, (char)(c | 0x20)) | block_equal(&block, (char)(c & ~0x20)) | block_high(&block);
}

/* The first place from at on where the first two bytes of pattern, which are ASCII, can be; value.size: there is
 * none. */
static uint32_t
next_place(struct search_text value, struct search_text pattern, uint32_t at)
{
	char first = pattern.data[0], second = pattern.data[1], rest[BLOCK_SIZE + 1];
	uint32_t left;
	uint64_t places;

	for (; value.size - at > BLOCK_SIZE; at += BLOCK_SIZE) {
		places = places_of(value.data + at, first) & places_of(value.data + at + 1, second);
		if (places)
			return at + (uint32_t)__builtin_ctzll(places);
	}
	left = value.size - at;
	memset(rest, 0, sizeof rest);
	memcpy(rest, value.data + at, left);
	places = places_of(rest, first) & places_of(rest + 1, second);
	if (left < 2 || !(places << (BLOCK_SIZE + 1 - left)))
		return value.size;
	return at + (uint32_t)__builtin_ctzll(places);
}

/* Eight bytes from at on, or the last eight; zeros behind a shorter text. */
static uint64_t
read_word(const char *data, uint32_t at, uint32_t size)
{
	uint64_t word = 0;

	if (size >= sizeof word)
		memcpy(&word, data + (at < size - sizeof word ? at : size - sizeof word), sizeof word);
	else
		memcpy(&word, data, size);
	return word;
}

static int
is_ascii(const char *data, uint32_t size)
{
	uint64_t seen = 0;
	uint32_t i;

	for (i = 0; i < size; i += 8)
		seen |= read_word(data, i, size);
	return !(seen & HIGH_BITS);
}

/* Whether both, of size bytes, are the same text; -1: not all of them are ASCII. */
static int
same_ascii(const char *a, const char *b, uint32_t size, int cased)
{
	uint64_t x, y, high = 0, differ = 0;
	uint32_t i;

	for (i = 0; i < size; i += 8) {
		x = read_word(a, i, size);
		y = read_word(b, i, size);
		high |= x | y;
		differ |= cased ? x ^ y : word_lower(x) ^ word_lower(y);
	}
	return high & HIGH_BITS ? -1 : !differ;
}

/* The beginning of a code point before which no pattern of size bytes can stand that is the end of value: each of its own
 * is one of at most 4 bytes there. */
static uint32_t
start_of_end(struct search_text value, uint32_t size)
{
	uint32_t at = value.size / 4 > size ? value.size - 4 * size : 0, back;

	for (back = 0; at && back < 4 && back <= at; ++back)
		if ((value.data[at - back] & 0xc0) != 0x80)
			return at - back;
	return at;
}

/* Where pattern stands in value as op asks, or -1. */
static int64_t
find_folded(struct search_text value, struct search_text pattern, uint32_t op, int cased)
{
	int begins = op == PACK_EQUALS || op == PACK_STARTSWITH;
	int ends = op == PACK_EQUALS || op == PACK_ENDSWITH || op == PACK_SUBDOMAIN, plain;
	uint32_t first, point, i, step;
	int64_t n;

	utf8_read((const uint8_t *)pattern.data, pattern.size, &first);
	first = cased ? first : fold_point(first);
	plain = !begins && pattern.size > 1 && !((pattern.data[0] | pattern.data[1]) & 0x80);
	for (i = ends && !begins ? start_of_end(value, pattern.size) : 0; i < value.size && !(begins && i); i += step) {
		i = plain ? next_place(value, pattern, i) : i;
		if (i == value.size)
			break;
		step = utf8_read((const uint8_t *)value.data + i, value.size - i, &point);
		if ((cased ? point : fold_point(point)) != first)
			continue;
		n = match_here((struct search_text){ value.data + i, value.size - i }, pattern, cased);
		if (n >= 0 && (!ends || i + n == value.size) && (op != PACK_SUBDOMAIN || !i || value.data[i - 1] == '.'))
			return i;
	}
	return -1;
}

/* The same where pattern can stand at one place only, and it and what is there are ASCII; else -2. */
static int64_t
find_anchored(struct search_text value, struct search_text pattern, uint32_t op, int cased)
{
	int begins = op == PACK_EQUALS || op == PACK_STARTSWITH, same;
	uint32_t at;

	if (op == PACK_CONTAINS || value.size < pattern.size)
		return -2;
	at = begins ? 0 : value.size - pattern.size;
	same = same_ascii(value.data + at, pattern.data, pattern.size, cased);
	if (same < 0)
		return -2;
	if (!same || (op == PACK_EQUALS && value.size != pattern.size) ||
	    (op == PACK_SUBDOMAIN && at && value.data[at - 1] != '.'))
		return -1;
	return at;
}

int
search_lower(char *out, struct search_text text)
{
	uint64_t word, seen = 0;
	uint32_t i;

	for (i = 0; i + sizeof word <= text.size; i += sizeof word) {
		memcpy(&word, text.data + i, sizeof word);
		seen |= word;
		word = word_lower(word);
		memcpy(out + i, &word, sizeof word);
	}
	word = 0;
	memcpy(&word, text.data + i, text.size - i);
	seen |= word;
	word = word_lower(word);
	memcpy(out + i, &word, sizeof word);
	return !(seen & HIGH_BITS);
}

int
search_plain_make(struct search_plain *plain, struct search_text value)
{
	if (plain->value.data == value.data && plain->value.size == value.size)
		return plain->fits;
	plain->value = value;
	plain->has_pairs = 0;
	plain->fits = value.size <= SEARCH_PLAIN_MAX;
	if (!plain->fits)
		return 0;
	plain->fits = search_lower(plain->bytes, value);
	memset(plain->bytes + value.size, 0, BLOCK_SIZE);
	return plain->fits;
}

/* Of two ASCII bytes, letters in either case. */
static inline uint32_t
pair_slot(char first, char second)
{
	return (uint32_t)(first & 0x5f) << 5 ^ (uint32_t)(second & 0x5f);
}

enum { PAIRS_AT_ONCE = 8 };

typedef uint8_t few_bytes __attribute__((vector_size(PAIRS_AT_ONCE)));
typedef uint16_t few_slots __attribute__((vector_size(2 * PAIRS_AT_ONCE)));

/* pair_slot() of so many bytes and of those next to them. */
static inline few_slots
pair_slots(const char *at)
{
	few_bytes first, second;

	memcpy(&first, at, sizeof first);
	memcpy(&second, at + 1, sizeof second);
	return __builtin_convertvector(first & 0x5f, few_slots) << 5 ^ __builtin_convertvector(second & 0x5f, few_slots);
}

void
search_plain_note_pairs(struct search_plain *plain)
{
	few_slots slots;
	uint32_t i, k;

	if (plain->has_pairs)
		return;
	if (!++plain->round) {
		memset(plain->pairs, 0, sizeof plain->pairs);
		plain->round = 1;
	}
	for (i = 0; i < plain->value.size; i += PAIRS_AT_ONCE) { /* those of zeros behind it do no harm */
		slots = pair_slots(plain->bytes + i);
#pragma GCC unroll 8
		for (k = 0; k < PAIRS_AT_ONCE; ++k)
			plain->pairs[slots[k]] = plain->round;
	}
	plain->pairs[SEARCH_NO_PAIR] = plain->round;
	plain->has_pairs = 1;
}

/* Whether a pattern's two bytes at at stand side by side in what it means, too, and are all of that. */
static int
is_plain_pair(const char *at)
{
	if ((at[0] | at[1]) & 0x80 || at[1] == '\\')
		return 0;
	return at[0] != '\\' || (at[1] != '*' && at[1] != '?');
}

uint32_t
search_pair(struct search_text pattern)
{
	uint32_t i, rarity, most = 0, best = SEARCH_NO_PAIR;

	for (i = 0; i + 1 < pattern.size; ++i) {
		rarity = 1 + byte_rarity((uint8_t)pattern.data[i]) + byte_rarity((uint8_t)pattern.data[i + 1]);
		if (rarity <= most || !is_plain_pair(pattern.data + i))
			continue;
		most = rarity;
		best = pair_slot(pattern.data[i], pattern.data[i + 1]);
	}
	return best;
}

int
search_plain_lacks(const struct search_plain *plain, struct search_text pattern)
{
	uint32_t i;

	for (i = 0; i + 1 < pattern.size; ++i)
		if (search_plain_lacks_pair(plain, pair_slot(pattern.data[i], pattern.data[i + 1])) &&
		    is_plain_pair(pattern.data + i))
			return 1;
	return 0;
}

/* Whether the pattern is what lies at plain, which is ASCII in small letters; 0 for one that is not ASCII. */
static int
lies_at(const char *plain, struct search_text pattern)
{
	uint64_t differ = 0;
	uint32_t i;

	for (i = 0; i < pattern.size; i += 8) /* word_lower() clears no bit, so what is not ASCII differs */
		differ |= read_word(plain, i, pattern.size) ^ word_lower(read_word(pattern.data, i, pattern.size));
	return !differ;
}

/* The first place of an ASCII pattern, or -1: its first and last byte are looked for, 64 places at a time. */
static int64_t
find_plain(const struct search_plain *plain, struct search_text pattern)
{
	uint32_t i, at, end = pattern.size - 1;
	char first = (char)lower((uint8_t)pattern.data[0]), last = (char)lower((uint8_t)pattern.data[end]);
	struct block block;
	uint64_t places;

	for (i = 0; i + end < plain->value.size; i += BLOCK_SIZE) {
		block = block_read(plain->bytes + i);
		places = block_equal(&block, first);
		block = block_read(plain->bytes + i + end);
		for (places &= block_equal(&block, last); places; places &= places - 1) {
			at = i + (uint32_t)__builtin_ctzll(places);
			if (at + end < plain->value.size && lies_at(plain->bytes + at, pattern))
				return at;
		}
	}
	return -1;
}

int64_t
search_pattern(const struct search_plain *plain, struct search_text value, struct search_text pattern, uint32_t op,
               int cased)
{
	int64_t place;

	if (!pattern.size)
		return op == PACK_EQUALS && value.size ? -1 : op == PACK_ENDSWITH || op == PACK_SUBDOMAIN ? (int64_t)value.size : 0;
	if (plain && op == PACK_CONTAINS && !cased) {
		place = find_plain(plain, pattern);
		if (place >= 0 || is_ascii(pattern.data, pattern.size))
			return place;
	}
	place = find_anchored(value, pattern, op, cased);
	return place == -2 ? find_folded(value, pattern, op, cased) : place;
}

enum { WILD_RUN = 0x110000, WILD_ONE }; /* beyond all code points */

/* Reads one element of a pattern: a code point or a wildcard. Returns its bytes. */
static uint32_t
read_element(struct search_text pattern, uint32_t at, int escapes, uint32_t *element)
{
	char c = pattern.data[at];

	if (c == '*' || c == '?') {
		*element = c == '*' ? WILD_RUN : WILD_ONE;
		return 1;
	}
	if (escapes && c == '\\' && at + 1 < pattern.size && strchr("*?\\", pattern.data[at + 1])) {
		*element = (unsigned char)pattern.data[at + 1];
		return 2;
	}
	return (uint32_t)utf8_read((const uint8_t *)pattern.data + at, pattern.size - at, element);
}

int
search_wildcards(struct search_text value, struct search_text pattern, int escapes, int cased)
{
	uint32_t i = 0, j = 0, run = pattern.size + 1, retry = 0, step, element, point;

	while (i < value.size) {
		uint32_t size = (uint32_t)utf8_read((const uint8_t *)value.data + i, value.size - i, &point);

		step = j < pattern.size ? read_element(pattern, j, escapes, &element) : 0;
		if (step && element == WILD_RUN) {
			run = j += step;
			retry = i;
		} else if (step && (element == WILD_ONE || element == point ||
		                    (!cased && fold_point(element) == fold_point(point)))) {
			j += step;
			i += size;
		} else if (run <= pattern.size) {
			j = run;
			i = retry += (uint32_t)utf8_read((const uint8_t *)value.data + retry, value.size - retry, &point);
		} else {
			return 0;
		}
	}
	while (j < pattern.size && pattern.data[j] == '*')
		++j;
	return j == pattern.size;
}

int
search_network(struct search_text value, struct search_text network)
{
	const char *slash = memchr(network.data, '/', network.size);
	uint32_t size = slash ? (uint32_t)(slash - network.data) : network.size, bits = 0, i;
	uint8_t address[16], net[16];

	if (address_parse(value.data, value.size, address) || address_parse(network.data, size, net))
		return 0;
	for (i = size + 1; i < network.size; ++i)
		bits = bits * 10 + (uint32_t)(network.data[i] - '0');
	if (!slash)
		bits = 128;
	else if (!memchr(network.data, ':', size))
		bits += 96;
	for (i = 0; i < 128 && i < bits; ++i)
		if ((address[i / 8] ^ net[i / 8]) >> (7 - i % 8) & 1)
			return 0;
	return 1;
}
