/*
 * memory.c - what memory.h offers on every system alike.
 */
#include "memory.h"

#include <string.h>

int
memory_is_same(int fd, int other)
{
	const void *one = NULL, *two = NULL;
	size_t size = 0, other_size = 0;
	int same = !memory_map(fd, &one, &size) && !memory_map(other, &two, &other_size) && size == other_size &&
		!memcmp(one, two, size);

	memory_unmap(one, size);
	memory_unmap(two, other_size);
	return same;
}
