/*
 * sandbox_linux.c - gives up every right that a role does not need: user, capabilities, resources, system calls.
 */
#include "sandbox_linux.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Memory, time, descriptors that are already open: what every role needs. */
static const int calls_common[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(close),
	SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise),
	SCMP_SYS(futex), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getpid), SCMP_SYS(gettid),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(exit),
	SCMP_SYS(exit_group), SCMP_SYS(restart_syscall), SCMP_SYS(tgkill), SCMP_SYS(getrandom), SCMP_SYS(sched_yield),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(recvfrom), SCMP_SYS(sendto),
	SCMP_SYS(getrusage), SCMP_SYS(getppid), SCMP_SYS(getuid),
};

/* Its sinks, a pack's image in sealed memory, a thread that makes a pack ready. */
static const int calls_detect[] = {
	SCMP_SYS(fdatasync), SCMP_SYS(fsync), SCMP_SYS(memfd_create), SCMP_SYS(ftruncate), SCMP_SYS(fcntl), SCMP_SYS(uname),
	SCMP_SYS(sysinfo), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(set_robust_list), SCMP_SYS(rseq), /* of a thread that starts */
};

/* libyara protects its scan of a mapped file with signal handlers and measures its time. */
static const int calls_scan[] = {
	SCMP_SYS(fcntl), SCMP_SYS(setitimer), SCMP_SYS(timer_settime), SCMP_SYS(memfd_create), SCMP_SYS(ftruncate),
	SCMP_SYS(sysinfo), SCMP_SYS(set_robust_list), SCMP_SYS(sched_getaffinity),
};

struct limits {
	rlim_t files, data, tasks; /* tasks: threads of the user's, and processes */
};

static const struct {
	const int *calls;
	size_t count;
	struct limits limits;
	int may_execute; /* maps memory to be executed (an image), never writable at the same time */
	int has_threads;
} profiles[] = {
	[SANDBOX_CONFIG] = {NULL, 0, {16, 64 << 20, 0}, 0, 0},
	[SANDBOX_DETECT] = {calls_detect, sizeof(calls_detect) / sizeof(*calls_detect), {128, 2ul << 30, 8}, 1, 1},
	[SANDBOX_SCAN] = {calls_scan, sizeof(calls_scan) / sizeof(*calls_scan), {1024, 2ul << 30, 0}, 0, 0},
};

static int
limit(int resource, rlim_t most)
{
	struct rlimit now, want = {most, most};

	if (getrlimit(resource, &now))
		return -errno;
	if (now.rlim_max < most)
		want.rlim_cur = want.rlim_max = now.rlim_max;
	return setrlimit(resource, &want) ? -errno : 0;
}

static int
limits_set(const struct limits *limits)
{
	int error = limit(RLIMIT_CORE, 0);

	if (!error)
		error = limit(RLIMIT_NPROC, limits->tasks);
	if (!error)
		error = limit(RLIMIT_NOFILE, limits->files);
#ifndef __SANITIZE_ADDRESS__ /* whose shadow is terabytes of address space */
	if (!error)
		error = limit(RLIMIT_DATA, limits->data);
#endif
	return error;
}

static int
user_change(uint32_t uid, uint32_t gid)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {{0}};

	if (uid && (setgroups(0, NULL) || setresgid(gid, gid, gid)))
		return -errno;
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	if (uid && setresuid(uid, uid, uid))
		return -errno;
	if (syscall(SYS_capset, &header, none))
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return -errno;
	return 0;
}

/* mmap and mprotect: never writable and executable; executable at all only where the profile says so. */
static int
memory_allow(scmp_filter_ctx filter, int may_execute)
{
	int error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
	                             SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));

	if (!error && may_execute)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
		                         SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE, PROT_EXEC));
	if (!error)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
		                         SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return error;
}

/* Threads, but no process. clone3() hides its flags from a filter: without it the C library takes clone(). */
static int
threads_allow(scmp_filter_ctx filter)
{
	int error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);

	return error ? error : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
	                                        SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
}

static int
calls_allow(scmp_filter_ctx filter, const int *calls, size_t count)
{
	int error = 0;

	for (size_t i = 0; !error && i < count; i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	return error;
}

static int
calls_limit(enum sandbox_profile profile)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int error = filter ? 0 : -ENOMEM;

	if (!error)
		error = calls_allow(filter, calls_common, sizeof(calls_common) / sizeof(*calls_common));
	if (!error)
		error = calls_allow(filter, profiles[profile].calls, profiles[profile].count);
	if (!error)
		error = memory_allow(filter, profiles[profile].may_execute);
	if (!error && profiles[profile].has_threads)
		error = threads_allow(filter);
	/* fstat(fd) of newer C libraries is this with an empty path; one with a path finds no permission */
	if (!error)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
		                         SCMP_A3(SCMP_CMP_MASKED_EQ, 0x1000, 0x1000));
	if (!error)
		error = seccomp_load(filter);
	seccomp_release(filter);
	return error;
}

int
sandbox_enter(enum sandbox_profile profile, uint32_t uid, uint32_t gid)
{
	int error = limits_set(&profiles[profile].limits);

	if (!error)
		error = user_change(uid, gid);
	if (!error && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
		error = -errno;
	return error ? error : calls_limit(profile);
}
