/*
 * agent.h - the broker process of a running agent: its state, and what its files offer one another.
 *
 *   agent.c         opens everything, waits for what happens, ends
 *   agent_reload.c  takes a changed config into use
 *   agent_roles.c   starts detect and scan, and again when they die
 *   agent_pack.c    takes packs: trial in detect, active or refused
 *   agent_trial.c   makes a trial of a pack's file: read, verified, sealed
 *   agent_files.c   opens what detect writes to
 *   agent_watch.c   packs dropped into the incoming folder
 *   store.c         the pack folders and the serials seen
 *
 * The includer has included config.h, broker_server.h, contents.h and role.h.
 */
#ifndef AGENT_H
#define AGENT_H

#include <stdint.h>

struct agent_shared;
struct channel;
struct listener;
struct live;
struct refusal;
struct watch;

struct agent_options { /* of rsnl run */
	const char *pack;        /* NULL: active, previous, default */
	const char *config_path; /* NULL: the default one, if it is there */
	int pretty, events, verbose, quiet;
	uint64_t for_ns;         /* 0: until it is stopped */
};

struct agent_role {
	const char *name;
	struct role_process process;
	struct channel *command, *request; /* NULL: none */
	uint64_t died_ns[8]; /* os_monotonic_ns; the last deaths, newest first */
	uint32_t restarts;
};

struct agent_pack { /* header and body of a verified pack, in sealed memory */
	int fd;          /* -1: none */
	uint64_t serial, size;
	char name[48];
};

enum trial_origin { TRIAL_START, TRIAL_CONTROL, TRIAL_INCOMING, TRIAL_RESTART, TRIAL_BACK };

struct agent_trial { /* a pack that detect is asked to take */
	uint64_t number;   /* 0: none */
	enum trial_origin origin;
	struct agent_pack pack;
	char file[256];    /* as messages name it */
	char path[512];    /* incoming: where it lies; start: where it was read; "" else */
	struct contents id; /* incoming: which file it was that was taken */
	int original;      /* sealed memory of the whole file, for the store; -1 */
	uint64_t begun_ns;
};

enum agent_untold { UNTOLD_DRAIN = 1, UNTOLD_FILES = 2 };

struct agent {
	struct config config;
	struct agent_options options;
	char config_file[256]; /* as status names it */
	struct agent_shared *shared;
	int shared_fd;
	struct broker_server server;
	struct live *live; /* NULL: no events */
	struct agent_role detect, scan;
	struct agent_pack active;
	struct agent_pack previous;
	struct agent_trial trial;
	uint64_t trial_count, swapped_ns;
	struct listener *listener;
	int health, sinks[CONFIG_SINK_MAX], signals;
	struct watch *watch;
	int watch_listed, watch_again; /* packs taken that lay in incoming; 1: one was still being written */
	int stopping;  /* 1: draining, 2: at once */
	int drained;   /* detect said so */
	int forsaken;  /* detect waits for results that will not come, and is to be told */
	int untold;    /* of drain or files, for its channel was full: bits of enum agent_untold */
	int ready;     /* READY=1 is out */
	int start_candidate; /* next place to look for a pack at start */
	int exit_code;
	uint64_t deadline_ns, heartbeat, notified_ns;
};

enum agent_level { AGENT_ERROR, AGENT_WARNING, AGENT_INFO, AGENT_DEBUG };
__attribute__((format(printf, 3, 4))) void agent_log(const struct agent *agent, enum agent_level level,
                                                     const char *format, ...);

/* Runs the agent until it is told to stop. Exit code. */
int agent_run(struct agent *agent);
void agent_stop(struct agent *agent, int at_once);
int agent_reload(struct agent *agent); /* config, keys, files. 0 or -EINVAL with the old ones kept */

int agent_roles_start(struct agent *agent); /* both. 0 or a negative errno */
void agent_roles_turn(struct agent *agent); /* whichever has ended is started again */
/* A role closed its channel, or sent what is no message (got: what channel_receive returned): it is ended, and started
 * again as after a crash. */
void agent_role_distrust(struct agent *agent, const struct agent_role *role, long got);
void agent_roles_kill(struct agent *agent);
int agent_tell_detect(struct agent *agent, uint32_t type, uint64_t value, const char *text, int fd);

enum check;
/* Fills why; -1. */
int refusal_set(struct refusal *why, enum check check, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* From a pack's file (descriptor, borrowed) to a trial that detect has not seen yet. 0, or -1 with why filled. */
int agent_trial_make(struct agent *agent, struct agent_trial *trial, int fd, int allow_older, struct refusal *why);
void agent_trial_done(struct agent *agent);
void agent_pack_drop(struct agent_pack *pack);

/* Verifies a pack's file (descriptor, borrowed) and puts it on trial. The trial's number, or -1 with why filled. */
int64_t agent_pack_offer(struct agent *agent, int fd, const char *file, enum trial_origin origin, uint32_t flags,
                         struct refusal *why);
/* Detect's verdict on trial number; why NULL: it runs. */
void agent_pack_tried(struct agent *agent, uint64_t number, const struct refusal *why);
/* Detect runs again: hands it the active pack. */
void agent_pack_resume(struct agent *agent);
/* Hands scan the limits and the active pack, for its YARA rules. */
void agent_pack_tell_scan(struct agent *agent);
/* Detect died while a pack was on trial, or soon after a swap: 1 when this changed the pack. */
int agent_pack_blame(struct agent *agent, const char *cause);
/* Puts the previous pack on trial: its number, -1 with why filled, or -ENOENT: there is none. */
void agent_pack_rollback(struct agent *agent, struct refusal *why, int64_t *number);
/* Says that a pack was refused: log, shared state, and for a dropped one the rejected folder. */
void agent_pack_refuse(struct agent *agent, const struct agent_trial *trial, const struct refusal *why);
/* What an agent that died meanwhile had taken out of incoming lies there as taken.rsnp again. */
void agent_pack_give_back(const struct agent *agent);

int agent_files_open(struct agent *agent); /* 0, or an exit code after a message */
void agent_files_close(struct agent *agent);
void agent_files_reopen(struct agent *agent); /* health and sinks; detect is told in the loop's turn */
int agent_files_tell(const struct agent *agent); /* gives them to detect. 0 or a negative errno */

int agent_watch_open(struct agent *agent);  /* 0 or a negative errno */
void agent_watch_turn(struct agent *agent); /* takes the next pack from incoming, when none is on trial */

/* Paths of the pack folders. Each returns 0 or a negative errno. */
int store_prepare(const struct config *config);  /* makes the folders; -EPERM: others can write one */
/* Highest serial seen of a pack's name, 0: none. */
uint64_t store_serial(const struct config *config, const char *name);
int store_serial_set(const struct config *config, const char *name, uint64_t serial);
/* The one *.rsnp of packs/WHERE ("active", "previous"); -ENOENT. */
int store_find(const struct config *config, const char *where, char path[512]);
/* Makes the bytes of fd (sealed memory) the active pack; the one that was, if it is another, becomes the previous. */
int store_activate(const struct config *config, int fd, const char *name);
/* Moves path to packs/rejected as NAME and writes NAME.reason beside it. */
int store_reject(const struct config *config, const char *path, const char *name, const char *reason);
/* Undoes the last store_activate: previous becomes active; where there is none, nothing is active. */
int store_swap_back(const struct config *config);
/* The agent's id: made at the first start, kept in state. */
int store_agent_id(const struct config *config, char id[65]);
#endif
