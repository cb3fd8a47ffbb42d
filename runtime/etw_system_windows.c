/* etw_system_windows.c - drives, paths, accounts, processes. */
#include "etw_system.h"

#include <windows.h>

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "api_windows.h"
#include "etw.h"

enum { PATH_MAX_UNITS = 32768, DEVICE_MAX_UNITS = 512, NAME_MAX_UNITS = 256, SID_HEAD = 8 };

static size_t
give(const WCHAR *wide, char *text, size_t room)
{
	return (size_t)WideCharToMultiByte(CP_UTF8, 0, wide, (int)wcslen(wide), text, (int)room, NULL, NULL);
}

/* UTF-16 with a NUL; 0: it does not fit. */
static int
take(WCHAR *wide, int units, const char *text, size_t size)
{
	int count = MultiByteToWideChar(CP_UTF8, 0, text, (int)size, wide, units - 1);

	wide[count] = 0;
	return count;
}

static size_t
drive(void *context, const char *device, size_t size, char *text, size_t room)
{
	WCHAR wanted[DEVICE_MAX_UNITS], target[DEVICE_MAX_UNITS], letter[] = L"A:";

	(void)context;
	if (!take(wanted, DEVICE_MAX_UNITS, device, size))
		return 0;
	if (!_wcsicmp(wanted, L"\\SystemRoot"))
		return GetWindowsDirectoryW(target, DEVICE_MAX_UNITS) ? give(target, text, room) : 0;
	for (; letter[0] <= L'Z'; ++letter[0])
		if (QueryDosDeviceW(letter, target, DEVICE_MAX_UNITS) && !_wcsicmp(wanted, target))
			return give(letter, text, room);
	return 0;
}

static size_t
long_path(void *context, const char *path, size_t size, char *text, size_t room)
{
	WCHAR *wide = malloc(2 * PATH_MAX_UNITS * sizeof *wide), *whole = wide + PATH_MAX_UNITS;
	size_t used = 0;
	DWORD count;

	(void)context;
	if (wide && take(wide, PATH_MAX_UNITS, path, size)) {
		count = GetLongPathNameW(wide, whole, PATH_MAX_UNITS);
		used = count && count < PATH_MAX_UNITS ? give(whole, text, room) : 0;
	}
	free(wide);
	return used;
}

static size_t
account(void *context, const uint8_t *sid, size_t size, char *text, size_t room)
{
	WCHAR name[NAME_MAX_UNITS], domain[NAME_MAX_UNITS], whole[2 * NAME_MAX_UNITS];
	DWORD name_units = NAME_MAX_UNITS, domain_units = NAME_MAX_UNITS;
	SID_NAME_USE use;

	(void)context;
	if (size < SID_HEAD || size < GetSidLengthRequired(sid[1]) || !IsValidSid((PSID)sid) ||
	    !LookupAccountSidW(NULL, (PSID)sid, name, &name_units, domain, &domain_units, &use))
		return 0;
	wcscpy(whole, domain);
	if (*domain)
		wcscat(whole, L"\\");
	wcscat(whole, name);
	return give(whole, text, room);
}

static size_t
image(void *context, uint32_t pid, char *text, size_t room)
{
	HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
	WCHAR *path = process ? malloc(PATH_MAX_UNITS * sizeof *path) : NULL;
	DWORD units = PATH_MAX_UNITS;
	size_t used = 0;

	(void)context;
	if (path && QueryFullProcessImageNameW(process, 0, path, &units))
		used = give(path, text, room);
	free(path);
	if (process)
		CloseHandle(process);
	return used;
}

static void
read_created(HANDLE process, struct etw_token *token)
{
	FILETIME created, exited, kernel, user;

	if (GetProcessTimes(process, &created, &exited, &kernel, &user))
		token->created = (uint64_t)created.dwHighDateTime << 32 | created.dwLowDateTime;
}

static void
read_token(HANDLE handle, struct etw_token *token)
{
	union { TOKEN_STATISTICS statistics; TOKEN_MANDATORY_LABEL label; TOKEN_USER user; uint8_t bytes[256]; } is;
	DWORD size;
	PSID sid;

	if (GetTokenInformation(handle, TokenStatistics, &is, sizeof is, &size))
		token->logon_id = (uint64_t)(uint32_t)is.statistics.AuthenticationId.HighPart << 32 |
		                  is.statistics.AuthenticationId.LowPart;
	if (GetTokenInformation(handle, TokenIntegrityLevel, &is, sizeof is, &size)) {
		sid = is.label.Label.Sid;
		token->integrity = *GetSidSubAuthority(sid, (DWORD)*GetSidSubAuthorityCount(sid) - 1);
	}
	if (GetTokenInformation(handle, TokenUser, &is, sizeof is, &size)) {
		sid = is.user.User.Sid;
		token->sid_size = GetLengthSid(sid);
		if (token->sid_size > sizeof token->sid)
			token->sid_size = 0;
		memcpy(token->sid, sid, token->sid_size);
	}
}

static int
token_of(void *context, uint32_t pid, struct etw_token *token)
{
	HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid), handle;
	int error = 0;

	(void)context;
	*token = (struct etw_token){ 0 };
	if (!process)
		return api_error();
	read_created(process, token);
	if (OpenProcessToken(process, TOKEN_QUERY, &handle)) {
		read_token(handle, token);
		CloseHandle(handle);
	} else {
		error = api_error();
	}
	CloseHandle(process);
	return error;
}

const struct etw_system *
etw_system(void)
{
	static const struct etw_system system = { .drive = drive, .long_path = long_path, .account = account, .image = image,
		.token = token_of };

	return &system;
}
