/* bind.c - which paths feed which slots: names and a pack's shapes turned into one tree. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "path_tree.h"
#include "bind_tree.h"
#include "pack.h"
#include "packfile.h"

/* Lower wins a slot that several paths feed; within a rank the earlier path. */
enum rank { RANK_FIELD, RANK_PATH, RANK_MEMBER, RANK_MEMBER_PATH, RANK_NAME, RANK_NAME_PATH, RANK_FALLBACK };
enum { RANK_SHIFT = 24 };

static int
add_name(struct path_tree *tree, const char *prefix, const struct bind_name *name, struct path_feed feed,
         enum rank rank)
{
	int error;

	feed.rank = (uint32_t)rank << RANK_SHIFT;
	error = path_tree_add(tree, prefix, name->data, name->size, 0, &feed);
	if (!error && memchr(name->data, '.', name->size)) {
		feed.rank = (uint32_t)(rank + 1) << RANK_SHIFT;
		error = path_tree_add(tree, prefix, name->data, name->size, 1, &feed);
	}
	return error;
}

/* Cuts a final "[N]" off a path: it names the value at index N of a list. Returns 1 + N, or 0 where there is none. */
static uint32_t
cut_index(const char *path, size_t *size)
{
	size_t i = *size;
	uint32_t index = 0, scale;

	if (i < 4 || path[--i] != ']')
		return 0;
	for (scale = 1; i > 1 && path[i - 1] >= '0' && path[i - 1] <= '9' && scale < 100000; --i, scale *= 10)
		index += scale * (uint32_t)(path[i - 1] - '0');
	if (scale == 1 || path[i - 1] != '[' || i < 2)
		return 0;
	*size = i - 1;
	return index + 1;
}

/* As one name with dots in it, which is tried first, and as a path. */
static int
add_path(struct path_tree *tree, const char *path, size_t size, struct path_feed feed)
{
	int error;

	feed.item = cut_index(path, &size);
	error = path_tree_add(tree, "", path, size, 0, &feed);

	++feed.rank;
	return error || !memchr(path, '.', size) ? error : path_tree_add(tree, "", path, size, 1, &feed);
}

/* A member whose key has the whole path in it: "EventData.Image". */
static int
add_flat(struct path_tree *tree, const char *prefix, const struct bind_name *name, struct path_feed feed)
{
	char key[512];
	size_t head = strlen(prefix), size = head + 1 + name->size;

	if (size > sizeof key)
		return 0;
	memcpy(key, prefix, head);
	key[head] = '.';
	memcpy(key + head + 1, name->data, name->size);
	feed.rank = (uint32_t)RANK_MEMBER << RANK_SHIFT;
	return path_tree_add(tree, "", key, size, 0, &feed);
}

/* Every name as a member of what the path names before its ".*". */
static int
add_members(struct bind *bind, const struct pack_tables *tables, uint32_t shape, const struct pack_path *path)
{
	struct path_feed feed = { .shape = shape };
	char prefix[256];
	int error = 0;

	if (path->path.size < 3 || path->path.size >= sizeof prefix)
		return 0;
	memcpy(prefix, pack_text_data(tables, path->path), path->path.size - 2);
	prefix[path->path.size - 2] = 0;
	for (feed.slot = 0; !error && feed.slot < bind->slot_count; ++feed.slot) {
		error = add_name(&bind->tree, prefix, &bind->names[feed.slot], feed, RANK_MEMBER);
		error = error ? error : add_flat(&bind->tree, prefix, &bind->names[feed.slot], feed);
	}
	return error;
}

static int
add_texts(struct bind *bind, const struct pack_tables *tables, struct pack_list list)
{
	const struct pack_text *text = tables->texts + list.first;
	int error = 0;
	uint32_t i;

	for (i = 0; !error && i < list.count; ++i)
		error = path_tree_add(&bind->tree, "", pack_text_data(tables, text[i]), text[i].size, 1, NULL);
	return error;
}

static int
add_shape(struct bind *bind, const struct pack_tables *tables, uint32_t number)
{
	const struct pack_shape *shape = &tables->shapes[number];
	int error = add_texts(bind, tables, shape->required);
	uint32_t i;

	error = error ? error : add_texts(bind, tables, shape->forbidden);
	error = error ? error : add_texts(bind, tables, shape->times);
	for (i = 0; !error && i < shape->paths.count; ++i) {
		const struct pack_path *path = &tables->paths[shape->paths.first + i];
		uint32_t rank = path->if_absent ? RANK_FALLBACK : RANK_PATH;
		struct path_feed feed = { .slot = path->slot, .shape = number, .rank = rank << RANK_SHIFT | 2 * i };

		if (path->slot == PACK_NONE)
			error = add_members(bind, tables, number, path);
		else
			error = add_path(&bind->tree, pack_text_data(tables, path->path), path->path.size, feed);
	}
	return error;
}

static int
find_texts(struct bind *bind, const struct pack_tables *tables, struct pack_list list, struct bind_nodes *nodes)
{
	uint32_t i;

	nodes->nodes = calloc(list.count + 1, sizeof *nodes->nodes);
	if (!nodes->nodes)
		return -ENOMEM;
	nodes->count = list.count;
	for (i = 0; i < list.count; ++i)
		nodes->nodes[i] = path_tree_find(&bind->tree, pack_text_data(tables, tables->texts[list.first + i]),
		                                 tables->texts[list.first + i].size);
	return 0;
}

static int
find_shapes(struct bind *bind, const struct pack_tables *tables)
{
	int error = 0;
	uint32_t i;

	bind->shapes = calloc(tables->shape_count + 1, sizeof *bind->shapes);
	if (!bind->shapes)
		return -ENOMEM;
	bind->shape_count = tables->shape_count;
	for (i = 0; !error && i < tables->shape_count; ++i) {
		const struct pack_shape *from = &tables->shapes[i];
		struct bind_shape *to = &bind->shapes[i];

		to->keeps_names = (from->flags & PACK_SHAPE_KEEPS_NAMES) != 0;
		error = find_texts(bind, tables, from->required, &to->required);
		error = error ? error : find_texts(bind, tables, from->forbidden, &to->forbidden);
		error = error ? error : find_texts(bind, tables, from->times, &to->times);
	}
	return error;
}

/* What a user says about names goes before everything else, in events of every shape. */
static int
add_field(struct bind *bind, const struct bind_field *field, uint32_t shape_count)
{
	struct path_feed feed = { .rank = RANK_FIELD };
	int error = 0;
	uint32_t i;

	for (; feed.slot < bind->slot_count; ++feed.slot) {
		const struct bind_name *name = &bind->names[feed.slot];

		if (name->size != strlen(field->name) || memcmp(name->data, field->name, name->size))
			continue;
		for (i = 0; !error && i <= shape_count; ++i) {
			feed.shape = i == shape_count ? PATH_ANY_SHAPE : i;
			error = add_path(&bind->tree, field->path, strlen(field->path), feed);
		}
	}
	return error;
}

/* About as many nodes as there will be: names stand at the root and, as a path and in one key, in the objects of shapes. */
static uint32_t
count_nodes(uint32_t names, const struct pack_tables *tables)
{
	uint32_t i, objects = 0;

	for (i = 0; tables && i < tables->path_count; ++i)
		objects += tables->paths[i].slot == PACK_NONE;
	return names * (1 + 2 * objects) + (tables ? 2 * tables->path_count : 0);
}

struct bind *
bind_new(const struct bind_name *names, uint32_t count, const struct pack_tables *tables,
         const struct bind_field *fields, size_t field_count)
{
	struct bind *bind = calloc(1, sizeof *bind);
	struct path_feed feed = { .shape = PATH_ANY_SHAPE };
	int error = bind ? 0 : -ENOMEM;
	uint32_t i;

	if (error)
		return NULL;
	bind->names = names;
	bind->slot_count = count;
	error = path_tree_start(&bind->tree, count_nodes(count, tables));
	for (; !error && feed.slot < count; ++feed.slot)
		error = add_name(&bind->tree, "", &names[feed.slot], feed, RANK_NAME);
	for (i = 0; !error && tables && i < tables->shape_count; ++i)
		error = add_shape(bind, tables, i);
	for (i = 0; !error && i < field_count; ++i)
		error = add_field(bind, &fields[i], tables ? tables->shape_count : 0);
	error = error ? error : path_tree_add(&bind->tree, "", "@timestamp", 10, 0, NULL);
	error = error ? error : path_tree_finish(&bind->tree);
	if (!error && tables)
		error = find_shapes(bind, tables);
	if (error) {
		bind_free(bind);
		return NULL;
	}
	bind->time = path_tree_child(&bind->tree, PATH_ROOT, "@timestamp", 10);
	return bind;
}

void
bind_free(struct bind *bind)
{
	uint32_t i;

	if (!bind)
		return;
	for (i = 0; i < bind->shape_count; ++i) {
		free(bind->shapes[i].required.nodes);
		free(bind->shapes[i].forbidden.nodes);
		free(bind->shapes[i].times.nodes);
	}
	free(bind->shapes);
	path_tree_done(&bind->tree);
	free(bind);
}
