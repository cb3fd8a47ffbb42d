/* logsource.c - the model of all logsources files: adding one, finding a logsource, what live sources give it. */
#include "arena.h"
#include "diag.h"
#include "embed.h"
#include "ir.h"
#include "logsource.h"
#include "logsource_model.h"
#include "node.h"
#include "packfile.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* event.def as a flat list: a row without a field opens a kind, the rows after it are its fields. */
struct vocabulary_row {
	const char *kind, *field;
	uint8_t on_linux, on_windows; /* enum logsource_reach */
};

#define ALWAYS REACH_ALWAYS
#define SOMETIMES REACH_SOMETIMES
#define LATE REACH_LATE
#define NEVER REACH_NEVER
#define FIELD(member, field, ecs, on_linux, on_windows) {NULL, field, on_linux, on_windows},
static const struct vocabulary_row vocabulary[] = {
#define KIND(name, number, category, type, action, dataset) {#name, NULL, NEVER, NEVER},
#define TEXT FIELD
#define ARGS FIELD
#define U32 FIELD
#define U64 FIELD
#define ADDRESS FIELD
#define PORT FIELD
#define DERIVED FIELD
#define VIEW FIELD
#include "event.def"
};
#undef FIELD

/* windows.def: why a field of a kind is absent there, or another than it seems. */
static const struct { const char *kind, *field, *why; } caveats[] = {
#define CAVEAT(kind, field, why) {#kind, field, why},
#include "windows.def"
};

static const char *const foreign[] = {
#define FOREIGN(channel) channel,
#include "windows.def"
};

enum { CAVEAT_COUNT = sizeof(caveats) / sizeof(caveats[0]) };

enum { VOCABULARY_COUNT = sizeof(vocabulary) / sizeof(vocabulary[0]) };

static const char *const kinds[] = {
#define KIND(name, number, category, type, action, dataset) #name,
#include "event.def"
};

static int
text_is(struct ir_text text, const char *string)
{
	return text.size == strlen(string) && memcmp(text.data, string, text.size) == 0;
}

static int
text_equal(struct ir_text a, struct ir_text b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

const char *const *
logsource_kinds(size_t *count)
{
	*count = sizeof(kinds) / sizeof(kinds[0]);
	return kinds;
}

int
logsource_is_kind(struct ir_text kind)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (text_is(kind, kinds[i]))
			return 1;
	return 0;
}

struct logsources *
logsources_new(struct arena *arena)
{
	struct logsources *logsources = arena_alloc(arena, sizeof(*logsources));

	logsources->arena = arena;
	return logsources;
}

const struct source *
logsources_builtin(void)
{
	static struct source source = {.name = "logsources.yml"};

	source.data = embed_find("rules/logsources.yml", &source.size);
	return &source;
}

int
logsources_add(struct logsources *logsources, struct diag_list *diags, const struct source *source)
{
	struct document_list documents = {0};
	size_t i, shape_at = 0;
	int error;

	error = load_documents(logsources->arena, diags, source, &documents);
	for (i = 0; i < documents.count; i++)
		if (logsources_read(logsources, diags, &documents.items[i], &shape_at) != 0)
			error = -EBADMSG;
	return error;
}

struct logsource_entry *
logsources_find(const struct logsources *logsources, struct ir_text product, struct ir_text category,
                struct ir_text service)
{
	struct logsource_entry *entry;
	size_t i;

	for (i = 0; i < logsources->entry_count; i++) {
		entry = &logsources->entries[i];
		if (text_equal(entry->product, product) && text_equal(entry->category, category) &&
		    text_equal(entry->service, service))
			return entry;
	}
	return NULL;
}

/* The rows that events of the logsource fit: of its category, where it names one, else of its service or product. A
 * service beside a category leaves only the category's rows with that service (see row_counts). */
static const struct logsource_entry *
logsource_entry_of(const struct logsources *logsources, const struct logsource *logsource)
{
	struct ir_text none = {"", 0};

	return logsources_find(logsources, logsource->product, logsource->category,
	                       logsource->category.size ? none : logsource->service);
}

static int
row_counts(const struct logsource_row *row, const struct logsource *logsource)
{
	return !logsource->category.size || !logsource->service.size || text_equal(row->service, logsource->service);
}

int
logsource_known(const struct logsources *logsources, const struct logsource *logsource)
{
	const struct logsource_entry *entry = logsource_entry_of(logsources, logsource);
	size_t i;

	for (i = 0; entry && i < entry->row_count; i++)
		if (row_counts(&entry->rows[i], logsource))
			return 1;
	return 0;
}

static const struct vocabulary_row *
vocabulary_kind(struct ir_text kind)
{
	size_t i;

	for (i = 0; i < VOCABULARY_COUNT; i++)
		if (vocabulary[i].kind && text_is(kind, vocabulary[i].kind))
			return &vocabulary[i];
	return NULL;
}

static enum logsource_reach
kind_reach(struct ir_text kind, struct ir_text field, int windows)
{
	const struct vocabulary_row *row = vocabulary_kind(kind);

	for (row++; row < vocabulary + VOCABULARY_COUNT && row->field; row++)
		if (text_is(field, row->field))
			return windows ? row->on_windows : row->on_linux;
	return REACH_NEVER;
}

static int
test_is_channel(const struct logsource_test *test)
{
	if (!text_is(test->field, "Channel") || test->op != PACK_IS_ONE_OF)
		return 0;
	for (uint32_t i = 0; i < test->value_count; i++)
		for (size_t j = 0; j < sizeof(foreign) / sizeof(foreign[0]); j++)
			if (text_is(test->values[i], foreign[j]))
				return 0;
	return 1;
}

static int
row_has_channel(const struct logsource_row *row)
{
	for (size_t i = 0; i < row->test_count; i++)
		if (test_is_channel(&row->tests[i]))
			return 1;
	return 0;
}

static int
entry_is_live(const struct logsource_entry *entry)
{
	for (size_t i = 0; i < entry->row_count; i++)
		if (entry->rows[i].live_count)
			return 1;
	return 0;
}

/* Does the row take events of a channel of the event log, which Windows hands out as they come? Where a category has
 * live events, channels only tell the same again. */
static int
row_is_channel(const struct logsources *logsources, const struct logsource_entry *entry,
               const struct logsource_row *row)
{
	const struct logsource_entry *service;
	struct ir_text none = {"", 0};

	if (row->live_count || !text_is(row->product, "windows") || (entry->category.size && entry_is_live(entry)))
		return 0;
	if (!row->service.size)
		return row_has_channel(row);
	service = logsources_find(logsources, row->product, none, row->service);
	for (size_t i = 0; service && i < service->row_count; i++)
		if (row_has_channel(&service->rows[i]))
			return 1;
	return 0;
}

int
logsource_next_live(const struct logsources *logsources, const struct logsource *logsource, const char *platform,
                    struct logsource_live *live)
{
	const struct logsource_entry *entry = logsource_entry_of(logsources, logsource);

	for (; entry && live->row < entry->row_count; live->row++, live->kind = 0) {
		const struct logsource_row *row = &entry->rows[live->row];

		if (live->kind >= row->live_count + row_is_channel(logsources, entry, row) || !row_counts(row, logsource) ||
		    (platform && !text_is(row->product, platform)))
			continue;
		live->from = row;
		live->kind++;
		return 1;
	}
	return 0;
}

enum logsource_reach
logsource_live_reach(const struct logsource_live *live, struct ir_text field, struct ir_text *constant)
{
	const struct logsource_row *row = live->from;
	size_t i;

	*constant = (struct ir_text){"", 0};
	for (i = 0; i < row->rename_count; i++)
		if (text_equal(row->renames[i].to, field)) {
			field = row->renames[i].from; /* not set: a constant, there as often as the event */
			*constant = row->renames[i].constant;
			break;
		}
	if (!field.size || live->kind > row->live_count)
		return REACH_ALWAYS;
	return kind_reach(row->live[live->kind - 1], field, text_is(row->product, "windows"));
}

enum logsource_reach
logsource_reach(const struct logsources *logsources, const struct logsource *logsource, struct ir_text field,
                const char *platform)
{
	struct logsource_live live = {0};
	enum logsource_reach best = REACH_NEVER, reach;
	struct ir_text constant;

	while (logsource_next_live(logsources, logsource, platform, &live)) {
		reach = logsource_live_reach(&live, field, &constant);
		if (reach < best)
			best = reach;
	}
	return best;
}

static const char *
live_caveat(const struct logsource_live *live, struct ir_text field)
{
	const struct logsource_row *row = live->from;

	for (size_t i = 0; i < row->rename_count; i++)
		if (text_equal(row->renames[i].to, field))
			return NULL;
	for (size_t i = 0; live->kind <= row->live_count && i < CAVEAT_COUNT; i++)
		if (text_is(row->live[live->kind - 1], caveats[i].kind) && text_is(field, caveats[i].field))
			return caveats[i].why;
	return NULL;
}

const char *
logsource_caveat(const struct logsources *logsources, const struct logsource *logsource, struct ir_text field,
                 const char *platform)
{
	struct logsource_live live = {0};
	const char *why = NULL;

	while (!strcmp(platform, "windows") && !why && logsource_next_live(logsources, logsource, platform, &live))
		why = live_caveat(&live, field);
	return why;
}

static int
equal_but_case(struct ir_text name, const char *field)
{
	size_t i;

	if (strlen(field) != name.size || text_is(name, field))
		return 0;
	for (i = 0; i < name.size; i++)
		if (tolower((unsigned char)name.data[i]) != tolower((unsigned char)field[i]))
			return 0;
	return 1;
}

static const char *
row_field_case(const struct logsource_row *row, struct ir_text name)
{
	const struct vocabulary_row *field;
	size_t i;

	for (i = 0; i < row->rename_count; i++)
		if (equal_but_case(name, row->renames[i].to.data))
			return row->renames[i].to.data;
	for (i = 0; i < row->live_count; i++)
		for (field = vocabulary_kind(row->live[i]) + 1;
		     field < vocabulary + VOCABULARY_COUNT && field->field; field++)
			if (name.size && equal_but_case(name, field->field))
				return field->field;
	return NULL;
}

struct ir_text
logsource_field_case(const struct logsources *logsources, const struct logsource *logsource, struct ir_text name)
{
	const struct logsource_entry *entry = logsource_entry_of(logsources, logsource);
	struct ir_text none = {"", 0};
	const char *found;
	size_t i;

	for (i = 0; entry && i < entry->row_count; i++) {
		found = row_field_case(&entry->rows[i], name);
		if (found && logsource_reach(logsources, logsource, name, NULL) == REACH_NEVER)
			return arena_string(logsources->arena, found);
	}
	return none;
}

size_t
logsource_fields(const struct logsources *logsources, const struct logsource *logsource, const char **names, size_t room)
{
	const struct logsource_entry *entry = logsource_entry_of(logsources, logsource);
	const struct vocabulary_row *field;
	size_t count = 0;

	for (size_t i = 0; entry && i < entry->row_count; i++) {
		const struct logsource_row *row = &entry->rows[i];

		for (size_t j = 0; j < row->rename_count && count < room; j++)
			names[count++] = row->renames[j].to.data;
		for (size_t j = 0; row_counts(row, logsource) && j < row->live_count; j++)
			for (field = vocabulary_kind(row->live[j]) + 1;
			     field < vocabulary + VOCABULARY_COUNT && field->field && count < room; field++)
				if (*field->field)
					names[count++] = field->field;
	}
	return count;
}
