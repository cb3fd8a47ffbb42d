/* cases.c - writes events with their verdicts. */
#include "pack.h"
#include "pool.h"
#include "cases.h"
#include "ir.h"
#include "evaluate.h"

static void
number_write(FILE *out, uint32_t number)
{
	uint8_t bytes[4] = { number, number >> 8, number >> 16, number >> 24 };

	fwrite(bytes, 1, 4, out);
}

static void
value_write(FILE *out, const struct value *value)
{
	const struct value *items = value->data;

	number_write(out, value->type);
	number_write(out, value->flags);
	number_write(out, value->size);
	if (value->type != VALUE_LIST)
		fwrite(value->data ? value->data : "", 1, value->size, out);
	for (uint32_t i = 0; value->type == VALUE_LIST && i < value->size; i++)
		value_write(out, items + i);
}

void
case_write_image(FILE *out, const struct case_image *image)
{
	number_write(out, CASE_MAGIC);
	number_write(out, image->scratch_size);
	number_write(out, image->scratch_align);
	number_write(out, image->hits_max);
	number_write(out, image->entry);
	number_write(out, image->field_count);
	number_write(out, image->image_size);
	fwrite(image->image, 1, image->image_size, out);
	number_write(out, image->data_size);
	fwrite(image->data_size ? image->data : "", 1, image->data_size, out);
}

static void
verdicts_write(FILE *out, const enum verdict *verdicts, uint32_t count)
{
	number_write(out, count);
	for (uint32_t i = 0; i < count; i++)
		fputc(verdicts[i], out);
}

void
case_write(FILE *out, const struct event *event, uint32_t field_count, struct case_groups groups,
           const struct case_verdicts *verdicts)
{
	uint32_t count = 0;

	number_write(out, groups.first);
	number_write(out, groups.count);
	number_write(out, verdicts->first);
	verdicts_write(out, verdicts->rules, verdicts->rule_count);
	verdicts_write(out, verdicts->predicates, verdicts->predicate_count);
	number_write(out, event->flags);
	for (uint32_t i = 0; i < field_count; i++)
		count += event->present[i / 64] >> i % 64 & 1;
	number_write(out, count);
	for (uint32_t i = 0; i < field_count; i++)
		if (event->present[i / 64] >> i % 64 & 1) {
			number_write(out, i);
			value_write(out, event->slots + i);
		}
	number_write(out, event->leaf_count);
	for (uint32_t i = 0; i < event->leaf_count; i++)
		value_write(out, event->leaves + i);
}
