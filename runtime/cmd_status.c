/*
 * cmd_status.c - rsnl status: how the running agent is.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "commands.h"
#include "config.h"
#include "control_client.h"
#include "control_path.h"
#include "json.h"
#include "json_paths.h"
#include "timestamp.h"

enum part { VERSION, PID, UPTIME, STATE, TROUBLE, CONFIG, LOADED, PACK, SERIAL, RULES, ACTIVE, SWAPS, REFUSAL, REFUSED,
	RECEIVED, LOST, RATE, ALERTS, THROTTLED, KINDS, KINDS_FAILED, SINK_ERRORS, MEMORY, CPU, UNSIGNED, GROUPS,
	EVICTED, LATE, SOURCE, PART_COUNT };

static const char *const paths[PART_COUNT] = {"version", "pid", "uptime_ns", "state", "trouble", "config",
	"config_loaded_ns", "pack", "serial", "rules", "pack_active_ns", "swaps", "refusal", "refused_ns", "received", "lost",
	"rate", "alerts", "throttled", "kinds", "kinds_failed", "sink_errors", "memory_bytes", "cpu_ns", "unsigned_allowed",
	"counters.correlations.groups", "counters.correlations.evicted", "counters.correlations.late",
	"source"};

static const struct option_row options_status[] = {
	{'f', "format", "FORMAT", "text or json"},
	{0, NULL, NULL, NULL},
};

/* "3 h 12 m", "41 m", "7 s" */
static void
span_text(char *text, size_t size, unsigned long long ns)
{
	unsigned long long s = ns / 1000000000;

	if (s >= 86400)
		snprintf(text, size, "%llu d %llu h", s / 86400, s / 3600 % 24);
	else if (s >= 3600)
		snprintf(text, size, "%llu h %llu m", s / 3600, s / 60 % 60);
	else if (s >= 60)
		snprintf(text, size, "%llu m", s / 60);
	else
		snprintf(text, size, "%llu s", s);
}

/* ", newest in incoming: refused at signature, 2 m ago" */
static void
refusal_text(char *text, size_t size, const char *refusal, unsigned long long ago_ns)
{
	const char *check = strstr(refusal, " refused at ");
	char ago[32];

	*text = 0;
	if (!check)
		return;
	check += strlen(" refused at ");
	span_text(ago, sizeof(ago), ago_ns);
	snprintf(text, size, "; newest in incoming: refused at %.*s, %s ago", (int)strcspn(check, ":"), check, ago);
}

static void
status_show(char texts[PART_COUNT][512], const struct json_text *found)
{
	char up[32], active[32], refused[128] = "", loaded[TIMESTAMP_SIZE];
	unsigned long long uptime = json_text_number(&found[UPTIME]), cpu = json_text_number(&found[CPU]);
	unsigned long long kinds = json_text_number(&found[KINDS]);

	span_text(up, sizeof(up), uptime);
	span_text(active, sizeof(active), json_text_number(&found[ACTIVE]));
	if (json_text_number(&found[REFUSED]) < json_text_number(&found[ACTIVE])) /* a pack taken since makes up for it */
		refusal_text(refused, sizeof(refused), texts[REFUSAL], json_text_number(&found[REFUSED]));
	timestamp_write(loaded, json_text_number(&found[LOADED]));
	printf("rsnl %s, pid %s, up %s, %s%s%s%s; config %s loaded %.19sZ\n", texts[VERSION], texts[PID], up, texts[STATE],
	       *texts[TROUBLE] ? " (" : "", texts[TROUBLE], *texts[TROUBLE] ? ")" : "", texts[CONFIG], loaded);
	printf("pack     %s %s, %s rules, active %s, %s swaps%s%s\n", texts[PACK], texts[SERIAL], texts[RULES], active,
	       texts[SWAPS], refused, *texts[UNSIGNED] == '1' ? "; unsigned packs are taken" : "");
	printf("events   %s received, %s lost; %s/s now; %s alerts, %s throttled\n", texts[RECEIVED], texts[LOST],
	       texts[RATE], texts[ALERTS], texts[THROTTLED]);
	if (json_text_number(&found[GROUPS]) || json_text_number(&found[EVICTED]))
		printf("correlations  %s groups, %s evicted; %s matches came too late\n", texts[GROUPS], texts[EVICTED],
		       texts[LATE]);
	printf("sources  %s %llu of %llu kinds   sinks  %s   memory %llu MB   cpu %.1f %%\n",
	       texts[SOURCE], kinds - json_text_number(&found[KINDS_FAILED]), kinds,
	       json_text_number(&found[SINK_ERRORS]) ? "some lines dropped" : "file ok",
	       json_text_number(&found[MEMORY]) / 1000000, uptime ? 100.0 * (double)cpu / (double)uptime : 0.0);
}

static int
status_answer(const char *answer, size_t size, int as_json, int quiet)
{
	struct json_text found[PART_COUNT];
	char texts[PART_COUNT][512];

	if (json_paths_read(answer, size, paths, PART_COUNT, found) < 0) {
		fprintf(stderr, "rsnl: the agent's answer is not JSON\n");
		return 5;
	}
	for (int i = 0; i < PART_COUNT; i++)
		json_text_copy(texts[i], sizeof(texts[i]), &found[i]);
	if (as_json)
		printf("%s\n", answer);
	else if (!quiet)
		status_show(texts, found);
	return strcmp(texts[STATE], "healthy") != 0;
}

static int
set(void *data, int letter, const char *value)
{
	int *as_json = data;

	(void)letter;
	*as_json = !strcmp(value, "json");
	if (*as_json || !strcmp(value, "text"))
		return 0;
	message("--format \"%s\" is neither text nor json", value);
	return -EINVAL;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct options options;
	int as_json = 0, error, code = options_parse(&options, command, argc, argv, set, &as_json);
	char path[CONFIG_PATH_MAX], *answer;
	size_t size;

	if (code >= 0)
		return code;
	if (options.operand_count) {
		message("status takes no operand \"%s\"", options.operands[0]);
		return CODE_USAGE;
	}
	code = control_path(options.config, path, sizeof(path));
	if (code)
		return code;
	error = control_ask(path, "{\"cmd\":\"status\"}", -1, &answer, &size);
	if (error)
		return control_failed(path, error);
	code = status_answer(answer, size, as_json, options.quiet);
	free(answer);
	return code;
}

const struct command command_status = {
	"status", "[OPTION]...", "How the running agent is: exit 0 healthy, 1 degraded, 3 no agent.", options_status, run,
};
