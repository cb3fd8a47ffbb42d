/*
 * event_xml.h - an event as Windows renders it, XML in UTF-16LE, as the tree that binary XML makes (binxml.h).
 *
 * So binxml_write() shows both in one form, and what recognises recorded events recognises live ones. Only types are
 * not told apart: every value of rendered XML is text, and <a></a> is an empty text while <a/> is nothing.
 *
 * Reads what the event log renders and no more of XML: elements, attributes, text, references to characters, CDATA;
 * comments, instructions and declarations are stepped over. Include binxml.h first.
 */
#ifndef EVENT_XML_H
#define EVENT_XML_H

#include <stddef.h>
#include <stdint.h>

struct event_xml { /* storage for one event at a time */
	struct binxml tree;
	const uint8_t *at, *end;
	uint32_t character_count;
	uint8_t characters[BINXML_NODE_MAX][4]; /* UTF-16LE of references */
};

/* The tree borrows text. 0, or -EBADMSG with the reason in tree.error. */
int event_xml_read(struct event_xml *xml, const uint8_t *text, size_t size);
#endif
