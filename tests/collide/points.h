/*
 * points.h - texts as arrays of code points, and where a pattern can end in one. Include pool.h first.
 */
#ifndef POINTS_H
#define POINTS_H

#include <stdint.h>

struct pool;
struct regex;

struct points {
	const uint32_t *at;
	int count;
};

struct points points_read(struct pool *pool, const void *data, uint32_t size, int fold);
int points_at(const struct points *text, int at, const struct points *part); /* does part stand there? */
int points_has(const struct points *text, const struct points *part);

struct glob { /* a piece of a pattern with wildcards */
	enum { GLOB_TEXT, GLOB_RUN, GLOB_ONE } type;
	struct points text;
};

int globs_fit(struct pool *pool, const struct points *text, const struct glob *globs, uint32_t count);

enum regex_answer { REGEX_NO, REGEX_YES, REGEX_AT_END /* only by looking at the end of the text */ };

enum regex_answer regex_fits(struct pool *pool, const struct points *text, const struct regex *regex);
int regex_looks_at_end(const struct regex *regex);
#endif
