/*
 * decode_text.h - values written into an event's arena.
 */
#ifndef DECODE_TEXT_H
#define DECODE_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct decode_arena;
struct value;

/* The bytes themselves, borrowed. */
void text_borrow(struct value *value, const char *data, size_t size, int cut);
/* Decimal number. */
void text_number(struct decode_arena *arena, struct value *value, uint64_t number);
/* 0x and lower-case hexadecimal digits, as few as will do. */
void text_hex(struct decode_arena *arena, struct value *value, uint64_t number);
/* NUL-terminated arguments joined by one space each. */
void text_arguments(struct decode_arena *arena, struct value *value, const char *data, size_t size, int cut);
/* An absolute path without "//", "/./" and "/../"; borrowed where it has none. Links are not followed. */
void text_path(struct decode_arena *arena, struct value *value, const char *data, size_t size, int cut);
/* IPv4 (::ffff:a.b.c.d) dotted, IPv6 as RFC 5952 writes it. */
void text_address(struct decode_arena *arena, struct value *value, const uint8_t bytes[16]);
#endif
