/*
 * broker_server.h - the two ends of broker.h: who serves its requests, with what a file of code per system knows, and how
 * one reaches the server.
 */
#ifndef BROKER_SERVER_H
#define BROKER_SERVER_H

#include <stddef.h>
#include <stdint.h>

struct broker;
struct channel;
struct message;
struct message_answer;

struct broker_server_counters {
	uint64_t requests, refused, scans, scan_stale, scan_gone, scan_busy; /* the last three: scans missed */
};

struct broker_server {
	struct channel *scan; /* borrowed; NULL: scan does not run */
	void *processes; /* list being told, for MESSAGE_NEXT_PID */
	uint32_t last_pid;
	struct broker_server_counters counters;
};

void broker_server_init(struct broker_server *server);
/* Answers one request about processes, users and scans. Size of the answer in bytes. */
size_t broker_serve(struct broker_server *server, const struct message *request, struct message_answer *answer);

/* By broker_linux.c and broker_windows.c: */

void broker_server_done(struct broker_server *server);
/* As broker_next_pid(). */
int broker_pid_next(struct broker_server *server, uint32_t from);
/* The file of a MESSAGE_SCAN, for reading; BROKER_STALE when another lies there, or another negative errno. */
int broker_scanned_open(const struct message *request);
/* What a request asks about the system, into data: bytes, or a negative errno (-ENOSYS: not here). */
int broker_tell(const struct message *request, void *data, size_t size);

/* By broker_client.c: */

/* A broker that asks over a channel (borrowed), or with channel NULL asks server directly. NULL: no memory. */
struct broker *broker_new(struct channel *channel, struct broker_server *server);
void broker_free(struct broker *broker);
/* One request with an optional descriptor (-1) and its answer. Its result, or -EPIPE when broker is gone. */
int broker_ask(struct broker *broker, const struct message *request, int fd, struct message_answer *answer);
#endif
