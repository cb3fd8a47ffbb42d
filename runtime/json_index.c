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

/* Copies size bytes of the line's last left, and up to JSON_INDEX_SLACK more where there are so many. */
static inline void
copy_over(char *out, const char *from, size_t size, size_t left)
{
	size_t i;

	if (left - size < JSON_INDEX_SLACK) {
		memcpy(out, from, size);
		return;
	}
	memcpy(out, from, JSON_INDEX_SLACK);
	for (i = JSON_INDEX_SLACK; i < size; i += JSON_INDEX_SLACK)
		memcpy(out + i, from + i, JSON_INDEX_SLACK);
}

size_t
json_index_unescape(const struct json_index *index, char *out, const char *line, size_t at, size_t size)
{
	const size_t end = at + size;
	char *to = out;
	uint64_t escapes;
	size_t start, stop, place;
	int cut;

	while (at < end) {
		start = at;
		stop = end - at < JSON_INDEX_WINDOW ? end : at + JSON_INDEX_WINDOW;
		for (escapes = json_index_bits(index->escapes, at); escapes; escapes &= escapes - 1) {
			place = start + (size_t)__builtin_ctzll(escapes);
			if (place >= stop)
				break;
			copy_over(to, line + at, place - at, index->size - at);
			to += place - at;
			at = place + 2;
			*to = index_escapes[(uint8_t)line[place + 1]];
			if (!*to++)
				return (size_t)(to - 1 - out) + json_unescape(to - 1, end - place, line + place, end - place, &cut);
		}
		if (at < stop) {
			copy_over(to, line + at, stop - at, index->size - at);
			to += stop - at;
			at = stop;
		}
	}
	return (size_t)(to - out);
}
