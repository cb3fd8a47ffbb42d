/*
 * alert_names.h - which ECS fields the names of events are, by kind of event: looked up once. Include ecs.h and alert_fields.h
 * first.
 */
#ifndef ALERT_NAMES_H
#define ALERT_NAMES_H

#include <stdint.h>

struct alert_event;
struct pack_tables;

struct alert_names;

struct alert_names *alert_names_new(const struct pack_tables *tables); /* borrowed. NULL: no memory */
void alert_names_free(struct alert_names *names); /* NULL is fine */
/* By number of the event's names, which begin with the pack's slots: enum ecs_field, ECS_NONE where there is none. NULL:
 * no memory. */
const uint8_t *alert_names_fields(struct alert_names *names, const struct alert_event *event);
/* What the hashes of such events are of, once their fields have been asked for. */
enum alert_hashed alert_names_hashed(const struct alert_names *names, const struct alert_event *event);
#endif
