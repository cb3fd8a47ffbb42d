/*
 * account_linux.h - the users that the agent's processes run as.
 */
#ifndef ACCOUNT_LINUX_H
#define ACCOUNT_LINUX_H

#include <stdint.h>

enum { ACCOUNT_UID_DETECT = 64310, ACCOUNT_UID_SCAN = 64311 }; /* where the users do not exist */

struct account {
	uint32_t uid, gid;
};

/* Ids of the account of that name, or the spare ones. */
void account_find(const char *name, uint32_t spare, struct account *account);
#endif
