/*
 * channels.h - which channels of the Windows event log a pack's rules need, from its routes.
 */
#ifndef CHANNELS_H
#define CHANNELS_H

#include <stddef.h>
#include <stdint.h>

struct pack_tables;

enum { CHANNELS_MAX = 128, CHANNEL_NAME_MAX = 256 }; /* winmeta.h: names have at most 255 characters */

struct channel {
	char name[CHANNEL_NAME_MAX]; /* ends in NUL */
};

/* Fills up to max channels and returns how many; more are left out. live: bits of enum record_kind of which live events
 * come; a channel that only reports such events again is not asked for. */
size_t channels_wanted(const struct pack_tables *tables, uint64_t live, struct channel *channels, size_t max);
#endif
