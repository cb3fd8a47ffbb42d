/*
 * class.h - sets of code points as ascending, disjoint ranges: what classes of regular expressions are made of.
 */
#ifndef CLASS_H
#define CLASS_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct regex_range;

struct class { /* starts as zeros; the ranges live in the arena */
	struct regex_range *ranges;
	uint32_t count;
};

void class_add(struct arena *arena, struct class *class, uint32_t first, uint32_t last);
void class_join(struct arena *arena, struct class *class, const struct class *other);

/* Over 0 to REGEX_LAST, so that bytes which are not UTF-8 are in what does not name them. */
void class_negate(struct arena *arena, struct class *class);

/* Adds every code point that has the same simple folding as a member. */
void class_close(struct arena *arena, struct class *class);

/* Adds \d \D \w \W \s \S \h \H \v \V \N by the letter; 0 if it is none of them. */
int class_add_escape(struct arena *arena, struct class *class, uint32_t letter);

/* Adds [:name:] or [:^name:]; 0 if there is no such name. */
int class_add_posix(struct arena *arena, struct class *class, const char *name, size_t size, int any_case);
#endif
