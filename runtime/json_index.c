/* json_index.c - the index of a line by what this processor has, and strings decoded along it. */
#include "block.h"
#include "json.h"
#include "json_index.h"
#include "json_index_pass.h"

int
json_index_make_base(struct json_index *index, const char *text, size_t size)
{
	return index_pass(index, text, size);
}

int
json_index_make(struct json_index *index, const char *text, size_t size)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2"))
		return json_index_make_avx2(index, text, size);
#endif
	return json_index_make_base(index, text, size);
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
		stop = end - at < JSON_INDEX_WINDOW ? end : at + JSON_INDEX_WINDOW;
		for (slashes = json_index_bits(index->slashes, at); slashes; slashes = slashes >> n >> 2) {
			n = (size_t)__builtin_ctzll(slashes);
			if (at + n >= stop)
				break;
			copy_over(to, line + at, n);
			to += n;
			at += n;
			*to = index_escapes[(uint8_t)line[at + 1]];
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
