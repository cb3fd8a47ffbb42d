/*
 * pe_map.h - addresses of a loaded program as places in its file. Include pe.h first.
 */
#ifndef PE_MAP_H
#define PE_MAP_H

#include <stdint.h>

/* The file's bytes at an address, and how many follow in the same section; NULL: the file has none there. */
const uint8_t *pe_at(const struct pe *pe, uint32_t address, uint32_t *left);
#endif
