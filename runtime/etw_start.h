/*
 * etw_start.h - process starts in the making: the classic event has the command line and the user, the manifest's or
 * the first image the path; a record waits for both. Bounded.
 * Include etw_record.h first.
 */
#ifndef ETW_START_H
#define ETW_START_H

#include <stddef.h>
#include <stdint.h>

#include "record.h"

enum { ETW_SID_MAX = 68 }; /* SECURITY_MAX_SID_SIZE */

struct etw_start {
	uint32_t pid;
	int is_used, has_command_line, has_path, has_thread;
	uint64_t time;    /* of the first of its events; as in struct etw_event */
	uint64_t created; /* the same clock, 0: not told */
	uint32_t integrity; /* last number of the mandatory label, 0: not told */
	uint32_t sid_size;
	uint8_t sid[ETW_SID_MAX];
	uint32_t name_size;
	char name[64]; /* the file's name without its folder, in case no path comes */
	struct etw_record record;
	uint64_t data[RECORD_SIZE_MAX / 8];
};

struct etw_starts;

struct etw_starts *etw_starts_new(void); /* NULL: no memory */
void etw_starts_free(struct etw_starts *starts); /* NULL is fine */
struct etw_start *etw_start_find(struct etw_starts *starts, uint32_t pid); /* NULL: none waits */
/* NULL: all are used. */
struct etw_start *etw_start_new(struct etw_starts *starts, uint32_t pid, uint64_t time);
/* The one that waits longest, if it began to before that time; NULL: none. */
struct etw_start *etw_start_oldest(struct etw_starts *starts, uint64_t before);
void etw_start_drop(struct etw_starts *starts, struct etw_start *start);
#endif
