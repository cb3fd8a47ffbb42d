/*
 * service_windows.h - the agent as a service: what Windows' service manager and event log are told.
 */
#ifndef SERVICE_WINDOWS_H
#define SERVICE_WINDOWS_H

#define SERVICE_NAME_W L"rsnl"
/* Event log messages are whole texts: the table of messages is Windows' own, of which any number says "%1". */
#define SERVICE_MESSAGES_W L"%SystemRoot%\\System32\\EventCreate.exe"

/* Runs main as the service of that name until it returns an exit code. 0, or 3 after a message: the service manager has
 * not started us. */
int service_run(int (*main)(void));
/* state: SERVICE_RUNNING and the like; nothing where we are no service. */
void service_tell(unsigned long state);
/* A line of the log goes to the event log, too, where we are a service; type: EVENTLOG_ERROR_TYPE and the like. */
void service_log(unsigned short type, const char *line);
#endif
