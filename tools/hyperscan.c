/*
 * hyperscan.c - the strings that a pack's rules look for in command lines, found by Hyperscan and by a pack, in turns.
 *
 *   hyperscan rules PACK >rules.yml     a rule for each string that PACK looks for in command lines of Windows
 *   hyperscan compare PACK LINES        PACK: those rules, compiled; LINES: a command line each
 *
 * Both say which strings are in a line, letters in either case, each string once: Hyperscan by a callback that counts, with
 * HS_FLAG_SINGLEMATCH; the pack by hits of match(), in order, a rule each, as it does for any other rules. match() also
 * remembers what it found in lines that came before, so the second figure is of each line once. The time is that of the
 * processor in one thread, the fastest of the passes. Both must have found as many. tools/bench builds it where libhs is.
 */
#include <hs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "detector.h"
#include "os.h"
#include "pack.h"
#include "packfile.h"

enum { PASSES = 15, FILE_MAX = 1 << 30, GROUPS_MAX = 16 };

struct text {
	const char *data;
	uint32_t size;
};

struct subject {
	struct detector *detector;
	const struct pack_tables *tables;
	uint32_t groups[GROUPS_MAX], group_count, slot;
	struct text *strings, *lines;
	uint32_t string_count, line_count;
	uint64_t bytes; /* of the lines */
	struct value *slots;
	uint64_t *present;
	struct hit *hits;
	void *scratch;
	hs_database_t *database;
	hs_scratch_t *hs_scratch;
};

static void *
file_read(const char *path, size_t *size)
{
	void *data;

	if (os_read_file(path, FILE_MAX, &data, size)) {
		fprintf(stderr, "hyperscan: cannot read %s\n", path);
		exit(3);
	}
	return data;
}

static int
is(const struct subject *s, struct pack_text text, const char *word)
{
	return !strcmp(pack_text_data(s->tables, text), word);
}

static void
pack_load(struct subject *s, const char *path)
{
	const struct trust_policy policy = { .allow_unsigned = 1, .unpacked_max = PACK_UNPACKED_MAX };
	struct refusal why;
	size_t size;
	void *file = file_read(path, &size);

	if (detector_open(&s->detector, file, size, &policy, &why)) {
		fprintf(stderr, "hyperscan: %s refused at %s: %s\n", path, check_name(why.check), why.text);
		exit(4);
	}
	free(file);
	s->tables = detector_tables(s->detector);
	for (s->slot = 0; s->slot < s->tables->slot_count; s->slot++)
		if (is(s, s->tables->slots[s->slot].name, "CommandLine"))
			break;
	for (uint32_t i = 0; i < s->tables->group_count && s->group_count < GROUPS_MAX; i++)
		if (is(s, s->tables->groups[i].product, "windows") && is(s, s->tables->groups[i].category, "process_creation"))
			s->groups[s->group_count++] = i;
	s->slots = calloc(s->tables->slot_count + 1, sizeof(*s->slots));
	s->present = calloc(s->tables->slot_count / 64 + 1, sizeof(*s->present));
	s->hits = calloc(detector_header(s->detector)->hits_max + 1, sizeof(*s->hits));
	s->scratch = detector_scratch_new(s->detector);
	s->present[s->slot / 64] |= UINT64_C(1) << s->slot % 64;
}

static int
text_compare(const void *a, const void *b)
{
	const struct text *x = a, *y = b;

	return x->size != y->size ? (x->size > y->size) - (x->size < y->size) : strncasecmp(x->data, y->data, x->size);
}

/* What the groups' rules look for anywhere in the command line, each once. */
static void
strings_collect(struct subject *s)
{
	const struct pack_tables *t = s->tables;
	uint32_t count = 0;

	s->strings = calloc(t->text_count + 1, sizeof(*s->strings));
	for (uint32_t i = 0; i < s->group_count; i++) {
		const struct pack_group *group = &t->groups[s->groups[i]];

		for (uint32_t k = 0; k < group->predicates.count; k++) {
			const struct pack_predicate *p = &t->predicates[group->predicates.first + k];

			for (uint32_t v = 0; v < p->values.count && p->slot == s->slot && p->op == PACK_CONTAINS; v++) {
				struct pack_text text = t->texts[p->values.first + v];

				if (text.size && !(p->flags & PACK_CASED))
					s->strings[count++] = (struct text){ pack_text_data(t, text), text.size };
			}
		}
	}
	qsort(s->strings, count, sizeof(*s->strings), text_compare);
	for (uint32_t i = 0; i < count; i++)
		if (!i || text_compare(&s->strings[i], &s->strings[s->string_count - 1]))
			s->strings[s->string_count++] = s->strings[i];
}

/* What a rule means that writes a value so. */
static const char *
text_unescape(struct text text, size_t *size)
{
	char *out = malloc(text.size + 1);

	*size = 0;
	for (uint32_t i = 0; i < text.size; i++) {
		if (text.data[i] == '\\' && i + 1 < text.size && strchr("*?\\", text.data[i + 1]))
			i++;
		out[(*size)++] = text.data[i];
	}
	return out;
}

static void
rules_print(const struct subject *s)
{
	for (uint32_t i = 0; i < s->string_count; i++) {
		printf("---\ntitle: string %u\nid: 00000000-0000-4000-8000-%012u\nstatus: test\nlevel: low\n", i, i);
		printf("logsource: {product: windows, category: process_creation}\ndetection:\n  a:\n    CommandLine|contains: \"");
		for (uint32_t k = 0; k < s->strings[i].size; k++) {
			unsigned char byte = s->strings[i].data[k];

			if (byte < ' ' || byte == 0x7f)
				printf("\\x%02x", byte);
			else
				printf(byte == '"' || byte == '\\' ? "\\%c" : "%c", byte);
		}
		printf("\"\n  condition: a\n");
	}
}

static void
strings_compile(struct subject *s)
{
	const char **texts = calloc(s->string_count, sizeof(*texts));
	unsigned *flags = calloc(s->string_count, sizeof(*flags)), *ids = calloc(s->string_count, sizeof(*ids));
	size_t *sizes = calloc(s->string_count, sizeof(*sizes));
	hs_compile_error_t *error;

	for (uint32_t i = 0; i < s->string_count; i++) {
		texts[i] = text_unescape(s->strings[i], &sizes[i]);
		flags[i] = HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH;
		ids[i] = i;
	}
	if (hs_compile_lit_multi(texts, flags, ids, sizes, s->string_count, HS_MODE_BLOCK, NULL, &s->database, &error) ||
	    hs_alloc_scratch(s->database, &s->hs_scratch)) {
		fprintf(stderr, "hyperscan: the strings cannot be compiled\n");
		exit(5);
	}
}

static void
lines_load(struct subject *s, const char *path)
{
	size_t size;
	char *at = file_read(path, &size), *end = at + size, *next;

	s->lines = calloc(size + 1, sizeof(*s->lines));
	for (; at < end; at = next + 1) {
		next = memchr(at, '\n', end - at);
		next = next ? next : end;
		s->lines[s->line_count++] = (struct text){ at, next - at };
		s->bytes += next - at;
	}
}

static int
line_compare(const void *a, const void *b)
{
	const struct text *x = *(const struct text *const *)a, *y = *(const struct text *const *)b;
	uint32_t size = x->size < y->size ? x->size : y->size;
	int order = memcmp(x->data, y->data, size);

	return order ? order : x->size != y->size ? (x->size > y->size) - (x->size < y->size) : (x > y) - (x < y);
}

/* Leaves each line where it came first. */
static void
lines_once(struct subject *s)
{
	struct text **order = calloc(s->line_count + 1, sizeof(*order));
	uint32_t count = 0;

	for (uint32_t i = 0; i < s->line_count; i++)
		order[i] = s->lines + i;
	qsort(order, s->line_count, sizeof(*order), line_compare);
	for (uint32_t i = s->line_count; i-- > 1;)
		if (order[i]->size == order[i - 1]->size && !memcmp(order[i]->data, order[i - 1]->data, order[i]->size))
			order[i]->data = NULL;
	s->bytes = 0;
	for (uint32_t i = 0; i < s->line_count; i++)
		if (s->lines[i].data) {
			s->lines[count++] = s->lines[i];
			s->bytes += s->lines[i].size;
		}
	s->line_count = count;
	free(order);
}

static int
string_found(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	(void)id, (void)from, (void)to, (void)flags;
	++*(uint64_t *)context;
	return 0;
}

static uint64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * UINT64_C(1000000000) + ts.tv_nsec;
}

static uint64_t
pass_hyperscan(struct subject *s, uint64_t *found)
{
	uint64_t start = now_ns();

	*found = 0;
	for (uint32_t i = 0; i < s->line_count; i++)
		hs_scan(s->database, s->lines[i].data, s->lines[i].size, 0, s->hs_scratch, string_found, found);
	return now_ns() - start;
}

static uint64_t
pass_pack(struct subject *s, uint64_t *found)
{
	const struct event event = { s->slots, s->present, NULL, 0, 0 };
	uint64_t start = now_ns();

	*found = 0;
	for (uint32_t i = 0; i < s->line_count; i++) {
		s->slots[s->slot] = (struct value){ s->lines[i].data, s->lines[i].size, VALUE_STRING, 0, 0 };
		for (uint32_t k = 0; k < s->group_count; k++)
			*found += detector_match(s->detector, &event, s->groups[k], s->scratch, s->hits);
	}
	return now_ns() - start;
}

static int
compare(struct subject *s, const char *what)
{
	uint64_t found[2], taken, best[2] = { UINT64_MAX, UINT64_MAX };

	for (int i = 0; i < PASSES; i++) {
		taken = pass_hyperscan(s, &found[0]);
		best[0] = taken < best[0] ? taken : best[0];
		taken = pass_pack(s, &found[1]);
		best[1] = taken < best[1] ? taken : best[1];
	}
	if (found[0] != found[1]) {
		fprintf(stderr, "hyperscan: it found %llu, the pack %llu\n", (unsigned long long)found[0], (unsigned long long)found[1]);
		return 6;
	}
	printf("%s: %u strings, %llu found, %u lines of %.0f bytes: hyperscan %.2f ns a byte, pack %.2f ns a byte; ratio %.2f\n",
	       what, s->string_count, (unsigned long long)found[0], s->line_count, (double)s->bytes / s->line_count,
	       (double)best[0] / s->bytes, (double)best[1] / s->bytes, (double)best[0] / best[1]);
	return 0;
}

int
main(int argc, char **argv)
{
	struct subject s = { 0 };
	int failed;

	if (argc != (argc > 1 && !strcmp(argv[1], "rules") ? 3 : 4)) {
		fprintf(stderr, "usage: hyperscan rules PACK\n       hyperscan compare PACK LINES\n");
		return 2;
	}
	pack_load(&s, argv[2]);
	strings_collect(&s);
	if (argc == 3) {
		rules_print(&s);
		return 0;
	}
	strings_compile(&s);
	lines_load(&s, argv[3]);
	failed = compare(&s, "all lines");
	lines_once(&s);
	return failed ? failed : compare(&s, "each line once");
}
