/*
 * route_plan.h - puts together what an event that fits some routes is matched against.
 */
#ifndef ROUTE_PLAN_H
#define ROUTE_PLAN_H

#include <stddef.h>
#include <stdint.h>

struct pack_route;
struct pack_tables;
struct route_plan;
struct plan_builder;

struct plan_name { /* data NULL: not set */
	const char *data;
	uint32_t size;
};

struct plan_builder *plan_builder_new(const struct pack_tables *tables); /* NULL: no memory; borrows tables */
void plan_builder_free(struct plan_builder *builder);                   /* NULL is fine */
void plan_start(struct plan_builder *builder);
/* The event has none of the values that a row of PACK_WANTS lists: its group is left out where it sees the slot as it is. */
void plan_lacks(struct plan_builder *builder, uint32_t want);
void plan_add_route(struct plan_builder *builder, uint32_t route);
/* The live routes of a kind and product (data NULL: any): their early groups, or with late their late ones. */
void plan_add_kind(struct plan_builder *builder, uint32_t kind, struct plan_name product, int late);
/* Groups whose product, category and service, where they set them, are these. */
void plan_add_logsource(struct plan_builder *builder, struct plan_name product, struct plan_name category,
                        struct plan_name service);
void plan_add_all(struct plan_builder *builder);
/* Valid until plan_start(). */
const struct route_plan *plan_finish(struct plan_builder *builder);
/* enum record_kind that the events of a route are; 0: none. */
uint32_t plan_route_kind(const struct pack_tables *tables, const struct pack_route *route);
/* A copy of the plan in one block for free(), its struct route_plan at the start and at least head bytes before its
 * arrays. NULL: no memory. */
void *plan_copy(const struct plan_builder *builder, size_t head);
#endif
