/* event_xml.c - by recursive descent over UTF-16 units. */
#include <errno.h>
#include <string.h>

#include "binxml.h"
#include "bytes.h"
#include "event_xml.h"

enum { PIECE_MAX = 0xfffe, NOTHING = 0x10000 }; /* bytes of one node's text; no unit */

static int read_content(struct event_xml *xml, uint32_t parent);

static int
wrong(struct event_xml *xml, const char *error)
{
	xml->tree.error = error;
	return -EBADMSG;
}

/* The unit so many units ahead; NOTHING behind the end. */
static uint32_t
ahead(const struct event_xml *xml, size_t units)
{
	return units < (size_t)(xml->end - xml->at) / 2 ? read_u16(xml->at + 2 * units) : NOTHING;
}

static int
is_space(uint32_t unit)
{
	return unit == ' ' || unit == '\t' || unit == '\r' || unit == '\n';
}

/* Whether this ASCII text comes next. */
static int
begins(const struct event_xml *xml, const char *text)
{
	size_t i;

	for (i = 0; text[i] && ahead(xml, i) == (uint8_t)text[i]; ++i)
		;
	return !text[i];
}

/* Whether it does, and then it is stepped over. */
static int
skip(struct event_xml *xml, const char *text)
{
	if (!begins(xml, text))
		return 0;
	xml->at += 2 * strlen(text);
	return 1;
}

static void
skip_space(struct event_xml *xml)
{
	while (is_space(ahead(xml, 0)))
		xml->at += 2;
}

/* To where this ASCII text begins. 0: it does not come. */
static int
find(struct event_xml *xml, const char *text)
{
	for (; xml->at < xml->end; xml->at += 2)
		if (begins(xml, text))
			return 1;
	return 0;
}

static int
add_text(struct event_xml *xml, uint32_t parent, const uint8_t *text, size_t size)
{
	size_t piece;

	do {
		piece = size < PIECE_MAX ? size : PIECE_MAX;
		if (binxml_add_text(&xml->tree, parent, BINXML_STRING, text, (uint32_t)piece))
			return -EBADMSG;
		text += piece;
		size -= piece;
	} while (size);
	return 0;
}

static int
add_character(struct event_xml *xml, uint32_t parent, uint32_t point)
{
	const uint32_t high = 0xd800 + ((point - 0x10000) >> 10), low = 0xdc00 + (point & 0x3ff);
	uint8_t *to = xml->characters[xml->character_count];

	if (xml->character_count == BINXML_NODE_MAX)
		return wrong(xml, "it has too many references to characters");
	++xml->character_count;
	to[0] = (uint8_t)(point < 0x10000 ? point : high);
	to[1] = (uint8_t)((point < 0x10000 ? point : high) >> 8);
	to[2] = (uint8_t)low;
	to[3] = (uint8_t)(low >> 8);
	return add_text(xml, parent, to, point < 0x10000 ? 2 : 4);
}

/* The number of &#N; or &#xN;, from behind the #. */
static int
read_number(struct event_xml *xml, uint32_t *number)
{
	const uint32_t base = skip(xml, "x") ? 16 : 10;
	uint32_t unit, digit;

	for (*number = 0; !skip(xml, ";"); *number = *number * base + digit, xml->at += 2) {
		unit = ahead(xml, 0);
		digit = unit >= '0' && unit <= '9' ? unit - '0' : unit < 0x80 ? (unit | 0x20) - 'a' + 10 : base;
		if (digit >= base || *number > 0x10ffff)
			return wrong(xml, "a reference to a character is no number");
	}
	return *number && *number <= 0x10ffff ? 0 : wrong(xml, "a reference is to no character");
}

static int
read_reference(struct event_xml *xml, uint32_t parent)
{
	static const struct { const char *name; char character; } names[] = {
		{ "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&apos;", '\'' },
	};
	uint32_t number;

	for (size_t i = 0; i < sizeof names / sizeof *names; ++i)
		if (skip(xml, names[i].name))
			return add_character(xml, parent, (uint32_t)names[i].character);
	if (!skip(xml, "&#"))
		return wrong(xml, "an entity is not known");
	return read_number(xml, &number) ? -EBADMSG : add_character(xml, parent, number);
}

/* Text and references up to one of two units; an empty text where there is none. */
static int
read_text(struct event_xml *xml, uint32_t parent, uint32_t stop)
{
	const uint8_t *start;
	int error = 0;

	do {
		for (start = xml->at; ahead(xml, 0) != stop && ahead(xml, 0) != '&' && ahead(xml, 0) != NOTHING; xml->at += 2)
			;
		if (xml->at > start || ahead(xml, 0) != '&')
			error = add_text(xml, parent, start, (size_t)(xml->at - start));
		if (!error && ahead(xml, 0) == '&')
			error = read_reference(xml, parent);
	} while (!error && ahead(xml, 0) != stop && ahead(xml, 0) != NOTHING);
	return error;
}

static int
read_name(struct event_xml *xml, struct binxml_node *node)
{
	const uint8_t *start = xml->at;
	uint32_t unit;

	while ((unit = ahead(xml, 0)) != NOTHING && !is_space(unit) && unit != '=' && unit != '/' && unit != '>' && unit != '<')
		xml->at += 2;
	if (xml->at == start || xml->at - start > PIECE_MAX)
		return wrong(xml, "a name is missing");
	binxml_set_name(node, start, (uint16_t)(xml->at - start));
	return 0;
}

static int
read_attribute(struct event_xml *xml, uint32_t parent)
{
	struct binxml_node *node = binxml_add(&xml->tree, parent, BINXML_ATTRIBUTE);
	uint32_t quote;

	if (!node || read_name(xml, node))
		return -EBADMSG;
	skip_space(xml);
	if (!skip(xml, "="))
		return wrong(xml, "an attribute has no value");
	skip_space(xml);
	quote = ahead(xml, 0);
	if (quote != '\'' && quote != '"')
		return wrong(xml, "an attribute's value has no quotes");
	xml->at += 2;
	if (read_text(xml, (uint32_t)(node - xml->tree.nodes), quote))
		return -EBADMSG;
	if (ahead(xml, 0) != quote)
		return wrong(xml, "an attribute's value does not end");
	xml->at += 2;
	return 0;
}

/* </name>, whose name is not compared: Windows made it from a tree. */
static int
read_end(struct event_xml *xml)
{
	if (!skip(xml, "</") || !find(xml, ">"))
		return wrong(xml, "an element does not end");
	xml->at += 2;
	return 0;
}

static int
read_element(struct event_xml *xml, uint32_t parent)
{
	struct binxml_node *node = binxml_add(&xml->tree, parent, BINXML_ELEMENT);
	const uint32_t number = xml->tree.node_count - 1;

	xml->at += 2;
	if (!node || read_name(xml, node))
		return -EBADMSG;
	for (skip_space(xml); !begins(xml, ">") && !begins(xml, "/>"); skip_space(xml))
		if (read_attribute(xml, number))
			return -EBADMSG;
	if (skip(xml, "/>"))
		return 0;
	xml->at += 2;
	if (begins(xml, "</") && add_text(xml, number, xml->at, 0))
		return -EBADMSG;
	return read_content(xml, number) ? -EBADMSG : read_end(xml);
}

static int
read_cdata(struct event_xml *xml, uint32_t parent)
{
	const uint8_t *start = xml->at;

	if (!find(xml, "]]>"))
		return wrong(xml, "a CDATA section does not end");
	if (add_text(xml, parent, start, (size_t)(xml->at - start)))
		return -EBADMSG;
	skip(xml, "]]>");
	return 0;
}

/* What is neither an element nor text. */
static int
skip_aside(struct event_xml *xml)
{
	const char *end = begins(xml, "<?") ? "?>" : begins(xml, "<!--") ? "-->" : ">";

	if (!find(xml, end))
		return wrong(xml, "a comment or an instruction does not end");
	skip(xml, end);
	return 0;
}

/* Up to the end of parent, or of the text. */
static int
read_content(struct event_xml *xml, uint32_t parent)
{
	int error = 0;

	if (++xml->tree.depth > BINXML_DEPTH_MAX)
		return wrong(xml, "its elements nest too deep");
	while (!error && xml->at < xml->end && !begins(xml, "</")) {
		if (skip(xml, "<![CDATA["))
			error = read_cdata(xml, parent);
		else if (begins(xml, "<!") || begins(xml, "<?"))
			error = skip_aside(xml);
		else if (begins(xml, "<"))
			error = read_element(xml, parent);
		else
			error = read_text(xml, parent, '<');
	}
	--xml->tree.depth;
	return error;
}

int
event_xml_read(struct event_xml *xml, const uint8_t *text, size_t size)
{
	binxml_clear(&xml->tree);
	xml->character_count = 0;
	xml->at = text;
	xml->end = text + size / 2 * 2;
	skip_space(xml);
	while (begins(xml, "<?") || ahead(xml, 0) == 0xfeff) {
		if (ahead(xml, 0) == 0xfeff)
			xml->at += 2;
		else if (skip_aside(xml))
			return -EBADMSG;
		skip_space(xml);
	}
	if (!begins(xml, "<") || begins(xml, "</"))
		return wrong(xml, "it is no XML");
	return read_element(xml, 0);
}
