/* packfile.c - finds the sections of an unpacked pack and checks every bound and reference in them, once. */
#include <stddef.h>
#include <string.h>

#include "packfile.h"
#include "packfile_row.h"

int
pack_header_check(const void *file, uint64_t file_size, char *why, uint32_t why_size)
{
	const struct check check = { .why = why, .why_size = why_size };
	struct pack_header header;
	uint64_t size;
	size_t i;

	if (file_size < sizeof header || memcmp(file, PACK_MAGIC, sizeof header.magic))
		return check_refuse(&check, "not a pack");
	memcpy(&header, file, sizeof header);
	if (header.format != PACK_FORMAT)
		return check_refuse(&check, "format %u, this reads %u", header.format, PACK_FORMAT);
	if (header.header_size != sizeof header)
		return check_refuse(&check, "header of %u bytes, not %zu", header.header_size, sizeof header);
	size = header.body_size + sizeof header;
	if (size < header.body_size || size > file_size)
		return check_refuse(&check, "header says %llu bytes, file has %llu", (unsigned long long)size,
		              (unsigned long long)file_size);
	if (file_size - size > PACK_SIGNATURE_MAX)
		return check_refuse(&check, "%llu bytes after the body, more than a signature",
		              (unsigned long long)(file_size - size));
	for (i = 0; i < sizeof header.name && header.name[i]; ++i)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789._-", header.name[i]))
			return check_refuse(&check, "name has byte 0x%02x", (unsigned char)header.name[i]);
	for (; i < sizeof header.name; ++i)
		if (header.name[i])
			return check_refuse(&check, "name is not padded with zeros");
	if (!header.name[0] || header.name[PACK_NAME_MAX])
		return check_refuse(&check, "name is empty or too long");
	if (strchr("._-", header.name[0]))
		return check_refuse(&check, "name begins with %c", header.name[0]);
	if (header.reserved)
		return check_refuse(&check, "reserved field of the header is %u", header.reserved);
	return 0;
}

/* One row a table section: type, member, count, element. */
#define TABLES(X) \
	X(PACK_MANIFEST, manifest, manifest_size) X(PACK_STRINGS, strings, strings_size) X(PACK_TEXTS, texts, text_count) \
	X(PACK_INDICES, indices, index_count) X(PACK_SLOTS, slots, slot_count) X(PACK_GROUPS, groups, group_count) \
	X(PACK_RULES, rules, rule_count) X(PACK_PREDICATES, predicates, predicate_count) X(PACK_USES, uses, use_count) \
	X(PACK_ROUTES, routes, route_count) X(PACK_CONDITIONS, conditions, condition_count) \
	X(PACK_VIEWS, views, view_count) X(PACK_SHAPES, shapes, shape_count) X(PACK_PATHS, paths, path_count) \
	X(PACK_VECTORS, vectors, vector_count) X(PACK_YARA_SOURCE, yara_sources, yara_source_count) \
	X(PACK_LITERALS, literals, literals_count) X(PACK_CORRELATIONS, correlations, correlation_count) \
	X(PACK_REFERENCES, correlation_references, reference_count) X(PACK_KEYS, keys, key_count) \
	X(PACK_WANTS, wants, want_count)

static int
take_table(const struct check *check, const struct pack_section *section)
{
	struct pack_tables *t = check->tables;
	const void *bytes = section + 1;

	switch (section->type) {
#define CASE(number, member, count) \
	case number: \
		if (t->member) \
			return check_refuse(check, "section %u stands twice", section->type); \
		if (section->size % sizeof *t->member || section->size / sizeof *t->member > 0x7fffffff) \
			return check_refuse(check, "section %u has %llu bytes, no whole rows of %zu", section->type, \
			              (unsigned long long)section->size, sizeof *t->member); \
		t->member = bytes; \
		t->count = (uint32_t)(section->size / sizeof *t->member); \
		break;
	TABLES(CASE)
#undef CASE
	}
	return 0;
}

static int
take_image(const struct check *check, const struct pack_section *section)
{
	const struct pack_image *image = (const void *)(section + 1);
	const char *bytes = (const char *)image, *at;
	uint32_t bit;

	if (section->size < sizeof *image || !image->target || image->target & (image->target - 1))
		return check_refuse(check, "image section without a target");
	bit = (uint32_t)__builtin_ctz(image->target);
	if (check->tables->images[bit])
		return check_refuse(check, "two images for one target");
	if (!(check->header->targets & image->target))
		return check_refuse(check, "image for target %u, which the header does not name", image->target);
	if (image->offset < sizeof *image || image->offset > section->size ||
	    image->size != section->size - image->offset)
		return check_refuse(check, "image of %llu bytes in a section of %llu", (unsigned long long)image->size,
		              (unsigned long long)section->size);
	if (image->offset - sizeof *image >= PACK_IMAGE_ALIGN || (bytes + image->offset - check->body) % PACK_IMAGE_ALIGN)
		return check_refuse(check, "image does not begin at the next page");
	for (at = bytes + sizeof *image; at < bytes + image->offset; ++at)
		if (*at)
			return check_refuse(check, "bytes before the image are not zero");
	check->tables->images[bit] = image;
	return 0;
}

static int
take_section(const struct check *check, const struct pack_section *section)
{
	struct pack_tables *t = check->tables;
	const struct pack_yara *yara = (const void *)(section + 1);

	if (section->reserved)
		return check_refuse(check, "reserved field of section %u is %u", section->type, section->reserved);
	switch (section->type) {
	case PACK_IMAGE:
		return take_image(check, section);
	case PACK_DATA:
		if (t->data)
			return check_refuse(check, "section %u stands twice", section->type);
		t->data = section + 1;
		t->data_size = section->size;
		return 0;
	case PACK_YARA:
		if (t->yara || section->size < sizeof *yara)
			return check_refuse(check, "section %u stands twice or is short", section->type);
		t->yara = yara;
		t->yara_size = section->size;
		return 0;
	}
	return take_table(check, section);
}

static int
take_sections(const struct check *check, const void *body, uint64_t size)
{
	const char *at = body, *end = at + size;
	uint32_t last = 0;

	while (at < end) {
		const struct pack_section *section = (const void *)at;
		uint64_t padded, i;

		if ((uint64_t)(end - at) < sizeof *section)
			return check_refuse(check, "%llu bytes after the last section", (unsigned long long)(end - at));
		padded = (section->size + 7) & ~(uint64_t)7;
		if (padded < section->size || padded > (uint64_t)(end - at) - sizeof *section)
			return check_refuse(check, "section %u has %llu bytes, %llu are left", section->type,
			              (unsigned long long)section->size,
			              (unsigned long long)((uint64_t)(end - at) - sizeof *section));
		for (i = section->size; i < padded; ++i)
			if (at[sizeof *section + i])
				return check_refuse(check, "padding of section %u is not zero", section->type);
		if (section->type < last || !section->type)
			return check_refuse(check, "section %u stands after section %u", section->type, last);
		last = section->type;
		if (take_section(check, section))
			return -1;
		at += sizeof *section + padded;
	}
	return 0;
}

static int
check_targets(const struct check *check)
{
	uint32_t bit;

	for (bit = 0; bit < 32; ++bit)
		if (check->header->targets >> bit & 1 && !check->tables->images[bit])
			return check_refuse(check, "no image for target %u, which the header names", 1u << bit);
	return 0;
}

/* Groups follow one another in the tables of rules and predicates, and nothing stands between or behind them but the
 * rules of no group. A late group may have the predicates of the group before it. */
static int
check_runs(const struct row *row)
{
	const struct pack_tables *t = row->check->tables;
	const struct pack_group *group = &t->groups[row->number], *before = row->number ? group - 1 : NULL;
	const uint32_t rule = before ? before->rules.first + before->rules.count : 0;
	const uint32_t predicate = before ? before->predicates.first + before->predicates.count : 0;
	const uint32_t end = group->predicates.first + group->predicates.count;
	uint32_t i;

	if (group->rules.first != rule || !(group->predicates.first == predicate || pack_group_continues(t, row->number)) ||
	    (row->number + 1 == t->group_count && end != t->predicate_count))
		return check_refuse(row->check, "group %u does not follow the one before it", row->number);
	for (i = 0; i < group->rules.count; ++i)
		if (t->rules[rule + i].group != row->number)
			return check_refuse(row->check, "rule %u is not of the group %u it stands in", rule + i, row->number);
	return 0;
}

static int
check_needs(const struct row *row)
{
	const struct pack_group *group = &row->check->tables->groups[row->number];

	if (!(group->flags & PACK_GROUP_NEEDS) && (group->needs.count || group->flags & PACK_GROUP_NEEDS_LEAVES))
		return check_refuse(row->check, "group %u lists needs that it has not", row->number);
	return row_indices(row, "slot", &group->needs, row->check->tables->slot_count);
}

static int
check_group(const struct row *row)
{
	const struct pack_tables *t = row->check->tables;
	const struct pack_group *group = &t->groups[row->number];

	if (group->rules.count > row->check->header->hits_max)
		return check_refuse(row->check, "group %u has %u rules, more than %u hits", row->number, group->rules.count,
		              row->check->header->hits_max);
	if (((uint64_t)group->predicates.count + 63) / 64 * 8 > row->check->header->scratch_size)
		return check_refuse(row->check, "group %u has %u predicates, more than fit the scratch", row->number,
		              group->predicates.count);
	return row_texts(row, &group->product, 3) || row_list(row, "rules", &group->rules, t->rule_count) ||
	       row_list(row, "predicates", &group->predicates, t->predicate_count) ||
	       row_indices(row, "slot", &group->slots, t->slot_count) ||
	       check_needs(row) ||
	       row_flags(row, group->flags, PACK_GROUP_LEAVES | PACK_GROUP_LATE | PACK_GROUP_NEEDS | PACK_GROUP_NEEDS_LEAVES,
	                 group->reserved) || check_runs(row);
}

static int
check_rule(const struct row *row)
{
	const struct pack_tables *t = row->check->tables;
	const struct pack_rule *rule = &t->rules[row->number];
	const struct pack_group *group;
	uint32_t i;

	if (row_texts(row, &rule->id, 10) || row_list(row, "texts", &rule->references, t->text_count) ||
	    row_list(row, "texts", &rule->tags, t->text_count) || row_list(row, "uses", &rule->uses, t->use_count) ||
	    row_optional(row, "group", rule->group, t->group_count) || row_flags(row, rule->flags, PACK_RULE_SILENT, 0))
		return -1;
	if (rule->level > PACK_CRITICAL || rule->engine > PACK_CORRELATION)
		return check_refuse(row->check, "rule %u has level %u, engine %u", row->number, rule->level, rule->engine);
	if (rule->group == PACK_NONE)
		return 0;
	group = &t->groups[rule->group];
	if (row->number - group->rules.first >= group->rules.count)
		return check_refuse(row->check, "rule %u is not in its group %u", row->number, rule->group);
	for (i = 0; i < rule->uses.count; ++i)
		if (row_index(row, "predicate", t->uses[rule->uses.first + i].predicate, group->predicates.count))
			return -1;
	return 0;
}

static int
check_predicate(const struct row *row)
{
	const struct pack_tables *t = row->check->tables;
	const struct pack_predicate *predicate = &t->predicates[row->number];

	if (predicate->op > PACK_SUBDOMAIN || predicate->part > PACK_YEAR)
		return check_refuse(row->check, "predicate %u has operator %u, part %u", row->number, predicate->op, predicate->part);
	return row_flags(row, predicate->flags, PACK_CASED | PACK_IN_DATA, predicate->reserved) ||
	       row_optional(row, "slot", predicate->slot, t->slot_count) ||
	       row_optional(row, "slot", predicate->other, t->slot_count) ||
	       row_list(row, "texts", &predicate->values, t->text_count);
}

static int
check_condition(const struct row *row)
{
	const struct pack_tables *t = row->check->tables;
	const struct pack_condition *condition = &t->conditions[row->number];

	if (condition->op > PACK_IS_NONE_OF)
		return check_refuse(row->check, "condition %u has operator %u", row->number, condition->op);
	return row_index(row, "slot", condition->slot, t->slot_count) ||
	       row_list(row, "texts", &condition->values, t->text_count);
}

static int
check_route(const struct row *row)
{
	const struct pack_tables *t = row->check->tables;
	const struct pack_route *route = &t->routes[row->number];

	return row_flags(row, route->flags, PACK_ROUTE_LIVE | PACK_ROUTE_RECORDED, route->reserved) ||
	       row_texts(row, &route->kind, 2) ||
	       row_list(row, "conditions", &route->conditions, t->condition_count) ||
	       row_indices(row, "group", &route->groups, t->group_count) ||
	       row_list(row, "views", &route->views, t->view_count);
}

static int
check_shape(const struct row *row)
{
	const struct pack_tables *t = row->check->tables;
	const struct pack_shape *shape = &t->shapes[row->number];

	return row_flags(row, shape->flags, PACK_SHAPE_KEEPS_NAMES, shape->reserved) ||
	       row_texts(row, &shape->name, 1) || row_list(row, "texts", &shape->required, t->text_count) ||
	       row_list(row, "texts", &shape->forbidden, t->text_count) ||
	       row_list(row, "paths", &shape->paths, t->path_count) ||
	       row_list(row, "texts", &shape->times, t->text_count);
}

static int
check_other(const struct check *check)
{
	const struct pack_tables *t = check->tables;
	struct row row = { check, "use", 0 };

	for (; row.number < t->use_count; ++row.number)
		if (row_texts(&row, &t->uses[row.number].part, 1) ||
		    row_flags(&row, t->uses[row.number].negated, 1, 0))
			return -1;
	for (row = (struct row){ check, "view", 0 }; row.number < t->view_count; ++row.number)
		if (row_index(&row, "slot", t->views[row.number].to, t->slot_count) ||
		    row_optional(&row, "slot", t->views[row.number].from, t->slot_count) ||
		    row_texts(&row, &t->views[row.number].constant, 1))
			return -1;
	for (row = (struct row){ check, "path", 0 }; row.number < t->path_count; ++row.number)
		if (row_texts(&row, &t->paths[row.number].path, 1) ||
		    row_flags(&row, t->paths[row.number].if_absent, 1, 0) ||
		    row_optional(&row, "slot", t->paths[row.number].slot, t->slot_count))
			return -1;
	for (row = (struct row){ check, "vector", 0 }; row.number < t->vector_count; ++row.number)
		if (row_texts(&row, &t->vectors[row.number].event, 2) ||
		    row_flags(&row, t->vectors[row.number].expected, 1, 0) ||
		    row_index(&row, "rule", t->vectors[row.number].rule, t->rule_count))
			return -1;
	for (row = (struct row){ check, "text", 0 }; row.number < t->text_count; ++row.number)
		if (row_texts(&row, &t->texts[row.number], 1))
			return -1;
	for (row = (struct row){ check, "slot", 0 }; row.number < t->slot_count; ++row.number)
		if (row_texts(&row, &t->slots[row.number].name, 1) ||
		    row_flags(&row, t->slots[row.number].flags, PACK_SLOT_LATE, t->slots[row.number].reserved))
			return -1;
	for (row = (struct row){ check, "YARA source", 0 }; row.number < t->yara_source_count; ++row.number)
		if (row_texts(&row, &t->yara_sources[row.number].name_space, 2))
			return -1;
	for (row = (struct row){ check, "literals", 0 }; row.number < t->literals_count; ++row.number)
		if (row_index(&row, "group", t->literals[row.number].group, t->group_count) ||
		    row_flags(&row, t->literals[row.number].flags, PACK_LITERALS_SOME, 0) ||
		    row_list(&row, "texts", &t->literals[row.number].texts, t->text_count))
			return -1;
	for (row = (struct row){ check, "want", 0 }; row.number < t->want_count; ++row.number)
		if (row_index(&row, "group", t->wants[row.number].group, t->group_count) ||
		    row_index(&row, "slot", t->wants[row.number].slot, t->slot_count) ||
		    row_list(&row, "texts", &t->wants[row.number].texts, t->text_count))
			return -1;
	return 0;
}

int
pack_tables_check(struct pack_tables *tables, const struct pack_header *header, const void *body, uint64_t size,
                  char *why, uint32_t why_size)
{
	static const struct {
		const char *name;
		size_t count; /* offset of the count in struct pack_tables */
		int (*check)(const struct row *row);
	} rows[] = {
		{ "group", offsetof(struct pack_tables, group_count), check_group },
		{ "rule", offsetof(struct pack_tables, rule_count), check_rule },
		{ "predicate", offsetof(struct pack_tables, predicate_count), check_predicate },
		{ "condition", offsetof(struct pack_tables, condition_count), check_condition },
		{ "route", offsetof(struct pack_tables, route_count), check_route },
		{ "shape", offsetof(struct pack_tables, shape_count), check_shape },
	};
	const struct check check = { tables, header, body, why, why_size };
	size_t i;

	memset(tables, 0, sizeof *tables);
	if (take_sections(&check, body, size) || check_targets(&check))
		return -1;
	if (tables->predicate_count && !tables->group_count)
		return check_refuse(&check, "%u predicates without a group", tables->predicate_count);
	if (!tables->strings_size || tables->strings[tables->strings_size - 1])
		return check_refuse(&check, "no strings, or no NUL after them");
	for (i = 0; i < sizeof rows / sizeof *rows; ++i) {
		uint32_t count = *(const uint32_t *)((const char *)tables + rows[i].count);
		struct row row = { &check, rows[i].name, 0 };

		for (; row.number < count; ++row.number)
			if (rows[i].check(&row))
				return -1;
	}
	return check_other(&check) || pack_correlations_check(&check) ? -1 : 0;
}
