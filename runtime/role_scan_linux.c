/*
 * role_scan_linux.c - the process that looks into files: gets descriptors from broker, gives back results.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "channel_linux.h"
#include "detector.h"
#include "message.h"
#include "packfile.h"
#include "role_linux.h"
#include "scan.h"

struct scan_role {
	struct detector *pack; /* tables only */
	struct scanner *scanner;
	struct scan_limits limits;
	struct scan_result result;
};

/* Rules of a pack that broker has verified; NULL pack: hashes only. */
static void
rules_take(struct scan_role *role, struct detector *pack)
{
	struct scan_rules rules = {0};
	struct scanner *scanner = NULL;
	char text[256];

	if (pack) {
		rules.compiled = detector_section(pack, PACK_YARA, &rules.compiled_size);
		rules.strings = detector_section(pack, PACK_STRINGS, &rules.strings_size);
		rules.source = detector_section(pack, PACK_YARA_SOURCE, &rules.source_size);
	}
	if (scanner_open(&scanner, &rules, text)) {
		fprintf(stderr, "rsnl: scan: %s\n", *text ? text : "not enough memory");
		detector_close(pack);
		return;
	}
	scanner_close(role->scanner);
	detector_close(role->pack);
	role->scanner = scanner;
	role->pack = pack;
}

/* What broker hands over is header and body of a pack whose signature it has checked. */
static void
pack_take(struct scan_role *role, int fd, uint64_t unpacked_max)
{
	struct trust_policy policy = {.allow_unsigned = 1, .allow_older = 1, .unpacked_max = unpacked_max, .tables_only = 1};
	struct detector *pack = NULL;
	struct refusal why;
	struct stat st;
	void *file;

	if (fstat(fd, &st) || st.st_size <= 0)
		return;
	file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (file == MAP_FAILED)
		return;
	if (detector_open(&pack, file, (size_t)st.st_size, &policy, &why))
		fprintf(stderr, "rsnl: scan: pack: %s\n", why.text);
	else
		rules_take(role, pack);
	munmap(file, (size_t)st.st_size);
}

/* A result waits for broker to take it, never the other way round. */
static int
result_send(const struct scan_result *result)
{
	int error;

	while ((error = channel_send(SCAN_FD_CHANNEL, result, scan_result_size(result), NULL, 0)) == -EAGAIN) {
		struct pollfd ready = {SCAN_FD_CHANNEL, POLLOUT, 0};

		if (poll(&ready, 1, -1) < 0 && errno != EINTR)
			return -errno;
	}
	return error;
}

static int
message_take(struct scan_role *role, const struct message *message, long size, int fd)
{
	if (size < (long)MESSAGE_SIZE(0) || (size_t)size != MESSAGE_SIZE(message->size))
		return -EBADMSG;
	if (message->type == MESSAGE_RULES) {
		if (message->size == sizeof(role->limits))
			memcpy(&role->limits, message->text, sizeof(role->limits));
		if (fd >= 0)
			pack_take(role, fd, message->value);
		return 0;
	}
	if (message->type != MESSAGE_FILE || fd < 0 || !role->scanner)
		return -EBADMSG;
	role->limits.want_hashes = message->want_hashes != 0;
	scanner_scan(role->scanner, fd, &role->limits, &role->result);
	role->result.id = message->id;
	role->result.on = message->file;
	/* as it was asked for, so that it is found again */
	role->result.device = message->device;
	role->result.inode = message->inode;
	role->result.changed_ns = message->changed_ns;
	return result_send(&role->result);
}

int
role_scan(void)
{
	static struct scan_role role;
	static struct message message;

	rules_take(&role, NULL);
	for (;;) {
		int fd = -1, count = 1;
		long size = channel_receive(SCAN_FD_CHANNEL, &message, sizeof(message), &fd, &count, 1);
		int error;

		if (size == 0)
			return 0;
		if (size < 0)
			return 3;
		error = message_take(&role, &message, size, count ? fd : -1);
		if (count)
			close(fd);
		if (error && error != -EBADMSG)
			return 3;
	}
}
