/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * network.bpf.c - outbound connections: connect() of TCP and UDP, and the first packet to a peer without connect().
 *
 * Also notes whose each socket is, for dns.bpf.c. The programs watch; they always allow.
 */
#include "owner.bpf.h"

enum {
	ALLOW = 1,
	FAMILY_IPV4 = 2,  /* AF_INET */
	FAMILY_IPV6 = 10, /* AF_INET6 */
	PROTOCOL_UDP = 17,
};

/* A peer that a socket has sent to without connect(). */
struct flow {
	uint64_t cookie;
	struct record_address address;
	uint32_t port;
	uint32_t pid;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct flow);
	__type(value, uint8_t);
} flows SEC(".maps");

static __always_inline void
address_from_ipv4(struct record_address *address, uint32_t ipv4)
{
	__builtin_memset(address, 0, 10);
	address->bytes[10] = address->bytes[11] = 0xff;
	__builtin_memcpy(address->bytes + 12, &ipv4, 4);
}

static __always_inline void
flow_fill(struct flow *flow, struct bpf_sock_addr *context, uint32_t family)
{
	uint32_t words[4];

	if (family == FAMILY_IPV4) {
		address_from_ipv4(&flow->address, context->user_ip4);
	} else {
		words[0] = context->user_ip6[0];
		words[1] = context->user_ip6[1];
		words[2] = context->user_ip6[2];
		words[3] = context->user_ip6[3];
		__builtin_memcpy(&flow->address, words, 16);
	}
	flow->port = (context->user_port >> 8 & 0xff) | (context->user_port & 0xff) << 8;
	flow->pid = bpf_get_current_pid_tgid() >> 32;
	flow->cookie = bpf_get_socket_cookie(context);
}

/* The address the socket is bound to, if any; else zeros. */
static __always_inline void
source_fill(struct record_network_connect *record, struct bpf_sock_addr *context, uint32_t family)
{
	struct bpf_sock *sock = context->sk;
	uint32_t words[4];

	__builtin_memset(&record->source_address, 0, sizeof(record->source_address));
	record->source_port = 0;
	if (!sock)
		return;
	record->source_port = sock->src_port;
	if (family == FAMILY_IPV4 && sock->src_ip4) {
		address_from_ipv4(&record->source_address, sock->src_ip4);
	} else if (family == FAMILY_IPV6) {
		words[0] = sock->src_ip6[0];
		words[1] = sock->src_ip6[1];
		words[2] = sock->src_ip6[2];
		words[3] = sock->src_ip6[3];
		__builtin_memcpy(&record->source_address, words, 16);
	}
}

static __always_inline void
connect_send(struct bpf_sock_addr *context, const struct record_head *head, const struct flow *flow, uint32_t family)
{
	struct collect_counter *counter = event_begin(RECORD_network_connect);
	struct record_network_connect *record;

	if (!counter)
		return;
	record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
	if (!record) {
		__sync_fetch_and_add(&counter->lost_ring, 1);
		return;
	}
	record->head = *head;
	record->head.size = sizeof(*record);
	record->head.sequence = counter->produced;
	source_fill(record, context, family);
	record->destination_address = flow->address;
	record->destination_port = flow->port;
	record->protocol_number = context->protocol;
	record->family = family;
	bpf_ringbuf_submit(record, 0);
}

/* once: a peer that the socket was seen with already is no event. */
static __always_inline int
connect_seen(struct bpf_sock_addr *context, uint32_t family, int once)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct record_head head;
	struct flow flow;
	uint8_t one = 1;

	if (!is_wanted(RECORD_network_connect) && !is_wanted(RECORD_dns_query))
		return ALLOW;
	flow_fill(&flow, context, family);
	__builtin_memset(&head, 0, sizeof(head));
	head_fill(&head, RECORD_network_connect, task, 0);
	if (task_is_foreign(task))
		head.flags |= RECORD_FOREIGN_ROOT;
	bpf_map_update_elem(&owners, &flow.cookie, &head, BPF_ANY);
	if (!is_wanted(RECORD_network_connect) || (once && bpf_map_lookup_elem(&flows, &flow)))
		return ALLOW;
	if (context->protocol == PROTOCOL_UDP)
		bpf_map_update_elem(&flows, &flow, &one, BPF_ANY);
	connect_send(context, &head, &flow, family);
	return ALLOW;
}

SEC("cgroup/connect4")
int
network_connect4(struct bpf_sock_addr *context)
{
	return connect_seen(context, FAMILY_IPV4, 0);
}

SEC("cgroup/connect6")
int
network_connect6(struct bpf_sock_addr *context)
{
	return connect_seen(context, FAMILY_IPV6, 0);
}

SEC("cgroup/sendmsg4")
int
network_send4(struct bpf_sock_addr *context)
{
	return connect_seen(context, FAMILY_IPV4, 1);
}

SEC("cgroup/sendmsg6")
int
network_send6(struct bpf_sock_addr *context)
{
	return connect_seen(context, FAMILY_IPV6, 1);
}
