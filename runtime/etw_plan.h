/*
 * etw_plan.h - what to ask of Windows for kinds of records, and which kinds an event is for (etw_wanted.def).
 */
#ifndef ETW_PLAN_H
#define ETW_PLAN_H

#include <stddef.h>
#include <stdint.h>

struct etw_event;
struct etw_subscription;

enum { ETW_PLAN_IDS_MAX = 16, ETW_PLAN_PROVIDERS_MAX = 16 }; /* events of one provider; manifest providers */

/* EVENT_TRACE_FLAG_x of the classic providers, for bits of enum record_kind. */
uint32_t etw_plan_flags(uint64_t kinds);
/* All kinds that events are asked for. */
uint64_t etw_plan_all(void);
/* Which of them classic events are for. */
uint64_t etw_plan_classic(uint64_t kinds);
/* The manifest provider of that index, from 0; ids has room for ETW_PLAN_IDS_MAX, and subscription points there.
 * id_count 0: nothing is wanted of it. -1: there is no such index. */
int etw_plan_provider(size_t index, uint64_t kinds, struct etw_subscription *subscription, uint16_t *ids);
/* Whether two subscriptions of one provider ask for the same. */
int etw_plan_same(const struct etw_subscription *one, const struct etw_subscription *other);
/* Bits of the kinds that the event is for, whatever is wanted, and the one under which it is counted. 0: none. */
uint64_t etw_plan_kinds(const struct etw_event *event, uint32_t *kind);
#endif
