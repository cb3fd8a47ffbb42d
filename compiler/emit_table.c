/*
 * emit_table.c - constant tables as text for the assembler, which reads numbers a hundred times as fast as a C compiler.
 */
#include "emitter.h"

enum { LINE_NUMBERS = 16, NUMBER_ROOM = 24 };

void
emit_table(FILE *out, const char *name)
{
	fprintf(out, "\n\t.balign 32\n\t.globl %s\n\t.hidden %s\n%s:\n", name, name, name);
}

/* Writes a number's digits; returns their end. */
static char *
digits_put(char *at, uint64_t number, unsigned base)
{
	char digits[NUMBER_ROOM];
	unsigned count = 0;

	do {
		digits[count++] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number);
	while (count)
		*at++ = digits[--count];
	return at;
}

/* At most LINE_NUMBERS of them. */
static void
line_put(FILE *out, const char *directive, const uint64_t *numbers, uint32_t count, unsigned base)
{
	char line[LINE_NUMBERS * NUMBER_ROOM], *at = line;

	for (uint32_t i = 0; i < count; i++) {
		if (i)
			*at++ = ',';
		if (base == 16) {
			*at++ = '0';
			*at++ = 'x';
		}
		at = digits_put(at, numbers[i], base);
	}
	*at++ = '\n';
	fputs(directive, out);
	fwrite(line, 1, at - line, out);
}

void
emit_longs(FILE *out, const uint32_t *numbers, uint32_t count)
{
	uint64_t line[LINE_NUMBERS];
	uint32_t in_line = 0;

	for (uint32_t i = 0; i < count; i++) {
		line[in_line++] = numbers[i];
		if (in_line < LINE_NUMBERS && i + 1 < count)
			continue;
		line_put(out, "\t.long ", line, in_line, 10);
		in_line = 0;
	}
}

void
emit_quads(FILE *out, const uint64_t *words, uint32_t count)
{
	for (uint32_t i = 0; i < count; i += LINE_NUMBERS / 2)
		line_put(out, "\t.quad ", words + i, count - i < LINE_NUMBERS / 2 ? count - i : LINE_NUMBERS / 2, 16);
}

void
emit_numbers(FILE *out, const char *name, const uint32_t *numbers, uint32_t count)
{
	emit_table(out, name);
	emit_longs(out, numbers, count);
}

void
emit_bitmap(FILE *out, const char *name, const uint64_t *words, uint32_t bits)
{
	uint32_t count = (bits + 63) / 64;

	emit_table(out, name);
	emit_quads(out, words, count);
	if (count % 2)
		emit_quads(out, &(uint64_t){ 0 }, 1);
}
