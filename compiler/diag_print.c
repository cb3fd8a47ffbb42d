/*
 * diag_print.c - diagnostics as text with the source line and a caret, as JSON lines, as SARIF 2.1.0.
 */
#include <string.h>

#include "diag.h"
#include "file.h"
#include "utf8.h"

static const char *const severity_names[] = {"error", "warning", "note"};
static const char *const severity_colors[] = {"\033[1;31m", "\033[1;35m", "\033[1;36m"};

enum { SHOWN_MAX = 160, SHOWN_BEFORE = 80 }; /* code points of a source line, and of them before the caret */

struct line_cursor { /* the start of a line; only moves on, as diagnostics are sorted */
	const struct source *source;
	uint32_t line;
	size_t offset;
};

static void
cursor_move(struct line_cursor *cursor, const struct place *place)
{
	const char *end;

	if (cursor->source != place->source || cursor->line > place->line)
		*cursor = (struct line_cursor){place->source, 1, 0};
	while (cursor->line < place->line && cursor->offset < cursor->source->size) {
		end = memchr(cursor->source->data + cursor->offset, '\n', cursor->source->size - cursor->offset);
		cursor->offset = end ? (size_t)(end - cursor->source->data) + 1 : cursor->source->size;
		cursor->line++;
	}
}

static void
code_point_print(FILE *out, const char *data, size_t size)
{
	if (!size)
		fputs("\357\277\275", out);
	else if (size == 1 && ((unsigned char)data[0] < ' ' || data[0] == 0x7f) && data[0] != '\t')
		fputc('?', out);
	else
		fwrite(data, 1, size, out);
}

static void
text_print_source(FILE *out, const struct line_cursor *cursor, const struct place *place)
{
	const char *data = cursor->source->data + cursor->offset;
	size_t left = cursor->source->size - cursor->offset, size;
	uint32_t first = place->column > SHOWN_MAX ? place->column - SHOWN_BEFORE : 1;
	uint32_t width = place->width ? place->width : 1, column = 1;
	char pad[SHOWN_MAX + 1];
	uint32_t pad_size = 0;

	fprintf(out, "%5u | ", place->line);
	for (; left && *data != '\n' && *data != '\r' && column < first + SHOWN_MAX; column++) {
		size = utf8_size(data, left);
		if (column >= first)
			code_point_print(out, data, size);
		if (column >= first && column < place->column)
			pad[pad_size++] = *data == '\t' ? '\t' : ' ';
		data += size ? size : 1;
		left -= size ? size : 1;
	}
	while (pad_size + first < place->column && pad_size < SHOWN_MAX)
		pad[pad_size++] = ' ';
	fprintf(out, "\n      | %.*s^", (int)pad_size, pad);
	for (uint32_t i = 1; i < width && place->column + i < column; i++)
		fputc('~', out);
	fputc('\n', out);
}

static void
text_print(FILE *out, const struct diag *diag, struct line_cursor *cursor, int color)
{
	const struct place *place = &diag->place;

	if (place->source && place->line)
		fprintf(out, "%s:%u:%u: ", place->source->name, place->line, place->column);
	else if (place->source)
		fprintf(out, "%s:1:1: ", place->source->name);
	fprintf(out, "%s%s:%s %s [%s]\n", color ? severity_colors[diag->severity] : "", severity_names[diag->severity],
	        color ? "\033[0m" : "", diag->text, diag_rows[diag->name].name);
	if (!place->source || !place->line)
		return;
	cursor_move(cursor, place);
	text_print_source(out, cursor, place);
}

void
diag_print_json(FILE *out, const char *data, size_t size)
{
	const char *at = data, *end = data + size;
	size_t bytes;

	fputc('"', out);
	for (; at < end; at += bytes ? bytes : 1) {
		bytes = utf8_size(at, end - at);
		if (!bytes)
			fputs("\\ufffd", out);
		else if (*at == '"' || *at == '\\')
			fprintf(out, "\\%c", *at);
		else if ((unsigned char)*at < ' ')
			fprintf(out, "\\u%04x", *at);
		else
			fwrite(at, 1, bytes, out);
	}
	fputc('"', out);
}

static void
json_string(FILE *out, const char *string)
{
	diag_print_json(out, string, strlen(string));
}

static void
json_print(FILE *out, const struct diag *diag)
{
	fputs("{\"v\":1,\"type\":\"diagnostic\",\"file\":", out);
	json_string(out, diag->place.source ? diag->place.source->name : "");
	fprintf(out, ",\"line\":%u,\"col\":%u,\"severity\":\"%s\",\"name\":\"%s\",\"text\":", diag->place.line,
	        diag->place.column, severity_names[diag->severity], diag_rows[diag->name].name);
	json_string(out, diag->text);
	if (diag->rule_id) {
		fputs(",\"rule_id\":", out);
		json_string(out, diag->rule_id);
	}
	fputs("}\n", out);
}

/* A path as a relative reference: what RFC 3986 does not allow in a segment is percent-encoded. */
static void
sarif_print_uri(FILE *out, const char *path)
{
	static const char plain[] = "-._~!$&'()*+,;=@/";

	path = file_relative(path);
	while (!strncmp(path, "./", 2))
		path += 2;
	fputc('"', out);
	for (; *path; path++) {
		unsigned char byte = *path;

		if ((byte >= '0' && byte <= '9') || ((byte | 32) >= 'a' && (byte | 32) <= 'z') || strchr(plain, byte))
			fputc(byte, out);
		else
			fprintf(out, "%%%02X", byte);
	}
	fputc('"', out);
}

static void
sarif_print_result(FILE *out, const struct diag *diag)
{
	const struct place *place = &diag->place;
	const char *owner = diag->rule_id ? diag->rule_id : place->source ? place->source->name : "";

	fprintf(out, "{\"ruleId\":\"%s\",\"ruleIndex\":%d,\"level\":\"%s\",\"message\":{\"text\":",
	        diag_rows[diag->name].name, diag->name, severity_names[diag->severity]);
	json_string(out, diag->text);
	fputc('}', out);
	if (place->source) {
		fputs(",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":", out);
		sarif_print_uri(out, place->source->name);
		fputc('}', out);
		if (place->line)
			fprintf(out, ",\"region\":{\"startLine\":%u,\"startColumn\":%u,\"endColumn\":%u}", place->line,
			        place->column, place->column + (place->width ? place->width : 1));
		fputs("}}]", out);
	}
	fputs(",\"partialFingerprints\":{\"rsnlc/v1\":", out);
	diag_print_json(out, owner, strlen(owner));
	fprintf(out, ",\"rsnlc/name\":\"%s\"}}", diag_rows[diag->name].name);
}

static void
sarif_print(FILE *out, const struct diag_list *list, size_t count)
{
	fputs("{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
	      "\"tool\":{\"driver\":{\"name\":\"rsnlc\",\"rules\":[", out);
	for (int i = 0; i < DIAG_NAME_COUNT; i++) {
		fprintf(out, "%s{\"id\":\"%s\",\"shortDescription\":{\"text\":", i ? "," : "", diag_rows[i].name);
		json_string(out, diag_rows[i].explanation);
		fprintf(out, "},\"defaultConfiguration\":{\"level\":\"%s\"}}", severity_names[diag_rows[i].severity]);
	}
	fputs("]}},\"columnKind\":\"unicodeCodePoints\",\"results\":[", out);
	for (size_t i = 0; i < count; i++) {
		fputs(i ? ",\n" : "\n", out);
		sarif_print_result(out, diag_at(list, i));
	}
	fputs("\n]}]}\n", out);
}

void
diag_print(FILE *out, struct diag_list *list, enum diag_format format, int color)
{
	struct line_cursor cursor = {0};
	size_t count = diag_sort(list);

	if (format == DIAG_SARIF) {
		sarif_print(out, list, count);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (format == DIAG_JSON)
			json_print(out, diag_at(list, i));
		else if (diag_at(list, i)->severity <= diag_least(list))
			text_print(out, diag_at(list, i), &cursor, color);
	}
}
