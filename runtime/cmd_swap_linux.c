/*
 * cmd_swap_linux.c - rsnl swap: gives a running agent another pack and waits for its verdict.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "control_client_linux.h"
#include "json.h"
#include "json_paths.h"
#include "line.h"
#include "os.h"

static const char usage[] =
	"usage: rsnl swap [--allow-older] PACK | --rollback\n"
	"      --allow-older  take a pack whose serial is older than the newest seen\n"
	"      --rollback     back to the previous pack\n"
	"  -q, --quiet  -v, --verbose  -h, --help\n";

enum { OPTION_OLDER = 256, OPTION_ROLLBACK, OPTION_COLOR };
enum part { OK_PACK, SERIAL, ELAPSED, LOST, CODE, CHECK, ERROR, ACTIVE, ACTIVE_SERIAL, PART_COUNT };

static const struct option options[] = {
	{"allow-older", no_argument, NULL, OPTION_OLDER}, {"rollback", no_argument, NULL, OPTION_ROLLBACK},
	{"color", required_argument, NULL, OPTION_COLOR}, {"config", required_argument, NULL, 'c'},
	{"quiet", no_argument, NULL, 'q'}, {"verbose", no_argument, NULL, 'v'}, {"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

/* Says what the agent answered. Exit code. */
static int
answer_show(const char *file, const char *answer, size_t size, int quiet)
{
	static const char *const paths[PART_COUNT] = {"pack", "serial", "elapsed_ns", "lost", "code", "check", "error",
		"active", "active_serial"};
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
		fprintf(stderr, "rsnl: %s %s active after %llu ms; %s events lost; 0 correlations carried over, 0 reset\n",
		        texts[OK_PACK], texts[SERIAL], json_text_number(&found[ELAPSED]) / 1000000, texts[LOST]);
	else if (code && found[CHECK].data)
		fprintf(stderr, "rsnl: %s refused at %s: %s%s%s%s%s%s\n", file, texts[CHECK], texts[ERROR],
		        *texts[ACTIVE] ? "; " : "", texts[ACTIVE], *texts[ACTIVE] ? " " : "",
		        *texts[ACTIVE] ? texts[ACTIVE_SERIAL] : "", *texts[ACTIVE] ? " stays active" : "");
	else if (code)
		fprintf(stderr, "rsnl: %s\n", texts[ERROR]);
	return code;
}

static int
swap_ask(const char *file, int fd, int allow_older, int rollback, int quiet)
{
	struct line request = {0};
	const char *path = control_path(), *name = strrchr(file, '/');
	char *answer;
	size_t size;
	int error, code;

	name = name ? name + 1 : file;
	line_text(&request, rollback ? "{\"cmd\":\"rollback\"" : "{\"cmd\":\"swap\"");
	line_text(&request, allow_older ? ",\"allow_older\":true" : "");
	line_key(&request, "name");
	line_string(&request, name, strlen(name), 200);
	line_raw(&request, "}", 2);
	error = request.failed ? -ENOMEM : control_ask(path, request.data, fd, &answer, &size);
	line_done(&request);
	if (error)
		return control_failed(path, error);
	code = answer_show(file, answer, size, quiet);
	free(answer);
	return code;
}

int
cmd_swap(int argc, char **argv)
{
	int letter, allow_older = 0, rollback = 0, quiet = 0, fd = -1, code;

	optind = 1;
	while ((letter = getopt_long(argc, argv, "qvhc:", options, NULL)) != -1) {
		switch (letter) {
		case OPTION_OLDER: allow_older = 1; break;
		case OPTION_ROLLBACK: rollback = 1; break;
		case OPTION_COLOR: case 'c': case 'v': break;
		case 'q': quiet = 1; break;
		case 'h': fputs(usage, stdout); return 0;
		default: fputs("rsnl: run \"rsnl swap --help\"\n", stderr); return 2;
		}
	}
	if (argc - optind != !rollback) {
		fputs("rsnl: swap takes one pack, or --rollback\n", stderr);
		return 2;
	}
	if (!rollback) {
		fd = open(argv[optind], O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			fprintf(stderr, "rsnl: %s: %s (%s)\n", argv[optind], os_errno_name(errno), strerror(errno));
			return 3;
		}
	}
	code = swap_ask(rollback ? "previous pack" : argv[optind], fd, allow_older, rollback, quiet);
	if (fd >= 0)
		close(fd);
	return code;
}
