/*
 * usual.h - what the values of most events look like: how much a string that a rule looks for says.
 */
#ifndef USUAL_H
#define USUAL_H

struct ir_text;

/* Folded text that most events have some of; *size is its length. */
const char *usual_text(unsigned *size);
/* Is the folded text part of that? */
int usual_has(struct ir_text text);
/* How often a value will have the folded text, by guess; 1 is always. anywhere: not only at its start or end. */
double usual_weight(struct ir_text text, int anywhere);
/* At how many places of a value it is, by guess from its bytes alone. */
double usual_places(struct ir_text text);
#endif
