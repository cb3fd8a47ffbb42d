/* etw_runner.c - a session from start to end, and again. */
#include <errno.h>
#include <stdio.h>

#include "byte_ring.h"
#include "collect.h"
#include "etw.h"
#include "etw_collect.h"
#include "etw_plan.h"
#include "etw_session.h"
#include "os.h"
#include "record.h"
#include "etw_shared.h"
#include "etw_runner.h"
#include "thread.h"

#define SECOND_NS 1000000000ull

/* A counter that only this thread writes, and others read. */
static void
add(uint64_t *counter, uint64_t count)
{
	__atomic_store_n(counter, *counter + count, __ATOMIC_RELAXED);
}

static void
set_state(struct etw_runner *runner, enum etw_state state)
{
	__atomic_store_n(&runner->counters->state, state, __ATOMIC_RELAXED);
}

static void
note(const struct etw_runner *runner, enum etw_note which, const char *what)
{
	const struct etw_collect_config *config = &runner->wishes->config;
	char text[256];

	snprintf(text, sizeof text, "ETW session %s: %s", runner->session->name, what);
	if (config->note)
		config->note(config->data, which, text);
}

static void
note_refused(const struct etw_runner *runner, const char *what)
{
	const struct etw_session *session = runner->session;
	char text[192];

	snprintf(text, sizeof text, "%s refused: %s, error %u", what, session->call, (unsigned)session->system_error);
	note(runner, ETW_NOTE_REFUSED, text);
}

static int
is_own(const struct etw_wishes *wishes, uint32_t pid)
{
	for (int i = 0; i < COLLECT_OWN_MAX; ++i)
		if (__atomic_load_n(&wishes->own[i], __ATOMIC_RELAXED) == pid)
			return pid != 0;
	return 0;
}

/* Process events may fill the ring, others all but its last quarter. */
static void
take(void *data, const struct etw_event *event)
{
	struct etw_runner *runner = data;
	const struct etw_wishes *wishes = runner->wishes;
	struct etw_kind_counters *counters;
	uint64_t room = wishes->config.room, limit = room;
	uint32_t kind = 0;
	void *entry;

	add(&runner->counters->events, 1);
	if (!(etw_plan_kinds(event, &kind) & __atomic_load_n(&wishes->kinds, __ATOMIC_RELAXED)))
		return;
	if (runner->counters->state != ETW_UP)
		set_state(runner, ETW_UP);
	if (!(ETW_PROCESS_KINDS & 1ull << kind)) {
		if (is_own(wishes, event->pid))
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
	byte_ring_submit(&runner->ring);
}

static void
run(void *data)
{
	struct etw_runner *runner = data;

	runner->result = runner->session->ops->process(runner->session, take, runner);
	__atomic_store_n(&runner->returned, 1, __ATOMIC_RELEASE);
}

/* A positive errno, or 0. */
static int
subscribe(struct etw_runner *runner, const struct etw_subscription *wanted)
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
subscribe_all(struct etw_runner *runner, uint64_t before, uint64_t kinds)
{
	uint16_t ids[ETW_PLAN_IDS_MAX], ids_before[ETW_PLAN_IDS_MAX];
	struct etw_subscription wanted, wanted_before;
	size_t i;

	for (i = 0; !etw_plan_provider(i, kinds, &wanted, ids); ++i) {
		etw_plan_provider(i, before, &wanted_before, ids_before);
		if (!etw_plan_same(&wanted, &wanted_before))
			runner->errors[i] = subscribe(runner, &wanted);
	}
}

/* A session of its name is of an agent that died, or of somebody who wants ours to fail. */
static int
start_session(struct etw_runner *runner, uint64_t kinds)
{
	struct etw_session *session = runner->session;
	const uint32_t flags = runner->is_system ? etw_plan_flags(kinds) : 0;
	int error = session->ops->start(session, flags);

	if (error != -EEXIST)
		return error;
	add(&runner->counters->taken_over, 1);
	session->ops->stop(session);
	return session->ops->start(session, flags);
}

int
etw_runner_start(struct etw_runner *runner, uint64_t now_ns)
{
	struct etw_session *session = runner->session;
	const uint64_t kinds = runner->wishes->kinds;
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
	runner->is_silent = 0;
	runner->started_ns = now_ns;
	runner->retry_ns = 0;
	runner->counters->system_error = 0;
	runner->told = ETW_WAITING;
	set_state(runner, ETW_WAITING);
	add(&runner->counters->starts, 1);
	runner->thread = thread_start(run, runner);
	if (!runner->thread) {
		set_state(runner, ETW_OFF);
		session->ops->stop(session);
		session->ops->close(session);
		return -ENOMEM;
	}
	if (!runner->is_system)
		subscribe_all(runner, 0, kinds);
	return 0;
}

/* gone: Windows does not know the session any more, so its thread might wait for ever. */
static void
end_runner(struct etw_runner *runner, int gone, enum etw_state state)
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

/* 0, or -ENOENT: the session is gone. */
static int
count_losses(struct etw_runner *runner)
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
plan_retry(struct etw_runner *runner, uint64_t now_ns)
{
	const uint64_t longest = ETW_PAUSE_MAX_S * SECOND_NS;

	runner->retry_ns = now_ns + runner->pause_ns;
	runner->pause_ns = runner->pause_ns * 2 < longest ? runner->pause_ns * 2 : longest;
}

static void
turn_down(struct etw_runner *runner, uint64_t now_ns)
{
	int error;

	if (!runner->retry_ns || now_ns < runner->retry_ns)
		return;
	error = etw_runner_start(runner, now_ns);
	if (!error)
		return;
	runner->counters->system_error = runner->session->system_error;
	set_state(runner, ETW_DOWN);
	note_refused(runner, "start again");
	plan_retry(runner, now_ns);
}

/* What there is to say of a session that lives. */
static void
tell(struct etw_runner *runner, uint64_t now_ns)
{
	const uint32_t state = __atomic_load_n(&runner->counters->state, __ATOMIC_RELAXED);

	if (state == ETW_UP && runner->told != ETW_UP) {
		runner->is_silent = 0;
		note(runner, ETW_NOTE_UP, "events come");
	}
	runner->told = state;
	if (state == ETW_WAITING && !runner->is_silent && now_ns - runner->started_ns >= ETW_SILENT_S * SECOND_NS) {
		runner->is_silent = 1;
		note(runner, ETW_NOTE_SILENT, "no event has come since its start");
	}
	if (now_ns - runner->started_ns >= ETW_PAUSE_MAX_S * SECOND_NS)
		runner->pause_ns = ETW_PAUSE_S * SECOND_NS;
}

static void
tell_ended(struct etw_runner *runner)
{
	if (runner->result && runner->result != -ENOENT) {
		note(runner, ETW_NOTE_REFUSED, "its events cannot be read");
		return;
	}
	add(&runner->counters->ended, 1);
	note(runner, ETW_NOTE_ENDED, "ended by others");
}

void
etw_runner_turn(struct etw_runner *runner, uint64_t now_ns, int ask)
{
	int gone;

	if (!runner->thread) {
		turn_down(runner, now_ns);
		return;
	}
	runner->session->ops->flush(runner->session);
	gone = ask && count_losses(runner) == -ENOENT;
	if (!gone && !__atomic_load_n(&runner->returned, __ATOMIC_ACQUIRE)) {
		tell(runner, now_ns);
		return;
	}
	end_runner(runner, gone, ETW_DOWN);
	plan_retry(runner, now_ns);
	tell_ended(runner);
}

void
etw_runner_stop(struct etw_runner *runner)
{
	if (runner->thread)
		count_losses(runner);
	end_runner(runner, 0, ETW_OFF);
	runner->retry_ns = 0;
}

void
etw_runner_change(struct etw_runner *runner, uint64_t before)
{
	const uint64_t kinds = runner->wishes->kinds;
	const uint32_t flags = etw_plan_flags(kinds);

	if (!runner->thread)
		return;
	if (!runner->is_system)
		subscribe_all(runner, before, kinds);
	else if (flags != etw_plan_flags(before) && runner->session->ops->set_flags(runner->session, flags))
		note_refused(runner, "other kernel events");
}
