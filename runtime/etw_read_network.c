/*
 * etw_read_network.c - TCP connections, the first datagram of UDP flows, DNS queries.
 */
#include <string.h>

#include "etw.h"
#include "etw_flow.h"
#include "etw_layout.h"
#include "etw_read.h"
#include "etw_record.h"
#include "etw_state.h"

enum { TCP = 6, UDP = 17, FAMILY_INET = 2, FAMILY_INET6 = 10 }; /* IANA; families as Linux numbers them */

/* IPv4 as ::ffff:a.b.c.d */
static void
address_set(uint8_t to[16], const struct etw_value *address)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (address->size == 16) {
		memcpy(to, address->data, 16);
		return;
	}
	memcpy(to, mapped, 12);
	memcpy(to + 12, address->data, 4);
}

/* Source is the side that began. */
static enum etw_result
connection(struct etw_decoder *decoder, const struct etw_event *event, const struct etw_value values[FIELD_COUNT],
           uint32_t protocol, int is_incoming)
{
	const struct etw_value *source = &values[is_incoming ? FIELD_remote : FIELD_local];
	const struct etw_value *destination = &values[is_incoming ? FIELD_local : FIELD_remote];
	struct record_network_connect *record;

	record = etw_begin(decoder, event, RECORD_network_connect, (uint32_t)values[FIELD_pid].number);
	record->head.flags |= is_incoming ? RECORD_INCOMING : 0;
	record->protocol_number = protocol;
	record->family = source->size == 16 ? FAMILY_INET6 : FAMILY_INET;
	address_set(record->source_address.bytes, source);
	address_set(record->destination_address.bytes, destination);
	record->source_port = (uint32_t)values[is_incoming ? FIELD_remote_port : FIELD_local_port].number;
	record->destination_port = (uint32_t)values[is_incoming ? FIELD_local_port : FIELD_remote_port].number;
	return etw_end(decoder);
}

enum etw_result
etw_read_tcp_connect(struct etw_decoder *decoder, const struct etw_event *event,
                     const struct etw_value values[FIELD_COUNT])
{
	return connection(decoder, event, values, TCP, 0);
}

enum etw_result
etw_read_tcp_accept(struct etw_decoder *decoder, const struct etw_event *event,
                    const struct etw_value values[FIELD_COUNT])
{
	return connection(decoder, event, values, TCP, 1);
}

static enum etw_result
datagram(struct etw_decoder *decoder, const struct etw_event *event, const struct etw_value values[FIELD_COUNT],
         int is_incoming)
{
	struct etw_flow flow = {
		.pid = (uint32_t)values[FIELD_pid].number,
		.local_port = (uint16_t)values[FIELD_local_port].number,
		.remote_port = (uint16_t)values[FIELD_remote_port].number,
	};

	address_set(flow.local, &values[FIELD_local]);
	address_set(flow.remote, &values[FIELD_remote]);
	if (!etw_flow_is_new(decoder->flows, &flow, event->time))
		return ETW_NOTHING;
	return connection(decoder, event, values, UDP, is_incoming);
}

enum etw_result
etw_read_udp_sent(struct etw_decoder *decoder, const struct etw_event *event,
                  const struct etw_value values[FIELD_COUNT])
{
	return datagram(decoder, event, values, 0);
}

enum etw_result
etw_read_udp_received(struct etw_decoder *decoder, const struct etw_event *event,
                      const struct etw_value values[FIELD_COUNT])
{
	return datagram(decoder, event, values, 1);
}

enum etw_result
etw_read_dns_answered(struct etw_decoder *decoder, const struct etw_event *event,
                      const struct etw_value values[FIELD_COUNT])
{
	struct record_dns_query *record = etw_begin(decoder, event, RECORD_dns_query, event->pid);

	record->query_type = (uint32_t)values[FIELD_query_type].number;
	etw_record_wide(&decoder->record, &record->query_name, &values[FIELD_query_name]);
	return etw_end(decoder);
}
