/*
 * runtime_agent_windows.c - rsnl.exe whose sessions and event log are made up, from the file that RSNL_TEST_EVENTS
 * names: three processes, their pipes and shared memory, and alerts in the end, without Windows' events.
 *
 * It is no part of rsnl: there the real etw_session_new() and evtlog_new() are linked.
 */
#define main rsnl_main
#include "../../runtime/main.c"
#undef main

#include "etw.h"
#include "etw_bytes.h"
#include "etw_fake.h"
#include "etw_layout.h"
#include "etw_plan.h"
#include "evtlog.h"
#include "os.h"
#include "made_up.h"

enum {
	PROVIDERS_WANTED = 3, /* that the rules here need: processes, files, network */
	TURNS_OF_SESSION = 20,
};

#define UNIX_FILETIME 116444736000000000ull

static struct etw_session_ops ops;

/* Called by the collector again and again; the events come once, when the pack has asked for all of them. Then
 * somebody ends the session. */
static int
flush_and_give(struct etw_session *session)
{
	static int turns;
	const char *path = getenv("RSNL_TEST_EVENTS");

	if (session != &sessions[1].session || sessions[1].enables < PROVIDERS_WANTED || !path)
		return 0;
	turns++;
	event_time = UNIX_FILETIME + os_wall_ns() / 100;
	if (turns == 1)
		read_file(path);
	if (turns == TURNS_OF_SESSION)
		fake_end(&sessions[1], &sessions[1].is_there);
	return 0;
}

struct etw_session *
etw_session_new(const char *name)
{
	struct fake *fake = &sessions[strcmp(name, "rsnl-system") ? 1 : 0];

	fake_init(fake, name);
	ops = fake_ops;
	ops.flush = flush_and_give;
	fake->session.ops = &ops;
	return &fake->session;
}

void
etw_session_free(struct etw_session *session)
{
	monitor_free(((struct fake *)session)->monitor);
}

struct evtlog *
evtlog_new(void)
{
	return log_new();
}

int
main(int argc, char **argv)
{
	return rsnl_main(argc, argv);
}
