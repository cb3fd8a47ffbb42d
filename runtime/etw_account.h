/*
 * etw_account.h - names of accounts (DOMAIN\name) by SID, asked of the system once and kept.
 */
#ifndef ETW_ACCOUNT_H
#define ETW_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

struct etw_accounts;
struct etw_system;

/* system is borrowed. NULL: no memory. */
struct etw_accounts *etw_accounts_new(const struct etw_system *system);
void etw_accounts_free(struct etw_accounts *accounts); /* NULL is fine */
/* The account's name, or the SID as text where the system does not know it; "" when the bytes are no SID. Valid until
 * the next call. */
const char *etw_account(struct etw_accounts *accounts, const uint8_t *sid, size_t size);
uint64_t etw_accounts_evicted(const struct etw_accounts *accounts);
#endif
