/*
 * etw_text.h - texts as Windows has them, as UTF-8.
 *
 * Each writes at most room bytes, without a terminator, and returns how many; what finds no room is left out.
 */
#ifndef ETW_TEXT_H
#define ETW_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* UTF-16LE of size bytes; a surrogate without its other half becomes three bytes. *cut is set when a character found no
 * room; it may be NULL. */
size_t etw_text_wide(char *text, size_t room, const uint8_t *wide, size_t size, int *cut);
/* "S-1-5-18"; nothing when the bytes are no SID. */
size_t etw_text_sid(char *text, size_t room, const uint8_t *sid, size_t size);
/* The last number of a SID, which says the integrity level of a mandatory label; 0: no SID. */
uint32_t etw_sid_last(const uint8_t *sid, size_t size);
/* "High" for 0x3000; static text. */
const char *etw_text_integrity(uint32_t level);
/* \REGISTRY\MACHINE\SYSTEM\ControlSet001\x as Sysmon shows it: HKLM\System\CurrentControlSet\x. Names of other roots
 * stay. */
size_t etw_text_key(char *text, size_t room, const char *name, size_t size);
/* What was written to a value, as Sysmon shows it: "DWORD (0x00000001)", the text of strings, "Binary Data". size is
 * that of the whole, captured that of the bytes at data. Nothing where too few were captured. *cut as above. */
size_t etw_text_value(char *text, size_t room, uint32_t type, const uint8_t *data, size_t captured, size_t size,
                      int *cut);
#endif
