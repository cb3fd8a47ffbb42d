/* logsource_read.c - one document of a logsources file into the model; the file's grammar stands at its own top. */
#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "logsource_model.h"
#include "node.h"
#include "packfile.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

struct reader {
	struct logsources *logsources;
	struct arena *arena;
	struct diag_list *diags;
	int bad;
};

enum { ROW_RENAMES_MAX = 32 };

static const struct ir_text none = {"", 0};

static void __attribute__((format(printf, 3, 4)))
complain(struct reader *reader, const struct node *node, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	diag_add(reader->diags, node->place, DIAG_bad_logsources, "%s", text);
	reader->bad = 1;
}

/* 1 if node is a map with no key but those of the list, which ends with NULL. */
static int
map_expect(struct reader *reader, const struct node *node, const char *const *keys)
{
	const char *near;
	size_t i, count, j;

	if (node->type != NODE_MAP) {
		complain(reader, node, "a map is wanted here, this is %s", node_type_name(node->type));
		return 0;
	}
	for (count = 0; keys[count]; count++)
		;
	for (i = 0; i < node->count; i++) {
		for (j = 0; j < count && !node_is(node->keys[i], keys[j]); j++)
			;
		if (j < count)
			continue;
		near = diag_nearest(node->keys[i]->text.data, node->keys[i]->text.size, keys, count);
		complain(reader, node->keys[i], "unknown key \"%s\"%s%s%s", node->keys[i]->text.data,
		         near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	}
	return 1;
}

static struct ir_text
text_read(struct reader *reader, const struct node *node)
{
	if (!node)
		return none;
	if (!node_is_scalar(node) || node->text.size == 0) {
		complain(reader, node, "a text is wanted here, this is %s", node_type_name(node->type));
		return none;
	}
	return arena_text(reader->arena, node->text.data, node->text.size);
}

/* A scalar or a list of scalars. */
static const struct ir_text *
texts_read(struct reader *reader, const struct node *node, size_t *count)
{
	struct ir_text *texts = NULL;
	size_t i;

	*count = 0;
	if (!node)
		return NULL;
	if (node->type != NODE_LIST) {
		texts = arena_alloc(reader->arena, sizeof(*texts));
		texts[(*count)++] = text_read(reader, node);
		return texts;
	}
	texts = arena_alloc(reader->arena, node->count * sizeof(*texts) + 1);
	for (i = 0; i < node->count; i++)
		texts[(*count)++] = text_read(reader, node->items[i]);
	if (*count == 0)
		complain(reader, node, "the list is empty");
	return texts;
}

static void
kind_check(struct reader *reader, const struct node *node, struct ir_text kind)
{
	const char *const *kinds, *near;
	size_t count;

	if (!kind.size || logsource_is_kind(kind))
		return;
	kinds = logsource_kinds(&count);
	near = diag_nearest(kind.data, kind.size, kinds, count);
	complain(reader, node, "no event kind \"%s\"%s%s%s", kind.data, near ? "; did you mean \"" : "",
	         near ? near : "", near ? "\"?" : "");
}

static void
test_add(struct logsource_row *row, struct reader *reader, struct ir_text field, uint32_t op)
{
	row->tests = arena_grow(reader->arena, row->tests, row->test_count, sizeof(*row->tests));
	row->tests[row->test_count++] = (struct logsource_test){.field = field, .op = op};
}

static void
values_read(struct reader *reader, struct logsource_row *row, const struct node *map, uint32_t op)
{
	struct logsource_test *test;
	size_t i, count;

	if (map && map->type != NODE_MAP)
		complain(reader, map, "a map of fields to values is wanted here, this is %s", node_type_name(map->type));
	for (i = 0; map && map->type == NODE_MAP && i < map->count; i++) {
		test_add(row, reader, text_read(reader, map->keys[i]), op);
		test = &row->tests[row->test_count - 1];
		test->values = texts_read(reader, map->items[i], &count);
		test->value_count = count;
	}
}

static void
tests_read(struct reader *reader, struct logsource_row *row, const struct node *node)
{
	const struct ir_text *names;
	size_t i, count;

	values_read(reader, row, node_get(node, "where"), PACK_IS_ONE_OF);
	values_read(reader, row, node_get(node, "unless"), PACK_IS_NONE_OF);
	names = texts_read(reader, node_get(node, "has"), &count);
	for (i = 0; i < count; i++)
		test_add(row, reader, names[i], PACK_HAS);
	names = texts_read(reader, node_get(node, "lacks"), &count);
	for (i = 0; i < count; i++)
		test_add(row, reader, names[i], PACK_LACKS);
}

static void
renames_read(struct reader *reader, struct logsource_row *row, const struct node *fields, int constant)
{
	struct ir_text text;
	size_t i;

	if (fields && fields->type != NODE_MAP)
		complain(reader, fields, "a map of new names is wanted here, this is %s", node_type_name(fields->type));
	for (i = 0; fields && fields->type == NODE_MAP && i < fields->count; i++) {
		text = text_read(reader, fields->items[i]);
		row->renames = arena_grow(reader->arena, row->renames, row->rename_count, sizeof(*row->renames));
		row->renames[row->rename_count++] = (struct logsource_rename){
			.to = text_read(reader, fields->keys[i]),
			.from = constant ? none : text,
			.constant = constant ? text : none,
		};
	}
	if (row->rename_count > ROW_RENAMES_MAX)
		complain(reader, fields, "a row has more than %d new names", ROW_RENAMES_MAX);
}

static void
live_read(struct reader *reader, struct logsource_row *row, const struct node *node)
{
	const struct node *live = node_get(node, "live"), *kind = node_get(node, "kind");
	size_t i;

	row->live = texts_read(reader, live, &row->live_count);
	for (i = 0; i < row->live_count; i++)
		kind_check(reader, live, row->live[i]);
	row->kind = text_read(reader, kind);
	if (kind)
		kind_check(reader, kind, row->kind);
	else if (row->live_count == 1)
		row->kind = row->live[0];
}

static void
row_read(struct reader *reader, struct logsource_entry *entry, const struct node *node)
{
	static const char *const keys[] = {"live", "where", "unless", "has", "lacks", "service", "kind", "fields", "set",
		"product", NULL};
	const struct node *product = node_get(node, "product");
	struct logsource_row *row;

	if (!map_expect(reader, node, keys))
		return;
	entry->rows = arena_grow(reader->arena, entry->rows, entry->row_count, sizeof(*entry->rows));
	row = &entry->rows[entry->row_count++];
	*row = (struct logsource_row){.product = entry->product, .kind = none};
	if (product && entry->product.size)
		complain(reader, product, "product stands only in rows under \"any\"");
	else if (!product && !entry->product.size)
		complain(reader, node, "a row under \"any\" wants product: whose events these are");
	else if (product)
		row->product = text_read(reader, product);
	row->service = text_read(reader, node_get(node, "service"));
	live_read(reader, row, node);
	tests_read(reader, row, node);
	renames_read(reader, row, node_get(node, "fields"), 0);
	renames_read(reader, row, node_get(node, "set"), 1);
}

/* Rows of one logsource; they take the place of those that an earlier file gave it. */
static void
entry_read(struct reader *reader, struct ir_text product, struct ir_text category, struct ir_text service,
           const struct node *rows)
{
	struct logsources *all = reader->logsources;
	struct logsource_entry *entry = logsources_find(all, product, category, service);
	size_t i;

	if (!entry) {
		all->entries = arena_grow(reader->arena, all->entries, all->entry_count, sizeof(*all->entries));
		entry = &all->entries[all->entry_count++];
	}
	*entry = (struct logsource_entry){.product = product, .category = category, .service = service};
	if (rows->type != NODE_LIST)
		row_read(reader, entry, rows);
	for (i = 0; rows->type == NODE_LIST && i < rows->count; i++)
		row_read(reader, entry, rows->items[i]);
}

static void
entries_read(struct reader *reader, struct ir_text product, const struct node *map, int categories)
{
	struct ir_text name;
	size_t i;

	if (!map)
		return;
	if (map->type != NODE_MAP) {
		complain(reader, map, "a map of names to rows is wanted here, this is %s", node_type_name(map->type));
		return;
	}
	for (i = 0; i < map->count; i++) {
		name = text_read(reader, map->keys[i]);
		entry_read(reader, product, categories ? name : none, categories ? none : name, map->items[i]);
	}
}

static void
product_read(struct reader *reader, const struct node *name, const struct node *node)
{
	static const char *const keys[] = {"events", "services", "categories", NULL};
	struct ir_text product = node_is(name, "any") ? none : text_read(reader, name);
	const struct node *events = node_get(node, "events");

	if (!map_expect(reader, node, keys))
		return;
	if (events && !product.size)
		complain(reader, events, "a rule that names neither product, category nor service sees no event");
	else if (events)
		entry_read(reader, product, none, none, events);
	entries_read(reader, product, node_get(node, "services"), 0);
	entries_read(reader, product, node_get(node, "categories"), 1);
}

static void
path_add(struct reader *reader, struct logsource_shape *shape, struct ir_text field, struct ir_text path, int if_absent)
{
	shape->paths = arena_grow(reader->arena, shape->paths, shape->path_count, sizeof(*shape->paths));
	shape->paths[shape->path_count++] = (struct logsource_path){field, path, if_absent};
}

static void
paths_read(struct reader *reader, struct logsource_shape *shape, const struct node *map, int if_absent)
{
	const struct ir_text *paths;
	size_t i, j, count;

	if (map && map->type != NODE_MAP)
		complain(reader, map, "a map of fields to paths is wanted here, this is %s", node_type_name(map->type));
	for (i = 0; map && map->type == NODE_MAP && i < map->count; i++) {
		paths = texts_read(reader, map->items[i], &count);
		for (j = 0; j < count; j++)
			path_add(reader, shape, text_read(reader, map->keys[i]), paths[j], if_absent || j > 0);
	}
}

static void
shape_read(struct reader *reader, struct logsource_shape *shape, const struct node *node)
{
	static const char *const keys[] = {"name", "has", "lacks", "keeps_names", "fields", "defaults", "members", "time",
		NULL};
	const struct node *keeps = node_get(node, "keeps_names");
	const struct ir_text *members;
	const char *every;
	size_t i, count;

	*shape = (struct logsource_shape){.name = none, .keeps_names = 1};
	if (!map_expect(reader, node, keys))
		return;
	if (!node_get(node, "name") || !node_get(node, "has"))
		complain(reader, node, "a shape wants a name and has: what it is known by");
	shape->name = text_read(reader, node_get(node, "name"));
	shape->required = texts_read(reader, node_get(node, "has"), &shape->required_count);
	shape->forbidden = texts_read(reader, node_get(node, "lacks"), &shape->forbidden_count);
	shape->times = texts_read(reader, node_get(node, "time"), &shape->time_count);
	if (keeps && keeps->type != NODE_BOOL)
		complain(reader, keeps, "keeps_names is true or false");
	else if (keeps)
		shape->keeps_names = !node_is(keeps, "false") && !node_is(keeps, "False") && !node_is(keeps, "FALSE");
	paths_read(reader, shape, node_get(node, "fields"), 0);
	members = texts_read(reader, node_get(node, "members"), &count);
	for (i = 0; i < count; i++) {
		every = arena_print(reader->arena, "%s.*", members[i].data);
		path_add(reader, shape, none, arena_string(reader->arena, every), 1);
	}
	paths_read(reader, shape, node_get(node, "defaults"), 1);
}

/* Shapes of a later file are tried before those of earlier ones. */
static void
shapes_read(struct reader *reader, const struct node *list, size_t *shape_at)
{
	struct logsources *all = reader->logsources;
	struct logsource_shape *at;
	size_t i;

	if (list && list->type != NODE_LIST) {
		complain(reader, list, "shapes is a list");
		return;
	}
	for (i = 0; list && i < list->count; i++) {
		all->shapes = arena_grow(reader->arena, all->shapes, all->shape_count, sizeof(*all->shapes));
		at = &all->shapes[(*shape_at)++];
		memmove(at + 1, at, (char *)&all->shapes[all->shape_count++] - (char *)at);
		shape_read(reader, at, list->items[i]);
	}
}

/* A row's service must be one that this file or an earlier one describes. */
static void
services_check(struct reader *reader, const struct node *products)
{
	const struct logsource_entry *entry;
	const struct logsource_row *row;
	size_t i, j;

	for (i = 0; i < reader->logsources->entry_count; i++) {
		entry = &reader->logsources->entries[i];
		for (j = 0; j < entry->row_count; j++) {
			row = &entry->rows[j];
			if (row->service.size && !logsources_find(reader->logsources, row->product, none, row->service))
				complain(reader, products, "category \"%s\" refers to service \"%s\", which product \"%s\" lacks",
				         entry->category.data, row->service.data, row->product.data);
		}
	}
}

int
logsources_read(struct logsources *logsources, struct diag_list *diags, const struct document *document,
                size_t *shape_at)
{
	static const char *const keys[] = {"shapes", "products", NULL};
	struct reader reader = {.logsources = logsources, .arena = logsources->arena, .diags = diags};
	const struct node *products;
	size_t i;

	if (!document->root || !map_expect(&reader, document->root, keys))
		return reader.bad ? -EBADMSG : 0;
	shapes_read(&reader, node_get(document->root, "shapes"), shape_at);
	products = node_get(document->root, "products");
	if (products && products->type != NODE_MAP)
		complain(&reader, products, "products is a map");
	for (i = 0; products && products->type == NODE_MAP && i < products->count; i++)
		product_read(&reader, products->keys[i], products->items[i]);
	if (products)
		services_check(&reader, products);
	return reader.bad ? -EBADMSG : 0;
}
