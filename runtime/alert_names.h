/*
 * alert_names.h - which ECS fields the names of events are, by kind of event: looked up once. Include ecs.h first.
 */
#ifndef ALERT_NAMES_H
#define ALERT_NAMES_H

#include <stdint.h>

struct alert_event;
struct pack_tables;

struct alert_names;

struct alert_names *alert_names_new(const struct pack_tables *tables); /* borrowed. NULL: no memory */
void alert_names_free(struct alert_names *names); /* NULL is fine */
/* Of a slot of the pack or, from there on, a name of the event. ECS_NONE: it has none. */
enum ecs_field alert_names_field(struct alert_names *names, const struct alert_event *event, uint32_t number);
#endif
