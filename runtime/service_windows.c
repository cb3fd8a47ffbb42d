/*
 * service_windows.c - between the service manager and the agent.
 *
 * Windows starts a service without a context of ours, so there is one variable of the program.
 */
#include "service_windows.h"

#include <stdlib.h>
#include <windows.h>

#include "api_windows.h"
#include "command.h"
#include "signals.h"
#include "signals_windows.h"

enum { WAIT_HINT_MS = 30000, EVENT_ID = 1 };

static struct {
	int (*main)(void);
	int code;
	SERVICE_STATUS_HANDLE status;
	HANDLE log;
	DWORD state;
} service;

void
service_tell(unsigned long state)
{
	SERVICE_STATUS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS, .dwCurrentState = state};
	int rests = state == SERVICE_RUNNING || state == SERVICE_STOPPED;

	if (!service.status)
		return;
	service.state = state;
	status.dwControlsAccepted = state == SERVICE_RUNNING
		? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE : 0;
	status.dwWaitHint = rests ? 0 : WAIT_HINT_MS;
	status.dwCheckPoint = rests ? 0 : 1;
	if (state == SERVICE_STOPPED && service.code) {
		status.dwWin32ExitCode = ERROR_SERVICE_SPECIFIC_ERROR;
		status.dwServiceSpecificExitCode = (DWORD)service.code;
	}
	SetServiceStatus(service.status, &status);
}

void
service_log(unsigned short type, const char *line)
{
	wchar_t *wide = service.log ? api_wide(line) : NULL;
	const wchar_t *texts[] = {wide};

	if (wide)
		ReportEventW(service.log, type, 0, EVENT_ID, NULL, 1, 0, texts, NULL);
	free(wide);
}

static DWORD WINAPI
control(DWORD what, DWORD type, void *data, void *context)
{
	(void)type;
	(void)data;
	(void)context;
	switch (what) {
	case SERVICE_CONTROL_STOP:
	case SERVICE_CONTROL_SHUTDOWN:
		service_tell(SERVICE_STOP_PENDING);
		signals_raise(SIGNALS_STOP);
		return NO_ERROR;
	case SERVICE_CONTROL_PARAMCHANGE:
		signals_raise(SIGNALS_RELOAD);
		return NO_ERROR;
	case SERVICE_CONTROL_INTERROGATE:
		service_tell(service.state);
		return NO_ERROR;
	}
	return ERROR_CALL_NOT_IMPLEMENTED;
}

static void WINAPI
begin(DWORD argc, wchar_t **argv)
{
	(void)argc;
	(void)argv;
	service.status = RegisterServiceCtrlHandlerExW(SERVICE_NAME_W, control, NULL);
	service.log = RegisterEventSourceW(NULL, SERVICE_NAME_W);
	service_tell(SERVICE_START_PENDING);
	service.code = service.main();
	service_tell(SERVICE_STOPPED);
}

int
service_run(int (*main)(void))
{
	SERVICE_TABLE_ENTRYW table[] = {{(wchar_t *)SERVICE_NAME_W, begin}, {NULL, NULL}};

	service.main = main;
	if (StartServiceCtrlDispatcherW(table))
		return CODE_DONE;
	message("service run: the service manager starts it, not people; see rsnl service start");
	return CODE_CANNOT;
}
