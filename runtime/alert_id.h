/*
 * alert_id.h - event.id and rsnl.event: 128 bits of BLAKE2b over what makes an event this one, and that and a rule.
 */
#ifndef ALERT_ID_H
#define ALERT_ID_H

#include <stdint.h>

struct correlate_result;
struct host;
struct pack_tables;
struct raw_event;

enum { ALERT_ID_BYTES = 16, ALERT_ID_SIZE = 2 * ALERT_ID_BYTES }; /* as hexadecimal text, without a NUL */

struct alert_ids; /* what is hashed first, of each purpose */

struct alert_ids *alert_ids_new(void); /* for free(); NULL: no memory */
/* Of an event. */
void alert_id_event(const struct alert_ids *ids, uint8_t id[ALERT_ID_BYTES], const struct raw_event *raw,
                    const struct host *host);
void alert_id_write(char text[ALERT_ID_SIZE], const uint8_t id[ALERT_ID_BYTES]);
/* Of a rule's alert about the event of that id. */
void alert_id_rule(const struct alert_ids *ids, char text[ALERT_ID_SIZE], const uint8_t event[ALERT_ID_BYTES],
                   const char *rule_id);
/* Of a correlation's: an event may make it hold for several groups. */
void alert_id_group(const struct alert_ids *ids, char text[ALERT_ID_SIZE], const uint8_t event[ALERT_ID_BYTES],
                    const struct pack_tables *tables, const struct correlate_result *result);
#endif
