/* pe_version.c - the version resource of a Windows program file: VS_VERSIONINFO and its strings. */
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "fold.h"
#include "pe.h"
#include "pe_map.h"

enum {
	RESOURCE_DIRECTORY = 16, RESOURCE_ENTRY = 8, RESOURCE_DATA = 16,
	RESOURCE_IS_DIRECTORY = 0x80000000u,
	RT_VERSION = 16,
	ENGLISH = 0x0409, /* a language */
	ANY = 0xffffffff,
	NODE_HEAD = 6, /* length, length of the value, type */
	NODE_MAX = 4096,
};

struct node { /* of the tree in a version resource: a key, a value, children; each begins at a multiple of 4 */
	const uint8_t *key, *value, *children, *end;
	uint32_t key_size, value_size; /* bytes */
};

/* The entry of a resource directory with that number, ANY: the first. Returns the offset in the resources that it states,
 * or UINT32_MAX. */
static uint32_t
find_entry(const uint8_t *resources, uint32_t size, uint32_t at, uint32_t id)
{
	uint32_t i, count;

	if (at > size || size - at < RESOURCE_DIRECTORY)
		return UINT32_MAX;
	count = read_u16(resources + at + 12) + (uint32_t)read_u16(resources + at + 14);
	for (i = 0, at += RESOURCE_DIRECTORY; i < count && size - at >= RESOURCE_ENTRY; ++i, at += RESOURCE_ENTRY)
		if (id == ANY || read_u32(resources + at) == id)
			return read_u32(resources + at + 4);
	return UINT32_MAX;
}

/* The bytes of the version resource: type, name, language (English where there is a choice), data. */
static const uint8_t *
find_version(const struct pe *pe, uint32_t *size)
{
	uint32_t left, at, directory, data_size;
	const uint8_t *resources = pe_at(pe, pe->resource_address, &left), *data;

	if (!pe->resource_address || !resources)
		return NULL;
	at = find_entry(resources, left, 0, RT_VERSION);
	directory = find_entry(resources, left, at & ~RESOURCE_IS_DIRECTORY, ANY) & ~RESOURCE_IS_DIRECTORY;
	at = find_entry(resources, left, directory, ENGLISH);
	if (at == UINT32_MAX)
		at = find_entry(resources, left, directory, ANY);
	if (at > left || left - at < RESOURCE_DATA)
		return NULL;
	data_size = read_u32(resources + at + 4);
	data = pe_at(pe, read_u32(resources + at), size);
	if (data && *size > data_size)
		*size = data_size;
	return data;
}

static const uint8_t *
align(const uint8_t *start, const uint8_t *at, const uint8_t *end)
{
	const uint8_t *aligned = at + (4 - (at - start) % 4) % 4;

	return aligned < end ? aligned : end;
}

/* The node at `at`; start: what is aligned to 4. 0, or -EBADMSG. */
static int
read_node(struct node *node, const uint8_t *start, const uint8_t *at, const uint8_t *end)
{
	uint32_t size, units;

	if (end - at < NODE_HEAD)
		return -EBADMSG;
	size = read_u16(at);
	if (size < NODE_HEAD || size > end - at)
		return -EBADMSG;
	node->end = at + size;
	units = read_u16(at + 2);
	node->value_size = read_u16(at + 4) ? 2 * units : units;
	node->key = at + NODE_HEAD;
	for (at = node->key; node->end - at >= 2 && read_u16(at); at += 2)
		;
	node->key_size = (uint32_t)(at - node->key);
	if (node->end - at < 2)
		return -EBADMSG;
	node->value = align(start, at + 2, node->end);
	if (node->value_size > node->end - node->value)
		node->value_size = (uint32_t)(node->end - node->value);
	node->children = align(start, node->value + node->value_size, node->end);
	return 0;
}

static int
has_key(const struct node *node, const char *key)
{
	const size_t size = strlen(key);
	size_t i;

	if (node->key_size != 2 * size)
		return 0;
	for (i = 0; i < size; ++i)
		if (node->key[2 * i] != (uint8_t)key[i] || node->key[2 * i + 1])
			return 0;
	return 1;
}

/* UTF-16 up to a NUL, as far as there is room. */
static void
copy_text(char text[PE_TEXT_MAX], const uint8_t *from, uint32_t size)
{
	uint8_t *to = (uint8_t *)text, *end = to + PE_TEXT_MAX - 4;
	uint32_t at, unit, low;

	for (at = 0; at + 2 <= size && to < end && (unit = read_u16(from + at)); at += 2) {
		low = unit >> 10 == 0x36 && at + 4 <= size ? read_u16(from + at + 2) : 0;
		if (low >> 10 == 0x37) {
			unit = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
			at += 2;
		}
		to += utf8_write(to, unit);
	}
	*to = 0;
}

static void
take_string(struct pe_version *version, const struct node *node)
{
	const struct {
		const char *key;
		char *text;
	} rows[] = {
		{ "OriginalFilename", version->original_file_name }, { "ProductName", version->product },
		{ "CompanyName", version->company }, { "FileDescription", version->description },
		{ "FileVersion", version->file_version },
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; ++i)
		if (has_key(node, rows[i].key) && !*rows[i].text)
			copy_text(rows[i].text, node->value, (uint32_t)(node->end - node->value));
}

/* Goes down StringFileInfo and its tables; level 0: children of the whole resource. */
static int
take_children(struct pe_version *version, const uint8_t *start, const struct node *parent, int level, int *room)
{
	const uint8_t *at = parent->children;
	struct node node;

	for (; parent->end - at >= NODE_HEAD && *room > 0; at = align(start, node.end, parent->end)) {
		--*room;
		if (read_node(&node, start, at, parent->end))
			return -EBADMSG;
		if (level == 2)
			take_string(version, &node);
		else if ((level || has_key(&node, "StringFileInfo")) && take_children(version, start, &node, level + 1, room))
			return -EBADMSG;
	}
	return 0;
}

int
pe_read_version(const struct pe *pe, struct pe_version *version)
{
	struct node root;
	uint32_t size;
	const uint8_t *start = find_version(pe, &size);
	int room = NODE_MAX;

	memset(version, 0, sizeof *version);
	if (!start)
		return -ENOENT;
	if (read_node(&root, start, start, start + size) || !has_key(&root, "VS_VERSION_INFO"))
		return -EBADMSG;
	return take_children(version, start, &root, 0, &room);
}
