/*
 * route.h - which groups of rules see an event, and under which names.
 *
 * Routes are tried only when an event brings a combination of values that no event before it had: what comes out is
 * kept by those values (bounded), so an event costs one hash.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include <stdint.h>

struct pack_tables;
struct pack_view;
struct event;
struct bind_name;

enum { ROUTE_NAME_MAX = 3, ROUTE_LEAF_SETS = 256 };

struct route_config {
	int routing;              /* enum routing of pipeline.h */
	const char *product, *category, *service; /* as there; borrowed */
	const char *system;                       /* product of live records: "linux", "windows"; NULL: any */
	uint64_t live; /* bits of enum record_kind that come as records: routes of such kinds take no recorded event */
	int every_group; /* also those none of whose rules match, because of the values that routes ask for */
};

/* Groups to match under the same views. */
struct route_step {
	const struct pack_view *views;
	uint32_t view_count;
	uint32_t first_group, group_count; /* in route_plan.groups */
};

struct route_plan {
	const struct route_step *steps;
	const uint32_t *groups;  /* of the pack */
	const uint32_t *settle;  /* slots that the groups and views read */
	const uint64_t *settle_bits; /* the same as bits; NULL: nobody made them */
	uint32_t step_count, settle_count;
	int leaves;              /* a group has keywords */
	uint32_t leaf_set;       /* number of the set of such groups, below ROUTE_LEAF_SETS; that: it has none */
	uint32_t kind;           /* enum record_kind, 0: none */
	int routed;              /* some route takes the event, though there may be no step */
};

struct router;

/* The fields that routing reads beyond the pack's own slots; their slots follow the pack's. Returns how many, at most
 * ROUTE_NAME_MAX. */
uint32_t route_names(const struct route_config *config, struct bind_name *names);
/* NULL: no memory. Borrows tables and config's texts. */
struct router *router_new(const struct pack_tables *tables, const struct route_config *config);
void router_free(struct router *router); /* NULL is fine */
/* The slots that decide ... */
const uint32_t *router_slots(const struct router *router, uint32_t *count);
/* ... and those of them that must be settled before router_find(), as bits: of the others only their presence counts. */
const uint64_t *router_read_slots(const struct router *router);
/* The plan of a recorded event, valid until the next call; without steps: nothing matches it. note, 0 to begin with, is the
 * router's own and kept with what has the same slots present as the event; NULL: nothing is known of it. */
const struct route_plan *router_find(struct router *router, const struct event *event, uint32_t *note);
/* The plan of live records of a kind, valid as long as the router; late: that of the late groups. NULL: no memory. */
const struct route_plan *router_live(struct router *router, uint32_t kind, int late);
#endif
