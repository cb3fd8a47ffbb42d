/*
 * etw_script.c - a few slots.
 */
#include <stdlib.h>
#include <string.h>

#include "etw_script.h"

enum { SLOTS = 16, OVERLAP = 512 };

struct etw_scripts {
	uint32_t count;
	struct etw_script slots[SLOTS];
};

struct etw_scripts *
etw_scripts_new(void)
{
	return calloc(1, sizeof(struct etw_scripts));
}

void
etw_scripts_free(struct etw_scripts *scripts)
{
	free(scripts);
}

struct etw_script *
etw_script_find(struct etw_scripts *scripts, const char *id, size_t size)
{
	for (int i = 0; scripts->count && i < SLOTS; i++) {
		struct etw_script *script = &scripts->slots[i];

		if (script->is_used && script->id_size == size && !memcmp(script->id, id, size))
			return script;
	}
	return NULL;
}

struct etw_script *
etw_script_new(struct etw_scripts *scripts, const char *id, size_t size)
{
	for (int i = 0; i < SLOTS; i++) {
		struct etw_script *script = &scripts->slots[i];

		if (script->is_used)
			continue;
		memset(script, 0, offsetof(struct etw_script, text));
		script->is_used = 1;
		script->next = 1;
		script->id_size = size < ETW_SCRIPT_ID_MAX ? (uint32_t)size : ETW_SCRIPT_ID_MAX;
		memcpy(script->id, id, script->id_size);
		scripts->count++;
		return script;
	}
	return NULL;
}

struct etw_script *
etw_script_oldest(struct etw_scripts *scripts, uint64_t before)
{
	struct etw_script *oldest = NULL;

	for (int i = 0; scripts->count && i < SLOTS; i++) {
		struct etw_script *script = &scripts->slots[i];

		if (script->is_used && script->time < before && (!oldest || script->time < oldest->time))
			oldest = script;
	}
	return oldest;
}

void
etw_script_drop(struct etw_scripts *scripts, struct etw_script *script)
{
	script->is_used = 0;
	scripts->count--;
}

void
etw_script_turn(struct etw_script *script)
{
	uint32_t kept = script->size < OVERLAP ? script->size : OVERLAP;

	while (kept && ((unsigned char)script->text[script->size - kept] & 0xc0) == 0x80)
		kept--;
	memmove(script->text, script->text + script->size - kept, kept);
	script->size = kept;
	script->is_rest = 1;
}
