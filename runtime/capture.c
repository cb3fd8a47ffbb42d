/* capture.c - copies the values of slots that correlations group by or measure. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "matches.h"
#include "pack.h"
#include "packfile.h"

struct capture_plan {
	uint32_t *first; /* by rule: its slots begin here and end where the next rule's begin */
	uint32_t *slots;
};

/* Sets the slots that each rule's events have to keep: what a correlation refers to keeps what the correlation has to. */
static void
mark_slots(const struct pack_tables *tables, uint64_t *wanted, uint32_t words)
{
	uint32_t i, j, k, n;

	for (i = tables->correlation_count; i--;) {
		const struct pack_correlation *correlation = &tables->correlations[i];
		const uint64_t *own = wanted + (size_t)correlation->rule * words;

		for (j = 0; j < correlation->references.count; ++j) {
			const struct pack_reference *reference = &tables->correlation_references[correlation->references.first + j];
			uint64_t *other = wanted + (size_t)reference->rule * words;

			for (k = 0; k < words; ++k)
				other[k] |= own[k];
			for (k = 0; k < reference->keys.count; ++k) {
				n = tables->keys[reference->keys.first + k].slot;
				if (n != PACK_NONE)
					other[n / 64] |= 1ull << n % 64;
			}
		}
	}
}

static uint32_t
list_slots(const struct pack_tables *tables, const uint64_t *wanted, uint32_t words, struct capture_plan *plan)
{
	uint32_t i, slot, count = 0;

	for (i = 0; i < tables->rule_count; ++i) {
		if (plan->slots)
			plan->first[i] = count;
		for (slot = 0; slot < tables->slot_count; ++slot)
			if (wanted[(size_t)i * words + slot / 64] >> slot % 64 & 1) {
				if (plan->slots)
					plan->slots[count] = slot;
				++count;
			}
	}
	if (plan->slots)
		plan->first[tables->rule_count] = count;
	return count;
}

int
capture_plan_new(struct capture_plan **result, const struct pack_tables *tables)
{
	uint32_t words = (tables->slot_count + 63) / 64;
	struct capture_plan *plan = NULL;
	uint64_t *wanted;

	*result = NULL;
	if (!tables->correlation_count)
		return 0;
	wanted = calloc((size_t)tables->rule_count * words + 1, sizeof *wanted);
	plan = calloc(1, sizeof *plan);
	if (wanted && plan) {
		mark_slots(tables, wanted, words);
		plan->first = calloc(tables->rule_count + 1, sizeof *plan->first);
		plan->slots = calloc(list_slots(tables, wanted, words, plan) + 1, sizeof *plan->slots);
	}
	if (!plan || !plan->first || !plan->slots) {
		capture_plan_free(plan);
		free(wanted);
		return -ENOMEM;
	}
	list_slots(tables, wanted, words, plan);
	free(wanted);
	*result = plan;
	return 0;
}

void
capture_plan_free(struct capture_plan *plan)
{
	if (!plan)
		return;
	free(plan->first);
	free(plan->slots);
	free(plan);
}

/* Makes *array hold count elements more than used. */
static int
grow(void *array, uint32_t *room, uint32_t used, uint32_t count, size_t size)
{
	void **at = array, *fresh;
	uint32_t wanted = *room ? *room : 64;

	if (used + count <= *room)
		return 0;
	while (wanted < used + count)
		wanted *= 2;
	fresh = realloc(*at, wanted * size);
	if (!fresh)
		return -ENOMEM;
	*at = fresh;
	*room = wanted;
	return 0;
}

static int
add_text(struct capture *capture, const struct value *value)
{
	if (value->type != VALUE_STRING && value->type != VALUE_NUMBER && value->type != VALUE_BOOL)
		return 0;
	if (grow(&capture->texts, &capture->text_room, capture->text_count, 1, sizeof *capture->texts) ||
	    grow(&capture->bytes, &capture->room, capture->size, value->size + 1, 1))
		return -ENOMEM;
	capture->texts[capture->text_count++] = (struct capture_text){ capture->size, value->size };
	memcpy(capture->bytes + capture->size, value->data, value->size);
	capture->bytes[capture->size + value->size] = 0;
	capture->size += value->size + 1;
	return 0;
}

static int
add_field(struct capture *capture, const struct value *value, struct capture_field *field)
{
	const struct value *members = value->data;
	uint32_t i, count = value->type == VALUE_LIST ? value->size : 1;
	int error = 0;

	if (count > CAPTURE_MEMBER_MAX) {
		capture->cut += count - CAPTURE_MEMBER_MAX;
		count = CAPTURE_MEMBER_MAX;
	}
	for (i = 0; i < count && !error; ++i)
		error = add_text(capture, value->type == VALUE_LIST ? &members[i] : value);
	field->count = capture->text_count - field->first;
	return error;
}

int
capture_match(const struct capture_plan *plan, struct matches *matches, struct match *match, const struct event *event)
{
	uint32_t i = plan->first[match->rule], end = plan->first[match->rule + 1];
	struct capture *capture = matches->capture;
	int error = 0;

	if (i == end)
		return 0;
	if (!capture)
		capture = matches->capture = calloc(1, sizeof *capture);
	if (!capture || grow(&capture->fields, &capture->field_room, capture->field_count, end - i, sizeof *capture->fields))
		return -ENOMEM;
	match->first_field = capture->field_count;
	for (; i < end && !error; ++i) {
		struct capture_field field = { plan->slots[i], capture->text_count, 0 };

		if (event->present[field.slot / 64] >> field.slot % 64 & 1)
			error = add_field(capture, &event->slots[field.slot], &field);
		capture->fields[capture->field_count++] = field;
		++match->field_count;
	}
	return error;
}

const struct capture_field *
capture_find(const struct matches *matches, const struct match *match, uint32_t slot)
{
	uint32_t i;

	for (i = 0; i < match->field_count; ++i)
		if (matches->capture->fields[match->first_field + i].slot == slot)
			return &matches->capture->fields[match->first_field + i];
	return NULL;
}

void
capture_free(struct capture *capture)
{
	if (!capture)
		return;
	free(capture->fields);
	free(capture->texts);
	free(capture->bytes);
	free(capture);
}
