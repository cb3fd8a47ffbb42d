/*
 * entity.h - ECS process.entity_id: one name for a process that no other process of any boot has.
 */
#ifndef ENTITY_H
#define ENTITY_H

#include <stdint.h>

enum { ENTITY_ID_SIZE = 17 }; /* 96 bits in base64url, and a NUL */

/* First 96 bits of BLAKE2b-128 over boot id (as /proc/sys/kernel/random/boot_id has it; "" in recordings), pid and
 * start. start is ns on CLOCK_BOOTTIME; it counts in hundredths of a second, which is all that /proc tells. */
void entity_id(char text[ENTITY_ID_SIZE], const char *boot_id, uint32_t pid, uint64_t start);
#endif
