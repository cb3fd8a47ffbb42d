/*
 * support_agent.c - a whole agent in a folder of its own.
 */
#include "support_agent.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "control_client.h"
#include "json.h"
#include "json_paths.h"

static char folder[] = "/tmp/rsnl-live.XXXXXX", socket_path[64];

const char *
agent_folder(void)
{
	return folder;
}

const char *
agent_socket(void)
{
	return socket_path;
}

int
agent_shell(const char *format, ...)
{
	static char command[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	return system(command);
}

int
agent_prepare(void)
{
	if (!mkdtemp(folder) || agent_shell("chmod 755 %s", folder))
		return -1;
	snprintf(socket_path, sizeof(socket_path), "%s/sock", folder);
	if (agent_shell("cd %s && { echo 'void _start(void) { __asm__(\"mov $60, %%eax; xor %%edi, %%edi; syscall\"); }' | "
	                "cc -x c -static -nostdlib -o rsnl-probe - 2>/dev/null || cp /bin/true rsnl-probe; }", folder))
		return -1;
	return agent_shell("cd %s && mkdir keys && $RSNL_BUILD/rsnlc key generate -W k 2>/dev/null && cp k.pub keys && "
	                   "printf 'agent: {state: %s/state, socket: %s/sock}\\npacks: {keys: %s/keys}\\n"
	                   "sources: {ring: 64Mi}\\nhealth: {path: %s/health, interval: 5s}\\n"
	                   "sinks: [{type: file, path: %s/alerts}]\\n' >c.yaml && chmod 644 c.yaml",
	                   folder, folder, folder, folder, folder, folder) ? -1 : 0;
}

int
agent_pack(const char *name, const char *id)
{
	return agent_shell("cd %s && printf 'title: %s\\nid: %s\\nstatus: test\\nlogsource: {product: linux, category: "
	                   "process_creation}\\ndetection: {sel: {Image|endswith: /rsnl-probe}, condition: sel}\\n"
	                   "level: low\\n' >%s.yml && RSNLC_CACHE=%s/cache $RSNL_BUILD/rsnlc build -q -k k.key -n live -s 7 "
	                   "-o %s.rsnp %s.yml", folder, name, id, name, folder, name, name) ? -1 : 0;
}

pid_t
agent_start(const char *name)
{
	pid_t pid = fork();

	if (!pid) {
		char command[512];

		snprintf(command, sizeof(command), "cd %s && exec $RSNL_BUILD/rsnl run -c $PWD/c.yaml %s%s%s 2>err", folder,
		         name ? "-p " : "", name ? name : "", name ? ".rsnp" : "");
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	for (int i = 0; i < 200; i++) {
		struct json_text pack;
		char *answer;
		size_t size;

		usleep(100000);
		if (control_ask(socket_path, "{\"cmd\":\"status\"}", -1, &answer, &size))
			continue;
		json_paths_read(answer, size, (const char *const[]){"pack"}, 1, &pack);
		free(answer);
		if (pack.size)
			return pid;
	}
	return -1;
}
