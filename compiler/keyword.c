/*
 * keyword.c - finds in each keyword the run of characters that a line of JSON must show and that says most.
 */
#include <string.h>

#include "arena.h"
#include "ir.h"
#include "keyword.h"
#include "literal.h"

enum { LITERAL_MIN = 3, RARE = 5 };

/* JSON has a short escape for quote, backslash and slash. */
static int
byte_is_plain(uint8_t byte)
{
	return byte >= ' ' && byte < 0x7f && !strchr("\"\\/", byte);
}

/* Punctuation is rare in the lines of events. */
static uint32_t
byte_worth(uint8_t byte)
{
	return (uint8_t)(byte - 'a') < 26 || (byte >= '-' && byte <= '9') || byte == ' ' ? 1 : RARE;
}

static struct ir_text
text_plain(struct ir_text text)
{
	struct ir_text best = { text.data, 0 };
	uint32_t worth = 0, most = 0;

	for (uint32_t i = 0, start = 0; i < text.size; i++) {
		if (!byte_is_plain((uint8_t)text.data[i])) {
			start = i + 1;
			worth = 0;
			continue;
		}
		worth += byte_worth((uint8_t)text.data[i]);
		if (i + 1 - start < LITERAL_MIN || worth <= most)
			continue;
		most = worth;
		best = (struct ir_text){ text.data + start, i + 1 - start };
	}
	return best;
}

const struct ir_text *
keyword_literals(struct arena *arena, const struct ir_group *group, uint32_t *count)
{
	struct ir_text *texts = NULL;

	*count = 0;
	for (uint32_t i = 0; i < group->predicate_count; i++) {
		const struct ir_predicate *predicate = &group->predicates[i];

		if (predicate->field != IR_NONE)
			continue;
		if (predicate->value_count == 0)
			return NULL;
		for (uint32_t k = 0; k < predicate->value_count; k++) {
			struct literals literals = literals_required(arena, predicate, &predicate->values[k]);

			if (!literals.count)
				return NULL;
			for (uint32_t j = 0; j < literals.count; j++) {
				struct ir_text text = text_plain(literals.texts[j]);

				if (text.size < LITERAL_MIN)
					return NULL;
				texts = arena_grow(arena, texts, *count, sizeof(*texts));
				texts[(*count)++] = text;
			}
		}
	}
	return texts;
}
