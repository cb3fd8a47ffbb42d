/* window_rule.c - how many different rules matched: when each did so last. */
#include <string.h>

#include "group_table.h"
#include "window.h"

int
window_rule_add(const struct window *window, const struct window_entry *entry)
{
	size_t size = window->spec->references * sizeof(uint64_t);
	uint64_t *last;

	if (!group_table_room(window->group, GROUP_WINDOW)) {
		if (group_table_resize(window->table, window->group, GROUP_WINDOW, size))
			return WINDOW_CUT;
		memset(group_table_block(window->table, window->group, GROUP_WINDOW), 0, size);
	}
	last = group_table_block(window->table, window->group, GROUP_WINDOW);
	if (last[entry->reference] < entry->time)
		last[entry->reference] = entry->time;
	return WINDOW_ADDED;
}

struct measure
window_rule_measure(const struct window *window, uint64_t begin)
{
	const uint64_t *last = group_table_block(window->table, window->group, GROUP_WINDOW);
	uint32_t i, count = 0;

	if (!group_table_room(window->group, GROUP_WINDOW))
		return (struct measure){ 0, 0 };
	for (i = 0; i < window->spec->references; ++i)
		count += last[i] > begin;
	return (struct measure){ (__int128)count * WINDOW_SCALE, 1 };
}
