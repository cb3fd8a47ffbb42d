/*
 * host_windows.c - what this machine is called.
 *
 * Windows has no id of a boot: the machine's id and the number of its boots stand for one.
 */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "api_windows.h"
#include "os.h"

/* MachineGuid, which an installation of Windows keeps. */
static void
read_id(char *text, size_t size)
{
	wchar_t wide[64];
	DWORD bytes = sizeof(wide);
	char *utf8;

	if (RegGetValueW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Microsoft\\Cryptography", L"MachineGuid",
	                 RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY, NULL, wide, &bytes))
		return;
	utf8 = api_utf8(wide);
	snprintf(text, size, "%s", utf8 ? utf8 : "");
	free(utf8);
}

static DWORD
count_boots(void)
{
	DWORD count = 0, size = sizeof(count);

	RegGetValueW(HKEY_LOCAL_MACHINE,
	             L"SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters", L"BootId",
	             RRF_RT_REG_DWORD, NULL, &count, &size);
	return count;
}

static void
read_name(char *text, size_t size)
{
	wchar_t wide[256];
	DWORD length = 256;
	char *utf8 = GetComputerNameExW(ComputerNameDnsHostname, wide, &length) ? api_utf8(wide) : NULL;

	snprintf(text, size, "%s", utf8 ? utf8 : "");
	free(utf8);
}

/* GetVersionEx() tells programs without a manifest of an older Windows. */
static void
read_version(char *text, size_t size)
{
	typedef LONG WINAPI version_fn(OSVERSIONINFOW *version);
	version_fn *get = (version_fn *)(void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlGetVersion");
	OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof(version)};

	if (get && !get(&version))
		snprintf(text, size, "%lu.%lu.%lu", version.dwMajorVersion, version.dwMinorVersion, version.dwBuildNumber);
}

static const char *
architecture(void)
{
	SYSTEM_INFO info;

	GetNativeSystemInfo(&info);
	switch (info.wProcessorArchitecture) {
	case PROCESSOR_ARCHITECTURE_AMD64: return "x86_64";
	case PROCESSOR_ARCHITECTURE_ARM64: return "aarch64";
	}
	return "";
}

void
host_read(struct host *host, const char *agent_id)
{
	memset(host, 0, sizeof(*host));
	read_id(host->id, sizeof(host->id));
	read_name(host->name, sizeof(host->name));
	read_version(host->os_kernel, sizeof(host->os_kernel));
	snprintf(host->architecture, sizeof(host->architecture), "%s", architecture());
	snprintf(host->os_type, sizeof(host->os_type), "windows");
	snprintf(host->agent_id, sizeof(host->agent_id), "%s", agent_id);
	snprintf(host->boot_id, sizeof(host->boot_id), "%.27s-%08lx", host->id, count_boots());
	host->boot_ns = os_wall_ns() - GetTickCount64() * 1000000;
}
