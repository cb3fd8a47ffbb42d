/* feed.c - reads indicator feeds: plain lists and CSV with a header, line by line. */
#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "feed.h"
#include "indicator.h"
#include "feed_model.h"
#include "packfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	RECOGNISE_BYTES = 65536,
	RECOGNISE_LINES = 64,
	COLUMN_MAX = 16,
};

enum column { COLUMN_TYPE, COLUMN_VALUE, COLUMN_SEVERITY, COLUMN_EXPIRES, COLUMN_SOURCE, COLUMN_COMMENT,
	COLUMN_COUNT };

static const char *const columns[COLUMN_COUNT] = {"type", "value", "severity", "expires", "source", "comment"};

const char *const feed_levels[FEED_LEVEL_COUNT] = {"informational", "low", "medium", "high", "critical"};

struct span {
	const char *data;
	size_t size;
};

struct reader {
	struct feed feed;
	struct diag_list *diags;
	struct span line;          /* the one at hand, without its end */
	uint32_t number;           /* of it, from 1 */
	size_t order[COLUMN_MAX];  /* CSV: which column stands where */
	size_t order_count;        /* 0: a plain list */
	uint64_t now;              /* UNIX seconds */
	size_t taken, expired;
	struct place first_expired;
};

static int
span_is(struct span span, const char *text)
{
	return span.size == strlen(text) && memcmp(span.data, text, span.size) == 0;
}

static struct span
span_trim(struct span span)
{
	while (span.size > 0 && strchr(" \t\r", span.data[span.size - 1]))
		span.size--;
	while (span.size > 0 && strchr(" \t", *span.data)) {
		span.data++;
		span.size--;
	}
	return span;
}

/* The next line of the source, without its end; 0: no more. */
static int
line_next(const struct source *source, size_t *at, struct span *line)
{
	const char *end;

	if (*at >= source->size)
		return 0;
	if (*at == 0 && source->size >= 3 && memcmp(source->data, "\xef\xbb\xbf", 3) == 0)
		*at = 3;
	line->data = source->data + *at;
	end = memchr(line->data, '\n', source->size - *at);
	line->size = end ? (size_t)(end - line->data) : source->size - *at;
	*at += line->size + 1;
	return 1;
}

/* One field of a CSV line, without its quotes (RFC 4180, within one line); *rest goes past its comma. 0: a quote does
 * not end. Doubled quotes stay as they are: no indicator has one. */
static int
csv_next(struct span *rest, struct span *field)
{
	const char *comma, *end;

	*field = *rest;
	if (rest->size > 0 && *rest->data == '"') {
		end = rest->data + 1;
		while (end < rest->data + rest->size && (*end != '"' || end[1] == '"'))
			end += *end == '"' ? 2 : 1;
		if (end >= rest->data + rest->size)
			return 0;
		*field = (struct span){rest->data + 1, end - rest->data - 1};
		comma = end + 1;
	} else {
		comma = memchr(rest->data, ',', rest->size);
		comma = comma ? comma : rest->data + rest->size;
		*field = span_trim((struct span){rest->data, comma - rest->data});
	}
	rest->size -= comma - rest->data;
	rest->data = comma;
	return 1;
}

static int
csv_more(struct span *rest)
{
	if (rest->size == 0 || *rest->data != ',')
		return 0;
	rest->data++;
	rest->size--;
	return 1;
}

static int
line_is_header(struct span line)
{
	struct span field;
	int type = 0, value = 0;

	do {
		if (!csv_next(&line, &field))
			return 0;
		type |= span_is(field, "type");
		value |= span_is(field, "value");
	} while (csv_more(&line));
	return type && value;
}

/* A plain line without its comment. */
static struct span
line_strip(struct span line)
{
	size_t i;

	line = span_trim(line);
	for (i = 0; i < line.size; i++)
		if (line.data[i] == '#' && (i == 0 || line.data[i - 1] == ' ' || line.data[i - 1] == '\t'))
			line.size = i;
	return span_trim(line);
}

int
feed_recognises(const struct source *source)
{
	struct source head = {source->name, source->data, source->size < RECOGNISE_BYTES ? source->size : RECOGNISE_BYTES};
	size_t at = 0, lines = 0, good = 0;
	struct span line;

	if (memchr(head.data, 0, head.size))
		return 0;
	while (lines < RECOGNISE_LINES && line_next(&head, &at, &line)) {
		line = line_strip(line);
		if (line.size == 0 || (at > head.size && head.size < source->size))
			continue;
		if (lines == 0 && line_is_header(line))
			return 1;
		lines++;
		good += indicator_guess(line.data, line.size) != INDICATOR_TYPE_COUNT;
		if (good == 0)
			return 0;
	}
	return good * 2 > lines;
}

static struct place
place_of(const struct reader *reader, struct span part)
{
	struct place place = {.source = reader->feed.source, .line = reader->number, .column = 1};
	const char *c;

	for (c = reader->line.data; c < part.data + part.size; c++) {
		if ((*c & 0xc0) == 0x80)
			continue;
		if (c < part.data)
			place.column++;
		else
			place.width++;
	}
	return place;
}

static void
header_read(struct reader *reader)
{
	struct span rest = reader->line, field;
	const char *near;
	size_t column;

	do {
		if (!csv_next(&rest, &field))
			return;
		for (column = 0; column < COLUMN_COUNT && !span_is(field, columns[column]); column++)
			;
		near = column < COLUMN_COUNT ? NULL : diag_nearest(field.data, field.size, columns, COLUMN_COUNT);
		if (column == COLUMN_COUNT)
			diag_add(reader->diags, place_of(reader, field), DIAG_bad_indicator,
			         "unknown column \"%.*s\"%s%s%s; columns are type,value,severity,expires,source,comment",
			         (int)field.size, field.data, near ? "; did you mean \"" : "", near ? near : "",
			         near ? "\"?" : "");
		if (reader->order_count < COLUMN_MAX)
			reader->order[reader->order_count++] = column;
	} while (csv_more(&rest));
}

static int
level_read(struct reader *reader, struct span text, uint8_t *level)
{
	size_t i;

	*level = PACK_HIGH;
	if (text.size == 0)
		return 0;
	for (i = 0; i < FEED_LEVEL_COUNT; i++)
		if (span_is(text, feed_levels[i])) {
			*level = i;
			return 0;
		}
	diag_add(reader->diags, place_of(reader, text), DIAG_bad_indicator,
	         "unknown severity \"%.*s\"; it is informational, low, medium, high or critical", (int)text.size, text.data);
	return -EINVAL;
}

/* 2027-01-31 (its first second) or 2027-01-31T12:00:00Z. */
static int
expires_read(struct reader *reader, struct span text, uint64_t *expires)
{
	char copy[32] = "", *end = copy;
	struct tm tm = {0};

	*expires = 0;
	if (text.size == 0)
		return 0;
	if (text.size < sizeof(copy)) {
		memcpy(copy, text.data, text.size);
		end = strptime(copy, "%Y-%m-%d", &tm);
		if (end && *end == 'T')
			end = strptime(end, "T%H:%M:%SZ", &tm);
	}
	if (!end || *end || text.size >= sizeof(copy)) {
		diag_add(reader->diags, place_of(reader, text), DIAG_bad_indicator,
		         "\"%.*s\" is no time; write 2027-01-31 or 2027-01-31T12:00:00Z", (int)text.size, text.data);
		return -EINVAL;
	}
	*expires = timegm(&tm) > 0 ? timegm(&tm) : 1; /* before 1970 is over, too */
	return 0;
}

static struct feed_bucket *
bucket_of(struct feed *feed, enum indicator_type type, uint8_t level, uint64_t expires, struct span provider)
{
	struct feed_bucket *bucket;
	size_t i;

	for (i = feed->bucket_count; i-- > 0;) {
		bucket = &feed->buckets[i];
		if (bucket->type == type && bucket->level == level && bucket->expires == expires &&
		    provider.size == bucket->provider.size && !memcmp(provider.data, bucket->provider.data, provider.size))
			return bucket;
	}
	feed->buckets = arena_grow(feed->arena, feed->buckets, feed->bucket_count, sizeof(*feed->buckets));
	bucket = &feed->buckets[feed->bucket_count++];
	*bucket = (struct feed_bucket){.type = type, .level = level, .expires = expires,
	                               .provider = arena_text(feed->arena, provider.data, provider.size)};
	return bucket;
}

static void
value_add(struct arena *arena, struct feed_values *set, const struct ir_value *value)
{
	struct feed_block *block = set->last;

	if (!block || block->count == FEED_BLOCK) {
		block = arena_alloc(arena, sizeof(*block));
		*(set->last ? &set->last->next : &set->first) = block;
		set->last = block;
	}
	block->items[block->count++] = *value;
	set->count++;
}

static void
bucket_add(struct feed *feed, struct feed_bucket *bucket, const struct indicator *indicator)
{
	size_t i;

	for (i = 0; i < bucket->set_count; i++)
		if (bucket->sets[i].op == indicator->op && bucket->sets[i].systems == indicator->systems)
			break;
	if (i == bucket->set_count) {
		bucket->sets = arena_grow(feed->arena, bucket->sets, bucket->set_count, sizeof(*bucket->sets));
		bucket->sets[bucket->set_count++] = (struct feed_values){.op = indicator->op, .systems = indicator->systems};
	}
	value_add(feed->arena, &bucket->sets[i], &indicator->value);
}

static void
indicator_take(struct reader *reader, enum indicator_type type, struct span value, struct span level_text,
               struct span expires_text, struct span provider)
{
	struct indicator_fault fault;
	struct indicator indicator;
	uint64_t expires;
	uint8_t level;

	if (indicator_read(reader->feed.arena, type, value.data, value.size, &indicator, &fault) != 0) {
		struct span part = {value.data + fault.offset, fault.size};

		diag_add(reader->diags, place_of(reader, part), DIAG_bad_indicator, "%s", fault.text);
		return;
	}
	if (level_read(reader, level_text, &level) != 0 || expires_read(reader, expires_text, &expires) != 0)
		return;
	if (expires && expires <= reader->now) {
		if (reader->expired++ == 0)
			reader->first_expired = place_of(reader, expires_text);
		return;
	}
	bucket_add(&reader->feed, bucket_of(&reader->feed, type, level, expires, provider), &indicator);
	reader->taken++;
}

static void
csv_line_read(struct reader *reader)
{
	struct span fields[COLUMN_COUNT] = {{NULL, 0}}, rest = reader->line, field;
	enum indicator_type type;
	size_t i = 0;

	for (i = 0; i < COLUMN_COUNT; i++)
		fields[i].data = reader->line.data;
	i = 0;
	do {
		if (!csv_next(&rest, &field) || i >= reader->order_count || (rest.size && *rest.data != ',')) {
			diag_add(reader->diags, place_of(reader, rest), DIAG_bad_indicator,
			         i >= reader->order_count ? "more fields than the header names" : "a quoted field does not end here");
			return;
		}
		if (reader->order[i] < COLUMN_COUNT)
			fields[reader->order[i]] = field;
		i++;
	} while (csv_more(&rest));
	type = indicator_type_named(fields[COLUMN_TYPE].data, fields[COLUMN_TYPE].size);
	if (type == INDICATOR_TYPE_COUNT) {
		diag_add(reader->diags, place_of(reader, fields[COLUMN_TYPE]), DIAG_bad_indicator,
		         "unknown type \"%.*s\"; types are md5, sha1, sha256, ip, cidr, domain and path",
		         (int)fields[COLUMN_TYPE].size, fields[COLUMN_TYPE].data);
		return;
	}
	indicator_take(reader, type, fields[COLUMN_VALUE], fields[COLUMN_SEVERITY], fields[COLUMN_EXPIRES],
	               fields[COLUMN_SOURCE]);
}

static void
plain_line_read(struct reader *reader, struct span line)
{
	struct span empty = {line.data, 0};
	enum indicator_type type = indicator_guess(line.data, line.size);

	if (type != INDICATOR_TYPE_COUNT) {
		indicator_take(reader, type, line, empty, empty, empty);
		return;
	}
	diag_add(reader->diags, place_of(reader, line), DIAG_bad_indicator,
	         "no md5 (32 digits), sha1 (40), sha256 (64), ip, cidr, domain or path");
}

static uint64_t
build_time(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");

	return epoch ? strtoull(epoch, NULL, 10) : (uint64_t)time(NULL);
}

size_t
feed_lower(struct ir_builder *builder, struct arena *arena, struct diag_list *diags,
           const struct logsources *logsources, const struct source *source)
{
	struct reader reader = {.feed = {.arena = arena, .source = source}, .diags = diags, .now = build_time()};
	struct span line;
	size_t at = 0;
	int first = 1;

	while (line_next(source, &at, &reader.line)) {
		reader.number++;
		line = line_strip(reader.line);
		if (line.size == 0)
			continue;
		if (first && line_is_header(line)) {
			reader.line = span_trim(reader.line);
			header_read(&reader);
		} else if (reader.order_count > 0) {
			csv_line_read(&reader);
		} else {
			plain_line_read(&reader, line);
		}
		first = 0;
	}
	if (reader.expired > 0)
		diag_add(diags, reader.first_expired, DIAG_expired_indicator,
		         "%zu expired indicators are left out; this is the first", reader.expired);
	feed_build(&reader.feed, logsources, builder);
	return reader.taken;
}
