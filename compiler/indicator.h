/*
 * indicator.h - one indicator: what type a text is, whether it is a good one, and how it is compared.
 *
 * Include ir.h first.
 */
#ifndef INDICATOR_H
#define INDICATOR_H

#include <stddef.h>
#include <stdint.h>

struct arena;

enum indicator_type {
	INDICATOR_MD5, INDICATOR_SHA1, INDICATOR_SHA256,
	INDICATOR_IP,     /* an address or a network */
	INDICATOR_DOMAIN, /* .d and *.d: what is below it too */
	INDICATOR_PATH,   /* with * and ? as wildcards; a backslash is itself */
	INDICATOR_TYPE_COUNT,
};

extern const char *const indicator_types[INDICATOR_TYPE_COUNT]; /* as feeds write them */

enum indicator_system { INDICATOR_LINUX = 1, INDICATOR_WINDOWS = 2, INDICATOR_ANY = 3 };

struct indicator {
	enum indicator_type type;
	uint8_t op;      /* enum pack_operator */
	uint8_t systems; /* enum indicator_system: where such a thing exists */
	struct ir_value value;
};

struct indicator_fault { /* what is wrong with a text */
	char text[256];
	size_t offset, size; /* the bytes at fault */
};

/* The type that a text looks like, or INDICATOR_TYPE_COUNT. It may still be a bad one (an IPv4 network with host
 * bits). */
enum indicator_type indicator_guess(const char *text, size_t size);

/* The type of that name ("cidr" is "ip"), or INDICATOR_TYPE_COUNT. */
enum indicator_type indicator_type_named(const char *name, size_t size);

/* 0, or -EINVAL with *fault filled. What *indicator points to lives in arena. */
int indicator_read(struct arena *arena, enum indicator_type type, const char *text, size_t size,
                   struct indicator *indicator, struct indicator_fault *fault);
#endif
