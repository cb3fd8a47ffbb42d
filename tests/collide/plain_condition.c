/* plain_condition.c - conditions, decided while they are read. */
#include <string.h>
#include <strings.h>

#include "diag.h"
#include "ir.h"
#include "node.h"
#include "pack.h"
#include "pool.h"
#include "tree.h"
#include "points.h"
#include "plain_parts.h"

struct reader {
	const char *at;
	char word[256]; /* the next one; empty: the end */
	const struct plain_names *names;
};

static void
word_next(struct reader *reader)
{
	size_t size;

	reader->at += strspn(reader->at, " \t\r\n");
	size = *reader->at == '(' || *reader->at == ')' ? 1 : strcspn(reader->at, " \t\r\n()");
	size = size < sizeof(reader->word) ? size : sizeof(reader->word) - 1;
	memcpy(reader->word, reader->at, size);
	reader->word[size] = 0;
	reader->at += size;
}

static int
word_take(struct reader *reader, const char *word)
{
	if (strcasecmp(reader->word, word))
		return 0;
	word_next(reader);
	return 1;
}

static int
name_fits(const char *pattern, const char *name, size_t size)
{
	if (*pattern == '*')
		return name_fits(pattern + 1, name, size) || (size && name_fits(pattern, name + 1, size - 1));
	return *pattern ? size && *pattern == *name && name_fits(pattern + 1, name + 1, size - 1) : size == 0;
}

/* How many of the names hold, and how many there are. */
static uint32_t
names_count(const struct reader *reader, const char *pattern, uint32_t *total)
{
	const char *real = strcmp(pattern, "them") ? pattern : "*";
	uint32_t holding = 0;

	*total = 0;
	for (uint32_t i = 0; i < reader->names->count; i++) {
		struct bytes name = reader->names->names[i];

		if (!name_fits(real, name.data, name.size) || (name.data[0] == '_' && real[0] != '_'))
			continue;
		++*total;
		holding += reader->names->truths[i];
	}
	return holding;
}

static int
is_quantity(const char *word)
{
	return !strcasecmp(word, "all") || !strcasecmp(word, "any") || (*word && word[strspn(word, "0123456789")] == 0);
}

static int either(struct reader *reader);

static int
primary(struct reader *reader)
{
	char quantity[256];
	uint32_t total, holding, wanted = 0;
	int truth;

	if (word_take(reader, "(")) {
		truth = either(reader);
		word_take(reader, ")");
		return truth;
	}
	strcpy(quantity, reader->word);
	word_next(reader);
	if (!is_quantity(quantity) || strcasecmp(reader->word, "of"))
		return names_count(reader, quantity, &total) > 0;
	word_next(reader);
	holding = names_count(reader, reader->word, &total);
	word_next(reader);
	for (const char *digit = quantity; *digit >= '0' && *digit <= '9'; digit++)
		wanted = wanted * 10 + *digit - '0';
	if (!strcasecmp(quantity, "any"))
		wanted = 1;
	return strcasecmp(quantity, "all") ? holding >= wanted : holding == total;
}

static int
negation(struct reader *reader)
{
	return word_take(reader, "not") ? !negation(reader) : primary(reader);
}

static int
both(struct reader *reader)
{
	int truth = negation(reader);

	while (word_take(reader, "and"))
		truth &= negation(reader);
	return truth;
}

static int
either(struct reader *reader)
{
	int truth = both(reader);

	while (word_take(reader, "or"))
		truth |= both(reader);
	return truth;
}

int
plain_condition(const char *condition, const struct plain_names *names)
{
	struct reader reader = { .at = condition, .names = names };

	word_next(&reader);
	return either(&reader);
}
