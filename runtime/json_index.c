/* json_index.c - quotes and backslashes of a line as bits, and the check of its escapes. */
#include "block.h"
#include "json.h"
#include "json_index.h"

/* What the character behind a backslash stands for; 0 for u and what JSON does not have. */
static const char escapes[256] = {
	['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t',
};

/* Which bytes a backslash before them escapes; *carry: whether the next block's first one is. */
static inline uint64_t
find_escaped(uint64_t slashes, uint64_t *carry)
{
	const uint64_t even = 0x5555555555555555;
	uint64_t escaped_first = *carry, starts, follows, odd_runs;

	slashes &= ~escaped_first;
	follows = slashes << 1 | escaped_first;
	starts = slashes & ~even & ~follows; /* of runs that begin at an odd place */
	*carry = __builtin_add_overflow(starts, slashes, &odd_runs);
	return (even ^ odd_runs << 1) & follows;
}

static int
is_hex(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* The bytes at place that bits stand for are each behind a backslash. */
static int
check_escapes(struct json_index *index, const char *text, size_t size, size_t place, uint64_t bits)
{
	size_t at;

	for (; bits; bits &= bits - 1) {
		at = place + (size_t)__builtin_ctzll(bits);
		if (at >= size)
			return -1;
		if (escapes[(uint8_t)text[at]])
			continue;
		if (text[at] != 'u' || size - at < 5 || !is_hex(text[at + 1]) || !is_hex(text[at + 2]) ||
		    !is_hex(text[at + 3]) || !is_hex(text[at + 4]))
			return -1;
		index->points = 1;
	}
	return 0;
}

/* The block of at most 64 bytes at place; the last one is copied, with spaces behind it. */
static inline struct block
read_block(const char *text, size_t size, size_t place)
{
	char last[BLOCK_SIZE];

	if (size - place >= BLOCK_SIZE)
		return block_read(text + place);
	memset(last, ' ', sizeof last);
	memcpy(last, text + place, size - place);
	return block_read(last);
}

int
json_index_make(struct json_index *index, const char *text, size_t size)
{
	struct block_range range = block_range_start();
	uint64_t quotes, slashes, escaped, carry = 0;
	size_t place;

	index->points = 0;
	index->size = size;
	if (size > JSON_INDEX_MAX)
		return -1;
	for (place = 0; place < size; place += BLOCK_SIZE) {
		struct block block = read_block(text, size, place);

		block_range_add(&range, &block);
		quotes = block_equal(&block, '"');
		slashes = block_equal(&block, '\\');
		index->slashes[place / 64] = slashes;
		if (slashes | carry) {
			escaped = find_escaped(slashes, &carry);
			if (check_escapes(index, text, size, place, escaped & ~slashes & ~quotes))
				return -1;
			quotes &= ~escaped;
		}
		index->quotes[place / 64] = quotes;
	}
	index->slashes[size / 64] = size % 64 ? index->slashes[size / 64] : 0;
	index->quotes[size / 64] = (size % 64 ? index->quotes[size / 64] : 0) | ~0ull << size % 64;
	index->slashes[size / 64 + 1] = 0;
	index->quotes[size / 64 + 1] = ~0ull;
	index->ascii = !block_range_above(&range, 0x7f);
	return carry || block_range_below(&range, 0x20) ? -1 : 0;
}

/* Copies size bytes, and up to JSON_INDEX_SLACK more. */
static inline void
copy_over(char *out, const char *from, size_t size)
{
	size_t i;

	memcpy(out, from, JSON_INDEX_SLACK);
	for (i = JSON_INDEX_SLACK; i < size; i += JSON_INDEX_SLACK)
		memcpy(out + i, from + i, JSON_INDEX_SLACK);
}

size_t
json_index_unescape(const struct json_index *index, char *out, const char *line, size_t at, size_t size)
{
	const size_t end = at + size;
	char *to = out;
	uint64_t slashes;
	size_t n, stop;
	int cut;

	if (index->size - end < JSON_INDEX_SLACK)
		return json_unescape(out, size, line + at, size, &cut);
	while (at < end) {
		stop = end - at < 64 ? end : at + 64;
		for (slashes = json_index_bits(index->slashes, at); slashes; slashes = slashes >> n >> 2) {
			n = (size_t)__builtin_ctzll(slashes);
			if (at + n >= end)
				break;
			copy_over(to, line + at, n);
			to += n;
			at += n;
			*to = escapes[(uint8_t)line[at + 1]];
			if (!*to)
				return (size_t)(to - out) + json_unescape(to, end - at, line + at, end - at, &cut);
			++to;
			at += 2;
		}
		if (at < stop) {
			copy_over(to, line + at, stop - at);
			to += stop - at;
			at = stop;
		}
	}
	return (size_t)(to - out);
}
