/* source_merge.c - whoever was asked last is asked last. */
#include <errno.h>
#include <stdlib.h>

#include "source.h"
#include "source_merge.h"

struct merge {
	struct source source;
	struct source *sources[SOURCE_MERGE_MAX];
	size_t count, last; /* last: that gave events */
};

static void
show(struct merge *merge, size_t which)
{
	merge->last = which;
	merge->source.name = merge->sources[which]->name;
	merge->source.in_hand = merge->sources[which]->in_hand;
}

static int
merge_poll(struct source *source, struct raw_event *events, int max, int timeout_ms)
{
	struct merge *merge = (struct merge *)source;

	(void)timeout_ms;
	for (size_t i = 1; i <= merge->count; ++i) {
		const size_t which = (merge->last + i) % merge->count;
		int count = merge->sources[which]->ops->poll(merge->sources[which], events, max, 0);

		if (!count)
			continue;
		show(merge, which);
		return count;
	}
	return 0;
}

static void
merge_commit(struct source *source)
{
	struct merge *merge = (struct merge *)source;

	for (size_t i = 0; i < merge->count; ++i)
		merge->sources[i]->ops->commit(merge->sources[i]);
}

static void
merge_close(struct source *source)
{
	struct merge *merge = (struct merge *)source;

	for (size_t i = 0; i < merge->count; ++i)
		merge->sources[i]->ops->close(merge->sources[i]);
	free(merge);
}

static void
merge_bad(struct source *source, const struct raw_event *event, const struct json *json)
{
	struct merge *merge = (struct merge *)source;
	struct source *from = merge->sources[merge->last];

	if (from->ops->bad)
		from->ops->bad(from, event, json);
}

static const struct source_ops merge_ops = { merge_poll, merge_commit, merge_close, merge_bad };

int
source_merge_open(struct source **merged, struct source *const *sources, size_t count)
{
	struct merge *merge;

	if (!count || count > SOURCE_MERGE_MAX)
		return -EINVAL;
	merge = calloc(1, sizeof *merge);
	if (!merge)
		return -ENOMEM;
	merge->source.ops = &merge_ops;
	merge->count = count;
	for (size_t i = 0; i < count; ++i)
		merge->sources[i] = sources[i];
	show(merge, 0);
	*merged = &merge->source;
	return 0;
}
