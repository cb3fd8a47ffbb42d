/*
 * alert_id.h - event.id and rsnl.event: 128 bits of BLAKE2b over what makes an event this one, and a rule's id.
 */
#ifndef ALERT_ID_H
#define ALERT_ID_H

#include <sodium.h>
#include <stdint.h>

struct correlate_result;
struct host;
struct pack_tables;
struct raw_event;

enum { ALERT_ID_BYTES = 16, ALERT_ID_SIZE = 2 * ALERT_ID_BYTES }; /* as hexadecimal text, without a NUL */

struct alert_id { /* of an event; what it was made from has been taken in */
	crypto_generichash_blake2b_state state;
};

void alert_id_start(struct alert_id *id, const struct raw_event *raw, const struct host *host);
/* The event's own. */
void alert_id_event(const struct alert_id *id, uint8_t bytes[ALERT_ID_BYTES]);
void alert_id_event_text(const struct alert_id *id, char text[ALERT_ID_SIZE]);
/* Of a rule's alert about it. */
void alert_id_rule(const struct alert_id *id, const char *rule_id, char text[ALERT_ID_SIZE]);
/* Of a correlation's: an event may make it hold for several groups. */
void alert_id_group(const struct alert_id *id, const struct pack_tables *tables, const struct correlate_result *result,
                    char text[ALERT_ID_SIZE]);
#endif
