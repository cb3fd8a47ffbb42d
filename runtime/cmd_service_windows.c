/*
 * cmd_service_windows.c - rsnl service: the agent as a service of Windows.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "api_windows.h"
#include "command.h"
#include "commands.h"
#include "file.h"
#include "os.h"
#include "service_windows.h"

#define SOURCE_KEY L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\rsnl"

enum { WAIT_MS = 60000, LOOK_MS = 200 };

/* Says which call Windows refused; exit code. */
static int
refused(const char *what)
{
	DWORD error = GetLastError();
	int number = api_error();

	if (error == ERROR_SERVICE_DOES_NOT_EXIST)
		message("service: rsnl is not installed; see rsnl service install");
	else if (error == ERROR_SERVICE_EXISTS)
		message("service: rsnl is installed already");
	else
		message("service: %s: %s, Windows error %lu", what, message_errno(number), error);
	return CODE_CANNOT;
}

/* NULL after a message. */
static SC_HANDLE
service_find(SC_HANDLE manager, DWORD access)
{
	SC_HANDLE service = OpenServiceW(manager, SERVICE_NAME_W, access);

	if (!service)
		refused("OpenService");
	return service;
}

/* Texts in the event log are shown by the table of messages that this names. */
static int
source_install(void)
{
	DWORD types = EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE;
	LSTATUS error;
	HKEY key;

	error = RegCreateKeyExW(HKEY_LOCAL_MACHINE, SOURCE_KEY, 0, NULL, 0, KEY_SET_VALUE, NULL, &key, NULL);
	if (!error) {
		error = RegSetValueExW(key, L"EventMessageFile", 0, REG_EXPAND_SZ, (const BYTE *)SERVICE_MESSAGES_W,
		                       sizeof(SERVICE_MESSAGES_W));
		if (!error)
			error = RegSetValueExW(key, L"TypesSupported", 0, REG_DWORD, (const BYTE *)&types, sizeof(types));
		RegCloseKey(key);
	}
	SetLastError((DWORD)error);
	return error ? refused("event source") : 0;
}

/* Sets one part of the service; what this Windows does not know is named and left out. */
static int
part_set(SC_HANDLE service, DWORD which, void *value, const char *what)
{
	if (ChangeServiceConfig2W(service, which, value))
		return 0;
	if (GetLastError() != ERROR_INVALID_LEVEL)
		return refused("ChangeServiceConfig2");
	message("service: %s cannot be set on this Windows", what);
	return 0;
}

/* Started again after 1 s, 5 s, then 60 s, also when it ended with an error by itself; a quiet day forgives. */
static int
recovery_set(SC_HANDLE service)
{
	SC_ACTION actions[] = {{SC_ACTION_RESTART, 1000}, {SC_ACTION_RESTART, 5000}, {SC_ACTION_RESTART, 60000}};
	SERVICE_FAILURE_ACTIONSW recovery = {.dwResetPeriod = 86400, .cActions = 3, .lpsaActions = actions};
	SERVICE_FAILURE_ACTIONS_FLAG flag = {TRUE};
	wchar_t text[] = L"Watches this machine with compiled Sigma rules, YARA rules and indicators.";
	SERVICE_DESCRIPTIONW description = {text};

	int code = part_set(service, SERVICE_CONFIG_DESCRIPTION, &description, "its description");

	if (!code)
		code = part_set(service, SERVICE_CONFIG_FAILURE_ACTIONS, &recovery, "what follows its failure");
	if (!code)
		code = part_set(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &flag, "that an exit with an error is a failure");
	return code;
}

/* Made before anybody else makes them in a place where all may make folders. */
static int
folders_make(void)
{
	static const char *const folders[] = {PLACE_STATE, PLACE_KEYS};

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		char path[MAX_PATH];
		int error = os_path(folders[i], path, sizeof(path));

		if (!error)
			error = file_make_folder(path, 0755);
		if (error == -EPERM)
			message("%s: others can write it; %s", path, os_own_hint);
		else if (error)
			message("%s: %s", path, message_errno(error));
		if (error)
			return error == -EPERM ? CODE_UNTRUSTED : CODE_CANNOT;
	}
	return 0;
}

static int
service_install(SC_HANDLE manager)
{
	wchar_t program[MAX_PATH], line[MAX_PATH + 32];
	DWORD length = GetModuleFileNameW(NULL, program, MAX_PATH);
	SC_HANDLE service;
	int code = folders_make();

	if (code)
		return code;
	if (!length || length == MAX_PATH)
		return refused("GetModuleFileName");
	swprintf(line, sizeof(line) / sizeof(*line), L"\"%ls\" service run", program);
	service = CreateServiceW(manager, SERVICE_NAME_W, L"rsnl endpoint detection", SERVICE_ALL_ACCESS,
	                         SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START, SERVICE_ERROR_NORMAL, line, NULL, NULL, NULL,
	                         NULL, NULL);
	if (!service)
		return refused("CreateService");
	code = recovery_set(service);
	if (!code)
		code = source_install();
	if (code)
		DeleteService(service);
	CloseServiceHandle(service);
	return code;
}

/* Until it has come to that state. */
static int
state_await(SC_HANDLE service, DWORD wanted)
{
	SERVICE_STATUS status = {.dwCurrentState = 0};

	for (int waited = 0; waited < WAIT_MS; waited += LOOK_MS) {
		if (!QueryServiceStatus(service, &status))
			return refused("QueryServiceStatus");
		if (status.dwCurrentState == wanted)
			return 0;
		if (status.dwCurrentState == SERVICE_STOPPED) {
			message("service: ended with exit code %lu; the event log says why",
			        status.dwWin32ExitCode == ERROR_SERVICE_SPECIFIC_ERROR ? status.dwServiceSpecificExitCode
			        : status.dwWin32ExitCode);
			return CODE_CANNOT;
		}
		Sleep(LOOK_MS);
	}
	message("service: does not %s within %d s", wanted == SERVICE_RUNNING ? "run" : "end", WAIT_MS / 1000);
	return CODE_CANNOT;
}

static int
service_start(SC_HANDLE manager)
{
	SC_HANDLE service = service_find(manager, SERVICE_START | SERVICE_QUERY_STATUS);
	int code;

	if (!service)
		return CODE_CANNOT;
	if (!StartServiceW(service, 0, NULL) && GetLastError() != ERROR_SERVICE_ALREADY_RUNNING)
		code = refused("StartService");
	else
		code = state_await(service, SERVICE_RUNNING);
	CloseServiceHandle(service);
	return code;
}

static int
service_stop(SC_HANDLE manager)
{
	SC_HANDLE service = service_find(manager, SERVICE_STOP | SERVICE_QUERY_STATUS);
	SERVICE_STATUS status;
	int code;

	if (!service)
		return CODE_CANNOT;
	if (!ControlService(service, SERVICE_CONTROL_STOP, &status) && GetLastError() != ERROR_SERVICE_NOT_ACTIVE)
		code = refused("ControlService");
	else
		code = state_await(service, SERVICE_STOPPED);
	CloseServiceHandle(service);
	return code;
}

static int
service_remove(SC_HANDLE manager)
{
	SC_HANDLE service = service_find(manager, SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE);
	SERVICE_STATUS status;
	int code = 0;

	if (!service)
		return CODE_CANNOT;
	if (ControlService(service, SERVICE_CONTROL_STOP, &status))
		code = state_await(service, SERVICE_STOPPED);
	if (!DeleteService(service))
		code = refused("DeleteService");
	CloseServiceHandle(service);
	RegDeleteKeyW(HKEY_LOCAL_MACHINE, SOURCE_KEY);
	return code;
}

static int
agent_main(void)
{
	char name[] = "run", *argv[] = {name, NULL};

	return command_run.run(&command_run, 1, argv);
}

static const struct {
	const char *name, *done;
	int (*run)(SC_HANDLE manager);
	DWORD access;
} actions[] = {
	{"install", "installed; rsnl service start starts it", service_install, SC_MANAGER_CREATE_SERVICE},
	{"remove", "removed", service_remove, SC_MANAGER_CONNECT},
	{"start", "runs", service_start, SC_MANAGER_CONNECT},
	{"stop", "ended", service_stop, SC_MANAGER_CONNECT},
};

static int
action_run(size_t which, int quiet)
{
	SC_HANDLE manager = OpenSCManagerW(NULL, NULL, actions[which].access);
	int code;

	if (!manager)
		return refused("OpenSCManager");
	code = actions[which].run(manager);
	CloseServiceHandle(manager);
	if (!code && !quiet)
		message("service: %s", actions[which].done);
	return code;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct options options;
	int code = options_parse(&options, command, argc, argv, NULL, NULL);

	if (code >= 0)
		return code;
	for (size_t i = 0; options.operand_count == 1 && i < sizeof(actions) / sizeof(*actions); i++) {
		if (!strcmp(options.operands[0], actions[i].name))
			return action_run(i, options.quiet);
	}
	if (options.operand_count == 1 && !strcmp(options.operands[0], "run"))
		return service_run(agent_main);
	message("service takes one of install, remove, start and stop");
	return CODE_USAGE;
}

const struct command command_service = {
	"service", "install | remove | start | stop", "The agent as a service of Windows.", NULL, run,
};
