/*
 * binxml.h - the binary XML of Windows event records: a tree over the chunk's bytes, and that tree as JSON.
 *
 * A record is mostly an instance of a template that stands somewhere in the same chunk, and values for its
 * substitutions; a value may be binary XML again. Nothing is copied: nodes point into the chunk.
 */
#ifndef BINXML_H
#define BINXML_H

#include <stddef.h>
#include <stdint.h>

struct line;

enum {
	BINXML_NODE_MAX = 8192,     /* elements, attributes and pieces of text of one record */
	BINXML_STEP_MAX = 1 << 18,  /* tokens that are looked at for one record */
	BINXML_DEPTH_MAX = 64,      /* elements and values in one another */
	BINXML_TEXT_MAX = 1 << 20,  /* bytes of all values, where one is used many times */
	BINXML_NONE = 0,            /* no node: number 0 is the record itself */
};

enum binxml_type { /* of a value; or'ed with BINXML_ARRAY: a row of them */
	BINXML_NULL = 0x00, BINXML_STRING = 0x01, BINXML_ANSI = 0x02, BINXML_INT8 = 0x03, BINXML_UINT8 = 0x04,
	BINXML_INT16 = 0x05, BINXML_UINT16 = 0x06, BINXML_INT32 = 0x07, BINXML_UINT32 = 0x08, BINXML_INT64 = 0x09,
	BINXML_UINT64 = 0x0a, BINXML_FLOAT = 0x0b, BINXML_DOUBLE = 0x0c, BINXML_BOOL = 0x0d, BINXML_BINARY = 0x0e,
	BINXML_GUID = 0x0f, BINXML_SIZE = 0x10, BINXML_FILETIME = 0x11, BINXML_SYSTEMTIME = 0x12, BINXML_SID = 0x13,
	BINXML_HEX32 = 0x14, BINXML_HEX64 = 0x15, BINXML_XML = 0x21, BINXML_ARRAY = 0x80,
};

enum binxml_kind { BINXML_ELEMENT, BINXML_ATTRIBUTE, BINXML_TEXT };

struct binxml_node {
	const uint8_t *data;  /* element, attribute: its name in UTF-16; text: the value's bytes */
	uint16_t size;        /* bytes of it */
	uint8_t kind, type;   /* enum binxml_kind; text: enum binxml_type */
	uint32_t hash;        /* of the name */
	uint16_t first, last; /* of its children: attributes, elements and texts as they came */
	uint16_t next;        /* of its parent's children */
};

struct binxml { /* storage for one record at a time */
	const uint8_t *chunk;
	uint32_t chunk_size, node_count, text_size, steps, depth;
	const char *error; /* what is wrong, after -EBADMSG */
	struct binxml_node nodes[BINXML_NODE_MAX];
};

/* Reads the bytes at..end of a chunk. nodes[0] is the record, its children the top elements. 0, or -EBADMSG. */
int binxml_read(struct binxml *xml, const uint8_t *chunk, uint32_t chunk_size, uint32_t at, uint32_t end);
/* What another reader makes such a tree with (event_xml.h): nothing but the record; a new last child of parent, NULL when there
 * are too many; a text below parent, 0 or -EBADMSG. Data is borrowed as long as the tree is read. */
void binxml_clear(struct binxml *xml);
struct binxml_node *binxml_add(struct binxml *xml, uint32_t parent, enum binxml_kind kind);
int binxml_add_text(struct binxml *xml, uint32_t parent, uint8_t type, const uint8_t *data, uint32_t size);
void binxml_set_name(struct binxml_node *node, const uint8_t *name, uint16_t size); /* of an element or attribute */
/* The tree as one JSON object, in the form that tools for .evtx files use: attributes under "#attributes", text beside
 * them or beside elements as "#text", <Data Name="X"> as "X", elements of one name as an array. */
void binxml_write(const struct binxml *xml, struct line *json);
/* One value as JSON: a number, a string, true, false, null, or an array of them. */
void binxml_write_value(struct line *json, uint8_t type, const uint8_t *data, uint32_t size);
/* UTF-16 as a JSON string; lone surrogates stay, as escapes. */
void binxml_write_utf16(struct line *json, const uint8_t *data, uint32_t size);
#endif
