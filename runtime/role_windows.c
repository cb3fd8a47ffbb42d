/*
 * role_windows.c - starts one of the agent's processes, and is the first thing such a process runs.
 */
#include "role.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "api_windows.h"
#include "command.h"
#include "commands.h"
#include "os.h"
#include "sandbox_windows.h"

#define KILLED 0xe0000009u /* exit code of a process that role_kill ended */

enum { HANDLE_MAX = ROLE_FD_MAX + 2, LINE_MAX_CHARS = MAX_PATH + 256 };

struct start { /* of one process */
	HANDLE handles[HANDLE_MAX]; /* inheritable: what is given, then stdout and stderr */
	int given, count;
	LPPROC_THREAD_ATTRIBUTE_LIST list;
	STARTUPINFOEXW info;
	wchar_t line[LINE_MAX_CHARS], environment[1024];
};

static uint64_t
memory_of(const char *role)
{
	return strcmp(role, "config") ? 2ull << 30 : 64ull << 20;
}

/* An inheritable handle of the same; NULL where there is none. */
static HANDLE
handle_lend(int fd)
{
	HANDLE own = GetCurrentProcess(), copy;

	return DuplicateHandle(own, api_handle(fd), own, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS) ? copy : NULL;
}

static int
handles_lend(struct start *start, const int *fds, int fd_count)
{
	for (int i = 0; i < fd_count; i++) {
		start->handles[start->count] = handle_lend(fds[i]);
		if (!start->handles[start->count])
			return api_error();
		start->given = ++start->count;
	}
	start->info.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
	start->info.StartupInfo.hStdOutput = handle_lend(1);
	start->info.StartupInfo.hStdError = handle_lend(2);
	if (start->info.StartupInfo.hStdOutput)
		start->handles[start->count++] = start->info.StartupInfo.hStdOutput;
	if (start->info.StartupInfo.hStdError)
		start->handles[start->count++] = start->info.StartupInfo.hStdError;
	return 0;
}

/* Only these handles are inherited, whatever else is inheritable. */
static int
list_make(struct start *start)
{
	SIZE_T size = 0;

	InitializeProcThreadAttributeList(NULL, 1, 0, &size);
	start->list = malloc(size);
	if (!start->list || !InitializeProcThreadAttributeList(start->list, 1, 0, &size) ||
	    !UpdateProcThreadAttribute(start->list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, start->handles,
	                               (SIZE_T)start->count * sizeof(HANDLE), NULL, NULL))
		return start->list ? api_error() : -ENOMEM;
	start->info.lpAttributeList = start->list;
	start->info.StartupInfo.cb = sizeof(start->info);
	return 0;
}

/* "rsnl.exe" role NAME HANDLE... */
static int
line_make(struct start *start, const char *role)
{
	wchar_t program[MAX_PATH];
	DWORD length = GetModuleFileNameW(NULL, program, MAX_PATH);
	int used;

	if (!length || length == MAX_PATH)
		return -ENAMETOOLONG;
	used = swprintf(start->line, LINE_MAX_CHARS, L"\"%ls\" role %hs", program, role);
	for (int i = 0; i < start->given; i++)
		used += swprintf(start->line + used, LINE_MAX_CHARS - (size_t)used, L" %d", api_descriptor(start->handles[i]));
	return 0;
}

/* What Windows' own libraries need, and what may begin a path of the configuration. */
static void
environment_make(struct start *start)
{
	static const wchar_t *const names[] = {L"SystemRoot", L"ProgramData", L"ProgramFiles"};
	size_t used = 0, room = sizeof(start->environment) / sizeof(*start->environment);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		wchar_t value[MAX_PATH];
		DWORD length = GetEnvironmentVariableW(names[i], value, MAX_PATH);

		if (length && length < MAX_PATH && used + wcslen(names[i]) + length + 3 < room)
			used += (size_t)swprintf(start->environment + used, room - used, L"%ls=%ls", names[i], value) + 1;
	}
	start->environment[used] = 0;
}

static void
start_done(struct start *start)
{
	for (int i = 0; i < start->count; i++)
		CloseHandle(start->handles[i]);
	if (start->info.lpAttributeList)
		DeleteProcThreadAttributeList(start->list);
	free(start->list);
}

/* The process is in its job before it runs. */
static int
process_make(struct start *start, HANDLE token, HANDLE job, struct role_process *process)
{
	const DWORD flags = CREATE_SUSPENDED | DETACHED_PROCESS | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT;
	PROCESS_INFORMATION made;
	int error = 0;

	if (!CreateProcessAsUserW(token, NULL, start->line, NULL, NULL, TRUE, flags, start->environment, NULL,
	                          &start->info.StartupInfo, &made))
		return api_error();
	if (!AssignProcessToJobObject(job, made.hProcess) || ResumeThread(made.hThread) == (DWORD)-1) {
		error = api_error();
		TerminateProcess(made.hProcess, KILLED);
	}
	CloseHandle(made.hThread);
	if (error)
		CloseHandle(made.hProcess);
	else
		*process = (struct role_process){made.dwProcessId, api_descriptor(made.hProcess), api_descriptor(job)};
	return error;
}

/* account has no meaning here: a role is the own user, less all rights. */
int
role_start(struct role_process *process, const char *role, const char *account, const int *fds, int fd_count)
{
	struct start start = {.count = 0};
	HANDLE token = sandbox_token(), job = token ? sandbox_job(memory_of(role)) : NULL;
	int error = !job ? api_error() : fd_count > ROLE_FD_MAX ? -EINVAL : handles_lend(&start, fds, fd_count);

	(void)account;
	if (!error)
		error = list_make(&start);
	if (!error)
		error = line_make(&start, role);
	environment_make(&start);
	if (!error)
		error = process_make(&start, token, job, process);
	start_done(&start);
	if (token)
		CloseHandle(token);
	if (job && error)
		CloseHandle(job);
	return error;
}

static void
end_tell(struct role_end *end, DWORD code)
{
	static const struct { DWORD code; const char *name; } known[] = {
		{KILLED, "killed"}, {EXCEPTION_ACCESS_VIOLATION, "ACCESS_VIOLATION"},
		{EXCEPTION_ILLEGAL_INSTRUCTION, "ILLEGAL_INSTRUCTION"}, {EXCEPTION_STACK_OVERFLOW, "STACK_OVERFLOW"},
		{EXCEPTION_INT_DIVIDE_BY_ZERO, "INT_DIVIDE_BY_ZERO"},
	};

	end->crashed = code >= 0xc0000000;
	end->fault = code == EXCEPTION_ACCESS_VIOLATION;
	end->code = (int)code;
	snprintf(end->cause, sizeof(end->cause), end->crashed ? "exception 0x%08lx" : "exit %lu", code);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (known[i].code == code)
			snprintf(end->cause, sizeof(end->cause), "%s", known[i].name);
	}
}

int
role_ended(struct role_process *process, struct role_end *end, int wait)
{
	DWORD code = KILLED;

	if (!process->pid || WaitForSingleObject(api_handle(process->fd), wait ? INFINITE : 0) != WAIT_OBJECT_0)
		return 0;
	GetExitCodeProcess(api_handle(process->fd), &code);
	end_tell(end, code);
	os_close(process->fd);
	os_close(process->guard);
	*process = (struct role_process){0, -1, -1};
	return 1;
}

void
role_kill(const struct role_process *process)
{
	if (process->pid)
		TerminateProcess(api_handle(process->fd), KILLED);
}

static int
run(const struct command *command, int argc, char **argv)
{
	const struct role *role = argc >= 2 && argc - 2 <= ROLE_FD_MAX ? role_find(argv[1]) : NULL;
	int fds[ROLE_FD_MAX], code;

	(void)command;
	if (!role)
		return CODE_USAGE;
	SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
	for (int i = 0; i < ROLE_FD_MAX; i++)
		fds[i] = i + 2 < argc ? atoi(argv[i + 2]) : -1;
	code = role->run(fds);
	fflush(NULL);
	return code;
}

const struct command command_role = {"role", "NAME HANDLE...", NULL, NULL, run};
