/*
 * agent_trial.c - what is on trial: a pack's file, read, verified and sealed.
 *
 * Broker looks at sizes, signature, target and serial; what it hands on is header and body in sealed memory, so that
 * nobody can change what was verified.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker_server.h"
#include "config.h"
#include "contents.h"
#include "role.h"
#include "agent.h"
#include "detector.h"
#include "file.h"
#include "keyring.h"
#include "memory.h"
#include "os.h"
#include "packfile.h"
#include "trust.h"

int
refusal_set(struct refusal *why, enum check check, const char *format, ...)
{
	va_list args;

	why->check = check;
	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	return -1;
}

void
agent_pack_drop(struct agent_pack *pack)
{
	os_close(pack->fd);
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
		error = refusal_set(why, CHECK_SIGNATURE, "%.200s", text);
	else
		error = pack_verify(file, size, &policy, why);
	keyring_done(&keys);
	return error;
}

/* A file's bytes, which are the caller's to free(). 0, or -1 with why filled. */
static int
bytes_read(const struct agent *agent, int fd, void **data, size_t *size, struct refusal *why)
{
	uint64_t max = agent->config.packs.max_size;
	int error = file_read(fd, max, data, size);

	if (error == -EINVAL)
		return refusal_set(why, CHECK_SIZE, "not a plain file");
	if (error == -EFBIG)
		return refusal_set(why, CHECK_SIZE, "larger than packs.max_size, %" PRIu64 " bytes", max);
	if (error)
		return refusal_set(why, CHECK_SIZE, "cannot be read: %s (%s)", os_errno_name(-error), strerror(-error));
	return 0;
}

/* What detect and the store get, so that nobody can change it any more. 0, or -1 with why filled. */
static int
bytes_seal(struct agent_trial *trial, const void *data, size_t size, struct refusal *why)
{
	struct pack_header header;

	memcpy(&header, data, sizeof(header));
	trial->pack.serial = header.serial;
	trial->pack.size = sizeof(header) + header.body_size;
	snprintf(trial->pack.name, sizeof(trial->pack.name), "%s", header.name);
	trial->pack.fd = memory_seal(data, trial->pack.size);
	trial->original = memory_seal(data, size);
	if (trial->pack.fd >= 0 && trial->original >= 0)
		return 0;
	agent_pack_drop(&trial->pack);
	os_close(trial->original);
	trial->original = -1;
	return refusal_set(why, CHECK_SIZE, "no memory");
}

int
agent_trial_make(struct agent *agent, struct agent_trial *trial, int fd, int allow_older, struct refusal *why)
{
	void *data = NULL;
	size_t size = 0;
	int error;

	trial->pack.fd = trial->original = -1;
	if (bytes_read(agent, fd, &data, &size, why))
		return -1;
	error = bytes_verify(agent, data, size, allow_older, why);
	if (!error)
		error = bytes_seal(trial, data, size, why);
	free(data);
	return error;
}

void
agent_trial_done(struct agent *agent)
{
	agent_pack_drop(&agent->trial.pack);
	os_close(agent->trial.original);
	memset(&agent->trial, 0, sizeof(agent->trial));
	agent->trial.pack.fd = agent->trial.original = -1;
}
