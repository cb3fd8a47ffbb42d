/*
 * runtime_swap.c - 100 swaps between two packs while programs start as fast as they can: every start is matched by
 * exactly one of the packs, none is lost, none counts twice.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "control_client_linux.h"
#include "json.h"
#include "json_paths.h"
#include "support_live.h"

enum { SWAPS = 100, STORMS = 3, STARTS_MAX = 1 << 20 };

struct storm { /* shared with the children */
	volatile int stop;
	volatile uint32_t started[STORMS];
};

static char folder[] = "/tmp/rsnl-swap.XXXXXX", command[4096];
static uint8_t seen[STORMS][STARTS_MAX]; /* alerts of each start */
extern char **environ;

__attribute__((format(printf, 1, 2))) static int
shell(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	return system(command);
}

static int
pack_build(const char *name, const char *id)
{
	return shell("cd %s && printf 'title: %s\\nid: %s\\nstatus: test\\nlogsource: {product: linux, category: "
	             "process_creation}\\ndetection: {sel: {Image|endswith: /rsnl-storm}, condition: sel}\\nlevel: low\\n' "
	             ">%s.yml && RSNLC_CACHE=%s/cache $RSNL_BUILD/rsnlc build -q -k k.key -n swap -s 7 -o %s.rsnp %s.yml",
	             folder, name, id, name, folder, name, name);
}

static int
prepare(void)
{
	if (!mkdtemp(folder) || shell("chmod 755 %s", folder))
		return -1;
	if (shell("cd %s && mkdir keys && $RSNL_BUILD/rsnlc key generate -W k 2>/dev/null && cp k.pub keys && "
	          "{ echo 'void _start(void) { __asm__(\"mov $60, %%eax; xor %%edi, %%edi; syscall\"); }' | "
	          "cc -x c -static -nostdlib -o rsnl-storm - 2>/dev/null || cp /bin/true rsnl-storm; } && printf 'agent: {state: %s/state, socket: %s/sock}\\npacks: {keys: %s/keys}\\n"
	          "sources: {ring: 64Mi}\\nhealth: {path: %s/health, interval: 5s}\\nsinks: [{type: file, path: %s/alerts}]\\n'"
	          ">c.yaml && chmod 644 c.yaml", folder, folder, folder, folder, folder, folder))
		return -1;
	return pack_build("one", "11111111-1111-4111-8111-111111111111") ||
		pack_build("two", "22222222-2222-4222-8222-222222222222") ? -1 : 0;
}

static pid_t
agent_start(void)
{
	char socket_path[128], *answer;
	size_t size;
	pid_t pid = fork();

	if (!pid) {
		snprintf(command, sizeof(command), "cd %s && exec $RSNL_BUILD/rsnl run -q -c $PWD/c.yaml -p one.rsnp", folder);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	snprintf(socket_path, sizeof(socket_path), "%s/sock", folder);
	for (int i = 0; i < 200; i++) {
		struct json_text pack;

		usleep(100000);
		if (control_ask(socket_path, "{\"cmd\":\"status\"}", -1, &answer, &size))
			continue;
		json_paths_read(answer, size, (const char *const[]){"pack"}, 1, &pack);
		free(answer);
		if (pack.size)
			return pid;
	}
	return -1;
}

/* Starts programs one after another; each has a number of its own as its argument. */
static void
storm_run(struct storm *storm, int which)
{
	char path[128], number[32];
	char *argv[] = {path, number, NULL};

	snprintf(path, sizeof(path), "%s/rsnl-storm", folder);
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
	char socket_path[128], path[160], *answer;
	int good = 0;
	size_t size;

	snprintf(socket_path, sizeof(socket_path), "%s/sock", folder);
	for (int i = 0; i < SWAPS; i++) {
		int fd;

		snprintf(path, sizeof(path), "%s/%s.rsnp", folder, i % 2 ? "one" : "two");
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (!control_ask(socket_path, "{\"cmd\":\"swap\",\"name\":\"storm.rsnp\"}", fd, &answer, &size)) {
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

	snprintf(path, sizeof(path), "%s/alerts", folder);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file)) {
		const char *argument = strstr(line, "rsnl-storm S");
		unsigned which, number;

		if (!argument || sscanf(argument, "rsnl-storm S%u-%u.", &which, &number) != 2 || which >= STORMS ||
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

	if (prepare() || (agent = agent_start()) < 0) {
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
	shell("rm -rf %s", folder);
	return live_failed() != 0;
}
