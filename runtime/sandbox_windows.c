/*
 * sandbox_windows.c - a restricted token and a job object.
 */
#include "sandbox_windows.h"

#include <windows.h>

struct sid {
	union { SID sid; char bytes[SECURITY_MAX_SID_SIZE]; } is;
};

static SID_AND_ATTRIBUTES
sid_make(struct sid *sid, WELL_KNOWN_SID_TYPE type)
{
	DWORD size = sizeof(*sid);

	CreateWellKnownSid(type, NULL, sid, &size);
	return (SID_AND_ATTRIBUTES){&sid->is.sid, 0};
}

static HANDLE
token_restrict(HANDLE own)
{
	struct sid sids[4];
	SID_AND_ATTRIBUTES denied[] = {sid_make(&sids[0], WinBuiltinAdministratorsSid)};
	SID_AND_ATTRIBUTES only[] = {sid_make(&sids[1], WinWorldSid), sid_make(&sids[2], WinBuiltinUsersSid),
		sid_make(&sids[3], WinRestrictedCodeSid)};
	HANDLE token = NULL;

	CreateRestrictedToken(own, DISABLE_MAX_PRIVILEGE, 1, denied, 0, NULL, 3, only, &token);
	return token;
}

static int
integrity_lower(HANDLE token)
{
	struct sid low;
	TOKEN_MANDATORY_LABEL label = {sid_make(&low, WinLowLabelSid)};

	label.Label.Attributes = SE_GROUP_INTEGRITY;
	return SetTokenInformation(token, TokenIntegrityLevel, &label, sizeof(label) + GetLengthSid(label.Label.Sid));
}

void *
sandbox_token(void)
{
	HANDLE own, token;
	DWORD error;

	if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own))
		return NULL;
	token = token_restrict(own);
	error = GetLastError();
	CloseHandle(own);
	if (token && integrity_lower(token))
		return token;
	if (token) {
		error = GetLastError();
		CloseHandle(token);
	}
	SetLastError(error);
	return NULL;
}

void *
sandbox_job(uint64_t memory)
{
	JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {.BasicLimitInformation = {.ActiveProcessLimit = 1,
		.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_ACTIVE_PROCESS |
			JOB_OBJECT_LIMIT_PROCESS_MEMORY | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION},
		.ProcessMemoryLimit = (SIZE_T)memory};
	JOBOBJECT_BASIC_UI_RESTRICTIONS screen = {JOB_OBJECT_UILIMIT_ALL};
	HANDLE job = CreateJobObjectW(NULL, NULL);

	if (job && SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits)) &&
	    SetInformationJobObject(job, JobObjectBasicUIRestrictions, &screen, sizeof(screen)))
		return job;
	if (job)
		CloseHandle(job);
	return NULL;
}
