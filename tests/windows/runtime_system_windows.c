/* runtime_system_windows.c - what the decoder asks of the system, asked of this one. Exit code 0: it knows. */
#include "etw_system.h"

#include <windows.h>

#include <stdio.h>
#include <string.h>

#include "etw.h"

static int failed;

static void
expect(const char *what, int is_so, const char *text, size_t size)
{
	printf("%s %s: %.*s\n", is_so ? "ok" : "not ok", what, (int)size, text);
	failed |= !is_so;
}

/* The device of the drive that Windows is on, and a path below it. */
static void
check_paths(const struct etw_system *system)
{
	char device[512], letter[] = "C:", text[1024];
	size_t size;

	size = system->drive(NULL, "\\SystemRoot", 11, text, sizeof text);
	expect("system root", size > 3 && text[1] == ':', text, size);
	letter[0] = text[0];
	if (!QueryDosDeviceA(letter, device, sizeof device))
		strcpy(device, "?");
	size = system->drive(NULL, device, strlen(device), text, sizeof text);
	expect("drive", size == 2 && text[0] == letter[0] && text[1] == ':', text, size);
	expect("no drive", !system->drive(NULL, "\\Device\\None", 12, text, sizeof text), "", 0);
	size = system->long_path(NULL, "C:\\windows", 10, text, sizeof text);
	expect("long path", size == 10, text, size);
	expect("no path", !system->long_path(NULL, "C:\\none\\none", 12, text, sizeof text), "", 0);
}

static void
check_process(const struct etw_system *system)
{
	static const uint8_t local_system[12] = { 1, 1, [7] = 5, [8] = 18 };
	struct etw_token token;
	char text[1024];
	size_t size;

	size = system->image(NULL, GetCurrentProcessId(), text, sizeof text);
	expect("image", size > 26 && !strncmp(text + size - 26, "runtime_system_windows.exe", 26), text, size);
	expect("token", !system->token(NULL, GetCurrentProcessId(), &token) && token.created && token.sid_size >= 12 &&
	       token.integrity, "", 0);
	expect("no process", system->token(NULL, 0xfffffff0, &token) < 0 && !system->image(NULL, 0xfffffff0, text, sizeof text),
	       "", 0);
	size = system->account(NULL, local_system, sizeof local_system, text, sizeof text);
	expect("account", size > 7 && memchr(text, '\\', size), text, size);
	expect("no account", !system->account(NULL, local_system, 11, text, sizeof text), "", 0);
	expect("no room", !system->account(NULL, local_system, sizeof local_system, text, 3), "", 0);
}

int
main(void)
{
	check_paths(etw_system());
	check_process(etw_system());
	return failed;
}
