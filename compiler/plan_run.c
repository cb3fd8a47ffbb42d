/*
 * plan_run.c - a long run of characters that texts must have, whatever else a regular expression asks of them.
 */
#include "arena.h"
#include "demand.h"
#include "ir.h"
#include "packfile.h"
#include "plan.h"
#include "planner.h"
#include "regex.h"

enum { RUN_LONG = 16 }; /* it is looked for in steps of its size */

static void
byte_add(struct plan_run *run, unsigned byte)
{
	byte += byte >= 'A' && byte <= 'Z' ? 'a' - 'A' : 0;
	run->bytes[byte / 64] |= UINT64_C(1) << byte % 64;
}

const struct plan_run *
run_find(struct arena *arena, const struct ir_predicate *predicate)
{
	const struct regex *regex;
	struct regex_error error;
	struct plan_run *run;
	struct demand demand;

	if (predicate->op != PACK_REGEX || predicate->value_count != 1 || predicate->part)
		return NULL;
	regex = regex_parse(arena, predicate->values[0].text.data, predicate->values[0].text.size, predicate->regex_flags, &error);
	if (!regex)
		return NULL;
	demand = demand_of(regex);
	if (demand.run < RUN_LONG || demand.run_bytes[2] || demand.run_bytes[3])
		return NULL;
	run = arena_alloc(arena, sizeof(*run));
	*run = (struct plan_run){ .slot = predicate->field, .least = demand.run };
	for (unsigned byte = 0; byte < 128; byte++)
		if (demand.run_bytes[byte / 64] >> byte % 64 & 1)
			byte_add(run, byte);
	return run;
}
