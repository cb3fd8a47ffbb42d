/* runtime_layout.c - any bytes as a line: read by its layout it shows what the walk shows, in slots, leaves and errors. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "json.h"
#include "layout.h"
#include "pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct bind_name names[] = {{"a", 1}, {"a.b", 3}, {"b", 1}, {"x.y.z", 5}, {"@timestamp", 10}};

static void
compare_values(const struct value *x, const struct value *y)
{
	assert(x->type == y->type && x->size == y->size && x->flags == y->flags);
	if (x->type == VALUE_LIST) {
		for (uint32_t i = 0; i < x->size; i++)
			compare_values((const struct value *)x->data + i, (const struct value *)y->data + i);
	} else if (x->size) {
		assert(!memcmp(x->data, y->data, x->size));
	}
}

static void
compare_events(struct bound *known, struct bound *walked)
{
	const struct event *a = bound_event(known), *b = bound_event(walked);
	const struct value *time, *other;

	bound_settle_all(known);
	bound_settle_leaves(known);
	assert(*a->present == *b->present && a->leaf_count == b->leaf_count && a->flags == b->flags);
	for (uint32_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (*a->present >> i & 1)
			compare_values(&a->slots[i], &b->slots[i]);
	for (uint32_t i = 0; i < a->leaf_count; i++)
		compare_values(&a->leaves[i], &b->leaves[i]);
	time = bound_time(known);
	other = bound_time(walked);
	assert(!time == !other);
	if (time)
		compare_values(time, other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bind *bind;
	static struct layouts *layouts;
	static struct bound *known, *walked;
	struct json json, again;
	int error;

	if (!bind) {
		bind = bind_new(names, sizeof(names) / sizeof(*names), NULL, NULL, 0);
		layouts = layouts_new();
		known = bound_new(bind, sizeof(names) / sizeof(*names), layouts);
		walked = bound_new(bind, sizeof(names) / sizeof(*names), NULL);
	}
	error = bound_read(walked, (const char *)data, size, &json);
	if (!error) {
		bound_settle_all(walked);
		bound_settle_leaves(walked);
	}
	for (int i = 0; i < 3; i++) {
		assert(bound_read(known, (const char *)data, size, &again) == error);
		if (error)
			assert(again.at == json.at && again.error == json.error);
		else
			compare_events(known, walked);
	}
	return 0;
}
