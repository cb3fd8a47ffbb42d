/*
 * usual.h - what the values of most events look like: how much a string that a rule looks for says.
 */
#ifndef USUAL_H
#define USUAL_H

#include "ir.h"

enum { USUAL_TEXTS = 2 };

/* Folded: what most events have some of; what programs are started with. */
extern const struct ir_text usual_texts[USUAL_TEXTS];

/* Is the folded text part of the first? */
int usual_has(struct ir_text text);
/* How often a value will have the folded text, by guess; 1 is always. anywhere: not only at its start or end. */
double usual_weight(struct ir_text text, int anywhere);
/* At how many places of a value it is, by guess from its bytes alone. */
double usual_places(struct ir_text text);
#endif
