/* etw_shared.c - where the rings lie, and events as entries of them. */
#include <errno.h>
#include <string.h>

#include "byte_ring.h"
#include "etw.h"
#include "record.h"
#include "etw_shared.h"

static size_t
head_size(void)
{
	return (sizeof(struct etw_shared) + 63) & ~(size_t)63;
}

size_t
etw_shared_size(size_t room)
{
	return head_size() + ETW_SESSION_COUNT * byte_ring_memory(room);
}

void *
etw_shared_ring(struct etw_shared *shared, uint32_t session)
{
	return (uint8_t *)shared + head_size() + session * byte_ring_memory(shared->room);
}

size_t
etw_stored_size(const struct etw_event *event)
{
	return sizeof(struct etw_stored) + event->size;
}

void
etw_store(void *entry, const struct etw_event *event, uint64_t arrived, uint32_t kind)
{
	struct etw_stored stored = {
		.arrived = arrived, .time = event->time, .pid = event->pid, .tid = event->tid, .size = event->size,
		.id = event->id, .version = event->version, .opcode = event->opcode, .pointer_size = event->pointer_size,
		.kind = (uint8_t)kind,
	};

	memcpy(stored.provider, event->provider, sizeof stored.provider);
	memcpy(entry, &stored, sizeof stored);
	if (event->size)
		memcpy((uint8_t *)entry + sizeof stored, event->data, event->size);
}

int
etw_stored_read(const void *entry, size_t size, struct etw_event *event, const struct etw_stored **out)
{
	const struct etw_stored *stored = entry;

	if (size < sizeof *stored || size - sizeof *stored != stored->size || stored->kind >= RECORD_KIND_MAX)
		return -EBADMSG;
	*event = (struct etw_event){
		.id = stored->id, .version = stored->version, .opcode = stored->opcode, .pointer_size = stored->pointer_size,
		.pid = stored->pid, .tid = stored->tid, .time = stored->time, .data = (const uint8_t *)(stored + 1),
		.size = stored->size,
	};
	memcpy(event->provider, stored->provider, sizeof event->provider);
	*out = stored;
	return 0;
}
