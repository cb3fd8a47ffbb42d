/*
 * layout_steps.h - what lines of JSON have between their values: steps, each kept once, whatever the order they come in.
 *
 * A step knows which one came behind it last; another is found by its text. Include layout.h first.
 */
#ifndef LAYOUT_STEPS_H
#define LAYOUT_STEPS_H

#include <stdint.h>

struct json_index;

enum { STEP_MAX = 16384, STEP_TABLE = 2 * STEP_MAX, STEP_TEXT_ROOM = 1 << 20 };
/* Beyond enum layout_kind; what a layout means is the same for STEP_STRING and LAYOUT_SCALAR, which are all others. */
enum { STEP_STRING = LAYOUT_LEAVE + 1, STEP_END, STEP_ROOT };

struct step { /* in the order of use */
	struct step *next;   /* what came behind it last; NULL: nothing yet */
	const char *text;    /* from the end of the last value up to the next, with its first quote or bracket: ,"key":" */
	uint64_t sign;       /* of its member; 0 where it has none */
	uint16_t size;
	uint16_t number;
	uint16_t member;     /* whose value comes; 0 where none does */
	uint16_t within;     /* the object that it stands in: a member; 0: the line itself */
	uint16_t object;     /* ... and the one that is open behind it */
	uint16_t key, key_size; /* where the key is in text, without its quotes */
	uint8_t kind;
	uint8_t depth;       /* objects that are open behind it */
};

struct member { /* a key of an object, and what stands there */
	uint16_t object;     /* itself a member; 0: the line */
	uint8_t kind;        /* enum layout_kind */
	const char *key;
	uint32_t key_size;
};

struct steps {
	struct step *steps;  /* [0] is before the line */
	struct member *members; /* [0] is the line */
	uint32_t count, member_count;
	uint16_t *table, *member_table; /* by hash; 0: free */
	char *texts;
	uint32_t text_used;
	int full;            /* a step found no room: forget them all */
};

int steps_init(struct steps *steps); /* 0 or -ENOMEM */
void steps_done(struct steps *steps); /* half-open is fine */
void steps_forget(struct steps *steps);
/* The step behind before for what stands at at in the line that has the index; NULL: none can be. */
struct step *steps_find(struct steps *steps, const struct step *before, const struct json_index *index, const char *line,
                        const char *at);

/* What a layout has there. */
static inline enum layout_kind
step_kind(const struct step *step)
{
	return step->kind == STEP_STRING ? LAYOUT_SCALAR : (enum layout_kind)step->kind;
}

static inline int
step_is_value(const struct step *step)
{
	return step->kind == STEP_STRING || step->kind == LAYOUT_SCALAR || step->kind == LAYOUT_LIST;
}
#endif
