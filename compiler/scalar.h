/*
 * scalar.h - what a plain YAML scalar is under the 1.2 core schema.
 *
 * Include diag.h, ir.h and node.h first.
 */
#ifndef SCALAR_H
#define SCALAR_H

enum node_type scalar_type(struct ir_text text);
#endif
