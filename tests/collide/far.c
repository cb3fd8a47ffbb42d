/* far.c - runs the image of this machine's own target over events that collide wrote, and compares with their verdicts.
 *
 * Stands alone: built for another machine and run by an emulator of it (tests/collide/run). far FILE. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cases.h"
#include "pack.h"

enum { YES = 1, EITHER = 3 }; /* enum verdict */

struct file {
	const uint8_t *at, *end;
};

struct far { /* the image and what it works on */
	struct case_image head;
	pack_match_fn *match;
	void *scratch;
	struct hit *hits;
	struct value *slots, *leaves, *items;
	uint64_t *present;
	uint32_t item_count;
	uint64_t decisions, cases;
};

static uint32_t
number_read(struct file *file)
{
	uint32_t number;

	if (file->end - file->at < 4)
		exit(3);
	memcpy(&number, file->at, 4);
	file->at += 4;
	return number;
}

static const void *
bytes_read(struct file *file, size_t size)
{
	const void *bytes = file->at;

	if ((size_t)(file->end - file->at) < size)
		exit(3);
	file->at += size;
	return bytes;
}

static struct value
value_read(struct far *far, struct file *file)
{
	struct value value = { .type = number_read(file) }, *items = far->items + far->item_count;

	value.flags = number_read(file);
	value.size = number_read(file);
	if (value.type != VALUE_LIST) {
		value.data = bytes_read(file, value.size);
		return value;
	}
	value.data = items;
	far->item_count += value.size;
	if (far->item_count > EVENT_ITEM_MAX)
		exit(3);
	for (uint32_t i = 0; i < value.size; i++)
		items[i] = value_read(far, file);
	return value;
}

static void
image_read(struct far *far, struct file *file)
{
	struct case_image *head = &far->head;
	uint8_t *image;

	if (number_read(file) != CASE_MAGIC)
		exit(3);
	head->scratch_size = number_read(file);
	head->scratch_align = number_read(file);
	head->hits_max = number_read(file);
	head->entry = number_read(file);
	head->field_count = number_read(file);
	head->image_size = number_read(file);
	head->image = bytes_read(file, head->image_size);
	head->data_size = number_read(file);
	head->data = bytes_read(file, head->data_size);
	image = mmap(NULL, head->image_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (image == MAP_FAILED)
		exit(3);
	memcpy(image, head->image, head->image_size);
	if (mprotect(image, head->image_size, PROT_READ | PROT_EXEC))
		exit(3);
	__builtin___clear_cache((char *)image, (char *)image + head->image_size);
	far->match = (pack_match_fn *)(void *)(image + head->entry);
	far->scratch = aligned_alloc(head->scratch_align, (head->scratch_size | 4095) + 1);
	memset(far->scratch, 0, head->scratch_size);
	far->hits = calloc(head->hits_max + 1, sizeof(*far->hits));
	far->slots = calloc(head->field_count + 1, sizeof(*far->slots));
	far->present = calloc(head->field_count / 64 + 1, sizeof(*far->present));
	far->leaves = calloc(EVENT_LEAF_MAX, sizeof(*far->leaves));
	far->items = calloc(EVENT_ITEM_MAX, sizeof(*far->items));
	head->data = head->data_size ? memcpy(aligned_alloc(64, (head->data_size | 63) + 1), head->data,
	                                      head->data_size) : NULL;
}

static int
differs(const struct far *far, const char *what, uint32_t group, uint32_t index, int found)
{
	printf("case %llu: group %u, %s %u: expected %d, found %d\n", (unsigned long long)far->cases, group, what, index,
	       !found, found);
	return 1;
}

static int
event_match(struct far *far, struct event *event, struct case_groups groups, uint32_t first, const uint8_t *rules,
            uint32_t rule_count, const uint8_t *predicates, uint32_t predicate_count)
{
	uint32_t at = 0, count = groups_match(far->match, event, groups, far->head.data, far->scratch, far->hits);

	for (uint32_t i = 0; i < rule_count; i++) {
		int is_hit = at < count && far->hits[at].rule == first + i;

		at += is_hit;
		if (rules[i] != EITHER && (rules[i] == YES) != is_hit)
			return differs(far, "rule", groups.first, i, is_hit);
	}
	event->flags |= EVENT_DECIDE_ALL;
	groups_match(far->match, event, groups, far->head.data, far->scratch, far->hits);
	for (uint32_t i = 0; i < predicate_count; i++)
		if ((predicates[i] == YES) != scratch_predicate(far->scratch, i))
			return differs(far, "predicate", groups.first, i, scratch_predicate(far->scratch, i));
	far->decisions += rule_count;
	return 0;
}

static int
case_run(struct far *far, struct file *file)
{
	uint32_t first_group = number_read(file), group_count = number_read(file), first = number_read(file),
		rule_count = number_read(file), predicate_count, slot;
	const uint8_t *rules = bytes_read(file, rule_count), *predicates;
	struct event event = { far->slots, far->present, far->leaves, 0, 0 };

	predicate_count = number_read(file);
	predicates = bytes_read(file, predicate_count);
	event.flags = number_read(file);
	far->item_count = 0;
	memset(far->present, 0, (far->head.field_count / 64 + 1) * sizeof(*far->present));
	for (uint32_t left = number_read(file); left > 0; left--) {
		slot = number_read(file);
		far->present[slot / 64] |= UINT64_C(1) << slot % 64;
		far->slots[slot] = value_read(far, file);
	}
	event.leaf_count = number_read(file);
	for (uint32_t i = 0; i < event.leaf_count; i++)
		far->leaves[i] = value_read(far, file);
	far->cases++;
	return event_match(far, &event, (struct case_groups){ first_group, group_count }, first, rules, rule_count,
	                   predicates, predicate_count);
}

int
main(int argc, char **argv)
{
	int descriptor = argc == 2 ? open(argv[1], O_RDONLY) : -1;
	struct far far = { .decisions = 0 };
	struct stat stat;
	struct file file;

	if (descriptor < 0 || fstat(descriptor, &stat)) {
		fputs("usage: far FILE\n", stderr);
		return 2;
	}
	file.at = mmap(NULL, stat.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
	if (file.at == MAP_FAILED)
		return 3;
	file.end = file.at + stat.st_size;
	image_read(&far, &file);
	while (file.at < file.end)
		if (case_run(&far, &file))
			return 1;
	printf("far: %llu events, %llu decisions; 0 differences\n", (unsigned long long)far.cases,
	       (unsigned long long)far.decisions);
	return 0;
}
