/*
 * source_etw.c - takes events from the rings of the sessions in the order of their times, decodes them, hands out
 * records.
 *
 * Windows hands over a session's events some time after they happened. So an event waits until the other session has
 * shown a later one, or for ORDER_NS.
 */
#include <errno.h>
#include <stdlib.h>

#include "byte_ring.h"
#include "collect.h"
#include "etw.h"
#include "os.h"
#include "record.h"
#include "etw_shared.h"
#include "ring_progress.h"
#include "source.h"
#include "source_etw.h"

#define ORDER_NS 250000000ull        /* more than ETW_TURN_MS, in which a session is flushed */
#define FORGET_NS 10000000000ull     /* least time between two times that the decoder forgets names */
#define UNIX_FILETIME 116444736000000000ull /* 1970 in units of 100 ns since 1601 */

enum { ARENA_SIZE = 16 * RECORD_SIZE_MAX, FORGET_POLLS = 64 };

struct head { /* the next event of a ring */
	struct etw_event event;
	const struct etw_stored *stored; /* NULL: there is none */
	size_t size;                     /* of the entry */
};

struct source_etw {
	struct source source;
	struct source_etw_config config;
	struct etw_reader_counters *counters;
	struct etw_decoder *decoder;
	struct byte_ring_reader rings[ETW_SESSION_COUNT];
	struct head heads[ETW_SESSION_COUNT];
	struct head *again; /* has made a record, and is to be decoded once more */
	uint64_t position;  /* of the event that was taken last */
	uint64_t skip;      /* 1 + position of the event to leave out; 0: none */
	uint64_t gaps, forget_ns; /* gaps() when the decoder forgot names; when it may again */
	uint32_t polls;           /* since gaps() was looked at */
	uint8_t *arena;     /* records that are lent */
	size_t used;
	int lent;           /* records were handed out that are not committed */
};

/* Positions of both rings in one number. */
static uint64_t
position_of(const struct source_etw *etw, uint32_t session)
{
	return etw->rings[session].next * ETW_SESSION_COUNT + session;
}

static void
leave_out_all(struct source_etw *etw, uint32_t session)
{
	struct byte_ring_reader *ring = &etw->rings[session];

	++etw->config.progress->bad;
	ring->next = __atomic_load_n(&ring->ring->written, __ATOMIC_ACQUIRE);
}

/* The next event of a ring into its head. */
static void
look(struct source_etw *etw, uint32_t session)
{
	struct head *head = &etw->heads[session];
	const void *data;
	int found;

	while (!head->stored && (found = byte_ring_peek(&etw->rings[session], &data, &head->size))) {
		if (found < 0 || etw_stored_read(data, head->size, &head->event, &head->stored)) {
			head->stored = NULL;
			leave_out_all(etw, session);
		} else if (etw->skip == position_of(etw, session) + 1) {
			head->stored = NULL;
			etw->skip = 0;
			++etw->config.progress->skipped;
			byte_ring_skip(&etw->rings[session], head->size);
		}
	}
}

/* The event that comes next; NULL: there is none yet. */
static struct head *
choose(struct source_etw *etw)
{
	struct head *first = NULL;
	int is_alone = 0;

	for (uint32_t i = 0; i < ETW_SESSION_COUNT; ++i) {
		struct head *head = &etw->heads[i];

		look(etw, i);
		if (!head->stored)
			is_alone = 1;
		else if (!first || head->event.time < first->event.time)
			first = head;
	}
	if (first && is_alone && os_monotonic_ns() - first->stored->arrived < ORDER_NS)
		return NULL;
	return first;
}

static void
step_over(struct source_etw *etw, struct head *head)
{
	const uint32_t session = (uint32_t)(head - etw->heads);

	byte_ring_skip(&etw->rings[session], head->size);
	head->stored = NULL;
}

static int
hand_out(struct source_etw *etw, struct raw_event *event)
{
	const struct record_head *record = (const void *)(etw->arena + etw->used);

	*event = (struct raw_event){ record, record->size, RAW_RECORD, etw->position, NULL };
	etw->used += record->size;
	++etw->counters->records[record->kind];
	return 1;
}

/* 1: it has made a record; 0: it has not. */
static int
decode(struct source_etw *etw, struct head *head, struct raw_event *event)
{
	const uint8_t kind = head->stored->kind;
	enum etw_result result;

	etw->position = position_of(etw, (uint32_t)(head - etw->heads));
	if (etw->again != head)
		++etw->counters->taken[kind];
	etw->config.progress->in_hand = 1 + etw->position;
	result = etw_decode(etw->decoder, &head->event, etw->arena + etw->used, ARENA_SIZE - etw->used);
	etw->again = result == ETW_AGAIN ? head : NULL;
	etw->counters->nothing += result == ETW_NOTHING;
	etw->counters->late += result == ETW_AGAIN;
	etw->counters->bad[kind] += result == ETW_UNKNOWN || result == ETW_BAD;
	if (result != ETW_AGAIN)
		step_over(etw, head);
	return result == ETW_RECORD || result == ETW_AGAIN ? hand_out(etw, event) : 0;
}

/* What waited long enough for other events. */
static int
flush(struct source_etw *etw, struct raw_event *event)
{
	const uint64_t now = UNIX_FILETIME + (os_wall_ns() - ORDER_NS) / 100;

	if (etw_flush(etw->decoder, now, etw->arena + etw->used, ARENA_SIZE - etw->used) != ETW_RECORD)
		return 0;
	++etw->counters->late;
	return hand_out(etw, event);
}

/* 1: *event is filled; 0: nothing is there. */
static int
take(struct source_etw *etw, struct raw_event *event)
{
	struct head *head;

	if (ARENA_SIZE - etw->used < RECORD_SIZE_MAX)
		return 0;
	while ((head = etw->again ? etw->again : choose(etw)))
		if (decode(etw, head, event))
			return 1;
	return flush(etw, event);
}

/* A number that grows with everything that the decoder should have seen and did not. */
static uint64_t
gaps(const struct source_etw *etw)
{
	const struct etw_shared *shared = etw->config.shared;
	uint64_t sum = source_etw_lost(shared) + etw->config.progress->skipped + etw->config.progress->bad;

	for (uint32_t i = 0; i < ETW_SESSION_COUNT; ++i) {
		sum += __atomic_load_n(&shared->sessions[i].starts, __ATOMIC_RELAXED);
		for (uint32_t kind = 0; kind < RECORD_KIND_MAX; ++kind)
			sum += __atomic_load_n(&shared->sessions[i].kinds[kind].lost, __ATOMIC_RELAXED);
	}
	return sum;
}

/* After a gap a name may be that of another file or key by now. */
static void
forget_names(struct source_etw *etw)
{
	uint64_t seen, now;

	if (++etw->polls < FORGET_POLLS)
		return;
	etw->polls = 0;
	seen = gaps(etw);
	now = os_monotonic_ns();
	if (seen == etw->gaps || now < etw->forget_ns)
		return;
	etw->gaps = seen;
	etw->forget_ns = now + FORGET_NS;
	etw_decoder_lost(etw->decoder);
}

static void
release(struct source_etw *etw)
{
	for (uint32_t i = 0; i < ETW_SESSION_COUNT; ++i)
		byte_ring_release(&etw->rings[i]);
}

/* Events that made no record are given back at once where nothing else is lent: nobody would commit them. */
static int
fill(struct source_etw *etw, struct raw_event *events, int max)
{
	int count = 0;

	forget_names(etw);
	while (count < max && take(etw, &events[count]))
		++count;
	etw->lent |= count > 0;
	if (!etw->lent) {
		etw->config.progress->in_hand = 0;
		release(etw);
	}
	return count;
}

static int
etw_poll(struct source *source, struct raw_event *events, int max, int timeout_ms)
{
	(void)timeout_ms;
	return fill((struct source_etw *)source, events, max);
}

static void
etw_commit(struct source *source)
{
	struct source_etw *etw = (struct source_etw *)source;

	etw->config.progress->in_hand = 0;
	etw->lent = 0;
	etw->used = 0;
	release(etw);
}

static void
etw_close(struct source *source)
{
	struct source_etw *etw = (struct source_etw *)source;

	etw_decoder_free(etw->decoder);
	free(etw->arena);
	free(etw);
}

static const struct source_ops etw_ops = { etw_poll, etw_commit, etw_close, NULL };

int
source_etw_open(struct source **out, const struct source_etw_config *config)
{
	static const struct etw_system nobody = { 0 };
	struct source_etw *etw = calloc(1, sizeof *etw);

	if (!etw)
		return -ENOMEM;
	etw->config = *config;
	etw->counters = &config->shared->reader;
	etw->source = (struct source){ &etw_ops, "etw", &config->progress->in_hand };
	etw->skip = etw->config.progress->in_hand;
	etw->gaps = gaps(etw);
	for (uint32_t i = 0; i < ETW_SESSION_COUNT; ++i)
		byte_ring_reader_open(&etw->rings[i], etw_shared_ring(config->shared, i), config->shared->room);
	etw->arena = malloc(ARENA_SIZE);
	etw->decoder = etw_decoder_new(config->system ? config->system : &nobody, config->boot_ns);
	if (!etw->arena || !etw->decoder) {
		etw_close(&etw->source);
		return -ENOMEM;
	}
	*out = &etw->source;
	return 0;
}

void
source_etw_count(const struct etw_shared *shared, uint32_t kind, struct collect_counter *sum)
{
	*sum = (struct collect_counter){ .lost_scratch = shared->reader.bad[kind] };
	for (uint32_t i = 0; i < ETW_SESSION_COUNT; ++i) {
		sum->lost_ring += __atomic_load_n(&shared->sessions[i].kinds[kind].lost, __ATOMIC_RELAXED);
		sum->shed += __atomic_load_n(&shared->sessions[i].kinds[kind].shed, __ATOMIC_RELAXED);
	}
	sum->produced = shared->reader.records[kind] + sum->lost_ring + sum->lost_scratch;
}

uint64_t
source_etw_lost(const struct etw_shared *shared)
{
	uint64_t lost = 0;

	for (uint32_t i = 0; i < ETW_SESSION_COUNT; ++i)
		lost += __atomic_load_n(&shared->sessions[i].events_lost, __ATOMIC_RELAXED) +
		        __atomic_load_n(&shared->sessions[i].buffers_lost, __ATOMIC_RELAXED);
	return lost;
}

const struct etw_counters *
source_etw_counters(const struct source *source)
{
	return etw_decoder_counters(((const struct source_etw *)source)->decoder);
}
