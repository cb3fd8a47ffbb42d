/*
 * packrt_place.h - ways to code whose place a table tells. Part of the image. None is inlined: each is a jump, as to a case of
 * a switch, and nothing in an image is called through a pointer.
 */
#ifndef PACKRT_PLACE_H
#define PACKRT_PLACE_H

#include "packrt.h"

__attribute__((noinline)) void
go_scan(struct work *work, const struct texts *texts, const int32_t *place)
{
	((scan_fn *)((uintptr_t)place + *place))(work, texts);
}

__attribute__((noinline)) enum answer
go_test(struct work *work, int32_t slot, const int32_t *place)
{
	return ((test_fn *)((uintptr_t)place + *place))(work, slot);
}

__attribute__((noinline)) int
go_rule(struct work *work, const int32_t *place)
{
	return ((rule_fn *)((uintptr_t)place + *place))(work);
}
#endif
