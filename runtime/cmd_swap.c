/*
 * cmd_swap.c - rsnl swap: gives a running agent another pack and waits for its verdict.
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
#include "file.h"
#include "json.h"
#include "json_paths.h"
#include "line.h"
#include "os.h"

enum { OPTION_OLDER = 300, OPTION_ROLLBACK };
enum part { OK_PACK, SERIAL, ELAPSED, LOST, CODE, CHECK, ERROR, ACTIVE, ACTIVE_SERIAL, CARRIED, RESET, PART_COUNT };

static const struct option_row options_swap[] = {
	{OPTION_OLDER, "allow-older", NULL, "take a pack whose serial is older than the newest seen"},
	{OPTION_ROLLBACK, "rollback", NULL, "back to the previous pack"},
	{0, NULL, NULL, NULL},
};

struct state {
	int allow_older, rollback;
};

/* Says what the agent answered. Exit code. */
static int
answer_show(const char *file, const char *answer, size_t size, int quiet)
{
	static const char *const paths[PART_COUNT] = {"pack", "serial", "elapsed_ns", "lost", "code", "check", "error",
		"active", "active_serial", "carried", "reset"};
	struct json_text found[PART_COUNT];
	char texts[PART_COUNT][1024];
	int code;

	if (json_paths_read(answer, size, paths, PART_COUNT, found) < 0) {
		fprintf(stderr, "rsnl: the agent's answer is not JSON\n");
		return 5;
	}
	for (int i = 0; i < PART_COUNT; i++)
		json_text_copy(texts[i], sizeof(texts[i]), &found[i]);
	code = found[OK_PACK].data ? 0 : (int)json_text_number(&found[CODE]);
	if (!code && !quiet)
		fprintf(stderr, "rsnl: %s %s active after %llu ms; %s events lost; %s correlations carried over, %s reset\n",
		        texts[OK_PACK], texts[SERIAL], json_text_number(&found[ELAPSED]) / 1000000, texts[LOST],
		        texts[CARRIED], texts[RESET]);
	else if (code && found[CHECK].data)
		fprintf(stderr, "rsnl: %s refused at %s: %s%s%s%s%s%s\n", file, texts[CHECK], texts[ERROR],
		        *texts[ACTIVE] ? "; " : "", texts[ACTIVE], *texts[ACTIVE] ? " " : "",
		        *texts[ACTIVE] ? texts[ACTIVE_SERIAL] : "", *texts[ACTIVE] ? " stays active" : "");
	else if (code)
		fprintf(stderr, "rsnl: %s\n", texts[ERROR]);
	return code;
}

static int
swap_ask(const char *file, int fd, const struct state *state, const struct options *options)
{
	struct line request = {0};
	const char *name = file_name(file);
	char path[CONFIG_PATH_MAX], *answer;
	size_t size;
	int error, code = control_path(options->config, path, sizeof(path));

	if (code)
		return code;
	line_text(&request, state->rollback ? "{\"cmd\":\"rollback\"" : "{\"cmd\":\"swap\"");
	line_text(&request, state->allow_older ? ",\"allow_older\":true" : "");
	line_key(&request, "name");
	line_string(&request, name, strlen(name), 200);
	line_raw(&request, "}", 2);
	error = request.failed ? -ENOMEM : control_ask(path, request.data, fd, &answer, &size);
	line_done(&request);
	if (error == -ECONNRESET) {
		message("the agent dropped the request; its log says why");
		return CODE_CANNOT;
	}
	if (error)
		return control_failed(path, error);
	code = answer_show(file, answer, size, options->quiet);
	free(answer);
	return code;
}

static int
set(void *data, int letter, const char *value)
{
	struct state *state = data;

	(void)value;
	state->allow_older |= letter == OPTION_OLDER;
	state->rollback |= letter == OPTION_ROLLBACK;
	return 0;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct state state = {0, 0};
	struct options options;
	int fd = -1, code = options_parse(&options, command, argc, argv, set, &state);

	if (code >= 0)
		return code;
	if (options.operand_count != !state.rollback) {
		message("swap takes one pack, or --rollback");
		return CODE_USAGE;
	}
	if (!state.rollback) {
		fd = os_open_read(options.operands[0]);
		if (fd < 0) {
			message("%s: %s", options.operands[0], message_errno(fd));
			return CODE_CANNOT;
		}
	}
	code = swap_ask(state.rollback ? "previous pack" : options.operands[0], fd, &state, &options);
	os_close(fd);
	return code;
}

const struct command command_swap = {
	"swap", "[OPTION]... PACK | --rollback", "Gives the running agent another pack.", options_swap, run,
};
