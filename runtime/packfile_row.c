/* packfile_row.c - what a row of a pack's tables refers to, checked. */
#include <stdarg.h>
#include <stdio.h>

#include "packfile.h"
#include "packfile_row.h"

int
check_refuse(const struct check *check, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(check->why, check->why_size, format, args);
	va_end(args);
	return -1;
}

int
row_texts(const struct row *row, const struct pack_text *texts, uint32_t count)
{
	const struct pack_tables *t = row->check->tables;
	uint32_t i;

	for (i = 0; i < count; ++i)
		if (texts[i].offset >= t->strings_size || texts[i].size >= t->strings_size - texts[i].offset ||
		    t->strings[texts[i].offset + texts[i].size])
			return check_refuse(row->check, "%s %u has a text outside the strings", row->who, row->number);
	return 0;
}

int
row_list(const struct row *row, const char *what, const struct pack_list *list, uint32_t count)
{
	if (list->first > count || list->count > count - list->first)
		return check_refuse(row->check, "%s %u lists %s %u to %llu of %u", row->who, row->number, what, list->first,
		              (unsigned long long)list->first + list->count, count);
	return 0;
}

int
row_index(const struct row *row, const char *what, uint32_t index, uint32_t count)
{
	if (index >= count)
		return check_refuse(row->check, "%s %u refers to %s %u of %u", row->who, row->number, what, index, count);
	return 0;
}

int
row_optional(const struct row *row, const char *what, uint32_t index, uint32_t count)
{
	return index == PACK_NONE ? 0 : row_index(row, what, index, count);
}

int
row_indices(const struct row *row, const char *what, const struct pack_list *list, uint32_t count)
{
	const struct pack_tables *t = row->check->tables;
	uint32_t i;

	if (row_list(row, "indices", list, t->index_count))
		return -1;
	for (i = 0; i < list->count; ++i)
		if (row_index(row, what, t->indices[list->first + i], count))
			return -1;
	return 0;
}

/* Flags that are known, and the member that is reserved. */
int
row_flags(const struct row *row, uint32_t flags, uint32_t known, uint32_t reserved)
{
	if (flags & ~known || reserved)
		return check_refuse(row->check, "%s %u has flags %u, reserved member %u", row->who, row->number, flags, reserved);
	return 0;
}
