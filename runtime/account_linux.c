/*
 * account_linux.c - looks up users in /etc/passwd.
 */
#include "account_linux.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

void
account_find(const char *name, uint32_t spare, struct account *account)
{
	FILE *accounts = fopen("/etc/passwd", "re");
	struct passwd *entry;

	account->uid = account->gid = spare;
	if (!accounts)
		return;
	while ((entry = fgetpwent(accounts)) != NULL) {
		if (strcmp(entry->pw_name, name) != 0 || !entry->pw_uid)
			continue;
		account->uid = entry->pw_uid;
		account->gid = entry->pw_gid;
		break;
	}
	fclose(accounts);
}
