/*
 * ecs_row.h - ecs.def as a table: what ecs.c and ecs_write.c know of a field.
 */
#ifndef ECS_ROW_H
#define ECS_ROW_H

#include <stdint.h>

enum ecs_type { ECS_KEYWORD, ECS_DATE, ECS_LONG, ECS_IP, ECS_BOOLEAN, ECS_NESTED };

struct ecs_row {
	const char *key;
	uint8_t type, array;
};

extern const struct ecs_row ecs_rows[];
#endif
