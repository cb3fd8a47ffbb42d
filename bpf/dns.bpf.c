/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * dns.bpf.c - DNS questions that leave in UDP packets to port 53.
 *
 * A packet may leave in any task's time, so the process is the one that owner.bpf.h knows for the socket; where it
 * knows none the record has pid 0. The program watches; it always allows.
 */
#include "owner.bpf.h"

enum {
	ALLOW = 1,
	PROTOCOL_UDP = 17,
	DNS_PORT = 53,
	IPV6_HEADER = 40,
	UDP_HEADER = 8,
	DNS_HEADER = 12,
	DNS_NAME_MAX = 255, /* RFC 1035, 2.3.4 */
	DNS_LABELS = 128,
	DNS_LABEL_MAX = 63,
};

/* A record with room for the longest name and what follows it in the question. */
struct question {
	struct record_dns_query record;
	uint8_t name[DNS_NAME_MAX + 1]; /* labels, each after its length, as sent */
};

/* Where the DNS message begins, and the peer. 0: not a packet to port 53. */
static __always_inline uint32_t
message_find(struct __sk_buff *skb, struct record_dns_query *record)
{
	uint8_t head[IPV6_HEADER] = {0};
	uint8_t port[2];
	uint32_t start;

	if (bpf_skb_load_bytes(skb, 0, head, 20))
		return 0;
	if (head[0] >> 4 == 4 && head[9] == PROTOCOL_UDP) {
		start = (head[0] & 15) * 4;
		__builtin_memset(record->server_address.bytes, 0, 10);
		record->server_address.bytes[10] = record->server_address.bytes[11] = 0xff;
		__builtin_memcpy(record->server_address.bytes + 12, head + 16, 4);
	} else if (head[0] >> 4 == 6 && head[6] == PROTOCOL_UDP) {
		start = IPV6_HEADER;
		if (bpf_skb_load_bytes(skb, 24, record->server_address.bytes, 16))
			return 0;
	} else {
		return 0;
	}
	if (bpf_skb_load_bytes(skb, start + 2, port, 2) || (port[0] << 8 | port[1]) != DNS_PORT)
		return 0;
	record->server_port = DNS_PORT;
	return start + UDP_HEADER;
}

/* Puts a dot for each label's length but the first. Returns the size of the name, from the first length on, 0 for
 * what is no name. */
static __always_inline uint32_t
name_read(uint8_t *name)
{
	uint32_t at = 0;

	for (int i = 0; i < DNS_LABELS; i++) {
		uint32_t size;

		if (at >= DNS_NAME_MAX)
			return 0;
		size = name[at & DNS_NAME_MAX];
		if (size == 0)
			return at;
		if (size > DNS_LABEL_MAX)
			return 0;
		if (i > 0)
			name[at & DNS_NAME_MAX] = '.';
		at += size + 1;
	}
	return 0;
}

/* Fills name and type from the message at start. Returns 0 where it is not a question. */
static __always_inline uint32_t
question_read(struct __sk_buff *skb, uint32_t start, struct question *question)
{
	uint8_t head[DNS_HEADER], type[2];
	uint32_t room, size;

	if (bpf_skb_load_bytes(skb, start, head, sizeof(head)) || head[2] & 0xf8 || !(head[4] | head[5]))
		return 0;
	start += DNS_HEADER;
	room = skb->len - start;
	if (skb->len <= start)
		return 0;
	if (room > DNS_NAME_MAX)
		room = DNS_NAME_MAX;
	if (bpf_skb_load_bytes(skb, start, question->name, ((room - 1) & DNS_NAME_MAX) + 1))
		return 0;
	size = name_read(question->name);
	if (size == 0 || bpf_skb_load_bytes(skb, start + size + 1, type, 2))
		return 0;
	question->record.query_type = type[0] << 8 | type[1];
	question->record.query_name.offset = sizeof(question->record) + 1;
	question->record.query_name.size = size - 1;
	return size;
}

static __always_inline void
question_sign(struct record_head *head, struct record_head *owner, uint64_t sequence)
{
	if (owner)
		*head = *owner;
	else
		__builtin_memset(head, 0, sizeof(*head));
	head->kind = RECORD_dns_query;
	head->size = sizeof(struct question);
	head->time = bpf_ktime_get_boot_ns();
	head->sequence = sequence;
	head->cpu = bpf_get_smp_processor_id();
}

SEC("cgroup_skb/egress")
int
dns_query(struct __sk_buff *skb)
{
	const struct collect_settings *set = settings_get();
	struct record_dns_query peer = {0};
	struct collect_counter *counter;
	struct question *question;
	struct record_head *owner;
	uint64_t cookie;
	uint32_t start;

	if (!set || !(set->kinds >> RECORD_dns_query & 1) || !(start = message_find(skb, &peer)))
		return ALLOW;
	cookie = bpf_get_socket_cookie(skb);
	owner = bpf_map_lookup_elem(&owners, &cookie);
	if ((owner && is_own(set, owner->pid)) || !(counter = event_begin(RECORD_dns_query)))
		return ALLOW;
	question = bpf_ringbuf_reserve(&ring, sizeof(*question), 0);
	if (!question) {
		__sync_fetch_and_add(&counter->lost_ring, 1);
		return ALLOW;
	}
	question->record.server_address = peer.server_address;
	question->record.server_port = peer.server_port;
	__builtin_memset(question->name, 0, sizeof(question->name));
	if (!question_read(skb, start, question)) {
		__sync_fetch_and_add(&counter->produced, -1);
		bpf_ringbuf_discard(question, 0);
		return ALLOW;
	}
	question_sign(&question->record.head, owner, counter->produced);
	bpf_ringbuf_submit(question, 0);
	return ALLOW;
}
