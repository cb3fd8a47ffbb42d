/*
 * agent_pack_linux.c - how the running agent comes by a pack: verified here, tried by detect, then active or refused.
 *
 * One trial at a time. Broker looks at sizes, signature, target and serial; what it hands on is header and body in
 * sealed memory, so that nobody can change what was verified.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker_linux.h"
#include "config.h"
#include "host.h"
#include "pipeline.h"
#include "sink.h"
#include "source_ebpf_linux.h"
#include "agent_linux.h"
#include "agent_shared.h"
#include "channel_linux.h"
#include "detector.h"
#include "keyring.h"
#include "message.h"
#include "os.h"
#include "packfile.h"
#include "scan.h"
#include "trust.h"

#define CRASH_WINDOW_NS (60 * 1000000000ull)

__attribute__((format(printf, 3, 4))) static int
refuse(struct refusal *why, enum check check, const char *format, ...)
{
	va_list args;

	why->check = check;
	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	return -1;
}

/* The bytes of a regular file of at most max bytes; *data is the caller's to free(). */
static int
file_read(int fd, uint64_t max, char **data, size_t *size)
{
	struct stat st;
	size_t at = 0;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((uint64_t)st.st_size > max)
		return -EFBIG;
	*data = malloc((size_t)st.st_size + 1);
	if (!*data)
		return -ENOMEM;
	while (at < (size_t)st.st_size) {
		ssize_t got = pread(fd, *data + at, (size_t)st.st_size - at, (off_t)at);

		if (got <= 0)
			break;
		at += (size_t)got;
	}
	*size = at;
	return 0;
}

static int
memory_seal(const char *name, const void *data, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	size_t done = 0;

	if (fd < 0)
		return -errno;
	while (done < size) {
		ssize_t n = write(fd, (const char *)data + done, size - done);

		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	if (done < size || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)) {
		close(fd);
		return -EIO;
	}
	return fd;
}

static void
pack_drop(struct agent_pack *pack)
{
	if (pack->fd >= 0)
		close(pack->fd);
	pack->fd = -1;
}

/* The serial that a pack of this name must not fall short of. */
static uint64_t
newest_serial(const struct agent *agent, const void *file, size_t size)
{
	struct pack_header header;

	if (size < sizeof(header))
		return 0;
	memcpy(&header, file, sizeof(header));
	for (size_t i = 0; i < sizeof(header.name) && header.name[i]; i++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789._-", header.name[i]))
			return 0;
	}
	if (!*header.name || *header.name == '.' || header.name[sizeof(header.name) - 1])
		return 0;
	return store_serial(&agent->config, header.name);
}

static int
bytes_verify(const struct agent *agent, const void *file, size_t size, int allow_older, struct refusal *why)
{
	char text[TRUST_WHY_SIZE];
	struct keyring keys = {0};
	struct trust_policy policy = {.keys = &keys, .allow_unsigned = (int)agent->config.packs.allow_unsigned,
		.newest_serial = newest_serial(agent, file, size), .allow_older = allow_older,
		.now = os_wall_ns() / 1000000000, .unpacked_max = agent->config.packs.max_size};
	int error = keyring_load(&keys, agent->config.packs.keys, text);

	if (error)
		error = refuse(why, CHECK_SIGNATURE, "%.200s", text);
	else
		error = pack_verify(file, size, &policy, why);
	keyring_done(&keys);
	return error;
}

/* From a file's bytes to a trial that detect has not seen yet. */
static int
trial_make(struct agent *agent, struct agent_trial *trial, int fd, int allow_older, struct refusal *why)
{
	struct pack_header header;
	char *data = NULL;
	size_t size = 0;
	int error = file_read(fd, agent->config.packs.max_size, &data, &size);

	trial->pack.fd = trial->original = -1;
	if (error == -EINVAL)
		return refuse(why, CHECK_SIZE, "not a plain file");
	if (error == -EFBIG)
		return refuse(why, CHECK_SIZE, "larger than packs.max_size, %" PRIu64 " bytes", agent->config.packs.max_size);
	if (error)
		return refuse(why, CHECK_SIZE, "cannot be read: %s (%s)", os_errno_name(-error), strerror(-error));
	if (bytes_verify(agent, data, size, allow_older, why)) {
		free(data);
		return -1;
	}
	memcpy(&header, data, sizeof(header));
	trial->pack.serial = header.serial;
	trial->pack.size = sizeof(header) + header.body_size;
	snprintf(trial->pack.name, sizeof(trial->pack.name), "%s", header.name);
	trial->pack.fd = memory_seal("rsnl-pack", data, trial->pack.size);
	trial->original = memory_seal("rsnl-pack-file", data, size);
	free(data);
	if (trial->pack.fd >= 0 && trial->original >= 0)
		return 0;
	pack_drop(&trial->pack);
	if (trial->original >= 0)
		close(trial->original);
	trial->original = -1;
	return refuse(why, CHECK_SIZE, "no memory");
}

static void
trial_done(struct agent *agent)
{
	pack_drop(&agent->trial.pack);
	if (agent->trial.original >= 0)
		close(agent->trial.original);
	memset(&agent->trial, 0, sizeof(agent->trial));
	agent->trial.pack.fd = agent->trial.original = -1;
}

static int
trial_send(struct agent *agent)
{
	agent->trial.number = ++agent->trial_count;
	agent->trial.begun_ns = os_monotonic_ns();
	return agent_tell_detect(agent, MESSAGE_PACK, agent->trial.number, NULL, agent->trial.pack.fd);
}

int64_t
agent_pack_offer(struct agent *agent, int fd, const char *file, enum trial_origin origin, uint32_t flags,
                 struct refusal *why)
{
	struct agent_trial trial = {.origin = origin};

	if (agent->trial.number)
		return refuse(why, CHECK_SIZE, "another pack is being tried; try again");
	if (trial_make(agent, &trial, fd, flags & OFFER_ALLOW_OLDER || origin == TRIAL_BACK, why))
		return -1;
	snprintf(trial.file, sizeof(trial.file), "%s", file);
	agent->trial = trial;
	if (trial_send(agent)) {
		trial_done(agent);
		return refuse(why, CHECK_VECTORS, "detect does not take it");
	}
	return (int64_t)agent->trial.number;
}

/* The places where a pack may lie at start, in their order. */
static int
candidate_path(const struct agent *agent, int candidate, char path[512])
{
	if (agent->options.pack) {
		snprintf(path, 512, "%s", agent->options.pack);
		return candidate == 0 ? 0 : -ENOENT;
	}
	if (candidate == 0)
		return store_find(&agent->config, "active", path);
	if (candidate == 1)
		return store_find(&agent->config, "previous", path);
	snprintf(path, 512, "%s/rsnl/default.rsnp", DATAROOTDIR);
	return candidate == 2 && !access(path, R_OK) ? 0 : -ENOENT;
}

int
agent_pack_begin(struct agent *agent)
{
	struct refusal why;
	char path[512];

	for (; agent->start_candidate < 3; agent->start_candidate++) {
		int fd, allow_older = !agent->options.pack;

		if (candidate_path(agent, agent->start_candidate, path))
			continue;
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			agent_log(agent, AGENT_ERROR, "%s: %s (%s)", path, os_errno_name(errno), strerror(errno));
			continue;
		}
		agent->trial = (struct agent_trial){.origin = TRIAL_START};
		snprintf(agent->trial.file, sizeof(agent->trial.file), "%.255s", path);
		if (!trial_make(agent, &agent->trial, fd, allow_older, &why)) {
			close(fd);
			agent->start_candidate++;
			return trial_send(agent);
		}
		close(fd);
		agent_pack_refuse(agent, &agent->trial, &why);
		trial_done(agent);
		agent->exit_code = 4; /* unless a later one runs */
	}
	return -ENOENT;
}

/* Whether the file that was taken from incoming still lies there, and not one put in its place meanwhile, which the
 * watch reports on its own. */
static int
is_still_there(const struct agent_trial *trial)
{
	struct stat st;

	return *trial->path && !lstat(trial->path, &st) && st.st_dev == trial->device && st.st_ino == trial->inode &&
		st.st_mtim.tv_sec == trial->written.tv_sec && st.st_mtim.tv_nsec == trial->written.tv_nsec;
}

void
agent_pack_refuse(struct agent *agent, const struct agent_trial *trial, const struct refusal *why)
{
	char line[512], note[640];

	snprintf(line, sizeof(line), "%.150s refused at %s: %.255s", trial->file, check_name(why->check), why->text);
	if (agent->active.fd >= 0)
		snprintf(note, sizeof(note), "%s; %s %" PRIu64 " stays active", line, agent->active.name, agent->active.serial);
	else
		snprintf(note, sizeof(note), "%s", line);
	agent_log(agent, AGENT_ERROR, "%s", note);
	if (trial->origin != TRIAL_CONTROL && trial->origin != TRIAL_BACK) { /* there somebody waits for the answer */
		snprintf(agent->shared->last_refusal, sizeof(agent->shared->last_refusal), "%s", line);
		agent->shared->refused_ns = os_wall_ns();
	}
	agent->shared->refusals++;
	agent_tell_detect(agent, MESSAGE_NOTE, NOTE_REFUSED, note, -1);
	if (is_still_there(trial)) {
		int error = store_reject(&agent->config, trial->path, line);

		if (error)
			agent_log(agent, AGENT_ERROR, "%s: cannot be moved to rejected: %s", trial->path, strerror(-error));
	}
}

/* The pack on trial becomes the active one; what was active is what a rollback returns to. A pack taken again changes
 * nothing about that. */
static void
pack_rotate(struct agent *agent, struct agent_pack *pack, enum trial_origin origin)
{
	int again = store_is_same(pack->fd, agent->active.fd);

	if (!again || origin == TRIAL_BACK)
		pack_drop(&agent->previous);
	if (again || origin == TRIAL_BACK)
		pack_drop(&agent->active);
	else
		agent->previous = agent->active;
	agent->active = *pack;
	pack->fd = -1;
	agent->swapped_ns = os_monotonic_ns();
	agent->shared->pack_active_ns = os_wall_ns();
}

/* The pack on trial runs: it is the active one from now on. */
static void
trial_accept(struct agent *agent)
{
	struct agent_trial *trial = &agent->trial;
	int keep = trial->origin == TRIAL_CONTROL || trial->origin == TRIAL_INCOMING;
	int error = keep ? store_activate(&agent->config, trial->original, trial->pack.name) : 0;

	if (error)
		agent_log(agent, AGENT_ERROR, "%s cannot be kept: %s", trial->file, strerror(-error));
	if (trial->origin == TRIAL_BACK)
		store_swap_back(&agent->config);
	if (trial->origin == TRIAL_START)
		agent->exit_code = 0;
	if (trial->pack.serial > store_serial(&agent->config, trial->pack.name))
		store_serial_set(&agent->config, trial->pack.name, trial->pack.serial);
	if (is_still_there(trial))
		unlink(trial->path);
	if (trial->origin != TRIAL_RESTART)
		pack_rotate(agent, &trial->pack, trial->origin);
	if (trial->origin != TRIAL_START && trial->origin != TRIAL_RESTART) {
		char line[256];

		snprintf(line, sizeof(line), "%s %" PRIu64 " active after %" PRIu64 " ms", agent->active.name,
		         agent->active.serial, (os_monotonic_ns() - trial->begun_ns) / 1000000);
		agent_log(agent, AGENT_INFO, "%s", line);
		agent_tell_detect(agent, MESSAGE_NOTE, NOTE_SWAP, line, -1);
	}
}

void
agent_pack_tell_scan(struct agent *agent)
{
	struct message message = {.type = MESSAGE_RULES, .value = agent->config.packs.max_size,
		.size = sizeof(struct scan_limits)};
	struct scan_limits limits = {.yara_max = agent->config.yara.max_file, .hash_max = agent->config.enrich.hash_max,
		.timeout_s = (uint32_t)((agent->config.yara.timeout + 999999999) / 1000000000)};

	memcpy(message.text, &limits, sizeof(limits));
	if (agent->scan.command >= 0 && agent->active.fd >= 0)
		channel_send(agent->scan.command, &message, MESSAGE_SIZE(message.size), &agent->active.fd, 1);
}

void
agent_pack_tried(struct agent *agent, uint64_t number, const struct refusal *why)
{
	enum trial_origin origin = agent->trial.origin;

	if (!number || number != agent->trial.number)
		return;
	if (!why)
		trial_accept(agent);
	else
		agent_pack_refuse(agent, &agent->trial, why);
	trial_done(agent);
	if (!why) {
		agent_pack_tell_scan(agent);
		return;
	}
	if (origin == TRIAL_START && agent_pack_begin(agent)) {
		agent->exit_code = 4;
		agent_stop(agent, 1);
	}
}

void
agent_pack_resume(struct agent *agent)
{
	if (agent->trial.number) { /* its trial died with detect; agent_pack_blame has refused it */
		trial_done(agent);
	}
	if (agent->active.fd < 0) {
		if (agent_pack_begin(agent)) {
			if (!agent->exit_code && !agent->options.pack)
				agent_log(agent, AGENT_ERROR, "no pack to run: none active, none installed; give one with -p");
			if (!agent->exit_code)
				agent->exit_code = 3;
			agent_stop(agent, 1);
		}
		return;
	}
	agent->trial = (struct agent_trial){.origin = TRIAL_RESTART, .original = -1};
	snprintf(agent->trial.file, sizeof(agent->trial.file), "%s", agent->active.name);
	agent->trial.pack = agent->active;
	agent->trial.pack.fd = fcntl(agent->active.fd, F_DUPFD_CLOEXEC, 3);
	trial_send(agent);
	agent_pack_tell_scan(agent);
}

/* Whether there is a pack to go back to: the one before a swap, or the next place where one may lie. */
static int
has_another(const struct agent *agent)
{
	char path[512];
	int found = agent->previous.fd >= 0;

	for (int i = agent->start_candidate; i < 3 && !found; i++)
		found = !candidate_path(agent, i, path);
	return found;
}

int
agent_pack_blame(struct agent *agent, const char *cause)
{
	struct refusal why;
	uint64_t now = os_monotonic_ns();
	int undo;

	if (agent->trial.number && agent->trial.origin != TRIAL_RESTART) {
		refuse(&why, CHECK_CRASH, "detector died on its rule tests: %s", cause);
		agent_pack_refuse(agent, &agent->trial, &why);
		trial_done(agent);
		return 0;
	}
	if (!agent->swapped_ns || now - agent->swapped_ns > CRASH_WINDOW_NS || !has_another(agent) ||
	    !agent->detect.died_ns[1] || agent->detect.died_ns[1] < agent->swapped_ns)
		return 0;
	undo = agent->previous.fd >= 0; /* else it came from the store, which the next start looks through again */
	refuse(&why, CHECK_CRASH, "detector died twice within 60 s after the %s: %s", undo ? "swap" : "start", cause);
	agent->trial = (struct agent_trial){.origin = TRIAL_RESTART, .original = -1, .pack = {.fd = -1}};
	snprintf(agent->trial.file, sizeof(agent->trial.file), "%s.rsnp", agent->active.name);
	pack_drop(&agent->active);
	agent->active = agent->previous;
	agent->previous.fd = -1;
	agent->swapped_ns = 0;
	agent_pack_refuse(agent, &agent->trial, &why);
	trial_done(agent);
	if (undo)
		store_swap_back(&agent->config);
	return 1;
}

void
agent_pack_rollback(struct agent *agent, struct refusal *why, int64_t *number)
{
	char path[512];
	int fd;

	*number = -1;
	if (agent->trial.number) {
		refuse(why, CHECK_SIZE, "another pack is being tried; try again");
		return;
	}
	if (agent->previous.fd >= 0) {
		agent->trial = (struct agent_trial){.origin = TRIAL_BACK, .original = -1, .pack = agent->previous};
		agent->trial.pack.fd = fcntl(agent->previous.fd, F_DUPFD_CLOEXEC, 3);
		snprintf(agent->trial.file, sizeof(agent->trial.file), "%s.rsnp", agent->previous.name);
		if (!trial_send(agent)) {
			*number = (int64_t)agent->trial.number;
			return;
		}
		trial_done(agent);
		refuse(why, CHECK_VECTORS, "detect does not take it");
		return;
	}
	/* one given with -p was never in the store, so nothing there came before it */
	if (agent->options.pack || store_find(&agent->config, "previous", path) ||
	    (fd = open(path, O_RDONLY | O_CLOEXEC)) < 0) {
		*number = -ENOENT;
		return;
	}
	*number = agent_pack_offer(agent, fd, strrchr(path, '/') + 1, TRIAL_BACK, OFFER_ALLOW_OLDER, why);
	close(fd);
}
