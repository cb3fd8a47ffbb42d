/*
 * broker_client.c - broker.h for whoever may not do these things: each call is one message and its answer.
 *
 * With a server of its own process in place of a channel it is the direct implementation (command line, unit tests).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "broker.h"
#include "broker_server.h"
#include "channel.h"
#include "message.h"

struct broker {
	struct channel *channel;
	struct broker_server *server;
	struct message request;
	struct message_answer answer;
};

struct broker *
broker_new(struct channel *channel, struct broker_server *server)
{
	struct broker *broker = calloc(1, sizeof(*broker));

	if (broker) {
		broker->channel = channel;
		broker->server = server;
	}
	return broker;
}

void
broker_free(struct broker *broker)
{
	free(broker);
}

int
broker_ask(struct broker *broker, const struct message *request, int fd, struct message_answer *answer)
{
	long got;
	int error;

	if (broker->server) {
		broker_serve(broker->server, request, answer);
		return answer->result;
	}
	error = channel_send(broker->channel, request, MESSAGE_SIZE(request->size), &fd, fd >= 0);
	if (error)
		return error;
	got = channel_receive(broker->channel, answer, sizeof(*answer), NULL, NULL, 1);
	if (got <= 0)
		return -EPIPE;
	if ((size_t)got < MESSAGE_ANSWER_SIZE(0) || (size_t)got != MESSAGE_ANSWER_SIZE(answer->size))
		return -EBADMSG;
	return answer->result;
}

/* Asks and copies the answer's bytes, as many as fit. */
static int
data_ask(struct broker *broker, void *buffer, size_t size)
{
	int result = broker_ask(broker, &broker->request, -1, &broker->answer);

	if (result < 0)
		return result;
	if (broker->answer.size < size)
		size = broker->answer.size;
	memcpy(buffer, broker->answer.data, size);
	return (int)size;
}

int
broker_next_pid(struct broker *broker, uint32_t from)
{
	broker->request = (struct message){.type = MESSAGE_NEXT_PID, .pid = from};
	return broker_ask(broker, &broker->request, -1, &broker->answer);
}

int
broker_read_proc(struct broker *broker, uint32_t pid, enum broker_proc_file file, void *buffer, size_t size)
{
	broker->request = (struct message){.type = MESSAGE_READ_PROC, .pid = pid, .file = file};
	return data_ask(broker, buffer, size);
}

int
broker_user_name(struct broker *broker, uint32_t uid, char *name, size_t size)
{
	broker->request = (struct message){.type = MESSAGE_USER_NAME, .value = uid};
	return data_ask(broker, name, size);
}

int
broker_system(struct broker *broker, enum broker_question question, uint32_t pid, const void *about,
              size_t about_size, void *buffer, size_t size)
{
	if (about_size >= sizeof(broker->request.text))
		return -ENAMETOOLONG;
	broker->request = (struct message){.type = MESSAGE_SYSTEM, .pid = pid, .file = question,
		.size = (uint32_t)about_size};
	if (about_size)
		memcpy(broker->request.text, about, about_size);
	return data_ask(broker, buffer, size);
}

int
broker_scan(struct broker *broker, const struct broker_scan_request *scan)
{
	size_t length = strlen(scan->path);

	if (length >= sizeof(broker->request.text))
		return -ENAMETOOLONG;
	broker->request = (struct message){.type = MESSAGE_SCAN, .id = scan->id, .pid = scan->pid, .file = scan->on,
		.value = scan->parent_pid, .want_hashes = (uint32_t)scan->want_hashes,
		.device = scan->identity.device, .inode = scan->identity.inode,
		.changed_ns = scan->identity.changed_ns, .size = (uint32_t)length + 1};
	memcpy(broker->request.text, scan->path, length + 1);
	return broker_ask(broker, &broker->request, -1, &broker->answer);
}
