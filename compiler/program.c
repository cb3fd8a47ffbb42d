/*
 * program.c - compiles a regular expression's tree, back to front, into a program over bytes.
 */
#include "arena.h"
#include "fold.h"
#include "program.h"
#include "regex.h"

struct builder {
	struct program *program;
	struct arena *arena;
	int whole; /* every place of a match must be between characters: \B holds within one, too */
};

static uint32_t build(struct builder *builder, const struct regex *regex, uint32_t next);

static uint32_t
op_add(struct builder *builder, enum op_type type, uint32_t next, uint32_t other)
{
	struct program *program = builder->program;

	if (program->count >= PROGRAM_MAX) {
		program->too_large = 1;
		return 0;
	}
	program->ops = arena_grow(builder->arena, program->ops, program->count, sizeof(*program->ops));
	program->ops[program->count] = (struct op){ .type = type, .next = next, .other = other };
	return program->count++;
}

static void
bytes_add(uint64_t *bytes, uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i <= last; i++)
		bytes[i / 64] |= UINT64_C(1) << i % 64;
}

/* The op that takes one byte of a range and goes to next; one made for the same class before is used again. */
static uint32_t
tail_add(struct builder *builder, uint32_t first_op, uint8_t first, uint8_t last, uint32_t next)
{
	uint64_t bytes[4] = { 0 };
	uint32_t op;

	bytes_add(bytes, first, last);
	for (op = first_op; op < builder->program->count; op++) {
		const struct op *known = builder->program->ops + op;

		if (known->type == OP_SET && known->next == next && known->bytes[0] == bytes[0] &&
		    known->bytes[1] == bytes[1] && known->bytes[2] == bytes[2] && known->bytes[3] == bytes[3])
			return op;
	}
	op = op_add(builder, OP_SET, next, 0);
	for (int i = 0; i < 4; i++)
		builder->program->ops[op].bytes[i] = bytes[i];
	return op;
}

struct leads { /* first bytes of a class's code points, by where they go on */
	struct { uint64_t bytes[4]; uint32_t next; } rows[128];
	uint32_t count;
};

static void
lead_add(struct leads *leads, uint8_t first, uint8_t last, uint32_t next)
{
	uint32_t i;

	for (i = 0; i < leads->count && leads->rows[i].next != next; i++)
		continue;
	if (i == sizeof(leads->rows) / sizeof(*leads->rows))
		return;
	if (i == leads->count)
		leads->rows[leads->count++].next = next;
	bytes_add(leads->rows[i].bytes, first, last);
}

/* Code points first to last as sequences of byte ranges. */
static void
range_add(struct builder *builder, struct leads *leads, uint32_t first_op, struct regex_range range, uint32_t next)
{
	static const uint32_t borders[] = { 0x7f, 0x7ff, 0xffff, 0x10ffff };
	uint32_t border = PROGRAM_NONE, size;
	uint8_t low[4], high[4];

	for (int i = 0; i < 4; i++)
		if (range.first <= borders[i] && range.last > borders[i] && border == PROGRAM_NONE)
			border = borders[i];
	for (uint32_t bits = 6; bits <= 18 && border == PROGRAM_NONE && range.first > 0x7f; bits += 6) {
		uint32_t mask = (1u << bits) - 1;

		if ((range.first & ~mask) == (range.last & ~mask))
			break;
		if (range.first & mask)
			border = range.first | mask;
		else if ((range.last & mask) != mask)
			border = (range.last & ~mask) - 1;
	}
	if (border != PROGRAM_NONE) {
		range_add(builder, leads, first_op, (struct regex_range){ range.first, border }, next);
		range_add(builder, leads, first_op, (struct regex_range){ border + 1, range.last }, next);
		return;
	}
	size = utf8_write(low, range.first);
	utf8_write(high, range.last);
	for (uint32_t i = size; i-- > 1;)
		next = tail_add(builder, first_op, low[i], high[i], next);
	lead_add(leads, low[0], high[0], next);
}

/* All that is not ASCII, in well-formed text, told by its first byte alone. */
static void
rest_add(struct builder *builder, struct leads *leads, uint32_t first_op, uint32_t next)
{
	uint32_t tail = next;

	for (uint32_t size = 2; size <= 4; size++) {
		tail = tail_add(builder, first_op, 0x80, 0xbf, tail);
		lead_add(leads, size == 2 ? 0xc2 : size == 3 ? 0xe0 : 0xf0, size == 2 ? 0xdf : size == 3 ? 0xef : 0xf4, tail);
		if (size == 2)
			lead_add(leads, 0xf8, 0xf9, tail);
	}
}

/* Does the class hold everything that is not ASCII? Its last range then begins at or before 0x80. */
static int
class_has_rest(const struct regex *class)
{
	const struct regex_range *last = class->ranges + class->range_count - 1;

	return class->range_count && last->first <= 0x80 && last->last == REGEX_LAST;
}

static uint32_t
build_class(struct builder *builder, const struct regex *class, uint32_t next)
{
	struct leads leads = { .count = 0 };
	uint32_t first_op = builder->program->count, entry = PROGRAM_NONE, op;
	int rest = class_has_rest(class);

	for (uint32_t i = 0; i < class->range_count; i++) {
		struct regex_range range = class->ranges[i];

		if (rest && range.last > 0x7f)
			range.last = 0x7f;
		if (range.first <= range.last)
			range_add(builder, &leads, first_op, range, next);
	}
	if (rest)
		rest_add(builder, &leads, first_op, next);
	if (!leads.count)
		return op_add(builder, OP_SET, next, 0);
	for (uint32_t i = 0; i < leads.count; i++) {
		op = op_add(builder, OP_SET, leads.rows[i].next, 0);
		for (int k = 0; k < 4; k++)
			builder->program->ops[op].bytes[k] = leads.rows[i].bytes[k];
		entry = entry == PROGRAM_NONE ? op : op_add(builder, OP_SPLIT, op, entry);
	}
	return entry;
}

/* Any number of members of a class that holds everything but some ASCII: bytes need not be told apart. */
static uint32_t
build_run(struct builder *builder, const struct regex *class, uint32_t next)
{
	uint32_t split = op_add(builder, OP_SPLIT, 0, next), set = op_add(builder, OP_SET, split, 0);

	for (uint32_t i = 0; i < class->range_count && class->ranges[i].first < 0x80; i++)
		bytes_add(builder->program->ops[set].bytes, class->ranges[i].first,
		          class->ranges[i].last > 0x7f ? 0x7f : class->ranges[i].last);
	bytes_add(builder->program->ops[set].bytes, 0x80, 0xff);
	builder->program->ops[split].next = set;
	return split;
}

static uint32_t
build_repeat(struct builder *builder, const struct regex *regex, uint32_t next)
{
	const struct regex *child = regex->children[0];
	uint32_t entry = next, split;

	if (regex->max == REGEX_NO_LIMIT && child->type == REGEX_CLASS && class_has_rest(child) && !builder->whole) {
		entry = build_run(builder, child, next);
	} else if (regex->max == REGEX_NO_LIMIT) {
		entry = split = op_add(builder, OP_SPLIT, 0, next);
		builder->program->ops[split].next = next;
		split = build(builder, child, entry);
		builder->program->ops[entry].next = split;
	}
	for (uint32_t i = regex->min; i < regex->max && regex->max != REGEX_NO_LIMIT; i++) {
		if (builder->program->too_large)
			return 0;
		split = build(builder, child, entry);
		entry = op_add(builder, OP_SPLIT, split, next);
	}
	for (uint32_t i = 0; i < regex->min && !builder->program->too_large; i++)
		entry = build(builder, child, entry);
	return entry;
}

static uint32_t
build_assertion(struct builder *builder, enum regex_type type, uint32_t next)
{
	uint32_t op = op_add(builder, OP_ASSERT, next, 0);

	builder->program->ops[op].assertion = type;
	builder->program->has_words |= type == REGEX_WORD || type == REGEX_NOT_WORD;
	builder->program->has_lines |= type == REGEX_LAST_LINE || type == REGEX_LINE_START || type == REGEX_LINE_END;
	return op;
}

/* The entry of regex, going on to next. */
static uint32_t
build(struct builder *builder, const struct regex *regex, uint32_t next)
{
	uint32_t entry = PROGRAM_NONE, op;

	if (builder->program->too_large)
		return 0;
	switch (regex->type) {
	case REGEX_EMPTY: return next;
	case REGEX_CLASS: return build_class(builder, regex, next);
	case REGEX_REPEAT: return build_repeat(builder, regex, next);
	case REGEX_CONCAT:
		for (uint32_t i = regex->child_count; i-- > 0;)
			next = build(builder, regex->children[i], next);
		return next;
	case REGEX_ALTERNATE:
		for (uint32_t i = regex->child_count; i-- > 0;) {
			op = build(builder, regex->children[i], next);
			entry = entry == PROGRAM_NONE ? op : op_add(builder, OP_SPLIT, op, entry);
		}
		return entry;
	default: return build_assertion(builder, regex->type, next);
	}
}

static int
regex_has(const struct regex *regex, enum regex_type type)
{
	if (regex->type == type)
		return 1;
	for (uint32_t i = 0; i < regex->child_count; i++)
		if (regex_has(regex->children[i], type))
			return 1;
	return 0;
}

void
program_build(struct program *program, struct arena *arena, const struct regex *regex, int search)
{
	static const struct regex_range all = { 0, REGEX_LAST };
	static const struct regex any = { .type = REGEX_CLASS, .ranges = &all, .range_count = 1 };
	static const struct regex *children[] = { &any };
	static const struct regex run = { .type = REGEX_REPEAT, .max = REGEX_NO_LIMIT, .children = children, .child_count = 1 };
	struct builder builder = { program, arena, regex_has(regex, REGEX_NOT_WORD) };

	*program = (struct program){ .count = 0 };
	op_add(&builder, OP_MATCH, 0, 0);
	program->start = build(&builder, regex, 0);
	if (search)
		program->start = build_repeat(&builder, &run, program->start);
}
