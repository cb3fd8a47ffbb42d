/*
 * usual.h - what the values of most events look like: how much a string that a rule looks for says.
 */
#ifndef USUAL_H
#define USUAL_H

struct ir_text;

enum usual { USUAL_ANYWHERE, USUAL_LINES, USUAL_COUNT };

/* Folded: what most events have some of; what programs are started with. */
struct ir_text usual_text(enum usual which);

/* Is the folded text part of USUAL_ANYWHERE? */
int usual_has(struct ir_text text);
/* How often a value will have the folded text, by guess; 1 is always. anywhere: not only at its start or end. */
double usual_weight(struct ir_text text, int anywhere);
/* At how many places of a value it is, by guess from its bytes alone. */
double usual_places(struct ir_text text);
#endif
