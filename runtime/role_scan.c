/*
 * role_scan.c - the process that looks into files: gets descriptors from broker, gives back results.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "detector.h"
#include "memory.h"
#include "message.h"
#include "os.h"
#include "packfile.h"
#include "role.h"
#include "scan.h"
#include "scan_cache.h"
#include "scan_known.h"

enum { KNOWN_MAX = 2048 }; /* files; a program's result takes 3.3 KiB */

struct scan_role {
	struct channel *channel;
	struct detector *pack; /* tables only */
	struct scanner *scanner;
	struct scan_limits limits;
	struct scan_cache *known;
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
	if (*text)
		fprintf(stderr, "rsnl: scan: %s\n", text);
	scan_cache_clear(role->known);
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
	const void *file;
	size_t size;

	if (memory_map(fd, &file, &size))
		return;
	if (detector_open(&pack, file, size, &policy, &why))
		fprintf(stderr, "rsnl: scan: pack: %s\n", why.text);
	else
		rules_take(role, pack);
	memory_unmap(file, size);
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
	if (message->inode)
		scanner_scan(role->scanner, fd, &role->limits, &role->result);
	else
		scan_known(role->known, role->scanner, fd, &role->limits, message->id, &role->result);
	role->result.id = message->id;
	role->result.on = message->file;
	/* as it was asked for, so that it is found again */
	role->result.device = message->device;
	role->result.inode = message->inode;
	role->result.changed_ns = message->changed_ns;
	/* a result waits for broker to take it, never the other way round */
	return channel_send_all(role->channel, &role->result, scan_result_size(&role->result));
}

int
role_scan(const int *given)
{
	static struct scan_role role;
	static struct message message;

	role.channel = channel_adopt(given[SCAN_FD_CHANNEL]);
	role.known = scan_cache_new(KNOWN_MAX);
	if (!role.channel || !role.known)
		return 3;
	rules_take(&role, NULL);
	for (;;) {
		int fd = -1, count = 1;
		long size = channel_receive(role.channel, &message, sizeof(message), &fd, &count, 1);
		int error;

		if (size == 0)
			return 0;
		if (size < 0)
			return 3;
		error = message_take(&role, &message, size, count ? fd : -1);
		if (count)
			os_close(fd);
		if (error && error != -EBADMSG)
			return 3;
	}
}
