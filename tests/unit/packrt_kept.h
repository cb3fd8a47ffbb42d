/* packrt_kept.h - what scratch keeps from call to call, new, for tests of the image's routines. */
#ifndef PACKRT_KEPT_H
#define PACKRT_KEPT_H

#include <stdlib.h>
#include <string.h>

#include "packrt.h"

/* To be freed. */
static inline struct work_kept *
kept_new(void)
{
	struct work_kept *kept = aligned_alloc(_Alignof(struct work_kept), sizeof(*kept));

	memset(kept, 0, sizeof(*kept));
	return kept;
}
#endif
