/* What a confined role may no longer do: each of these ends with EPERM. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "account_linux.h"
#include "sandbox_linux.h"

static int
try_execve(void)
{
	char *argv[] = {"true", NULL};

	return execve("/bin/true", argv, NULL);
}

static int
try_open(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static int
try_bpf(void)
{
	return (int)syscall(SYS_bpf, 0, NULL, 0);
}

static int
try_ptrace(void)
{
	return (int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static int
try_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int
try_fork(void)
{
	return (int)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static int
try_kill(void)
{
	return kill(getppid(), 0);
}

static int
try_write_and_execute(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? -1 : 0;
}

static int
try_make_executable(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? 0 : mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static int
try_become_root(void)
{
	return (int)syscall(SYS_setresuid, 0, 0, 0);
}

/* Whether attempt ends with EPERM in a process of that profile. */
static int
is_denied(enum sandbox_profile profile, int (*attempt)(void))
{
	uint32_t uid = geteuid() ? 0 : ACCOUNT_UID_DETECT;
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		if (sandbox_enter(profile, uid, uid))
			_exit(2);
		errno = 0;
		_exit(attempt() == -1 && errno == EPERM ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int (*const attempts[])(void) = {try_execve, try_open, try_bpf, try_ptrace, try_socket, try_fork, try_kill,
	try_write_and_execute, try_make_executable, try_become_root};

static void
denies(enum sandbox_profile profile)
{
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++) {
		if (!is_denied(profile, attempts[i]))
			fail_msg("attempt %zu is not denied", i);
	}
}

static void
detect_denies(void **state)
{
	(void)state;
	denies(SANDBOX_DETECT);
}

static void
scan_denies(void **state)
{
	(void)state;
	denies(SANDBOX_SCAN);
}

static void
config_denies(void **state)
{
	(void)state;
	denies(SANDBOX_CONFIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(detect_denies), cmocka_unit_test(scan_denies), cmocka_unit_test(config_denies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
