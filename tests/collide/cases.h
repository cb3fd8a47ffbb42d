/*
 * cases.h - events with their verdicts as bytes, for far.c: the image of another target, run by another machine.
 *
 * All numbers are uint32_t, little-endian. The file: CASE_MAGIC, scratch_size, scratch_align, hits_max, entry, field
 * count, size and bytes of the image, size and bytes of DATA; then cases until it ends: the groups' first and count, their
 * first rule's number, rules and predicates with a byte each (enum verdict), flags, present slots (their count; number and
 * value each), leaves (their count, values). A value: type, flags, size; then bytes, or the values of a list.
 */
#ifndef CASES_H
#define CASES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "pack.h"

enum { CASE_MAGIC = 0x65736163 };

struct case_image {
	uint32_t scratch_size, scratch_align, hits_max, entry, field_count;
	const void *image, *data;
	size_t image_size, data_size;
};

struct case_verdicts { /* rules and predicates are enum verdict each */
	uint32_t first, rule_count, predicate_count;
	const void *rules, *predicates;
};

struct case_groups { /* of the pack: the rules of a logsource that are not late, and those that are */
	uint32_t first, count;
};

/* All of them: the second sees the event again, and says so in half of the calls. Returns the number of hits. */
static inline uint32_t
groups_match(pack_match_fn *match, const struct event *event, struct case_groups groups, const void *data, void *scratch,
             struct hit *hits)
{
	struct event same = *event;
	uint32_t count = 0;
	static int says;

	says = !says;
	for (uint32_t i = 0; i < groups.count; i++) {
		count += match(&same, groups.first + i, data, scratch, hits + count);
		same.flags |= says ? EVENT_SAME : 0;
	}
	return count;
}

void case_write_image(FILE *out, const struct case_image *image);
void case_write(FILE *out, const struct event *event, uint32_t field_count, struct case_groups groups,
                const struct case_verdicts *verdicts);
#endif
