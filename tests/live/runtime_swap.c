/*
 * runtime_swap.c - 100 swaps between two packs while programs start as fast as they can: every start is matched by
 * exactly one of the packs, none is lost, none counts twice.
 */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "control_client.h"
#include "json.h"
#include "json_paths.h"
#include "support_agent.h"
#include "support_live.h"

enum { SWAPS = 100, STORMS = 3, STARTS_MAX = 1 << 20 };

struct storm { /* shared with the children */
	volatile int stop;
	volatile uint32_t started[STORMS];
};

static uint8_t seen[STORMS][STARTS_MAX]; /* alerts of each start */
extern char **environ;

/* Starts programs one after another; each has a number of its own as its argument. */
static void
storm_run(struct storm *storm, int which)
{
	char path[128], number[32];
	char *argv[] = {path, number, NULL};

	snprintf(path, sizeof(path), "%s/rsnl-probe", agent_folder());
	for (uint32_t i = 0; !storm->stop && i < STARTS_MAX; i++) {
		pid_t pid;

		snprintf(number, sizeof(number), "S%d-%u.", which, i);
		if (posix_spawn(&pid, path, NULL, NULL, argv, environ))
			continue;
		waitpid(pid, NULL, 0);
		storm->started[which] = i + 1;
	}
	_exit(0);
}

static int
swaps_run(void)
{
	char path[160], *answer;
	int good = 0;
	size_t size;

		for (int i = 0; i < SWAPS; i++) {
		int fd;

		snprintf(path, sizeof(path), "%s/%s.rsnp", agent_folder(), i % 2 ? "one" : "two");
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (!control_ask(agent_socket(), "{\"cmd\":\"swap\",\"name\":\"storm.rsnp\"}", fd, &answer, &size)) {
			good += strstr(answer, "\"ok\":true") != NULL;
			free(answer);
		}
		close(fd);
		usleep(20000);
	}
	return good;
}

/* Counts the alerts of each start; both packs' rules. Lines of either pack. */
static void
alerts_count(uint32_t by_pack[2])
{
	static char line[1 << 20];
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/alerts", agent_folder());
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file)) {
		const char *argument = strstr(line, "rsnl-probe S");
		unsigned which, number;

		if (!argument || sscanf(argument, "rsnl-probe S%u-%u.", &which, &number) != 2 || which >= STORMS ||
		    number >= STARTS_MAX)
			continue;
		seen[which][number]++;
		by_pack[strstr(line, "\"id\":\"22222222-") != NULL]++;
	}
	if (file)
		fclose(file);
}

static void
verdict(const struct storm *storm, double seconds)
{
	uint32_t by_pack[2] = {0, 0}, lost = 0, twice = 0, all = 0;

	alerts_count(by_pack);
	for (int which = 0; which < STORMS; which++) {
		for (uint32_t i = 0; i < storm->started[which]; i++) {
			lost += !seen[which][i];
			twice += seen[which][i] > 1;
		}
		all += storm->started[which];
	}
	printf("# %u starts in %.1f s (%.0f/s), %u and %u alerts of the two packs, %u lost, %u twice\n", all, seconds,
	       all / seconds, by_pack[0], by_pack[1], lost, twice);
	live_check(all / seconds >= 1000, "swap/load-of-1000-starts-a-second");
	live_check(lost == 0, "swap/none-lost");
	live_check(twice == 0, "swap/none-twice");
	live_check(by_pack[0] && by_pack[1], "swap/both-packs-matched");
}

static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int
main(void)
{
	struct storm *storm = mmap(NULL, sizeof(*storm), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t agent, storms[STORMS];
	double begun;
	int good, status = 0;

	if (agent_prepare() || agent_pack("one", "11111111-1111-4111-8111-111111111111") ||
	    agent_pack("two", "22222222-2222-4222-8222-222222222222") || (agent = agent_start("one")) < 0) {
		live_check(0, "swap/agent-starts");
		return live_failed() != 0;
	}
	begun = now();
	for (int i = 0; i < STORMS; i++) {
		storms[i] = fork();
		if (!storms[i])
			storm_run(storm, i);
	}
	good = swaps_run();
	storm->stop = 1;
	for (int i = 0; i < STORMS; i++)
		waitpid(storms[i], NULL, 0);
	begun = now() - begun;
	sleep(2);
	kill(agent, SIGTERM);
	waitpid(agent, &status, 0);
	live_check(WIFEXITED(status) && !WEXITSTATUS(status), "swap/agent-ends-well");
	live_check(good == SWAPS, "swap/100-swaps");
	verdict(storm, begun);
	agent_shell("rm -rf %s", agent_folder());
	return live_failed() != 0;
}
