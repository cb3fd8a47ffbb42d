/*
 * Events as Windows renders them: small ones by hand; and event logs, rendered here as Windows would, are the same JSON
 * either way. With arguments: prints the events of these .evtx files as they come out of XML, a line each.
 */
#include <errno.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "binxml.h"
#include "bytes.h"
#include "event_xml.h"
#include "evtx.h"
#include "json.h"
#include "line.h"
#include "os.h"

static struct event_xml xml;
static struct binxml log_record;
static struct line rendered, json, one, other;

/* Rendering ------------------------------------------------------------------------------------------------------ */

static void
put_unit(uint32_t unit)
{
	const char bytes[2] = { (char)unit, (char)(unit >> 8) };

	line_raw(&rendered, bytes, 2);
}

static void
put_ascii(const char *text)
{
	for (; *text; text++)
		put_unit((uint8_t)*text);
}

static void
put_escaped(uint32_t unit)
{
	switch (unit) {
	case '&':
		put_ascii("&amp;");
		break;
	case '<':
		put_ascii("&lt;");
		break;
	case '>':
		put_ascii("&gt;");
		break;
	case '\'':
		put_ascii("&#39;");
		break;
	case '\n':
		put_ascii("&#xA;");
		break;
	default:
		put_unit(unit);
	}
}

/* A value in the words that Windows shows it with; text is what it is. */
static void
put_value(const struct binxml_node *text)
{
	uint32_t size = text->size;

	if (text->type == BINXML_STRING) {
		while (size >= 2 && !read_u16(text->data + size - 2))
			size -= 2;
		for (uint32_t i = 0; i + 2 <= size; i += 2)
			put_escaped(read_u16(text->data + i));
		return;
	}
	json.size = 0;
	binxml_write_value(&json, text->type, text->data, text->size);
	for (size_t i = 0; i < json.size; i++)
		if (json.data[i] != '"')
			put_escaped((uint8_t)json.data[i]);
}

static const struct binxml_node *
node_at(const struct binxml *tree, uint16_t number)
{
	return number ? &tree->nodes[number] : NULL;
}

static void
put_name(const struct binxml_node *node)
{
	line_raw(&rendered, (const char *)node->data, node->size);
}

static void
put_attributes(const struct binxml *tree, const struct binxml_node *element)
{
	for (const struct binxml_node *at = node_at(tree, element->first); at; at = node_at(tree, at->next)) {
		if (at->kind != BINXML_ATTRIBUTE || !at->first)
			continue;
		put_ascii(" ");
		put_name(at);
		put_ascii("='");
		for (const struct binxml_node *text = node_at(tree, at->first); text; text = node_at(tree, text->next))
			put_value(text);
		put_ascii("'");
	}
}

static void
put_element(const struct binxml *tree, const struct binxml_node *element)
{
	int is_empty = 1;

	put_ascii("<");
	put_name(element);
	put_attributes(tree, element);
	for (const struct binxml_node *at = node_at(tree, element->first); at; at = node_at(tree, at->next)) {
		if (at->kind == BINXML_ATTRIBUTE)
			continue;
		if (is_empty)
			put_ascii(">");
		is_empty = 0;
		if (at->kind == BINXML_ELEMENT)
			put_element(tree, at);
		else
			put_value(at);
	}
	put_ascii(is_empty ? "/>" : "</");
	if (is_empty)
		return;
	put_name(element);
	put_ascii(">");
}

/* Comparing ------------------------------------------------------------------------------------------------------ */

/* JSON with all but null as strings, into to. */
static void
flatten(const struct line *from, struct line *to)
{
	struct json_text text;
	enum json_token token;
	struct json walker;

	to->size = 0;
	json_start(&walker, from->data, from->size);
	while ((token = json_next(&walker, &text)) != JSON_END) {
		assert_int_not_equal(token, JSON_ERROR);
		if (token == JSON_KEY || token == JSON_STRING || token == JSON_NUMBER)
			line_raw(to, text.data, text.size);
		else if (token == JSON_TRUE || token == JSON_FALSE)
			line_text(to, token == JSON_TRUE ? "true" : "false");
		else
			line_text(to, token == JSON_NULL ? "null" : token == JSON_OBJECT ? "{" : token == JSON_OBJECT_END ? "}" :
			          token == JSON_ARRAY ? "[" : "]");
		line_text(to, "\n");
	}
	line_raw(to, "", 1);
}

static int
has_arrays(const struct binxml *tree)
{
	for (uint32_t i = 1; i < tree->node_count; i++)
		if (tree->nodes[i].kind == BINXML_TEXT && tree->nodes[i].type & BINXML_ARRAY)
			return 1;
	return 0;
}

/* The record through XML, as JSON, in `json`. */
static void
through_xml(const struct binxml *record)
{
	rendered.size = 0;
	put_element(record, node_at(record, record->nodes[0].first));
	if (event_xml_read(&xml, (const uint8_t *)rendered.data, rendered.size))
		fail_msg("%s", xml.tree.error);
	json.size = 0;
	binxml_write(&xml.tree, &json);
}

static void
each_record(const char *path, void (*visit)(const struct binxml *record))
{
	uint8_t *bytes;
	size_t size;
	struct evtx_chunk chunk;
	struct evtx_record record;

	assert_int_equal(os_read_file(path, 256 << 20, (void **)&bytes, &size), 0);
	for (size_t at = EVTX_HEADER_SIZE; at + EVTX_CHUNK_SIZE <= size; at += EVTX_CHUNK_SIZE) {
		if (evtx_chunk_open(&chunk, bytes + at) <= 0)
			continue;
		while (evtx_record_next(&chunk, &record) > 0)
			if (!binxml_read(&log_record, chunk.bytes, EVTX_CHUNK_SIZE, record.at, record.end))
				visit(&log_record);
	}
	free(bytes);
}

static uint32_t compared, left_out;

static void
compare(const struct binxml *record)
{
	if (has_arrays(record)) {
		left_out++;
		return;
	}
	json.size = 0;
	binxml_write(record, &json);
	flatten(&json, &one);
	through_xml(record);
	flatten(&json, &other);
	assert_string_equal(other.data, one.data);
	compared++;
}

static void
event_logs_come_out_of_xml_as_of_files(void **state)
{
	const char *corpora = getenv("RSNL_CORPORA");
	char pattern[512];
	glob_t found;

	(void)state;
	if (!corpora)
		skip();
	snprintf(pattern, sizeof pattern, "%s/regression/*/*.evtx", corpora);
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		each_record(found.gl_pathv[i], compare);
	globfree(&found);
	print_message("%u events the same, %u with arrays left out\n", compared, left_out);
	assert_true(compared > 80 && left_out < compared / 10);
}

/* By hand -------------------------------------------------------------------------------------------------------- */

/* The XML as JSON, or what is wrong with it. */
static const char *
shown(const char *text)
{
	rendered.size = 0;
	put_ascii(text);
	if (event_xml_read(&xml, (const uint8_t *)rendered.data, rendered.size))
		return xml.tree.error;
	json.size = 0;
	binxml_write(&xml.tree, &json);
	line_raw(&json, "", 1);
	return json.data;
}

static void
an_event_has_the_form_of_replay(void **state)
{
	(void)state;
	assert_string_equal(
	    shown("<Event xmlns='http://x'><System><Provider Name='Service Control Manager' Guid='{1}'/>"
	          "<EventID Qualifiers='16384'>7045</EventID><Correlation/><Channel>System</Channel></System>"
	          "<EventData><Data Name='ServiceName'>a &amp; b</Data><Data Name='Empty'></Data><Data>1</Data><Data>2</Data>"
	          "</EventData></Event>"),
	    "{\"Event\":{\"#attributes\":{\"xmlns\":\"http://x\"},\"System\":{\"Provider\":{\"#attributes\":{\"Name\":"
	    "\"Service Control Manager\",\"Guid\":\"{1}\"}},\"EventID\":{\"#attributes\":{\"Qualifiers\":\"16384\"},"
	    "\"#text\":\"7045\"},\"Correlation\":null,\"Channel\":\"System\"},\"EventData\":{\"ServiceName\":\"a & b\","
	    "\"Empty\":\"\",\"Data\":[\"1\",\"2\"]}}}");
}

static void
text_is_what_it_stands_for(void **state)
{
	(void)state;
	assert_string_equal(shown("<a>&lt;&#65;&#x1F600;&quot;\\&apos;</a>"), "{\"a\":\"<A\xf0\x9f\x98\x80\\\"\\\\'\"}");
	assert_string_equal(shown("<?xml version='1.0'?>\n<a>x<![CDATA[<&]]>y<!-- z --></a>"), "{\"a\":\"x<&y\"}");
	assert_string_equal(shown("<a b=\"'\" c = '' />"), "{\"a\":{\"#attributes\":{\"b\":\"'\",\"c\":\"\"}}}");
	assert_string_equal(shown("<a>one<b/>two</a >"), "{\"a\":{\"#text\":\"onetwo\",\"b\":null}}");
}

/* More than a node holds, in one string. */
static void
long_text_stays_whole(void **state)
{
	enum { LENGTH = 100000 };

	(void)state;
	rendered.size = 0;
	put_ascii("<a>");
	for (int i = 0; i < LENGTH; i++)
		put_unit('x');
	put_ascii("</a>");
	assert_int_equal(event_xml_read(&xml, (const uint8_t *)rendered.data, rendered.size), 0);
	json.size = 0;
	binxml_write(&xml.tree, &json);
	assert_int_equal(json.size, LENGTH + strlen("{'a':''}"));
	assert_null(memchr(json.data + 7, '"', LENGTH - 1));
}

static void
what_is_wrong_is_said(void **state)
{
	static char deep[4 * BINXML_DEPTH_MAX];

	(void)state;
	assert_string_equal(shown(""), "it is no XML");
	assert_string_equal(shown("text"), "it is no XML");
	assert_string_equal(shown("</a>"), "it is no XML");
	assert_string_equal(shown("<>"), "a name is missing");
	assert_string_equal(shown("<a"), "a name is missing");
	assert_string_equal(shown("<a b"), "an attribute has no value");
	assert_string_equal(shown("<a b=1>"), "an attribute's value has no quotes");
	assert_string_equal(shown("<a b='1>"), "an attribute's value does not end");
	assert_string_equal(shown("<a>text"), "an element does not end");
	assert_string_equal(shown("<a></a"), "an element does not end");
	assert_string_equal(shown("<a>&bad;</a>"), "an entity is not known");
	assert_string_equal(shown("<a>&#;</a>"), "a reference is to no character");
	assert_string_equal(shown("<a>&#x110000;</a>"), "a reference is to no character");
	assert_string_equal(shown("<a>&#x9999999999;</a>"), "a reference to a character is no number");
	assert_string_equal(shown("<a>&#1"), "a reference to a character is no number");
	assert_string_equal(shown("<a><![CDATA[ </a>"), "a CDATA section does not end");
	assert_string_equal(shown("<a><!-- </a>"), "a comment or an instruction does not end");
	for (int i = 0; i <= BINXML_DEPTH_MAX; i++)
		memcpy(deep + 3 * i, "<a>", 3);
	assert_string_equal(shown(deep), "its elements nest too deep");
}

static void
print(const struct binxml *record)
{
	through_xml(record);
	fwrite(json.data, 1, json.size, stdout);
	putchar('\n');
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_has_the_form_of_replay),
		cmocka_unit_test(text_is_what_it_stands_for),
		cmocka_unit_test(long_text_stays_whole),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(event_logs_come_out_of_xml_as_of_files),
	};
	int failed = 0;

	for (int i = 1; i < argc; i++)
		each_record(argv[i], print);
	if (argc == 1)
		failed = cmocka_run_group_tests(tests, NULL, NULL);
	line_done(&rendered);
	line_done(&json);
	line_done(&one);
	line_done(&other);
	return failed;
}
