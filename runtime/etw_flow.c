/*
 * etw_flow.c - one slot a hash of a flow; another flow takes it over.
 */
#include <stdlib.h>
#include <string.h>

#include "etw_flow.h"

enum { SLOTS = 4096 }; /* a power of two */

#define QUIET (60 * 10000000ull) /* 100 ns */

struct slot {
	struct etw_flow flow;
	uint64_t seen;
};

struct etw_flows {
	struct slot slots[SLOTS];
};

struct etw_flows *
etw_flows_new(void)
{
	return calloc(1, sizeof(struct etw_flows));
}

void
etw_flows_free(struct etw_flows *flows)
{
	free(flows);
}

static uint32_t
hash(const struct etw_flow *flow)
{
	const uint8_t *bytes = (const uint8_t *)flow;
	uint32_t number = 2166136261u;

	for (size_t i = 0; i < sizeof(*flow); i++)
		number = (number ^ bytes[i]) * 16777619u;
	return number;
}

int
etw_flow_is_new(struct etw_flows *flows, const struct etw_flow *flow, uint64_t time)
{
	struct slot *slot = &flows->slots[hash(flow) & (SLOTS - 1)];
	int is_new = memcmp(&slot->flow, flow, sizeof(*flow)) || time > slot->seen + QUIET;

	slot->flow = *flow;
	slot->seen = time;
	return is_new;
}
