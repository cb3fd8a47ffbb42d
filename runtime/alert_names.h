/*
 * alert_names.h - which ECS fields the names of events are, by kind of event, and how JSON writes them: looked up once. Include
 * ecs.h, alert_fields.h and snippets.h first.
 */
#ifndef ALERT_NAMES_H
#define ALERT_NAMES_H

#include <stdint.h>

struct alert_event;
struct pack_tables;

struct alert_names;

enum { ALERT_NAME_MAX = 255 }; /* bytes of a name that is shown */

struct alert_names *alert_names_new(const struct pack_tables *tables); /* borrowed. NULL: no memory */
void alert_names_free(struct alert_names *names); /* NULL is fine */
/* By number of the event's names, which begin with the pack's slots: enum ecs_field, ECS_NONE where there is none. NULL:
 * no memory. */
const uint8_t *alert_names_fields(struct alert_names *names, const struct alert_event *event);
/* The number of the name "Hashes"; UINT32_MAX: there is none. */
uint32_t alert_names_hashes(struct alert_names *names, const struct alert_event *event);
/* A name as a key of JSON, with a comma before it; valid until the next call. data NULL: no memory. */
struct snippet alert_names_key(struct alert_names *names, const struct alert_event *event, uint32_t number);
/* What the hashes of such events are of, once their fields have been asked for. */
enum alert_hashed alert_names_hashed(const struct alert_names *names, const struct alert_event *event);
#endif
