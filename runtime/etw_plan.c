/* etw_plan.c - etw_provider.def and etw_wanted.def as tables, and look-ups in them. */
#include <string.h>

#include "etw.h"
#include "etw_plan.h"
#include "etw_session.h"
#include "record.h"

struct provider {
	const char *name;
	uint8_t guid[16];
	uint32_t flags; /* classic; 0: it has a manifest */
	uint8_t level;
};

struct wanted {
	uint8_t provider;
	uint16_t number;
	uint64_t keyword, kinds;
};

enum provider_index {
#define CLASSIC(name, title, guid, flags) PROVIDER_##name,
#define MANIFEST(name, title, guid, keywords, level) PROVIDER_##name,
#include "etw_provider.def"
	PROVIDER_COUNT,
};

#define BYTE(number, at) (uint8_t)((uint64_t)(number) >> 8 * (at))
#define GUID(a, b, c, d, e) { BYTE(a, 0), BYTE(a, 1), BYTE(a, 2), BYTE(a, 3), BYTE(b, 0), BYTE(b, 1), BYTE(c, 0), BYTE(c, 1), \
	BYTE(d, 1), BYTE(d, 0), BYTE(e, 5), BYTE(e, 4), BYTE(e, 3), BYTE(e, 2), BYTE(e, 1), BYTE(e, 0) }

static const struct provider providers[] = {
#define CLASSIC(name, title, guid, flags) { title, guid, flags, 0 },
#define MANIFEST(name, title, guid, keywords, level) { title, guid, 0, level },
#include "etw_provider.def"
};

static const struct wanted wanted[] = {
#define K(kind) (1ull << RECORD_##kind)
#define EVENT(provider, number, keyword, kinds) { PROVIDER_##provider, number, keyword, kinds },
#include "etw_wanted.def"
};

_Static_assert((int)PROVIDER_COUNT <= (int)ETW_PLAN_PROVIDERS_MAX, "ETW_PLAN_PROVIDERS_MAX");

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
	const struct provider *provider;
	size_t i;

	for (i = 0; i < PROVIDER_COUNT && (providers[i].flags || index); ++i)
		index -= !providers[i].flags;
	if (i == PROVIDER_COUNT)
		return -1;
	provider = &providers[i];
	*subscription = (struct etw_subscription){ .name = provider->name, .level = provider->level, .ids = ids };
	memcpy(subscription->guid, provider->guid, sizeof provider->guid);
	for (size_t row = 0; row < WANTED_COUNT; ++row) {
		if (wanted[row].provider != i || !(wanted[row].kinds & kinds) || subscription->id_count == ETW_PLAN_IDS_MAX)
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
	size_t i = 0, row;

	while (i < PROVIDER_COUNT && memcmp(providers[i].guid, event->provider, sizeof event->provider))
		++i;
	if (i == PROVIDER_COUNT)
		return 0;
	for (row = 0; row < WANTED_COUNT; ++row) {
		if (wanted[row].provider != i || wanted[row].number != (providers[i].flags ? event->opcode : event->id))
			continue;
		*kind = (uint32_t)__builtin_ctzll(wanted[row].kinds);
		return wanted[row].kinds;
	}
	return 0;
}
