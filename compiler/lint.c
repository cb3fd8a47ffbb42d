/*
 * lint.c - what is allowed but probably not meant: only rsnlc check asks.
 */
#include <string.h>

#include "diag.h"
#include "ir.h"
#include "logsource.h"
#include "node.h"
#include "ast.h"
#include "lint.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Tactics of ATT&CK 19 as SigmaHQ spells them in tags. */
static const char *const tactics[] = {
	"reconnaissance", "resource-development", "initial-access", "execution", "persistence", "privilege-escalation",
	"stealth", "defense-impairment", "credential-access", "discovery", "lateral-movement", "collection",
	"command-and-control", "exfiltration", "impact",
};
static const char *const namespaces[] = {"attack", "car", "cve", "d3fend", "detection", "stp", "tlp"};

static int
is_technique(const char *text)
{
	return strchr("tgsTGS", text[0]) && text[0] && text[1] >= '0' && text[1] <= '9';
}

static void
tactic_lint(struct diag_list *diags, struct place place, const char *tactic)
{
	const char *nearest;

	for (size_t i = 0; i < COUNT(tactics); i++)
		if (!strcmp(tactics[i], tactic))
			return;
	if (is_technique(tactic))
		return;
	nearest = diag_nearest(tactic, strlen(tactic), tactics, COUNT(tactics));
	if (!strcmp(tactic, "defense-evasion"))
		diag_add(diags, place, DIAG_old_tactic,
		         "ATT&CK 19 calls \"defense-evasion\" \"stealth\" or \"defense-impairment\"");
	else if (nearest)
		diag_add(diags, place, DIAG_unknown_tag, "unknown tactic \"%s\"; did you mean \"%s\"?", tactic, nearest);
	else
		diag_add(diags, place, DIAG_unknown_tag, "unknown tactic \"%s\"", tactic);
}

static void
tag_lint(struct diag_list *diags, struct place place, const char *tag)
{
	size_t size = strcspn(tag, ".");
	const char *nearest;

	if (tag[size] == '.' && size == 6 && !strncmp(tag, "attack", 6)) {
		tactic_lint(diags, place, tag + 7);
		return;
	}
	for (size_t i = 0; i < COUNT(namespaces); i++)
		if (tag[size] == '.' && strlen(namespaces[i]) == size && !strncmp(namespaces[i], tag, size))
			return;
	nearest = diag_nearest(tag, size, namespaces, COUNT(namespaces));
	if (tag[size] != '.')
		diag_add(diags, place, DIAG_unknown_tag, "tag \"%s\" has no namespace, such as \"attack.\"", tag);
	else if (nearest)
		diag_add(diags, place, DIAG_unknown_tag, "unknown namespace in tag \"%s\"; did you mean \"%s\"?", tag, nearest);
	else
		diag_add(diags, place, DIAG_unknown_tag, "unknown namespace in tag \"%s\"", tag);
}

void
rule_lint(struct diag_list *diags, const struct logsources *logsources, const struct sigma_rule *rule)
{
	struct logsource logsource = {rule->product, rule->category, rule->service};

	for (uint32_t i = 0; i < rule->tag_count; i++)
		tag_lint(diags, rule->tag_places[i], rule->tags[i].data);
	if ((!strcmp(rule->product.data, "windows") || !strcmp(rule->product.data, "linux")) &&
	    !logsource_known(logsources, &logsource))
		diag_add(diags, rule->logsource_place, DIAG_unknown_logsource,
		         "no route leads to %s/%s/%s; only replay --routing can feed it", rule->product.data,
		         rule->category.data, rule->service.data);
}
