/*
 * attack.h - Sigma's ATT&CK tags to ECS threat.*: names and ids of tactics, techniques and subtechniques.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include <stddef.h>

struct ecs_doc;

/* Adds what a tag like "attack.t1059.004" or "attack.execution" stands for; other tags add nothing. */
void attack_add(struct ecs_doc *doc, const char *tag, size_t size);
#endif
