/*
 * acl_windows.c - reads access lists, and makes them of SDDL.
 */
#include "acl_windows.h"

#include <errno.h>
#include <stdlib.h>
#include <windows.h>

#include <aclapi.h>
#include <sddl.h>

#include "api_windows.h"

#define WRITES (FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA | FILE_WRITE_ATTRIBUTES | FILE_DELETE_CHILD | \
	DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL)

void *
acl_make(const char *text)
{
	PSECURITY_DESCRIPTOR descriptor = NULL;

	ConvertStringSecurityDescriptorToSecurityDescriptorA(text, SDDL_REVISION_1, &descriptor, NULL);
	return descriptor;
}

/* S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464, the service that installs Windows. */
static int
is_installer(PSID sid)
{
	static const DWORD parts[] = {80, 956008885, 3418522649, 1831038044, 1853292631, 2271478464};
	SID_IDENTIFIER_AUTHORITY nt = {SECURITY_NT_AUTHORITY};

	if (memcmp(GetSidIdentifierAuthority(sid), &nt, sizeof(nt)) || *GetSidSubAuthorityCount(sid) != 6)
		return 0;
	for (DWORD i = 0; i < 6; i++) {
		if (*GetSidSubAuthority(sid, i) != parts[i])
			return 0;
	}
	return 1;
}

static int
is_own_user(PSID sid)
{
	union { TOKEN_USER user; char bytes[SECURITY_MAX_SID_SIZE + sizeof(TOKEN_USER)]; } own;
	HANDLE token;
	DWORD size;
	int same;

	if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
		return 0;
	same = GetTokenInformation(token, TokenUser, &own, sizeof(own), &size) && EqualSid(own.user.User.Sid, sid);
	CloseHandle(token);
	return same;
}

static int
is_trusted(PSID sid)
{
	return IsWellKnownSid(sid, WinLocalSystemSid) || IsWellKnownSid(sid, WinBuiltinAdministratorsSid) ||
		is_installer(sid) || is_own_user(sid);
}

/* Whether an entry lets somebody write whom we do not trust. Only plain entries are for files. */
static int
lets_write(ACE_HEADER *entry)
{
	ACCESS_ALLOWED_ACE *allowed = (ACCESS_ALLOWED_ACE *)entry;

	if (entry->AceType != ACCESS_ALLOWED_ACE_TYPE || entry->AceFlags & INHERIT_ONLY_ACE)
		return 0;
	return allowed->Mask & WRITES && !is_trusted(&allowed->SidStart);
}

int
acl_others_can_write(void *handle)
{
	PSECURITY_DESCRIPTOR descriptor;
	PSID owner = NULL;
	PACL list = NULL;
	DWORD error = GetSecurityInfo(handle, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner,
	                              NULL, &list, NULL, &descriptor);
	int others;

	if (error)
		return -EACCES;
	others = !owner || !list || !is_trusted(owner); /* no list: everybody may do anything */
	for (DWORD i = 0; !others && i < list->AceCount; i++) {
		void *entry;

		others = !GetAce(list, i, &entry) || lets_write(entry);
	}
	LocalFree(descriptor);
	return others;
}
