/*
 * etw_script.h - PowerShell scripts whose text comes in fragments: joined, bounded.
 */
#ifndef ETW_SCRIPT_H
#define ETW_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

enum { ETW_SCRIPT_MAX = 32768, ETW_SCRIPT_ID_MAX = 48, ETW_SCRIPT_PATH_MAX = 1024 };

struct etw_script {
	int is_used;
	int is_rest;      /* its beginning is in other records */
	uint64_t time;    /* of the last fragment; as in struct etw_event */
	uint32_t pid, tid;
	uint32_t next;    /* number of the fragment that is awaited */
	uint32_t size, id_size, path_size;
	char id[ETW_SCRIPT_ID_MAX], path[ETW_SCRIPT_PATH_MAX], text[ETW_SCRIPT_MAX];
};

struct etw_scripts;

struct etw_scripts *etw_scripts_new(void); /* NULL: no memory */
void etw_scripts_free(struct etw_scripts *scripts); /* NULL is fine */
struct etw_script *etw_script_find(struct etw_scripts *scripts, const char *id, size_t size); /* NULL: none is joined */
/* An empty one; NULL: all are used. */
struct etw_script *etw_script_new(struct etw_scripts *scripts, const char *id, size_t size);
/* The one that waits longest, if its last fragment is from before that time; NULL: none. */
struct etw_script *etw_script_oldest(struct etw_scripts *scripts, uint64_t before);
void etw_script_drop(struct etw_scripts *scripts, struct etw_script *script);
/* Only the end of the text is kept, so that what lies across two records is whole in one. */
void etw_script_turn(struct etw_script *script);
#endif
