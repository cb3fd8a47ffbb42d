/*
 * json_index_pass.h - the pass over a line that makes its index, for the blocks of the file that includes it: block.h
 * and json_index.h first.
 */
#ifndef JSON_INDEX_PASS_H
#define JSON_INDEX_PASS_H

/* What the character behind a backslash stands for; 0 for u and what JSON does not have. */
static const char index_escapes[256] = {
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
		index->canonical &= text[at] != '/' && text[at] != 'u';
		if (index_escapes[(uint8_t)text[at]])
			continue;
		if (text[at] != 'u' || size - at < 5 || !is_hex(text[at + 1]) || !is_hex(text[at + 2]) ||
		    !is_hex(text[at + 3]) || !is_hex(text[at + 4]))
			return -1;
		index->points = 1;
	}
	return 0;
}

/* The block of at most 64 bytes at place; the last one is copied, with spaces behind it. */
BLOCK_TARGET static inline struct block
read_block(const char *text, size_t size, size_t place)
{
	char last[BLOCK_SIZE];

	if (size - place >= BLOCK_SIZE)
		return block_read(text + place);
	memset(last, ' ', sizeof last);
	memcpy(last, text + place, size - place);
	return block_read(last);
}

BLOCK_TARGET static int
index_pass(struct json_index *index, const char *text, size_t size)
{
	struct block_range range = block_range_start();
	uint64_t quotes, slashes, escaped, others, carry = 0;
	uint32_t count = 0;
	size_t place;

	index->points = 0;
	index->canonical = 1;
	index->size = size;
	if (size > JSON_INDEX_MAX)
		return -1;
	for (place = 0; place < size; place += BLOCK_SIZE) {
		struct block block = read_block(text, size, place);

		block_range_add(&range, &block);
		quotes = block_equal(&block, '"');
		slashes = block_equal(&block, '\\');
		index->escapes[place / 64] = slashes;
		if (slashes | carry) {
			escaped = find_escaped(slashes, &carry);
			index->escapes[place / 64] = slashes & ~escaped;
			others = escaped & ~slashes & ~quotes;
			if (others)
				others &= ~(block_equal(&block, 'n') | block_equal(&block, 'r') | block_equal(&block, 't'));
			if (others && check_escapes(index, text, size, place, others))
				return -1;
			quotes &= ~escaped;
		}
		index->quotes[place / 64] = quotes;
		count += (uint32_t)__builtin_popcountll(quotes);
	}
	index->quote_count = count;
	index->escapes[size / 64] = size % 64 ? index->escapes[size / 64] : 0;
	index->quotes[size / 64] = (size % 64 ? index->quotes[size / 64] : 0) | ~0ull << size % 64;
	index->escapes[size / 64 + 1] = 0;
	index->quotes[size / 64 + 1] = ~0ull;
	index->ascii = !block_range_above(&range, 0x7f);
	index->canonical &= !block_range_above(&range, 0x7e);
	return carry || block_range_below(&range, 0x20) ? -1 : 0;
}
#endif
