/* feed_model.h - a feed between its reader and lowering: indicators that share all but their value. Include ir.h and
 * indicator.h first. */
#ifndef FEED_MODEL_H
#define FEED_MODEL_H

#include <stddef.h>
#include <stdint.h>

struct ir_builder;
struct logsources;
struct source;

enum { FEED_BLOCK = 1024 };

struct feed_block { /* values as they were read */
	struct feed_block *next;
	size_t count;
	struct ir_value items[FEED_BLOCK];
};

struct feed_values { /* of one operator and one kind of system */
	uint8_t op, systems;
	struct feed_block *first, *last;
	struct ir_value *items; /* feed_build(): each once, in an order of its own */
	size_t count;
};

struct feed_bucket { /* becomes one rule in each logsource that knows such things */
	enum indicator_type type;
	uint8_t level;    /* enum pack_level */
	uint64_t expires; /* UNIX seconds, 0 never */
	struct ir_text provider; /* who says so: column source; size 0: not said */
	struct feed_values *sets;
	size_t set_count;
	uint8_t digest[16]; /* of the sets */
};

struct feed {
	struct arena *arena;
	const struct source *source;
	struct feed_bucket *buckets;
	size_t bucket_count;
};

enum { FEED_LEVEL_COUNT = 5 };

extern const char *const feed_levels[FEED_LEVEL_COUNT]; /* by enum pack_level, as feeds write them */

/* Adds the rules of a whole feed. */
void feed_build(struct feed *feed, const struct logsources *logsources, struct ir_builder *builder);
#endif
