/* etw_collect.c - the two sessions, and what is wanted of them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "byte_ring.h"
#include "collect.h"
#include "etw_collect.h"
#include "etw_plan.h"
#include "etw_session.h"
#include "os.h"
#include "record.h"
#include "etw_shared.h"
#include "etw_runner.h"

#define SECOND_NS 1000000000ull

struct etw_collect {
	struct etw_wishes wishes;
	struct etw_runner runners[ETW_SESSION_COUNT];
	uint64_t query_ns; /* when Windows is asked next for losses */
};

struct etw_collect *
etw_collect_new(const struct etw_collect_config *config)
{
	struct etw_collect *collect = calloc(1, sizeof *collect);
	struct etw_shared *shared = config->memory;
	struct etw_runner *runner;
	uint32_t i;

	if (!collect)
		return NULL;
	collect->wishes.config = *config;
	collect->wishes.kinds = config->kinds | ETW_PROCESS_KINDS;
	*shared = (struct etw_shared){ .room = config->room };
	for (i = 0; i < ETW_SESSION_COUNT; ++i) {
		runner = &collect->runners[i];
		*runner = (struct etw_runner){ .wishes = &collect->wishes, .session = config->sessions[i],
			.counters = &shared->sessions[i], .is_system = i == ETW_SYSTEM, .pause_ns = ETW_PAUSE_S * SECOND_NS };
		byte_ring_writer_open(&runner->ring, etw_shared_ring(shared, i), config->room);
	}
	return collect;
}

int
etw_collect_start(struct etw_collect *collect, char *why, size_t size)
{
	const struct etw_session *session;
	int error;

	for (uint32_t i = 0; i < ETW_SESSION_COUNT; ++i) {
		session = collect->runners[i].session;
		error = etw_runner_start(&collect->runners[i], os_monotonic_ns());
		if (!error)
			continue;
		collect->runners[i].counters->system_error = session->system_error;
		snprintf(why, size, "ETW session %s: no event can come: %s, error %u", session->name, session->call,
		         (unsigned)session->system_error);
		etw_collect_stop(collect);
		return error;
	}
	return 0;
}

void
etw_collect_kinds(struct etw_collect *collect, uint64_t kinds)
{
	const uint64_t before = collect->wishes.kinds;

	__atomic_store_n(&collect->wishes.kinds, kinds | ETW_PROCESS_KINDS, __ATOMIC_RELAXED);
	for (uint32_t i = 0; i < ETW_SESSION_COUNT; ++i)
		etw_runner_change(&collect->runners[i], before);
}

void
etw_collect_exclude(struct etw_collect *collect, uint32_t pid)
{
	for (int i = 0; i < COLLECT_OWN_MAX; ++i) {
		if (collect->wishes.own[i])
			continue;
		__atomic_store_n(&collect->wishes.own[i], pid, __ATOMIC_RELAXED);
		return;
	}
}

void
etw_collect_include(struct etw_collect *collect, uint32_t pid)
{
	for (int i = 0; i < COLLECT_OWN_MAX; ++i)
		if (collect->wishes.own[i] == pid)
			__atomic_store_n(&collect->wishes.own[i], 0, __ATOMIC_RELAXED);
}

int
etw_collect_place(const struct etw_collect *collect, size_t index, struct etw_place *place)
{
	const struct etw_runner *runner = &collect->runners[index ? ETW_MANIFEST : ETW_SYSTEM];
	const uint64_t kinds = collect->wishes.kinds;
	uint16_t ids[ETW_PLAN_IDS_MAX];
	struct etw_subscription wanted;

	if (index && etw_plan_provider(index - 1, kinds, &wanted, ids))
		return 0;
	*place = index ? (struct etw_place){ wanted.name, wanted.kinds, runner->errors[index - 1] }
	               : (struct etw_place){ "kernel events", etw_plan_classic(kinds), 0 };
	if (!runner->thread)
		place->error = EIO;
	else if (runner->is_silent && !place->error)
		place->error = ENODATA;
	return 1;
}

void
etw_collect_turn(struct etw_collect *collect, uint64_t now_ns)
{
	const int ask = now_ns >= collect->query_ns;

	if (ask)
		collect->query_ns = now_ns + SECOND_NS;
	for (uint32_t i = 0; i < ETW_SESSION_COUNT; ++i)
		etw_runner_turn(&collect->runners[i], now_ns, ask);
}

void
etw_collect_stop(struct etw_collect *collect)
{
	for (uint32_t i = 0; i < ETW_SESSION_COUNT; ++i)
		etw_runner_stop(&collect->runners[i]);
}

void
etw_collect_free(struct etw_collect *collect)
{
	if (!collect)
		return;
	etw_collect_stop(collect);
	free(collect);
}
