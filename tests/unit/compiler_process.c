/* Running programs: their output and status; what stops us stops them, and we live to clean up. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "process.h"

static int
shell(const char *script, struct process_output *output)
{
	char *argv[] = {"sh", "-c", (char *)script, NULL};

	*output = (struct process_output){0};
	return process_run(argv, "RSNL_TEST=yes", output);
}

static void
output_and_status_are_known(void **state)
{
	struct process_output output;
	char *missing[] = {"rsnl-no-such-program", NULL};

	(void)state;
	assert_int_equal(shell("echo $RSNL_TEST; echo two >&2; cat; exit 3", &output), 3);
	assert_string_equal(output.tail, "yes\ntwo\n");
	assert_int_equal(shell("kill -KILL $$", &output), 128 + SIGKILL);
	assert_int_equal(process_run(missing, NULL, &output), -ENOENT);
}

static void
signals_are_passed_on(void **state)
{
	struct process_output output;

	(void)state;
	assert_int_equal(shell("kill -TERM $PPID; exec sleep 60", &output), 128 + SIGTERM);
	assert_int_equal(shell("kill -HUP $PPID; exec sleep 60", &output), 128 + SIGHUP);
	assert_int_equal(shell("kill -INT $PPID; echo went on", &output), 0);
	assert_int_equal(shell("trap 'exit 0' TERM; kill -TERM $PPID; sleep 1; exit 1", &output), 128 + SIGTERM);
	assert_int_equal(shell("true", &output), 0);
}

/* Who asked nohup to ignore SIGHUP gets it ignored. */
static void
ignored_signals_stay_ignored(void **state)
{
	struct process_output output;

	(void)state;
	signal(SIGHUP, SIG_IGN);
	assert_int_equal(shell("kill -HUP $PPID; kill -HUP $$; exit 5", &output), 5);
	signal(SIGHUP, SIG_DFL);
}

static void
programs_end_when_we_are_killed(void **state)
{
	char number[16] = "";
	int ends[2], tries = 0;
	pid_t us;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	us = fork();
	if (us == 0) {
		struct process_output output;
		char script[64];

		snprintf(script, sizeof(script), "echo $$ >/proc/%d/fd/%d; exec sleep 60", (int)getpid(), ends[1]);
		shell(script, &output);
		_exit(1);
	}
	assert_true(read(ends[0], number, sizeof(number) - 1) > 0);
	kill(us, SIGKILL);
	waitpid(us, NULL, 0);
	while (!kill(atoi(number), 0) && tries++ < 100) {
		FILE *file;
		char path[64], text[256] = "";

		snprintf(path, sizeof(path), "/proc/%d/stat", atoi(number));
		file = fopen(path, "r");
		if (!file || !fgets(text, sizeof(text), file) || strstr(text, ") Z "))
			tries = 1000; /* gone, or waits for its new parent */
		if (file)
			fclose(file);
		usleep(20000);
	}
	assert_true(tries == 0 || tries >= 1000 || kill(atoi(number), 0));
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_status_are_known),
		cmocka_unit_test(signals_are_passed_on),
		cmocka_unit_test(ignored_signals_stay_ignored),
		cmocka_unit_test(programs_end_when_we_are_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
