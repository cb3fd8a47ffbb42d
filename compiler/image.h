/*
 * image.h - a linked ELF -> the flat image of a pack, with the proof that it is one.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <stddef.h>
#include <stdint.h>

struct image {
	uint32_t target; /* one enum pack_target */
	uint32_t entry;  /* offset of match() */
	uint8_t *bytes;  /* malloc()ed */
	uint64_t size, code_size; /* as in struct pack_image */
};

/* Flattens the ELF of size bytes, linked by image.ld with its relocations kept. 0, or -1 with text saying what it has
 * that an image may not have. */
int image_flatten(struct image *image, const void *elf, size_t size, uint32_t target, char text[160]);
void image_done(struct image *image);
#endif
