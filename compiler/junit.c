/*
 * junit.c - JUnit's XML: a testsuite for each test file.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "file.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "suite.h"
#include "suite_run.h"
#include "junit.h"
#include "utf8.h"

struct counts {
	size_t cases, failed, skipped;
};

/* Text of an attribute. XML 1.0 has no place for control characters. */
static void
text_print(FILE *out, const char *text)
{
	size_t left = strlen(text), size;

	for (; left; text += size ? size : 1, left -= size ? size : 1) {
		size = utf8_size(text, left);
		if (!size || (unsigned char)*text < ' ')
			fputs("\357\277\275", out);
		else if (strchr("<>&\"'", *text))
			fprintf(out, "&#%d;", *text);
		else
			fwrite(text, 1, size, out);
	}
}

static void
attribute_print(FILE *out, const char *name, const char *text)
{
	fprintf(out, " %s=\"", name);
	text_print(out, text);
	fputc('"', out);
}

static struct counts
counts_of(const struct suite_result *results, size_t count)
{
	struct counts counts = {.cases = count};

	for (size_t i = 0; i < count; i++) {
		counts.failed += results[i].outcome == SUITE_FAILED;
		counts.skipped += results[i].outcome == SUITE_SKIPPED;
	}
	return counts;
}

static void
counts_print(FILE *out, struct counts counts)
{
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", counts.cases, counts.failed,
	        counts.skipped);
}

static void
case_print(FILE *out, const struct suite_case *one, const struct suite_result *result)
{
	char name[64];

	snprintf(name, sizeof(name), "%s[%zu]", one->list, one->index);
	fputs("    <testcase", out);
	attribute_print(out, "name", name);
	attribute_print(out, "classname", one->rule->title.data);
	attribute_print(out, "file", one->place.source->name);
	fprintf(out, " line=\"%u\"", one->place.line);
	if (result->outcome == SUITE_OK) {
		fputs("/>\n", out);
		return;
	}
	fputs(result->outcome == SUITE_FAILED ? ">\n      <failure" : ">\n      <skipped", out);
	attribute_print(out, "message", result->outcome == SUITE_FAILED ? result->text : "the rule is not selected");
	fputs("/>\n    </testcase>\n", out);
}

int
junit_write(const char *path, const struct suite *suite, const struct suite_result *results)
{
	char *text = NULL;
	size_t size = 0, first, last;
	FILE *out = open_memstream(&text, &size);
	int error;

	if (!out)
		return -ENOMEM;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"rsnlc test\"", out);
	counts_print(out, counts_of(results, suite->count));
	for (first = 0; first < suite->count; first = last) {
		const char *name = suite->cases[first].place.source->name;

		for (last = first; last < suite->count && suite->cases[last].place.source->name == name; last++)
			;
		fputs("  <testsuite", out);
		attribute_print(out, "name", name);
		counts_print(out, counts_of(results + first, last - first));
		for (size_t i = first; i < last; i++)
			case_print(out, &suite->cases[i], &results[i]);
		fputs("  </testsuite>\n", out);
	}
	fputs("</testsuites>\n", out);
	error = fclose(out) ? -ENOMEM : file_write(path, text, size, 0644);
	free(text);
	return error;
}
