/*
 * rights_windows.c - rights.h by the token: elevated, or SYSTEM.
 */
#include "rights.h"

#include <stdio.h>
#include <windows.h>

int
rights_missing(char *text, size_t size)
{
	union { SID sid; char bytes[SECURITY_MAX_SID_SIZE]; } administrators;
	DWORD room = sizeof(administrators);
	BOOL is_member = FALSE;

	if (CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, &administrators, &room) &&
	    CheckTokenMembership(NULL, &administrators, &is_member) && is_member)
		return 0;
	snprintf(text, size, "needs SYSTEM or an elevated administrator; run it from an elevated prompt, or as a service");
	return 1;
}
