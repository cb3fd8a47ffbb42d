/*
 * sink_pretty.c - alerts as one line each for people: time, level, rule, who, why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "json_paths.h"
#include "os.h"
#include "sink.h"
#include "sink_pretty.h"

enum part { TIME, LEVEL, RULE, REASON, ACTION, EXECUTABLE, NAME, PID, USER, FILE_PATH, PART_COUNT };

static const char *const paths[PART_COUNT] = {
	[TIME] = "@timestamp", [LEVEL] = "rsnl.level", [RULE] = "rule.name", [REASON] = "event.reason",
	[ACTION] = "event.action", [EXECUTABLE] = "process.executable", [NAME] = "process.name", [PID] = "process.pid",
	[USER] = "user.name", [FILE_PATH] = "file.path",
};

struct sink_pretty {
	struct sink sink;
	int fd;
};

/* A program that starts and a scanned file are shown by their path, anything else by who did it. */
static void
subject_text(char *out, size_t size, char parts[PART_COUNT][512])
{
	const char *what = !strcmp(parts[ACTION], "process-start") ? parts[EXECUTABLE] : parts[NAME];

	if (!strcmp(parts[ACTION], "yara-match"))
		snprintf(out, size, "%s", parts[FILE_PATH]);
	else if (*parts[PID])
		snprintf(out, size, "%s pid %s%s%s", what, parts[PID], *parts[USER] ? " " : "", parts[USER]);
	else
		snprintf(out, size, "%s", what);
}

static int
pretty_write(struct sink *sink, const char *line, size_t size)
{
	struct sink_pretty *pretty = (struct sink_pretty *)sink;
	struct json_text found[PART_COUNT];
	char parts[PART_COUNT][512], who[1100], out[4096];
	int length, error;

	sink->counters.lines++;
	if (json_paths_read(line, size, paths, PART_COUNT, found) < 0) {
		sink->counters.dropped++;
		return -1;
	}
	for (int i = 0; i < PART_COUNT; i++)
		json_text_copy(parts[i], sizeof(parts[i]), &found[i]);
	subject_text(who, sizeof(who), parts);
	length = snprintf(out, sizeof(out), "%.8s %-6s %s  %s%s%s\n", strlen(parts[TIME]) > 19 ? parts[TIME] + 11 : "",
	                  parts[LEVEL], parts[RULE], who, *who ? "  " : "", parts[REASON]);
	fflush(stdout); /* events go there too; a line stays a line */
	error = os_write(pretty->fd, out, (size_t)length < sizeof(out) ? (size_t)length : sizeof(out) - 1);
	sink->counters.delivered += !error;
	sink->counters.dropped += error != 0;
	return error;
}

static int
pretty_nothing(struct sink *sink)
{
	(void)sink;
	return 0;
}

static void
pretty_close(struct sink *sink)
{
	free(sink);
}

struct sink *
sink_pretty_new(int fd)
{
	static const struct sink_ops ops = {pretty_write, pretty_nothing, pretty_close};
	struct sink_pretty *pretty = calloc(1, sizeof(*pretty));

	if (!pretty)
		return NULL;
	pretty->sink.ops = &ops;
	pretty->sink.name = "pretty";
	pretty->fd = fd;
	return &pretty->sink;
}
