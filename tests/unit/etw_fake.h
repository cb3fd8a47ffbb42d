/* etw_fake.h - a session behind the same functions as Windows' own, whose events a test gives, and which a test
 * ends. */
#ifndef ETW_FAKE_H
#define ETW_FAKE_H

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "etw.h"
#include "etw_session.h"
#include "thread.h"

struct fake {
	struct etw_session session; /* first */
	struct monitor *monitor;
	const struct etw_event *event; /* to be taken; NULL: none */
	int is_there;  /* Windows knows such a session */
	int is_open;
	int refuse_start, refuse_open, refuse_enable; /* errno, 0: none */
	int result;    /* of process */
	struct etw_losses losses;
	uint32_t flags;
	uint32_t starts, stops, enables, disables, captures, flushes;
	struct etw_subscription last; /* enabled last */
	uint16_t last_ids[16];
};

static int
fake_refuse(struct fake *fake, const char *call, int error)
{
	fake->session.call = call;
	fake->session.system_error = 1000 + (uint32_t)error;
	return -error;
}

static int
fake_start(struct etw_session *session, uint32_t flags)
{
	struct fake *fake = (struct fake *)session;

	if (fake->refuse_start)
		return fake_refuse(fake, "start", fake->refuse_start);
	if (fake->is_there)
		return fake_refuse(fake, "start", EEXIST);
	fake->is_there = 1;
	fake->flags = flags;
	fake->starts++;
	return 0;
}

static int
fake_set_flags(struct etw_session *session, uint32_t flags)
{
	((struct fake *)session)->flags = flags;
	return 0;
}

static int
fake_enable(struct etw_session *session, const struct etw_subscription *wanted)
{
	struct fake *fake = (struct fake *)session;

	if (fake->refuse_enable)
		return fake_refuse(fake, "enable", fake->refuse_enable);
	fake->enables++;
	fake->last = *wanted;
	memcpy(fake->last_ids, wanted->ids, wanted->id_count * sizeof *wanted->ids);
	fake->last.ids = fake->last_ids;
	return 0;
}

static int
fake_disable(struct etw_session *session, const struct etw_subscription *wanted)
{
	(void)wanted;
	((struct fake *)session)->disables++;
	return 0;
}

static int
fake_capture(struct etw_session *session, const struct etw_subscription *wanted)
{
	(void)wanted;
	((struct fake *)session)->captures++;
	return 0;
}

static int
fake_open(struct etw_session *session)
{
	struct fake *fake = (struct fake *)session;

	if (fake->refuse_open)
		return fake_refuse(fake, "open", fake->refuse_open);
	fake->is_open = 1;
	return 0;
}

static int
fake_process(struct etw_session *session, void (*take)(void *data, const struct etw_event *event), void *data)
{
	struct fake *fake = (struct fake *)session;

	monitor_enter(fake->monitor);
	while (fake->event || (fake->is_there && fake->is_open)) {
		if (fake->event)
			take(data, fake->event);
		fake->event = NULL;
		monitor_wake(fake->monitor);
		if (fake->is_there && fake->is_open)
			monitor_wait(fake->monitor);
	}
	monitor_leave(fake->monitor);
	return fake->result;
}

/* Gives an event to the session and waits until it is taken. */
static void
fake_give(struct fake *fake, const struct etw_event *event)
{
	monitor_enter(fake->monitor);
	fake->event = event;
	monitor_wake(fake->monitor);
	while (fake->event)
		monitor_wait(fake->monitor);
	monitor_leave(fake->monitor);
}

static int
fake_flush(struct etw_session *session)
{
	((struct fake *)session)->flushes++;
	return 0;
}

static int
fake_losses(struct etw_session *session, struct etw_losses *losses)
{
	struct fake *fake = (struct fake *)session;

	*losses = fake->losses;
	return fake->is_there ? 0 : fake_refuse(fake, "losses", ENOENT);
}

static void
fake_end(struct fake *fake, int *what)
{
	monitor_enter(fake->monitor);
	*what = 0;
	monitor_wake(fake->monitor);
	monitor_leave(fake->monitor);
}

/* Windows forgets the session, and does not tell who reads it. */
static inline void
fake_forget(struct fake *fake)
{
	monitor_enter(fake->monitor);
	fake->is_there = 0;
	monitor_leave(fake->monitor);
}

static int
fake_stop(struct etw_session *session)
{
	struct fake *fake = (struct fake *)session;

	fake->stops++;
	fake_end(fake, &fake->is_there);
	return 0;
}

static void
fake_close(struct etw_session *session)
{
	struct fake *fake = (struct fake *)session;

	fake_end(fake, &fake->is_open);
}

static const struct etw_session_ops fake_ops = { fake_start, fake_set_flags, fake_enable, fake_disable, fake_capture, fake_open,
	fake_process, fake_flush, fake_losses, fake_stop, fake_close };

static void
fake_init(struct fake *fake, const char *name)
{
	*fake = (struct fake){ .session = { .ops = &fake_ops, .name = name }, .monitor = monitor_new() };
}
#endif
