/*
 * etw_state.h - what the decoder keeps from event to event, and what its readers share.
 * Include etw.h, etw_layout.h and etw_record.h first.
 */
#ifndef ETW_STATE_H
#define ETW_STATE_H

#include <stddef.h>
#include <stdint.h>

#include "record.h"

struct etw_accounts;
struct etw_flows;
struct etw_names;
struct etw_paths;
struct etw_running;
struct etw_scripts;
struct etw_start;
struct etw_starts;

enum { ETW_UNKNOWN_MAX = 64, ETW_TEXT_MAX = 98304, ETW_PATH_MAX = 8192 }; /* an event's 64 KiB of UTF-16 as UTF-8 */

struct etw_decoder {
	struct etw_system system;
	struct etw_counters counters;
	struct etw_unknown unknown[ETW_UNKNOWN_MAX];
	size_t unknown_count;
	uint64_t boot; /* 100 ns since 1601 UTC */
	struct etw_accounts *accounts;
	struct etw_flows *flows;
	struct etw_names *names;
	struct etw_paths *paths;
	struct etw_running *running;
	struct etw_scripts *scripts;
	struct etw_starts *starts;
	void *data; /* the caller's room for a record */
	size_t room;
	struct etw_record record; /* the one being written there */
	uint64_t sequences[RECORD_KIND_MAX];
	char text[ETW_TEXT_MAX], path[ETW_PATH_MAX];
};

/* Starts the caller's record: of an event that process pid caused. Returns its head. */
void *etw_begin(struct etw_decoder *decoder, const struct etw_event *event, enum record_kind kind, uint32_t pid);
/* Ends it. Returns ETW_RECORD. */
enum etw_result etw_end(struct etw_decoder *decoder);
/* Writes what is known of a process start, as the caller's record, and lets it go. */
void etw_start_write(struct etw_decoder *decoder, struct etw_start *start);

/* ns since boot, at least 1; 0 for 0. */
uint64_t etw_time(const struct etw_decoder *decoder, uint64_t time);
/* A text of the event in decoder->text; its size. */
size_t etw_text(struct etw_decoder *decoder, const struct etw_value *value);
/* A path of the event as Win32 path in decoder->path; its size. */
size_t etw_file_path(struct etw_decoder *decoder, const struct etw_event *event, const struct etw_value *value);
#endif
