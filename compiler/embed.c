/* embed.c - the table of files that rsnlc carries. */
#include "embed.h"

#include <string.h>

#define EMBED(symbol, path) extern const char embedded_##symbol[], embedded_##symbol##_end[];
#include "embed.def"
#undef EMBED

static const struct {
	const char *path, *data, *end;
} files[] = {
#define EMBED(symbol, path) {path, embedded_##symbol, embedded_##symbol##_end},
#include "embed.def"
#undef EMBED
};

const char *
embed_find(const char *path, size_t *size)
{
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (strcmp(files[i].path, path) == 0) {
			*size = files[i].end - files[i].data;
			return files[i].data;
		}
	}
	return NULL;
}

const char *
embed_path(size_t index)
{
	return index < sizeof(files) / sizeof(files[0]) ? files[index].path : NULL;
}
