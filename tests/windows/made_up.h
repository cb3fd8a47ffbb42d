/*
 * made_up.h - sessions and an event log whose events stand in a text file (events.txt): PROVIDER NUMBER VERSION PID
 * FIELDS (etw_bytes.h), or xml and an event as Windows renders it.
 *
 * Includes come first: etw.h, etw_bytes.h, etw_fake.h, etw_layout.h, evtlog.h.
 */
#ifndef MADE_UP_H
#define MADE_UP_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 4096, TEXTS_MAX = 16 };

static const char *const provider_names[] = {
#define CLASSIC(name, text, guid, flags) #name,
#define MANIFEST(name, text, guid, keywords, level) #name,
#include "etw_provider.def"
};

static struct fake sessions[2]; /* system, manifest */
static uint64_t event_time;     /* of the next event */
static char texts[TEXTS_MAX][LINE_MAX_BYTES];
static int text_count;

struct fake_log {
	struct evtlog log; /* first */
	int next;
	uint8_t wide[2 * LINE_MAX_BYTES];
};

static int
log_open(struct evtlog *log, const char *channel, const char *bookmark)
{
	(void)bookmark;
	log->call = "open";
	return strcmp(channel, "System") ? -ENOENT : 0;
}

static int
log_next(struct evtlog *log, const uint8_t **text, size_t *size)
{
	struct fake_log *fake = (struct fake_log *)log;

	if (fake->next == text_count)
		return 0;
	*size = 2 * strlen(texts[fake->next]);
	for (size_t i = 0; i < *size; i += 2)
		fake->wide[i] = (uint8_t)texts[fake->next][i / 2];
	fake->next++;
	*text = fake->wide;
	return 1;
}

static int
log_bookmark(struct evtlog *log, char *text, size_t size)
{
	snprintf(text, size, "%d", ((struct fake_log *)log)->next);
	return 0;
}

static void
log_close(struct evtlog *log)
{
	free(log);
}

/* A channel "System" that has the file's XML. */
static struct evtlog *
log_new(void)
{
	static const struct evtlog_ops ops = { log_open, log_next, log_bookmark, log_close };
	struct fake_log *fake = calloc(1, sizeof *fake);

	fake->log.ops = &ops;
	return &fake->log;
}

static void
give(const char *name, unsigned number, unsigned version, unsigned pid, const char *fields)
{
	static struct etw_bytes bytes;
	struct etw_event event = { .version = (uint8_t)version, .pointer_size = 8, .pid = pid, .tid = pid + 4,
		.time = event_time };
	size_t provider = 0;

	while (provider < ETW_PROVIDER_COUNT && strcmp(provider_names[provider], name))
		provider++;
	if (provider == ETW_PROVIDER_COUNT) {
		fprintf(stderr, "no provider %s\n", name);
		exit(2);
	}
	memcpy(event.provider, etw_provider_guid((enum etw_provider)provider), 16);
	if (provider < ETW_CLASSIC_COUNT)
		event.opcode = (uint8_t)number;
	else
		event.id = (uint16_t)number;
	etw_bytes_build(&bytes, fields, 8);
	event.data = bytes.data;
	event.size = bytes.size;
	event_time += 10000;
	fake_give(&sessions[provider < ETW_CLASSIC_COUNT ? 0 : 1], &event);
}

static void
read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[LINE_MAX_BYTES], name[64];
	unsigned number, version, pid;
	int at;

	if (!file) {
		perror(path);
		exit(2);
	}
	while (fgets(line, sizeof line, file)) {
		line[strcspn(line, "\r\n")] = 0;
		if (!strncmp(line, "xml ", 4) && text_count < TEXTS_MAX)
			strcpy(texts[text_count++], line + 4);
		else if (*line != '#' && sscanf(line, "%63s %u %u %u %n", name, &number, &version, &pid, &at) == 4)
			give(name, number, version, pid, line + at);
	}
	fclose(file);
}
#endif
