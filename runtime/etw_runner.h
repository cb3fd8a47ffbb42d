/*
 * etw_runner.h - one session of the collector (etw_collect.h): its thread that copies, what is asked of Windows, its
 * losses, and what is done when it is gone.
 *
 * The includer has included byte_ring.h, collect.h, etw_collect.h, etw_plan.h, etw_session.h, record.h and
 * etw_shared.h.
 */
#ifndef ETW_RUNNER_H
#define ETW_RUNNER_H

#include <stddef.h>
#include <stdint.h>

struct thread;

struct etw_wishes { /* what both sessions go by; sessions' threads read the first two at any time */
	uint64_t kinds; /* bits of enum record_kind that are wanted */
	uint32_t own[COLLECT_OWN_MAX]; /* processes that are left out; 0: free */
	struct etw_collect_config config;
};

struct etw_runner { /* nothing that matters is read back from counters: the other half may write them */
	const struct etw_wishes *wishes;
	struct etw_session *session;
	struct etw_session_counters *counters;
	struct byte_ring_writer ring;
	int is_system;
	struct thread *thread;    /* NULL: it does not run */
	uint32_t returned;        /* set by the thread: Windows gives no more events */
	int result;               /* of process, once it has returned */
	struct etw_losses losses; /* as last seen */
	int errors[ETW_PLAN_PROVIDERS_MAX]; /* of manifest providers; positive errno */
	uint32_t told;            /* enum etw_state */
	int is_silent;            /* that was said */
	uint64_t started_ns, retry_ns, pause_ns; /* retry_ns 0: nothing to start again */
};

/* Of these kinds processes are always collected. */
#define ETW_PROCESS_KINDS (1ull << RECORD_process_start | 1ull << RECORD_process_exit)

/* 0 or a negative errno. */
int etw_runner_start(struct etw_runner *runner, uint64_t now_ns);
/* The wishes had other kinds before. */
void etw_runner_change(struct etw_runner *runner, uint64_t before);
/* ask: it is time to ask Windows for losses. */
void etw_runner_turn(struct etw_runner *runner, uint64_t now_ns, int ask);
void etw_runner_stop(struct etw_runner *runner); /* fine where it does not run */
#endif
