/* etw_plan.c - etw_provider.def and etw_wanted.def as tables, and look-ups in them. */
#include <string.h>

#include "etw.h"
#include "etw_layout.h"
#include "etw_plan.h"
#include "etw_session.h"
#include "record.h"

struct provider {
	const char *name;
	uint32_t flags; /* classic; 0: it has a manifest */
	uint8_t level;
};

struct wanted {
	uint8_t provider;
	uint16_t number;
	uint64_t keyword, kinds;
};

static const struct provider providers[] = {
#define CLASSIC(name, title, guid, flags) { title, flags, 0 },
#define MANIFEST(name, title, guid, keywords, level) { title, 0, level },
#include "etw_provider.def"
};

static const struct wanted wanted[] = {
#define K(kind) (1ull << RECORD_##kind)
#define EVENT(provider, number, keyword, kinds) { ETW_##provider, number, keyword, kinds },
#include "etw_wanted.def"
};

_Static_assert((int)ETW_PROVIDER_COUNT <= (int)ETW_PLAN_PROVIDERS_MAX, "ETW_PLAN_PROVIDERS_MAX");

enum { WANTED_COUNT = sizeof wanted / sizeof *wanted };

uint32_t
etw_plan_flags(uint64_t kinds)
{
	uint32_t flags = 0;
	size_t i;

	for (i = 0; i < WANTED_COUNT; ++i)
		if (wanted[i].kinds & kinds)
			flags |= providers[wanted[i].provider].flags;
	return flags;
}

uint64_t
etw_plan_all(void)
{
	uint64_t kinds = 0;

	for (size_t i = 0; i < WANTED_COUNT; ++i)
		kinds |= wanted[i].kinds;
	return kinds;
}

uint64_t
etw_plan_classic(uint64_t kinds)
{
	uint64_t classic = 0;
	size_t i;

	for (i = 0; i < WANTED_COUNT; ++i)
		if (providers[wanted[i].provider].flags)
			classic |= wanted[i].kinds & kinds;
	return classic;
}

int
etw_plan_provider(size_t index, uint64_t kinds, struct etw_subscription *subscription, uint16_t *ids)
{
	const size_t which = ETW_CLASSIC_COUNT + index;

	if (which >= ETW_PROVIDER_COUNT)
		return -1;
	*subscription = (struct etw_subscription){ .name = providers[which].name, .level = providers[which].level, .ids = ids };
	memcpy(subscription->guid, etw_provider_guid((enum etw_provider)which), sizeof subscription->guid);
	for (size_t row = 0; row < WANTED_COUNT; ++row) {
		if (wanted[row].provider != which || !(wanted[row].kinds & kinds) || subscription->id_count == ETW_PLAN_IDS_MAX)
			continue;
		ids[subscription->id_count++] = wanted[row].number;
		subscription->keywords |= wanted[row].keyword;
		subscription->kinds |= wanted[row].kinds & kinds;
	}
	return 0;
}

int
etw_plan_same(const struct etw_subscription *one, const struct etw_subscription *other)
{
	return one->keywords == other->keywords && one->id_count == other->id_count &&
	       !memcmp(one->ids, other->ids, one->id_count * sizeof *one->ids);
}

uint64_t
etw_plan_kinds(const struct etw_event *event, uint32_t *kind)
{
	const enum etw_provider provider = etw_provider_find(event->provider);
	const uint16_t number = provider < ETW_CLASSIC_COUNT ? event->opcode : event->id;

	for (size_t i = 0; provider < ETW_PROVIDER_COUNT && i < WANTED_COUNT; ++i) {
		if (wanted[i].provider != provider || wanted[i].number != number)
			continue;
		*kind = (uint32_t)__builtin_ctzll(wanted[i].kinds);
		return wanted[i].kinds;
	}
	return 0;
}
