/* route.c - from an event's values to the groups that see it: routes evaluated once per combination of values. */
#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "fold.h"
#include "pack.h"
#include "packfile.h"
#include "pipeline.h"
#include "route.h"
#include "route_plan.h"

enum { MEMO_SIZE = 1024, MEMO_MAX = 512, KEY_MAX = 512, FOLDED_MAX = 1024 };

struct memo { /* a plan and the values that lead to it */
	struct route_plan plan;
	uint32_t hash, key_size;
	unsigned char key[];
};

struct folded { /* a value, folded */
	uint8_t *data;
	uint32_t size;
};

struct mask { /* slots of one word of the present bits */
	uint32_t word;
	uint64_t bits;
};

struct router {
	const struct pack_tables *tables;
	struct route_config config;
	struct plan_builder *builder;
	struct folded *folded; /* by index in PACK_TEXTS; data NULL: neither a condition nor a want has it */
	uint32_t *slots;       /* what decides: first those whose values do, then those whose presence does */
	uint32_t slot_count, read_count;
	uint64_t *read_bits;   /* the first read_count of them */
	struct mask *masks;    /* of those whose presence decides */
	uint32_t mask_count;
	struct memo *memo[MEMO_SIZE];
	uint32_t memo_count, generation; /* how often memo was emptied, from 1 */
	struct route_plan *live[2][RECORD_KIND_MAX];
};

uint32_t
route_names(const struct route_config *config, struct bind_name *names)
{
	const char *keys[ROUTE_NAME_MAX] = { config->product, config->category, config->service };
	uint32_t i, count = 0;

	if (config->routing == ROUTING_KEYS)
		for (i = 0; i < ROUTE_NAME_MAX; ++i)
			names[count++] = (struct bind_name){ keys[i] ? keys[i] : "", keys[i] ? (uint32_t)strlen(keys[i]) : 0 };
	return count;
}

static int
fold_texts(struct router *r, struct pack_list texts)
{
	uint32_t i;

	for (i = texts.first; i < texts.first + texts.count; ++i) {
		struct pack_text text = r->tables->texts[i];
		struct folded *folded = &r->folded[i];

		if (folded->data)
			continue;
		folded->data = malloc(FOLD_ROOM((size_t)text.size) + 1);
		if (!folded->data)
			return -1;
		folded->size = (uint32_t)fold_text(folded->data, (const uint8_t *)pack_text_data(r->tables, text), text.size, 1);
	}
	return 0;
}

static int
fold_values(struct router *r)
{
	const struct pack_tables *t = r->tables;
	uint32_t i;

	r->folded = calloc(t->text_count + 1, sizeof *r->folded);
	if (!r->folded)
		return -1;
	for (i = 0; i < t->condition_count; ++i)
		if (fold_texts(r, t->conditions[i].values))
			return -1;
	for (i = 0; i < t->want_count; ++i)
		if (fold_texts(r, t->wants[i].texts))
			return -1;
	return 0;
}

static void
add_slot(struct router *r, uint32_t slot)
{
	uint32_t i;

	for (i = 0; i < r->slot_count && r->slots[i] != slot; ++i)
		;
	if (i == r->slot_count)
		r->slots[r->slot_count++] = slot;
}

static int
make_masks(struct router *r)
{
	uint32_t i, j;

	r->masks = calloc(r->slot_count + 1, sizeof *r->masks);
	r->read_bits = calloc((r->tables->slot_count + ROUTE_NAME_MAX) / 64 + 1, sizeof *r->read_bits);
	if (!r->masks || !r->read_bits)
		return -1;
	for (i = 0; i < r->read_count; ++i)
		r->read_bits[r->slots[i] / 64] |= 1ull << r->slots[i] % 64;
	for (i = r->read_count; i < r->slot_count; ++i) {
		for (j = 0; j < r->mask_count && r->masks[j].word != r->slots[i] / 64; ++j)
			;
		r->mask_count += j == r->mask_count;
		r->masks[j].word = r->slots[i] / 64;
		r->masks[j].bits |= 1ull << r->slots[i] % 64;
	}
	return 0;
}

/* The routing's own names and the slots that conditions ask about, each once. */
static int
find_slots(struct router *r)
{
	const struct pack_tables *t = r->tables;
	struct bind_name names[ROUTE_NAME_MAX];
	uint32_t i, extra = route_names(&r->config, names), count = 0;

	if (r->config.routing == ROUTING_AUTO)
		count = t->condition_count;
	r->slots = calloc(t->condition_count + ROUTE_NAME_MAX, sizeof *r->slots);
	if (!r->slots)
		return -1;
	for (i = 0; i < extra; ++i)
		add_slot(r, t->slot_count + i);
	for (i = 0; i < count; ++i)
		if (t->conditions[i].op == PACK_IS_ONE_OF || t->conditions[i].op == PACK_IS_NONE_OF)
			add_slot(r, t->conditions[i].slot);
	r->read_count = r->slot_count;
	for (i = 0; i < count; ++i)
		add_slot(r, t->conditions[i].slot);
	return make_masks(r);
}

struct router *
router_new(const struct pack_tables *tables, const struct route_config *config)
{
	struct router *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->tables = tables;
	r->config = *config;
	r->generation = 1;
	r->builder = plan_builder_new(tables);
	if (!r->builder || fold_values(r) || find_slots(r)) {
		router_free(r);
		return NULL;
	}
	return r;
}

static void
drop_memo(struct router *r)
{
	uint32_t i;

	for (i = 0; i < MEMO_SIZE; ++i) {
		free(r->memo[i]);
		r->memo[i] = NULL;
	}
	r->memo_count = 0;
	++r->generation;
}

void
router_free(struct router *r)
{
	uint32_t i;

	if (!r)
		return;
	drop_memo(r);
	for (i = 0; i < 2 * RECORD_KIND_MAX; ++i)
		free(r->live[i / RECORD_KIND_MAX][i % RECORD_KIND_MAX]);
	for (i = 0; r->folded && i < r->tables->text_count; ++i)
		free(r->folded[i].data);
	free(r->folded);
	free(r->slots);
	free(r->masks);
	free(r->read_bits);
	plan_builder_free(r->builder);
	free(r);
}

const uint32_t *
router_slots(const struct router *r, uint32_t *count)
{
	*count = r->slot_count;
	return r->slots;
}

const uint64_t *
router_read_slots(const struct router *r)
{
	return r->read_bits;
}

static const struct value *
event_value(const struct event *event, uint32_t slot)
{
	return event->present[slot / 64] >> slot % 64 & 1 ? &event->slots[slot] : NULL;
}

static int
is_text(const struct value *value)
{
	return value->type == VALUE_STRING || value->type == VALUE_NUMBER || value->type == VALUE_BOOL;
}

static int
value_fits(const struct router *r, struct pack_list texts, const struct value *value)
{
	uint8_t text[FOLD_ROOM(FOLDED_MAX)];
	const struct value *items;
	uint32_t i, size;

	if (value->type == VALUE_LIST) {
		items = value->data;
		for (i = 0; i < value->size; ++i)
			if (value_fits(r, texts, &items[i]))
				return 1;
		return 0;
	}
	if (!is_text(value) || value->size > FOLDED_MAX)
		return 0;
	size = (uint32_t)fold_text(text, value->data, value->size, 1);
	for (i = 0; i < texts.count; ++i) {
		const struct folded *folded = &r->folded[texts.first + i];

		if (folded->size == size && !memcmp(folded->data, text, size))
			return 1;
	}
	return 0;
}

/* value NULL: the event has none. */
static int
condition_holds(const struct router *r, const struct pack_condition *condition, const struct value *value)
{
	switch (condition->op) {
	case PACK_IS_ONE_OF:
		return value && value_fits(r, condition->values, value);
	case PACK_IS_NONE_OF:
		return !value || !value_fits(r, condition->values, value);
	}
	return (value != NULL) == (condition->op == PACK_HAS);
}

static int
route_fits(const struct router *r, const struct pack_route *route, const struct event *event)
{
	uint32_t i;

	for (i = 0; i < route->conditions.count; ++i) {
		const struct pack_condition *condition = &r->tables->conditions[route->conditions.first + i];
		const struct value *value = event_value(event, condition->slot);

		if (!condition_holds(r, condition, value))
			return 0;
	}
	return 1;
}

static struct plan_name
name_of_value(const struct event *event, uint32_t slot)
{
	const struct value *value = event_value(event, slot);

	if (!value || !is_text(value))
		return (struct plan_name){ NULL, 0 };
	return (struct plan_name){ value->data, value->size };
}

static struct plan_name
name_of_text(const char *text)
{
	return (struct plan_name){ text, text ? (uint32_t)strlen(text) : 0 };
}

/* Only values that are part of the key may decide. A list is not: each event with one would be looked through anew. */
static void
leave_out(struct router *r, const struct event *event)
{
	const struct pack_want *wants = r->tables->wants;
	uint32_t i;

	for (i = 0; i < r->tables->want_count; ++i) {
		const uint32_t slot = wants[i].slot;
		const struct value *value = event_value(event, slot);

		if (!(r->read_bits[slot / 64] >> slot % 64 & 1) || (value && value->type == VALUE_LIST))
			continue;
		if (!value || !value_fits(r, wants[i].texts, value))
			plan_lacks(r->builder, i);
	}
}

static void
build_auto(struct router *r, const struct event *event)
{
	const struct pack_route *route = r->tables->routes;
	uint32_t i;

	if (!r->config.every_group)
		leave_out(r, event);
	for (i = 0; i < r->tables->route_count; ++i, ++route)
		if (route->flags & PACK_ROUTE_RECORDED && route_fits(r, route, event) &&
		    !(r->config.live & ~1ull & 1ull << plan_route_kind(r->tables, route)))
			plan_add_route(r->builder, i);
}

static const struct route_plan *
build_plan(struct router *r, const struct event *event)
{
	const struct route_config *config = &r->config;
	uint32_t first = r->tables->slot_count;

	plan_start(r->builder);
	switch (config->routing) {
	case ROUTING_AUTO:
		build_auto(r, event);
		break;
	case ROUTING_ALL:
		plan_add_all(r->builder);
		break;
	case ROUTING_LOGSOURCE:
		plan_add_logsource(r->builder, name_of_text(config->product), name_of_text(config->category),
		                   name_of_text(config->service));
		break;
	case ROUTING_KEYS:
		plan_add_logsource(r->builder, name_of_value(event, first), name_of_value(event, first + 1),
		                   name_of_value(event, first + 2));
		break;
	}
	return plan_finish(r->builder);
}

struct key_value { /* of a slot that the event has; its text stands behind it */
	uint32_t read;          /* in slots */
	uint16_t size, is_text; /* of the text; else it is null or an object */
};

/* What decides, as bytes. Returns their size; more than KEY_MAX: they are too many to keep. */
static uint32_t
write_key(const struct router *r, const struct event *event, unsigned char *key)
{
	uint32_t i, used = 0;
	uint64_t bits;

	if (r->mask_count * sizeof bits > KEY_MAX)
		return KEY_MAX + 1;
	for (i = 0; i < r->mask_count; ++i, used += sizeof bits) {
		bits = event->present[r->masks[i].word] & r->masks[i].bits;
		memcpy(key + used, &bits, sizeof bits);
	}
	for (i = 0; i < r->read_count; ++i) {
		const struct value *value = event_value(event, r->slots[i]);
		struct key_value entry = { .read = i };

		if (!value)
			continue;
		entry.is_text = (uint16_t)is_text(value);
		if (value->type == VALUE_LIST || (entry.is_text && value->size > KEY_MAX))
			return KEY_MAX + 1;
		entry.size = entry.is_text ? (uint16_t)value->size : 0;
		if (used + sizeof entry + entry.size > KEY_MAX)
			return KEY_MAX + 1;
		memcpy(key + used, &entry, sizeof entry);
		memcpy(key + used + sizeof entry, entry.size ? value->data : "", entry.size);
		used += (uint32_t)sizeof entry + entry.size;
	}
	return used;
}

static uint32_t
hash_key(const unsigned char *key, uint32_t size)
{
	uint64_t hash = size, word;

	for (; size >= 8; key += 8, size -= 8) {
		memcpy(&word, key, 8);
		hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	for (word = 0; size; --size)
		word = word << 8 | *key++;
	hash = (hash ^ word) * 0xbf58476d1ce4e5b9u;
	return (uint32_t)(hash >> 32);
}

/* Whether the key was made of an event with the same values, which has the same slots. */
static int
has_values(const struct router *r, const struct memo *memo, const struct event *event)
{
	const unsigned char *at = memo->key + r->mask_count * sizeof r->masks->bits, *end = memo->key + memo->key_size;
	const struct value *value;
	struct key_value entry;

	for (; at < end; at += sizeof entry + entry.size) {
		memcpy(&entry, at, sizeof entry);
		value = &event->slots[r->slots[entry.read]];
		if (entry.is_text != is_text(value) || value->type == VALUE_LIST ||
		    (entry.is_text && (value->size != entry.size || memcmp(value->data, at + sizeof entry, entry.size))))
			return 0;
	}
	return 1;
}

/* The plan that a note stands for, if it is the event's; else NULL. */
static const struct memo *
noted_memo(const struct router *r, uint32_t note, const struct event *event)
{
	const struct memo *memo = note / MEMO_SIZE == r->generation ? r->memo[note % MEMO_SIZE] : NULL;

	return memo && has_values(r, memo, event) ? memo : NULL;
}

/* The plan of the event, which nobody noted. NULL: it is not kept. */
static const struct memo *
find_memo(struct router *r, const struct event *event, uint32_t *note)
{
	unsigned char key[KEY_MAX];
	uint32_t size = write_key(r, event, key), hash, i;
	struct memo *memo;

	if (size > KEY_MAX)
		return NULL;
	hash = hash_key(key, size);
	for (i = hash % MEMO_SIZE; (memo = r->memo[i]); i = (i + 1) % MEMO_SIZE)
		if (memo->hash == hash && memo->key_size == size && !memcmp(memo->key, key, size))
			break;
	if (!memo && r->memo_count == MEMO_MAX) {
		drop_memo(r);
		i = hash % MEMO_SIZE;
	}
	*note = r->generation * MEMO_SIZE + i;
	if (memo)
		return memo;
	build_plan(r, event);
	memo = plan_copy(r->builder, sizeof *memo + size);
	if (!memo)
		return NULL;
	memo->hash = hash;
	memo->key_size = size;
	memcpy(memo->key, key, size);
	r->memo[i] = memo;
	++r->memo_count;
	return memo;
}

const struct route_plan *
router_find(struct router *r, const struct event *event, uint32_t *note)
{
	uint32_t own = 0;
	const struct memo *memo;

	note = note ? note : &own;
	memo = noted_memo(r, *note, event);
	memo = memo ? memo : find_memo(r, event, note);
	return memo ? &memo->plan : build_plan(r, event);
}

const struct route_plan *
router_live(struct router *r, uint32_t kind, int late)
{
	if (kind >= RECORD_KIND_MAX)
		return NULL;
	if (!r->live[late][kind]) {
		plan_start(r->builder);
		plan_add_kind(r->builder, kind, name_of_text(r->config.system), late);
		plan_finish(r->builder);
		r->live[late][kind] = plan_copy(r->builder, sizeof(struct route_plan));
	}
	return r->live[late][kind];
}
