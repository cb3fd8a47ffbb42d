/*
 * alert_head.h - the beginning of an alert line, up to event.severity. Where it differs from the last event's in id and
 * times only, these are written over. Include line.h first.
 */
#ifndef ALERT_HEAD_H
#define ALERT_HEAD_H

#include <stddef.h>
#include <stdint.h>

struct alert_event;
struct ecs_doc;
struct ecs_frames;
struct vocabulary_kind;

enum { ALERT_HEAD_CODE_MAX = 32 };

struct alert_head { /* all zero to begin with */
	struct line line;
	uint32_t id_at; /* where event.id is to be written, ALERT_ID_SIZE bytes */
	uint32_t time_at, created_at;
	uint64_t time, created; /* what stands there */
	int repeats;    /* what follows decides all but id and times */
	const struct vocabulary_kind *kind;
	const char *provider;
	int has_code;
	char code[ALERT_HEAD_CODE_MAX];
	size_t code_size;
};

struct alert_code { /* event.code; data NULL: none */
	const char *data;
	size_t size;
};

/* Writes it into head->line, a code of at most text_max bytes. doc is overwritten. */
void alert_head_write(struct alert_head *head, const struct alert_event *event, struct alert_code code,
                      struct ecs_frames *frames, struct ecs_doc *doc, size_t text_max);
#endif
