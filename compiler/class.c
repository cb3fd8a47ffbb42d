/*
 * class.c - sets of code points as ranges.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "class.h"
#include "fold.h"
#include "regex.h"

void
class_add(struct arena *arena, struct class *class, uint32_t first, uint32_t last)
{
	struct regex_range *ranges = arena_alloc(arena, (class->count + 1) * sizeof(*ranges));
	uint32_t count = 0, i = 0;

	for (; i < class->count && class->ranges[i].last + 1 < first; i++)
		ranges[count++] = class->ranges[i];
	for (; i < class->count && class->ranges[i].first <= last + 1; i++) {
		first = class->ranges[i].first < first ? class->ranges[i].first : first;
		last = class->ranges[i].last > last ? class->ranges[i].last : last;
	}
	ranges[count++] = (struct regex_range){ first, last };
	for (; i < class->count; i++)
		ranges[count++] = class->ranges[i];
	class->ranges = ranges;
	class->count = count;
}

void
class_join(struct arena *arena, struct class *class, const struct class *other)
{
	for (uint32_t i = 0; i < other->count; i++)
		class_add(arena, class, other->ranges[i].first, other->ranges[i].last);
}

void
class_negate(struct arena *arena, struct class *class)
{
	struct regex_range *ranges = arena_alloc(arena, (class->count + 1) * sizeof(*ranges));
	uint32_t count = 0, next = 0;

	for (uint32_t i = 0; i < class->count; i++) {
		if (class->ranges[i].first > next)
			ranges[count++] = (struct regex_range){ next, class->ranges[i].first - 1 };
		next = class->ranges[i].last + 1;
	}
	if (next <= REGEX_LAST)
		ranges[count++] = (struct regex_range){ next, REGEX_LAST };
	class->ranges = ranges;
	class->count = count;
}

static int
class_has(const struct class *class, uint32_t point)
{
	for (uint32_t i = 0; i < class->count && class->ranges[i].first <= point; i++)
		if (point <= class->ranges[i].last)
			return 1;
	return 0;
}

enum { FOLDINGS_MAX = 4096 };

struct folding { /* point folds to folded, which is another */
	uint32_t folded, point;
};

static int
folding_compare(const void *a, const void *b)
{
	const struct folding *x = a, *y = b;

	return x->folded != y->folded ? (x->folded > y->folded) - (x->folded < y->folded)
	                              : (x->point > y->point) - (x->point < y->point);
}

/* All foldings, sorted; worked out once, as they never change. */
static const struct folding *
foldings_list(uint32_t *count)
{
	static struct folding foldings[FOLDINGS_MAX];
	static uint32_t used;

	*count = used;
	if (used)
		return foldings;
	for (uint32_t point = 0; point < CASEFOLD_END; point++) {
		if (fold_point(point) == point)
			continue;
		if (used == FOLDINGS_MAX)
			abort();
		foldings[used++] = (struct folding){ fold_point(point), point };
	}
	qsort(foldings, used, sizeof(*foldings), folding_compare);
	*count = used;
	return foldings;
}

void
class_close(struct arena *arena, struct class *class)
{
	struct class old = *class;
	uint32_t count, end;
	const struct folding *foldings = foldings_list(&count);

	for (uint32_t i = 0; i < count; i = end) {
		int member = class_has(&old, foldings[i].folded);

		for (end = i; end < count && foldings[end].folded == foldings[i].folded; end++)
			member |= class_has(&old, foldings[end].point);
		if (!member)
			continue;
		class_add(arena, class, foldings[i].folded, foldings[i].folded);
		for (uint32_t k = i; k < end; k++)
			class_add(arena, class, foldings[k].point, foldings[k].point);
	}
}

struct class_row {
	const char *name;
	uint32_t ranges[6][2]; /* ends with last 0 */
};

static const struct class_row escapes[] = {
	{ "d", { { '0', '9' } } },
	{ "w", { { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' } } },
	{ "s", { { '\t', '\r' }, { ' ', ' ' } } },
	{ "h", { { '\t', '\t' }, { ' ', ' ' }, { 0xa0, 0xa0 }, { 0x2000, 0x200a }, { 0x3000, 0x3000 } } },
	{ "v", { { '\n', '\r' }, { 0x85, 0x85 }, { 0x2028, 0x2029 } } },
	{ "n", { { '\n', '\n' } } },
};

static const struct class_row posix[] = {
	{ "alpha", { { 'A', 'Z' }, { 'a', 'z' } } },
	{ "digit", { { '0', '9' } } },
	{ "alnum", { { '0', '9' }, { 'A', 'Z' }, { 'a', 'z' } } },
	{ "upper", { { 'A', 'Z' } } },
	{ "lower", { { 'a', 'z' } } },
	{ "space", { { '\t', '\r' }, { ' ', ' ' } } },
	{ "blank", { { '\t', '\t' }, { ' ', ' ' } } },
	{ "punct", { { '!', '/' }, { ':', '@' }, { '[', '`' }, { '{', '~' } } },
	{ "xdigit", { { '0', '9' }, { 'A', 'F' }, { 'a', 'f' } } },
	{ "word", { { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' } } },
	{ "cntrl", { { 0, 0x1f }, { 0x7f, 0x7f } } },
	{ "print", { { ' ', '~' } } },
	{ "graph", { { '!', '~' } } },
	{ "ascii", { { 0, 0x7f } } },
};

static void
class_add_row(struct arena *arena, struct class *class, const struct class_row *row, int negated)
{
	struct class own = { 0 };

	for (size_t i = 0; i < 6 && row->ranges[i][1]; i++)
		class_add(arena, &own, row->ranges[i][0], row->ranges[i][1]);
	if (negated)
		class_negate(arena, &own);
	class_join(arena, class, &own);
}

int
class_add_escape(struct arena *arena, struct class *class, uint32_t letter)
{
	for (size_t i = 0; i < sizeof(escapes) / sizeof(*escapes); i++) {
		uint32_t lower = escapes[i].name[0];

		if ((letter != lower || letter == 'n') && letter != lower - 0x20)
			continue;
		class_add_row(arena, class, escapes + i, letter != lower);
		return 1;
	}
	return 0;
}

int
class_add_posix(struct arena *arena, struct class *class, const char *name, size_t size, int any_case)
{
	int negated = size > 0 && name[0] == '^';

	name += negated;
	size -= negated;
	if (any_case && size == 5 && (!memcmp(name, "upper", 5) || !memcmp(name, "lower", 5)))
		name = "alpha";
	for (size_t i = 0; i < sizeof(posix) / sizeof(*posix); i++) {
		if (strlen(posix[i].name) != size || memcmp(posix[i].name, name, size) != 0)
			continue;
		class_add_row(arena, class, posix + i, negated);
		return 1;
	}
	return 0;
}
