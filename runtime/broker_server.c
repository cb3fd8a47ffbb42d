/*
 * broker_server.c - what broker does with a request on every system.
 */
#include "broker_server.h"

#include <errno.h>
#include <string.h>

#include "broker.h"
#include "channel.h"
#include "message.h"
#include "os.h"

void
broker_server_init(struct broker_server *server)
{
	memset(server, 0, sizeof(*server));
}

static int
scan_start(struct broker_server *server, const struct message *request)
{
	struct message file = {.type = MESSAGE_FILE, .id = request->id, .device = request->device, .inode = request->inode,
		.changed_ns = request->changed_ns, .file = request->file, .want_hashes = request->want_hashes};
	int fd, error;

	if (!server->scan)
		return -ENOTCONN;
	fd = broker_scanned_open(request);
	if (fd < 0) {
		server->counters.scan_stale += fd == BROKER_STALE;
		server->counters.scan_gone += fd != BROKER_STALE;
		return fd;
	}
	error = channel_send(server->scan, &file, MESSAGE_SIZE(0), &fd, 1);
	os_close(fd);
	server->counters.scans += !error;
	server->counters.scan_busy += error != 0;
	return error;
}

size_t
broker_serve(struct broker_server *server, const struct message *request, struct message_answer *answer)
{
	int result, has_data = 0;

	server->counters.requests++;
	if (request->type == MESSAGE_NEXT_PID) {
		result = broker_pid_next(server, request->pid);
	} else if (request->type == MESSAGE_SCAN) {
		result = scan_start(server, request);
	} else {
		result = broker_tell(request, answer->data, sizeof(answer->data));
		has_data = result > 0;
	}
	server->counters.refused += result < 0;
	answer->result = result;
	answer->size = has_data ? (uint32_t)result : 0;
	return MESSAGE_ANSWER_SIZE(answer->size);
}
