/*
 * alert_id.h - event.id and rsnl.event, 128 bits each: that of an event, and that and what was found in it, by exclusive
 * or. They are SipHash-2-4, or for text from a file XXH3, under keys made of the agent's id, which alerts tell: two recorded
 * events with one id can be made on purpose. A live event's hangs on nothing that who causes it chooses.
 */
#ifndef ALERT_ID_H
#define ALERT_ID_H

#include <stddef.h>
#include <stdint.h>

struct correlate_result;
struct host;
struct pack_tables;
struct raw_event;

enum { ALERT_ID_BYTES = 16, ALERT_ID_SIZE = 2 * ALERT_ID_BYTES }; /* as hexadecimal text, without a NUL */

struct alert_ids { /* keys, one a purpose */
	uint8_t recorded[ALERT_ID_BYTES], live[ALERT_ID_BYTES], found[ALERT_ID_BYTES];
};

void alert_ids_init(struct alert_ids *ids, const struct host *host);
/* Of an event: a recorded one by its text and position, a live one by when and as what it was collected. */
void alert_id_event(const struct alert_ids *ids, uint8_t id[ALERT_ID_BYTES], const struct raw_event *raw);
/* Of a rule. */
void alert_id_rule(const struct alert_ids *ids, uint8_t id[ALERT_ID_BYTES], const char *rule_id, size_t size);
/* Makes a correlation's of that of its rule: an event may make it hold for several groups. */
void alert_id_group(uint8_t id[ALERT_ID_BYTES], const struct pack_tables *tables, const struct correlate_result *result);
/* An alert's, about an event of that id in which that was found. */
void alert_id_join(uint8_t id[ALERT_ID_BYTES], const uint8_t event[ALERT_ID_BYTES], const uint8_t found[ALERT_ID_BYTES]);
void alert_id_write(char text[ALERT_ID_SIZE], const uint8_t id[ALERT_ID_BYTES]);
#endif
