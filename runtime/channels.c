/* channels.c - routes that take recorded events by their Channel. */
#include <string.h>

#include "channels.h"
#include "packfile.h"
#include "route_plan.h"

static const char product[] = "windows";

static int
is_text(const struct pack_tables *tables, struct pack_text text, const char *wanted)
{
	return text.size == strlen(wanted) && !memcmp(pack_text_data(tables, text), wanted, text.size);
}

static int
is_windows(const struct pack_tables *tables, const struct pack_route *route)
{
	return !route->product.size || is_text(tables, route->product, product);
}

/* Whether it takes events of the event log that do not come as records. */
static int
is_needed(const struct pack_tables *tables, const struct pack_route *route, uint64_t live)
{
	return route->flags & PACK_ROUTE_RECORDED && is_windows(tables, route) &&
	       !(live & ~1ull & 1ull << plan_route_kind(tables, route));
}

/* The channels that its events are of; NULL: any. */
static const struct pack_list *
channel_values(const struct pack_tables *tables, const struct pack_route *route)
{
	for (uint32_t i = 0; i < route->conditions.count; ++i) {
		const struct pack_condition *condition = &tables->conditions[route->conditions.first + i];

		if (condition->op == PACK_IS_ONE_OF && is_text(tables, tables->slots[condition->slot].name, "Channel"))
			return &condition->values;
	}
	return NULL;
}

static int
has(const struct channel *channels, size_t count, const char *name)
{
	for (size_t i = 0; i < count; ++i)
		if (!strcmp(channels[i].name, name))
			return 1;
	return 0;
}

size_t
channels_wanted(const struct pack_tables *tables, uint64_t live, struct channel *channels, size_t max)
{
	size_t count = 0;

	for (uint32_t i = 0; i < tables->route_count; ++i) {
		const struct pack_list *names = channel_values(tables, &tables->routes[i]);

		for (uint32_t j = 0; names && is_needed(tables, &tables->routes[i], live) && j < names->count; ++j) {
			const char *name = pack_text_data(tables, tables->texts[names->first + j]);

			if (count < max && strlen(name) < CHANNEL_NAME_MAX && !has(channels, count, name))
				strcpy(channels[count++].name, name);
		}
	}
	return count;
}
