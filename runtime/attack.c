/* attack.c - the ATT&CK table, looked up by tag. */
#include <stdlib.h>
#include <string.h>

#include "attack.h"
#include "ecs.h"

struct tactic {
	const char *tag, *id, *name;
};

struct technique {
	const char *id, *name;
};

static const struct tactic tactics[] = {
#define TACTIC(tag, id, name) { tag, id, name },
#define TECHNIQUE(id, name)
#include "attack.def"
};

static const struct technique techniques[] = {
#define TACTIC(tag, id, name)
#define TECHNIQUE(id, name) { id, name },
#include "attack.def"
};

enum { PREFIX_SIZE = 7 }; /* of "attack." */

static int
compare_tactic(const void *key, const void *row)
{
	return strcmp(key, ((const struct tactic *)row)->tag);
}

static int
compare_technique(const void *key, const void *row)
{
	return strcmp(key, ((const struct technique *)row)->id);
}

static void
add_technique(struct ecs_doc *doc, const char *id, enum ecs_field id_field, enum ecs_field name_field)
{
	const struct technique *found = bsearch(id, techniques, sizeof techniques / sizeof *techniques, sizeof *techniques,
	                                        compare_technique);

	if (!found)
		return;
	ecs_set_text(doc, ECS_threat_framework, "MITRE ATT&CK");
	ecs_set_text(doc, id_field, found->id);
	ecs_set_text(doc, name_field, found->name);
}

void
attack_add(struct ecs_doc *doc, const char *tag, size_t size)
{
	const struct tactic *tactic;
	char text[32];
	size_t i;

	if (size <= PREFIX_SIZE || size - PREFIX_SIZE >= sizeof text || memcmp(tag, "attack.", PREFIX_SIZE))
		return;
	for (i = 0; i < size - PREFIX_SIZE; ++i)
		text[i] = tag[PREFIX_SIZE + i] == '_' ? '-' : tag[PREFIX_SIZE + i];
	text[i] = 0;
	tactic = bsearch(text, tactics, sizeof tactics / sizeof *tactics, sizeof *tactics, compare_tactic);
	if (tactic) {
		ecs_set_text(doc, ECS_threat_framework, "MITRE ATT&CK");
		ecs_set_text(doc, ECS_threat_tactic_id, tactic->id);
		ecs_set_text(doc, ECS_threat_tactic_name, tactic->name);
		return;
	}
	if ((text[0] | 32) != 't' || text[1] < '0' || text[1] > '9')
		return;
	text[0] = 'T';
	if (i == 9 && text[5] == '.')
		add_technique(doc, text, ECS_threat_technique_subtechnique_id, ECS_threat_technique_subtechnique_name);
	text[5] = 0;
	add_technique(doc, text, ECS_threat_technique_id, ECS_threat_technique_name);
}
