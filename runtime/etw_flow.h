/*
 * etw_flow.h - which UDP flows were reported lately, so that not every datagram is.
 */
#ifndef ETW_FLOW_H
#define ETW_FLOW_H

#include <stdint.h>

struct etw_flow { /* compared as bytes */
	uint8_t local[16], remote[16];
	uint32_t pid;
	uint16_t local_port, remote_port;
};

struct etw_flows;

struct etw_flows *etw_flows_new(void); /* NULL: no memory */
void etw_flows_free(struct etw_flows *flows); /* NULL is fine */
/* 1 when nothing of the flow was seen for a minute, or it was pushed out; time as in struct etw_event. */
int etw_flow_is_new(struct etw_flows *flows, const struct etw_flow *flow, uint64_t time);
#endif
