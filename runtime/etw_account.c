/*
 * etw_account.c - one slot a hash of a SID; another SID takes it over.
 */
#include <stdlib.h>
#include <string.h>

#include "etw.h"
#include "etw_account.h"
#include "etw_text.h"

enum { SLOTS = 256, SID_MAX = 68, NAME_MAX_BYTES = 200 }; /* SLOTS is a power of two; SECURITY_MAX_SID_SIZE */

struct slot {
	uint8_t sid[SID_MAX];
	uint8_t size; /* 0: free */
	char name[NAME_MAX_BYTES];
};

struct etw_accounts {
	const struct etw_system *system;
	uint64_t evicted;
	struct slot slots[SLOTS];
};

struct etw_accounts *
etw_accounts_new(const struct etw_system *system)
{
	struct etw_accounts *accounts = calloc(1, sizeof(*accounts));

	if (accounts)
		accounts->system = system;
	return accounts;
}

void
etw_accounts_free(struct etw_accounts *accounts)
{
	free(accounts);
}

static uint32_t
hash(const uint8_t *sid, size_t size)
{
	uint32_t number = 2166136261u;

	for (size_t i = 0; i < size; i++)
		number = (number ^ sid[i]) * 16777619u;
	return number;
}

static void
ask(const struct etw_system *system, struct slot *slot)
{
	size_t size = 0;

	if (system->account)
		size = system->account(system->context, slot->sid, slot->size, slot->name, NAME_MAX_BYTES - 1);
	if (!size)
		size = etw_text_sid(slot->name, NAME_MAX_BYTES - 1, slot->sid, slot->size);
	slot->name[size] = 0;
}

const char *
etw_account(struct etw_accounts *accounts, const uint8_t *sid, size_t size)
{
	struct slot *slot = &accounts->slots[hash(sid, size) & (SLOTS - 1)];

	if (!size || size > SID_MAX)
		return "";
	if (slot->size == size && !memcmp(slot->sid, sid, size))
		return slot->name;
	accounts->evicted += slot->size != 0;
	slot->size = (uint8_t)size;
	memcpy(slot->sid, sid, size);
	ask(accounts->system, slot);
	return slot->name;
}

uint64_t
etw_accounts_evicted(const struct etw_accounts *accounts)
{
	return accounts->evicted;
}
