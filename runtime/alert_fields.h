/*
 * alert_fields.h - an event's own values as ECS fields.
 */
#ifndef ALERT_FIELDS_H
#define ALERT_FIELDS_H

#include <stddef.h>
#include <stdint.h>

struct alert_event;
struct alert_names;
struct ecs_doc;
struct line;

enum alert_hashed { HASHED_PROCESS, HASHED_DLL, HASHED_FILE, HASHED_COUNT }; /* ECS objects */

/* A recorded event's. What has no ECS field, or does not fit its type, goes into rest as members of an object. */
void alert_fields_recorded(struct ecs_doc *doc, const struct alert_event *event, struct alert_names *names,
                           struct line *rest);
/* A live record's and its process's. */
void alert_fields_live(struct ecs_doc *doc, const struct alert_event *event, const char *boot_id);
/* "MD5=...,SHA256=..." as Windows events have it, into hash.* and pe.* of what is hashed. */
void alert_fields_hashes(struct ecs_doc *doc, const char *list, size_t size, enum alert_hashed hashed);
/* What follows from fields that are set: names of paths, registry parts, hashes, related.*. */
void alert_fields_derive(struct ecs_doc *doc);
#endif
