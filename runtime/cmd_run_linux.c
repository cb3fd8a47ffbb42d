/*
 * cmd_run_linux.c - rsnl run: the agent, in the foreground.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker_linux.h"
#include "command.h"
#include "commands.h"
#include "config.h"
#include "agent_linux.h"
#include "os.h"
#include "role_linux.h"

enum { OPTION_PRETTY = 300, OPTION_EVENTS, OPTION_FOR, OPTION_CHECK };

static const struct option_row options_run[] = {
	{'p', "pack", "PACK", "pack to run (default: the active one, the previous, default.rsnp)"},
	{OPTION_PRETTY, "pretty", NULL, "one line an alert on stdout"},
	{OPTION_EVENTS, "events", NULL, "one line an event on stdout"},
	{OPTION_FOR, "for", "TIME", "stop after, e.g. 20s"},
	{OPTION_CHECK, "check-config", NULL, "print the effective configuration and exit"},
	{0, NULL, NULL, NULL},
};

struct state {
	struct agent_options agent;
	int check;
};

/* Rights the agent needs, by number (linux/capability.h). */
static const struct { int number; const char *name; } rights[] = {
	{39, "CAP_BPF"}, {38, "CAP_PERFMON"}, {CAP_NET_ADMIN, "CAP_NET_ADMIN"}, {CAP_SYS_PTRACE, "CAP_SYS_PTRACE"},
	{CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH"}, {CAP_SETUID, "CAP_SETUID"}, {CAP_SETGID, "CAP_SETGID"},
};

/* 0, or 3 after saying what is missing. */
static int
rights_check(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct has[2] = {{0}};
	char missing[256] = "";

	syscall(SYS_capget, &header, has);
	for (size_t i = 0; i < sizeof(rights) / sizeof(*rights); i++) {
		if (has[rights[i].number / 32].effective >> rights[i].number % 32 & 1)
			continue;
		strcat(missing, " ");
		strcat(missing, rights[i].name);
	}
	if (!*missing)
		return 0;
	fprintf(stderr, "rsnl: needs root or CAP_BPF CAP_PERFMON CAP_NET_ADMIN CAP_SYS_PTRACE CAP_DAC_READ_SEARCH "
	        "CAP_SETUID CAP_SETGID; missing:%s\n", missing);
	return 3;
}

/* The file that the config process reads: its name, a newline, its bytes. A descriptor or a negative errno. */
static int
config_copy(const char *path, int file)
{
	int copy = memfd_create("rsnl-config", MFD_CLOEXEC);
	char bytes[4096];
	ssize_t got = 0;
	size_t total = 0;

	if (copy < 0)
		return -errno;
	dprintf(copy, "%s\n", path);
	while (file >= 0 && total <= CONFIG_FILE_MAX && (got = read(file, bytes, sizeof(bytes))) > 0) {
		if (write(copy, bytes, (size_t)got) != got)
			got = -1;
		total += (size_t)got;
	}
	if (got < 0 || lseek(copy, 0, SEEK_SET)) {
		close(copy);
		return -EIO;
	}
	return copy;
}

/* Exit code of the process that reads the config, whose struct comes through a pipe. */
static int
config_process(int copy, struct config *config)
{
	int ends[2], status = 0;
	struct role_user user;
	size_t used = 0;
	ssize_t got;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return 3;
	role_user("rsnl", ROLE_UID_DETECT, &user);
	if (geteuid())
		user.uid = user.gid = 0;
	pid = role_start("config", &user, (int[]){copy, ends[1]}, 2);
	close(ends[1]);
	while (used < sizeof(*config) && (got = read(ends[0], (char *)config + used, sizeof(*config) - used)) > 0)
		used += (size_t)got;
	close(ends[0]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 3;
	if (!WIFEXITED(status)) {
		fprintf(stderr, "rsnl: the process that reads the config died\n");
		return 5;
	}
	if (WEXITSTATUS(status))
		return WEXITSTATUS(status);
	return config_check(config, used) ? 5 : 0;
}

static int
others_can_write(const struct stat *st)
{
	return (st->st_uid && st->st_uid != geteuid()) || st->st_mode & 022;
}

/* Whether others can put another file in a file's place; in a folder with the sticky bit they cannot. */
static int
folder_is_open(const char *path)
{
	char *folder = strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;
	struct stat st;
	int is_open;

	if (slash)
		slash[slash == folder] = 0;
	is_open = !folder || stat(slash ? folder : ".", &st) || (others_can_write(&st) && !(st.st_mode & S_ISVTX));
	free(folder);
	return is_open;
}

int
config_load(const char *path, const struct agent_options *agent_options, struct config *config)
{
	const char *name = path ? path : SYSCONFDIR "/rsnl/rsnl.yaml";
	struct stat st;
	int file = open(name, O_RDONLY | O_CLOEXEC), copy, code;

	(void)agent_options;
	if (file < 0 && (path || errno != ENOENT)) {
		fprintf(stderr, "rsnl: %s: %s (%s)\n", name, os_errno_name(errno), strerror(errno));
		return 3;
	}
	if (file >= 0 && (fstat(file, &st) || others_can_write(&st) || folder_is_open(name))) {
		fprintf(stderr, "rsnl: %s: others can write it, or its folder; run chown root and chmod go-w\n", name);
		close(file);
		return 4;
	}
	copy = config_copy(name, file);
	if (file >= 0)
		close(file);
	if (copy < 0) {
		fprintf(stderr, "rsnl: %s: %s\n", name, strerror(-copy));
		return 3;
	}
	code = config_process(copy, config);
	close(copy);
	return code;
}

static int
set(void *data, int letter, const char *value)
{
	struct state *state = data;

	switch (letter) {
	case 'p': state->agent.pack = value; break;
	case OPTION_PRETTY: state->agent.pretty = 1; break;
	case OPTION_EVENTS: state->agent.events = 1; break;
	case OPTION_CHECK: state->check = 1; break;
	case OPTION_FOR:
		if (!config_duration(value, &state->agent.for_ns))
			break;
		message("--for \"%s\" is not a duration such as 20s", value);
		return -EINVAL;
	}
	return 0;
}

static int
run(const struct command *command, int argc, char **argv)
{
	static struct agent agent;
	struct state state = {.check = 0};
	struct options options;
	int code = options_parse(&options, command, argc, argv, set, &state);

	if (code >= 0)
		return code;
	if (options.operand_count) {
		message("run takes no operand \"%s\"; give a pack with -p", options.operands[0]);
		return CODE_USAGE;
	}
	agent.options = state.agent;
	agent.options.config_path = options.config;
	agent.options.quiet = options.quiet;
	agent.options.verbose = options.verbose;
	code = config_load(options.config, &agent.options, &agent.config);
	if (!code && !state.check)
		code = rights_check();
	if (code)
		return code;
	if (state.check) {
		config_print(&agent.config, stdout);
		return CODE_DONE;
	}
	snprintf(agent.config_file, sizeof(agent.config_file), "%s", options.config ? options.config
	         : access(SYSCONFDIR "/rsnl/rsnl.yaml", F_OK) ? "(defaults)" : SYSCONFDIR "/rsnl/rsnl.yaml");
	return agent_run(&agent);
}

const struct command command_run = {
	"run", "[OPTION]...", "Watches this machine with a pack, in the foreground.", options_run, run,
};
