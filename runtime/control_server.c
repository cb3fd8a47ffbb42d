/*
 * control_server.c - clients at the control socket: one line asks, one answers; a pack's file comes as a descriptor.
 */
#include "detector.h"
#include "hold.h"
#include "line.h"
#include "detect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker_server.h"
#include "channel.h"
#include "control.h"
#include "message.h"
#include "os.h"
#include "pipeline.h"

#define IDLE_NS (5 * 1000000000ull) /* from a client's arrival: a line that drips in would hold its place for long */

struct client {
	struct channel *end; /* NULL: free */
	int passed; /* descriptor that came along, -1 */
	int privileged;
	uint32_t pid;
	uint64_t since_ns, asked_ns, trial, lost; /* trial: waits for its end; lost: events lost before it */
	uint64_t carried, reset; /* correlations before it */
	size_t used;
	char line[CONTROL_LINE_MAX];
};

struct control {
	struct detect *detect;
	struct line answer;
	struct message request;
	struct message_answer result;
	struct client clients[CONTROL_CLIENT_MAX];
};

struct control *
control_new(struct detect *detect)
{
	struct control *control = calloc(1, sizeof(*control));

	if (!control)
		return NULL;
	control->detect = detect;
	for (int i = 0; i < CONTROL_CLIENT_MAX; i++)
		control->clients[i].passed = -1;
	return control;
}

static void
client_drop(struct client *client)
{
	channel_close(client->end);
	client->end = NULL;
	os_close(client->passed);
	client->passed = -1;
	client->trial = 0;
	client->used = 0;
}

static void
answer_send(struct control *control, struct client *client)
{
	struct line *answer = &control->answer;

	line_text(answer, "\n");
	if (!answer->failed)
		channel_send(client->end, answer->data, answer->size, NULL, 0);
	client_drop(client);
}

static struct line *
answer_begin(struct control *control)
{
	line_cut(&control->answer, 0);
	return &control->answer;
}

static void
refusal_send(struct control *control, struct client *client, int code, const char *check, const char *text)
{
	struct line *answer = answer_begin(control);

	line_text(answer, "{\"ok\":false,\"code\":");
	line_number(answer, (uint64_t)code);
	if (check) {
		line_key(answer, "check");
		line_string(answer, check, strlen(check), 64);
	}
	line_key(answer, "error");
	line_string(answer, text, strlen(text), 1024);
	if (control->detect->info.name) {
		line_key(answer, "active");
		line_string(answer, control->detect->info.name, strlen(control->detect->info.name), 64);
		line_key(answer, "active_serial");
		line_number(answer, control->detect->info.serial);
	}
	line_text(answer, "}");
	answer_send(control, client);
}

static void
done_send(struct control *control, struct client *client)
{
	line_text(answer_begin(control), "{\"ok\":true}");
	answer_send(control, client);
}

/* Hands the pack to broker; its verdict comes now, detect's own when the trial is over (control_tried). */
static void
pack_offer(struct control *control, struct client *client, const struct control_request *wanted)
{
	struct message *request = &control->request;
	int fd = client->passed, result;

	*request = (struct message){.type = MESSAGE_OFFER, .value = wanted->allow_older ? OFFER_ALLOW_OLDER : 0,
		.pid = client->pid, .id = wanted->file};
	if (wanted->command == CONTROL_ROLLBACK) {
		request->value |= OFFER_ROLLBACK;
		fd = -1;
	} else if (fd < 0 && !wanted->file) {
		refusal_send(control, client, 2, NULL, "swap needs a pack's file passed along");
		return;
	}
	request->size = (uint32_t)snprintf(request->text, sizeof(request->text), "%s",
	                                   *wanted->name ? wanted->name : "pack") + 1;
	client->lost = detect_lost(control->detect);
	client->carried = detect_correlate(control->detect)->carried;
	client->reset = detect_correlate(control->detect)->reset;
	client->asked_ns = os_monotonic_ns();
	result = broker_ask(control->detect->broker, request, fd, &control->result);
	if (result > 0) {
		client->trial = (uint64_t)result;
	} else if (result == -ENOENT) {
		refusal_send(control, client, 3, NULL, "there is no previous pack");
	} else if (result == -EACCES && control->result.size == sizeof(struct refusal)) {
		struct refusal why;

		memcpy(&why, control->result.data, sizeof(why));
		refusal_send(control, client, 4, check_name(why.check), why.text);
	} else {
		refusal_send(control, client, 3, NULL, "broker does not answer");
	}
}

static void
command_run(struct control *control, struct client *client, const struct control_request *wanted)
{
	control->request = (struct message){.type = wanted->command == CONTROL_STOP ? MESSAGE_STOP : MESSAGE_RELOAD};
	switch (wanted->command) {
	case CONTROL_STATUS:
		detect_status(control->detect, answer_begin(control));
		answer_send(control, client);
		break;
	case CONTROL_SWAP:
	case CONTROL_ROLLBACK:
		pack_offer(control, client, wanted);
		break;
	case CONTROL_RELOAD:
	case CONTROL_STOP:
		if (broker_ask(control->detect->broker, &control->request, -1, &control->result))
			refusal_send(control, client, 2, NULL, "config refused; the old one stays");
		else
			done_send(control, client);
		break;
	}
}

static void
line_run(struct control *control, struct client *client, size_t size)
{
	struct control_request wanted;
	const char *why;

	if (control_parse(&wanted, client->line, size, &why))
		refusal_send(control, client, 2, NULL, why);
	else if (control_is_privileged(wanted.command) && !client->privileged)
		refusal_send(control, client, 3, NULL, "EPERM (Operation not permitted): this is for root");
	else
		command_run(control, client, &wanted);
}

static void
client_read(struct control *control, struct client *client)
{
	int fd = -1, count = 1;
	long got = channel_receive(client->end, client->line + client->used, sizeof(client->line) - client->used, &fd,
	                           &count, 0);
	char *end;

	if (got == -EAGAIN)
		return;
	if (count > 0 && got > 0) {
		os_close(client->passed);
		client->passed = fd;
	}
	if (got <= 0) {
		client_drop(client);
		return;
	}
	client->used += (size_t)got;
	end = memchr(client->line, '\n', client->used);
	if (end && !client->trial)
		line_run(control, client, (size_t)(end - client->line));
	else if (client->used == sizeof(client->line))
		refusal_send(control, client, 2, NULL, "line is longer than 64 KiB");
}

void
control_admit(struct control *control, int fd, uint32_t pid, int privileged)
{
	struct client *client = control->clients;

	while (client < control->clients + CONTROL_CLIENT_MAX && client->end)
		client++;
	if (client < control->clients + CONTROL_CLIENT_MAX)
		client->end = channel_adopt_client(fd);
	if (client == control->clients + CONTROL_CLIENT_MAX || !client->end) {
		os_close(fd);
		return;
	}
	client->pid = pid;
	client->privileged = privileged;
	client->since_ns = os_monotonic_ns();
}

int
control_waits(const struct control *control, struct os_wait *waits)
{
	int count = 0;

	for (int i = 0; i < CONTROL_CLIENT_MAX; i++) {
		if (control->clients[i].end)
			waits[count++].fd = channel_descriptor(control->clients[i].end);
	}
	return count;
}

void
control_turn(struct control *control, const struct os_wait *waits, int count)
{
	uint64_t now = os_monotonic_ns();

	for (int i = 0; i < CONTROL_CLIENT_MAX; i++) {
		struct client *client = &control->clients[i];

		for (int j = 0; j < count; j++) {
			if (client->end && waits[j].fd == channel_descriptor(client->end) && waits[j].ready)
				client_read(control, client);
		}
		if (client->end && !client->trial && now - client->since_ns > IDLE_NS)
			client_drop(client);
	}
}

void
control_tried(struct control *control, uint64_t trial, const struct refusal *why)
{
	for (int i = 0; i < CONTROL_CLIENT_MAX; i++) {
		struct client *client = &control->clients[i];
		struct line *answer;

		if (!client->end || client->trial != trial)
			continue;
		if (why) {
			refusal_send(control, client, 4, check_name(why->check), why->text);
			continue;
		}
		answer = answer_begin(control);
		line_text(answer, "{\"ok\":true,\"pack\":");
		line_string(answer, control->detect->info.name, strlen(control->detect->info.name), 64);
		line_key(answer, "serial");
		line_number(answer, control->detect->info.serial);
		line_key(answer, "elapsed_ns");
		line_number(answer, os_monotonic_ns() - client->asked_ns);
		line_key(answer, "lost");
		line_number(answer, detect_lost(control->detect) - client->lost);
		line_key(answer, "carried");
		line_number(answer, detect_correlate(control->detect)->carried - client->carried);
		line_key(answer, "reset");
		line_number(answer, detect_correlate(control->detect)->reset - client->reset);
		line_text(answer, "}");
		answer_send(control, client);
	}
}
