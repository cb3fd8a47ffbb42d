/* json_index_avx2.c - the pass over a line for processors with AVX2. */
#ifdef __x86_64__
#define BLOCK_AVX2
#include "block.h"
#include "json_index.h"
#include "json_index_pass.h"

int
json_index_make_avx2(struct json_index *index, const char *text, size_t size)
{
	return index_pass(index, text, size);
}
#endif
