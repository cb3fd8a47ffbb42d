/*
 * runtime_network.c - connections and DNS questions, as the kernel tells us.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collect.h"
#include "record.h"
#include "support_live.h"

struct peer {
	int type; /* SOCK_STREAM, SOCK_DGRAM */
	const char *address;
	uint16_t port;
	int connects, packets;
};

static const unsigned char question[] = {
	0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 'w', 'w', 'w', 4, 'l', 'i', 'v', 'e', 7, 'i', 'n', 'v', 'a', 'l', 'i', 'd',
	0, 0, 28, 0, 1,
};

static socklen_t
peer_address(const struct peer *peer, struct sockaddr_storage *storage)
{
	struct sockaddr_in *four = (struct sockaddr_in *)storage;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)storage;

	memset(storage, 0, sizeof(*storage));
	if (inet_pton(AF_INET, peer->address, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(peer->port);
		return sizeof(*four);
	}
	inet_pton(AF_INET6, peer->address, &six->sin6_addr);
	six->sin6_family = AF_INET6;
	six->sin6_port = htons(peer->port);
	return sizeof(*six);
}

static int
reach(void *context)
{
	const struct peer *peer = context;
	struct sockaddr_storage address;
	socklen_t size = peer_address(peer, &address);
	int fd = socket(address.ss_family, peer->type, 0);

	if (peer->connects)
		(void)!connect(fd, (struct sockaddr *)&address, size);
	for (int i = 0; i < peer->packets; i++)
		(void)!sendto(fd, question, sizeof(question), MSG_NOSIGNAL, peer->connects ? NULL : (struct sockaddr *)&address,
		              peer->connects ? 0 : size);
	return 0;
}

static void
test_connect(const char *name, struct peer peer, const char *protocol)
{
	pid_t pid = live_child(reach, &peer, NULL);
	const struct record_network_connect *connect = live_find(RECORD_network_connect, pid, NULL, NULL);
	char port[8];

	live_find(RECORD_process_exit, pid, NULL, NULL);
	snprintf(port, sizeof(port), "%u", peer.port);
	live_check(connect && strcmp(live_text(connect, "destination_address"), peer.address) == 0 &&
	           strcmp(live_text(connect, "destination_port"), port) == 0 &&
	           strcmp(live_text(connect, "protocol"), protocol) == 0 &&
	           live_count(RECORD_network_connect, pid, NULL, NULL) == 1, name);
}

static void
test_question(const char *name, struct peer peer)
{
	pid_t pid = live_child(reach, &peer, NULL);
	const struct record_dns_query *query = live_find(RECORD_dns_query, pid, "query_name", "www.live.invalid");

	live_check(query && strcmp(live_text(query, "query_type_name"), "AAAA") == 0 &&
	           strcmp(live_text(query, "server_address"), peer.address) == 0 && query->server_port == 53, name);
}

static void
test_no_question(void)
{
	struct peer peer = {SOCK_DGRAM, "127.0.0.1", 5353, 0, 1};
	pid_t pid = live_child(reach, &peer, NULL);

	live_find(RECORD_process_exit, pid, NULL, NULL);
	live_check(!live_count(RECORD_dns_query, pid, NULL, NULL), "dns/other-port");
}

/* An answer, and less than a head, sent to port 53: no questions, and not counted as such. */
static int
reach_wrongly(void *context)
{
	unsigned char answer[sizeof(question)];
	struct sockaddr_storage address;
	socklen_t size = peer_address(context, &address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	memcpy(answer, question, sizeof(answer));
	answer[2] |= 0x80;
	(void)!sendto(fd, answer, sizeof(answer), MSG_NOSIGNAL, (struct sockaddr *)&address, size);
	(void)!sendto(fd, question, 5, MSG_NOSIGNAL, (struct sockaddr *)&address, size);
	return close(fd);
}

static void
test_wrong_question(void)
{
	struct peer peer = {SOCK_DGRAM, "127.0.0.1", 53, 0, 1};
	pid_t pid = live_child(reach_wrongly, &peer, NULL);
	struct collect_counter counter;

	live_find(RECORD_process_exit, pid, NULL, NULL);
	live_forget();
	counter = live_counter(RECORD_dns_query);
	live_check(counter.produced == live_received(RECORD_dns_query) + counter.lost_ring + counter.lost_scratch,
	           "dns/no-question");
}

int
main(void)
{
	int six;

	live_open(~0ull);
	six = socket(AF_INET6, SOCK_DGRAM, 0);
	test_connect("network/tcp4", (struct peer){SOCK_STREAM, "127.0.0.1", 9, 1, 0}, "tcp");
	test_connect("network/udp4-connected", (struct peer){SOCK_DGRAM, "127.0.0.2", 4000, 1, 2}, "udp");
	test_connect("network/udp4-packets-once", (struct peer){SOCK_DGRAM, "127.0.0.3", 4001, 0, 3}, "udp");
	test_question("dns/v4-packet", (struct peer){SOCK_DGRAM, "127.0.0.1", 53, 0, 1});
	test_question("dns/v4-connected", (struct peer){SOCK_DGRAM, "127.0.0.1", 53, 1, 1});
	test_no_question();
	test_wrong_question();
	if (six < 0) {
		printf("skip network/v6: no IPv6 here\n");
	} else {
		test_connect("network/tcp6", (struct peer){SOCK_STREAM, "::1", 9, 1, 0}, "tcp");
		test_connect("network/udp6-packets", (struct peer){SOCK_DGRAM, "::1", 4002, 0, 2}, "udp");
		test_connect("network/udp6-connected", (struct peer){SOCK_DGRAM, "::1", 4003, 1, 1}, "udp");
		test_question("dns/v6-packet", (struct peer){SOCK_DGRAM, "::1", 53, 0, 1});
	}
	close(six);
	live_close();
	return live_failed() != 0;
}
