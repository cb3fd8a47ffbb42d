/*
 * runtime_crash.c - a pack whose match() dies: detect is started again each time, the record in hand is left out and
 * counted, and after the second death the previous pack is active again.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zstd.h>

#include "control_client.h"
#include "json.h"
#include "json_paths.h"
#include "os.h"
#include "packfile.h"
#include "support_agent.h"
#include "support_live.h"

/* Puts "read address 0" where match() begins, in an unpacked body. */
static int
image_break(char *body, uint64_t size)
{
	static const unsigned char code[] = {0x31, 0xc0, 0x8b, 0x00}; /* xor eax, eax; mov eax, [rax] */
	struct pack_section section;
	struct pack_image image;

	for (uint64_t at = 0; at + sizeof(section) <= size; at += sizeof(section) + ((section.size + 7) & ~7ull)) {
		memcpy(&section, body + at, sizeof(section));
		if (section.type != PACK_IMAGE)
			continue;
		memcpy(&image, body + at + sizeof(section), sizeof(image));
		memcpy(body + at + sizeof(section) + image.offset + image.entry, code, sizeof(code));
		return 0;
	}
	return -1;
}

/* Makes broken.rsnp of good.rsnp, signed. */
static int
pack_break(void)
{
	char path[160], *body, *packed;
	struct pack_header header;
	void *file;
	size_t size, bound;
	int error;

	snprintf(path, sizeof(path), "%s/good.rsnp", agent_folder());
	if (os_read_file(path, 1 << 24, &file, &size))
		return -1;
	memcpy(&header, file, sizeof(header));
	bound = ZSTD_compressBound(header.unpacked_size);
	body = malloc(header.unpacked_size);
	packed = malloc(sizeof(header) + bound);
	ZSTD_decompress(body, header.unpacked_size, (char *)file + sizeof(header), header.body_size);
	error = image_break(body, header.unpacked_size);
	header.body_size = ZSTD_compress(packed + sizeof(header), bound, body, header.unpacked_size, 3);
	memcpy(packed, &header, sizeof(header));
	snprintf(path, sizeof(path), "%s/broken.rsnp", agent_folder());
	error = error || os_write_file(path, packed, sizeof(header) + header.body_size, 0644) ||
		agent_shell("cd %s && $RSNL_BUILD/rsnlc sign -q -k k.key broken.rsnp", agent_folder());
	free(body);
	free(packed);
	free(file);
	return error ? -1 : 0;
}

static int
soon(const char *shell)
{
	for (int i = 0; i < 100; i++) {
		if (!agent_shell("cd %s && { %s; } >/dev/null 2>&1", agent_folder(), shell))
			return 1;
		usleep(100000);
	}
	return 0;
}

static unsigned long long
status_number(const char *key)
{
	struct json_text found;
	unsigned long long number = 0;
	char *answer;
	size_t size;

	if (control_ask(agent_socket(), "{\"cmd\":\"status\"}", -1, &answer, &size))
		return 0;
	if (json_paths_read(answer, size, &key, 1, &found) > 0)
		number = json_text_number(&found);
	free(answer);
	return number;
}

/* The active pack dies: the one kept as the previous runs. */
static void
started_broken(void)
{
	pid_t agent;

	agent_shell("cd %s && cp broken.rsnp state/packs/active/live.rsnp && cp good.rsnp state/packs/previous/live.rsnp",
	            agent_folder());
	agent = agent_start(NULL);
	for (int i = 0; i < 20; i++)
		soon("./rsnl-probe; sleep 0.1");
	live_check(soon("grep -q 'live.rsnp refused at crash: detector died twice within 60 s after the start: ' err"),
	           "crash/active-refused");
	live_check(soon(": >alerts; ./rsnl-probe; sleep 0.2; grep -q 11111111 alerts"), "crash/kept-previous-matches");
	if (agent > 0) {
		kill(agent, SIGTERM);
		waitpid(agent, NULL, 0);
	}
}

int
main(void)
{
	pid_t agent = -1;
	int status;

	if (agent_prepare() || agent_pack("good", "11111111-1111-4111-8111-111111111111") || pack_break() ||
	    (agent = agent_start("good")) < 0) {
		live_check(0, "crash/agent-starts");
		return 1;
	}
	live_check(soon("RSNL_SOCKET=$PWD/sock $RSNL_BUILD/rsnl swap broken.rsnp"), "crash/broken-pack-taken");
	for (int i = 0; i < 20; i++)
		soon("./rsnl-probe; sleep 0.1");
	live_check(soon("grep -q 'broken.rsnp\\|live.rsnp refused at crash: detector died twice within 60 s after the swap: "
	                "SIGSEGV in match; live 7 stays active' err"), "crash/back-to-previous");
	live_check(soon("./rsnl-probe; sleep 0.2; grep -q 11111111 alerts"), "crash/previous-matches");
	live_check(soon("grep -q '\"agent.unclean-stop\"' alerts"), "crash/alert");
	live_check(agent_shell("grep -q '2 events lost since the last line' %s/err", agent_folder()) != 0,
	           "crash/loss-told-once");
	live_check(status_number("counters.crash.detect_restarts") == 2, "crash/two-restarts");
	live_check(status_number("counters.crash.records_skipped") == 2, "crash/records-in-hand-counted");
	live_check(status_number("counters.ebpf.process_start.bad_record") == 2, "crash/counted-as-bad");
	kill(agent, SIGTERM);
	waitpid(agent, &status, 0);
	live_check(WIFEXITED(status) && !WEXITSTATUS(status), "crash/agent-ends-well");
	started_broken();
	agent_shell("rm -rf %s", agent_folder());
	return live_failed() != 0;
}
