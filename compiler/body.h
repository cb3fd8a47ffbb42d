/*
 * body.h - the sections of a pack being written: tables that grow, and strings, each stored once.
 *
 * Include ir.h and packfile.h first. Everything lives in the arena.
 */
#ifndef BODY_H
#define BODY_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct body;

struct body *body_new(struct arena *arena);
struct arena *body_arena(const struct body *body);

/* Appends bytes to the one section of that type; returns how many it had before. Tables are made of whole rows. */
size_t body_add(struct body *body, enum pack_section_type type, const void *data, size_t size);
/* Rows that a table has so far. */
uint32_t body_rows(const struct body *body, enum pack_section_type type, size_t row_size);

struct pack_text body_text(struct body *body, struct ir_text text);
struct pack_list body_texts(struct body *body, const struct ir_text *texts, uint32_t count); /* a list in PACK_TEXTS */

/* Starts one more section, PACK_IMAGE: a head, whose offset is set here, and head->size bytes, which are borrowed. */
void body_add_image(struct body *body, const struct pack_image *head, const void *bytes);

/* All sections in ascending order with their padding; the same calls give the same bytes. */
void *body_finish(struct body *body, size_t *size);
#endif
