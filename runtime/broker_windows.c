/*
 * broker_windows.c - broker.h where there is no agent: every request is refused.
 */
#include <errno.h>

#include "broker.h"

int
broker_next_pid(struct broker *broker, uint32_t from)
{
	(void)broker;
	(void)from;
	return -ENOSYS;
}

int
broker_read_proc(struct broker *broker, uint32_t pid, enum broker_proc_file file, void *buffer, size_t size)
{
	(void)broker;
	(void)pid;
	(void)file;
	(void)buffer;
	(void)size;
	return -ENOSYS;
}

int
broker_scan(struct broker *broker, const struct broker_scan_request *request)
{
	(void)broker;
	(void)request;
	return -ENOSYS;
}

int
broker_user_name(struct broker *broker, uint32_t uid, char *name, size_t size)
{
	(void)broker;
	(void)uid;
	(void)name;
	(void)size;
	return -ENOSYS;
}
