/* address.h - IP addresses as text and as 16 bytes, IPv4 as ::ffff:a.b.c.d. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stddef.h>
#include <stdint.h>

enum { ADDRESS_SIZE = 48 };

int address_parse(const char *text, size_t size, uint8_t bytes[16]); /* 0 or -EINVAL */
/* Returns the length. IPv6 as RFC 5952 writes it. */
size_t address_write(char text[ADDRESS_SIZE], const uint8_t bytes[16]);
#endif
