/* etw_collect.c - sessions from start to end: their threads that copy, their losses, and what is done when one is gone. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "byte_ring.h"
#include "collect.h"
#include "etw.h"
#include "etw_collect.h"
#include "etw_plan.h"
#include "etw_session.h"
#include "os.h"
#include "record.h"
#include "etw_shared.h"
#include "thread.h"

#define SECOND_NS 1000000000ull
#define PROCESS_KINDS (1ull << RECORD_process_start | 1ull << RECORD_process_exit)

struct runner { /* a session and its thread */
	struct etw_collect *collect;
	struct etw_session *session;
	struct etw_session_counters *counters;
	struct byte_ring_writer ring;
	struct thread *thread;    /* NULL: it does not run */
	uint32_t returned;        /* set by the thread: Windows gives no more events */
	int result;               /* of process, once it has returned */
	struct etw_losses losses; /* as last seen */
	uint32_t told;            /* enum etw_state */
	uint64_t started_ns, retry_ns, pause_ns; /* retry_ns 0: nothing to start again */
	int silent;               /* that was said */
};

struct etw_collect {
	struct etw_collect_config config;
	struct etw_shared *shared; /* nothing that matters here is read back from it: the other half may write it */
	struct runner runners[ETW_SESSION_COUNT];
	uint64_t kinds;    /* wanted; read by the sessions' threads */
	uint32_t own[COLLECT_OWN_MAX]; /* processes that are left out; 0: free; the same */
	int errors[ETW_PLAN_PROVIDERS_MAX]; /* of manifest providers; positive errno */
	uint64_t query_ns; /* when Windows is asked next for losses */
};

/* A counter that only this thread writes, and others read. */
static void
add(uint64_t *counter, uint64_t count)
{
	__atomic_store_n(counter, *counter + count, __ATOMIC_RELAXED);
}

static void
set_state(struct runner *runner, enum etw_state state)
{
	__atomic_store_n(&runner->counters->state, state, __ATOMIC_RELAXED);
}

static void
note(const struct runner *runner, enum etw_note which, const char *what)
{
	const struct etw_collect_config *config = &runner->collect->config;
	char text[256];

	snprintf(text, sizeof text, "ETW session %s: %s", runner->session->name, what);
	if (config->note)
		config->note(config->data, which, text);
}

static void
note_refused(const struct runner *runner, const char *what)
{
	const struct etw_session *session = runner->session;
	char text[192];

	snprintf(text, sizeof text, "%s refused: %s, error %u", what, session->call, (unsigned)session->system_error);
	note(runner, ETW_NOTE_REFUSED, text);
}

static int
is_own(const struct etw_collect *collect, uint32_t pid)
{
	for (int i = 0; i < COLLECT_OWN_MAX; ++i)
		if (__atomic_load_n(&collect->own[i], __ATOMIC_RELAXED) == pid)
			return pid != 0;
	return 0;
}

/* Process events may fill the ring, others all but its last quarter. */
static void
take(void *data, const struct etw_event *event)
{
	struct runner *runner = data;
	struct etw_collect *collect = runner->collect;
	struct etw_kind_counters *counters;
	uint64_t room = collect->config.room, limit = room;
	uint32_t kind = 0;
	void *entry;

	add(&runner->counters->events, 1);
	if (!(etw_plan_kinds(event, &kind) & __atomic_load_n(&collect->kinds, __ATOMIC_RELAXED)))
		return;
	if (runner->counters->state != ETW_UP)
		set_state(runner, ETW_UP);
	if (!(PROCESS_KINDS & 1ull << kind)) {
		if (is_own(collect, event->pid))
			return;
		limit -= room / 4;
	}
	counters = &runner->counters->kinds[kind];
	add(&counters->seen, 1);
	entry = byte_ring_reserve(&runner->ring, etw_stored_size(event), limit);
	if (!entry) {
		add(&counters->lost, 1);
		add(&counters->shed, byte_ring_reserve(&runner->ring, etw_stored_size(event), room) != NULL);
		return;
	}
	etw_store(entry, event, os_monotonic_ns(), kind);
	if (byte_ring_submit(&runner->ring) && collect->config.wake)
		collect->config.wake(collect->config.data);
}

static void
run(void *data)
{
	struct runner *runner = data;

	runner->result = runner->session->ops->process(runner->session, take, runner);
	__atomic_store_n(&runner->returned, 1, __ATOMIC_RELEASE);
}

/* A positive errno, or 0. */
static int
subscribe(struct runner *runner, const struct etw_subscription *wanted)
{
	struct etw_session *session = runner->session;
	int error = wanted->id_count ? session->ops->enable(session, wanted) : 0;

	if (error)
		note_refused(runner, wanted->name);
	else if (wanted->id_count)
		session->ops->capture(session, wanted);
	else
		session->ops->disable(session, wanted);
	return -error;
}

/* What of the providers is wanted for kinds and was not, or was otherwise, for kinds before. */
static void
subscribe_all(struct runner *runner, uint64_t before, uint64_t kinds)
{
	uint16_t ids[ETW_PLAN_IDS_MAX], ids_before[ETW_PLAN_IDS_MAX];
	struct etw_subscription wanted, wanted_before;
	size_t i;

	for (i = 0; !etw_plan_provider(i, kinds, &wanted, ids); ++i) {
		etw_plan_provider(i, before, &wanted_before, ids_before);
		if (!etw_plan_same(&wanted, &wanted_before))
			runner->collect->errors[i] = subscribe(runner, &wanted);
	}
}

static int
is_system(const struct runner *runner)
{
	return runner == &runner->collect->runners[ETW_SYSTEM];
}

/* A session of its name is of an agent that died, or of somebody who wants ours to fail. */
static int
start_session(struct runner *runner, uint64_t kinds)
{
	struct etw_session *session = runner->session;
	const uint32_t flags = is_system(runner) ? etw_plan_flags(kinds) : 0;
	int error = session->ops->start(session, flags);

	if (error != -EEXIST)
		return error;
	add(&runner->counters->taken_over, 1);
	session->ops->stop(session);
	return session->ops->start(session, flags);
}

static int
start_runner(struct runner *runner, uint64_t now_ns)
{
	struct etw_session *session = runner->session;
	const uint64_t kinds = runner->collect->kinds;
	int error = start_session(runner, kinds);

	if (error)
		return error;
	error = session->ops->open(session);
	if (error) {
		session->ops->stop(session);
		return error;
	}
	runner->losses = (struct etw_losses){ 0 };
	runner->returned = 0;
	runner->silent = 0;
	runner->started_ns = now_ns;
	runner->retry_ns = 0;
	runner->counters->system_error = 0;
	runner->told = ETW_WAITING;
	set_state(runner, ETW_WAITING);
	add(&runner->counters->starts, 1);
	runner->thread = thread_start(run, runner);
	if (!runner->thread) {
		session->ops->stop(session);
		session->ops->close(session);
		return -ENOMEM;
	}
	if (!is_system(runner))
		subscribe_all(runner, 0, kinds);
	return 0;
}

/* gone: Windows does not know the session any more, so its thread might wait for ever. */
static void
end_runner(struct runner *runner, int gone, enum etw_state state)
{
	struct etw_session *session = runner->session;

	if (!runner->thread)
		return;
	session->ops->stop(session);
	if (gone)
		session->ops->close(session);
	thread_join(runner->thread);
	if (!gone)
		session->ops->close(session);
	runner->thread = NULL;
	set_state(runner, state);
}

struct etw_collect *
etw_collect_new(const struct etw_collect_config *config)
{
	struct etw_collect *collect = calloc(1, sizeof *collect);
	struct runner *runner;
	uint32_t i;

	if (!collect)
		return NULL;
	collect->config = *config;
	collect->shared = config->memory;
	collect->kinds = config->kinds | PROCESS_KINDS;
	*collect->shared = (struct etw_shared){ .room = config->room };
	for (i = 0; i < ETW_SESSION_COUNT; ++i) {
		runner = &collect->runners[i];
		*runner = (struct runner){ .collect = collect, .session = config->sessions[i],
			.counters = &collect->shared->sessions[i], .pause_ns = ETW_PAUSE_S * SECOND_NS };
		byte_ring_writer_open(&runner->ring, etw_shared_ring(collect->shared, i), config->room);
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
		error = start_runner(&collect->runners[i], os_monotonic_ns());
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
	struct runner *system = &collect->runners[ETW_SYSTEM], *manifest = &collect->runners[ETW_MANIFEST];
	const uint64_t before = collect->kinds;

	kinds |= PROCESS_KINDS;
	__atomic_store_n(&collect->kinds, kinds, __ATOMIC_RELAXED);
	if (system->thread && etw_plan_flags(kinds) != etw_plan_flags(before) &&
	    system->session->ops->set_flags(system->session, etw_plan_flags(kinds)))
		note_refused(system, "other kernel events");
	if (manifest->thread)
		subscribe_all(manifest, before, kinds);
}

void
etw_collect_exclude(struct etw_collect *collect, uint32_t pid)
{
	for (int i = 0; i < COLLECT_OWN_MAX; ++i) {
		if (collect->own[i])
			continue;
		__atomic_store_n(&collect->own[i], pid, __ATOMIC_RELAXED);
		return;
	}
}

void
etw_collect_include(struct etw_collect *collect, uint32_t pid)
{
	for (int i = 0; i < COLLECT_OWN_MAX; ++i)
		if (collect->own[i] == pid)
			__atomic_store_n(&collect->own[i], 0, __ATOMIC_RELAXED);
}

int
etw_collect_place(const struct etw_collect *collect, size_t index, struct etw_place *place)
{
	uint16_t ids[ETW_PLAN_IDS_MAX];
	struct etw_subscription wanted;

	if (!index) {
		*place = (struct etw_place){ "kernel events", etw_plan_classic(collect->kinds),
			collect->runners[ETW_SYSTEM].thread ? 0 : EIO };
		return 1;
	}
	if (etw_plan_provider(index - 1, collect->kinds, &wanted, ids))
		return 0;
	*place = (struct etw_place){ wanted.name, wanted.kinds,
		collect->runners[ETW_MANIFEST].thread ? collect->errors[index - 1] : EIO };
	return 1;
}

/* 0, or -ENOENT: the session is gone. */
static int
count_losses(struct runner *runner)
{
	struct etw_losses losses;
	int error = runner->session->ops->losses(runner->session, &losses);

	if (error)
		return error == -ENOENT ? error : 0;
	add(&runner->counters->events_lost, losses.events - runner->losses.events);
	add(&runner->counters->buffers_lost, losses.buffers - runner->losses.buffers);
	runner->losses = losses;
	return 0;
}

static void
plan_retry(struct runner *runner, uint64_t now_ns)
{
	const uint64_t longest = ETW_PAUSE_MAX_S * SECOND_NS;

	runner->retry_ns = now_ns + runner->pause_ns;
	runner->pause_ns = runner->pause_ns * 2 < longest ? runner->pause_ns * 2 : longest;
}

static void
turn_down(struct runner *runner, uint64_t now_ns)
{
	int error;

	if (!runner->retry_ns || now_ns < runner->retry_ns)
		return;
	error = start_runner(runner, now_ns);
	if (!error)
		return;
	runner->counters->system_error = runner->session->system_error;
	set_state(runner, ETW_DOWN);
	note_refused(runner, "start again");
	plan_retry(runner, now_ns);
}

/* What there is to say of a session that lives. */
static void
tell(struct runner *runner, uint64_t now_ns)
{
	const uint32_t state = __atomic_load_n(&runner->counters->state, __ATOMIC_RELAXED);

	if (state == ETW_UP && runner->told != ETW_UP)
		note(runner, ETW_NOTE_UP, "events come");
	runner->told = state;
	if (state == ETW_WAITING && !runner->silent && now_ns - runner->started_ns >= ETW_SILENT_S * SECOND_NS) {
		runner->silent = 1;
		note(runner, ETW_NOTE_SILENT, "no event has come since its start");
	}
	if (now_ns - runner->started_ns >= ETW_PAUSE_MAX_S * SECOND_NS)
		runner->pause_ns = ETW_PAUSE_S * SECOND_NS;
}

static void
tell_ended(struct runner *runner)
{
	if (runner->result && runner->result != -ENOENT) {
		note(runner, ETW_NOTE_REFUSED, "its events cannot be read");
		return;
	}
	add(&runner->counters->ended, 1);
	note(runner, ETW_NOTE_ENDED, "ended by others");
}

void
etw_collect_turn(struct etw_collect *collect, uint64_t now_ns)
{
	const int ask = now_ns >= collect->query_ns;

	if (ask)
		collect->query_ns = now_ns + SECOND_NS;
	for (uint32_t i = 0; i < ETW_SESSION_COUNT; ++i) {
		struct runner *runner = &collect->runners[i];
		int gone;

		if (!runner->thread) {
			turn_down(runner, now_ns);
			continue;
		}
		runner->session->ops->flush(runner->session);
		gone = ask && count_losses(runner) == -ENOENT;
		if (!gone && !__atomic_load_n(&runner->returned, __ATOMIC_ACQUIRE)) {
			tell(runner, now_ns);
			continue;
		}
		end_runner(runner, gone, ETW_DOWN);
		plan_retry(runner, now_ns);
		tell_ended(runner);
	}
}

void
etw_collect_stop(struct etw_collect *collect)
{
	for (uint32_t i = 0; i < ETW_SESSION_COUNT; ++i) {
		if (collect->runners[i].thread)
			count_losses(&collect->runners[i]);
		end_runner(&collect->runners[i], 0, ETW_OFF);
		collect->runners[i].retry_ns = 0;
	}
}

void
etw_collect_free(struct etw_collect *collect)
{
	if (!collect)
		return;
	etw_collect_stop(collect);
	free(collect);
}
