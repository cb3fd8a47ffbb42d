/*
 * lint.c - what is allowed but probably not meant: only rsnlc check asks.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "diag.h"
#include "ir.h"
#include "logsource.h"
#include "node.h"
#include "ast.h"
#include "lint.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* ATT&CK 19; techniques are sorted. */
static const char *const tactics[] = {
#define TACTIC(tag, id, name) tag,
#define TECHNIQUE(id, name)
#include "attack.def"
#undef TACTIC
#undef TECHNIQUE
};
static const char *const techniques[] = {
#define TACTIC(tag, id, name)
#define TECHNIQUE(id, name) id,
#include "attack.def"
#undef TACTIC
#undef TECHNIQUE
};
/* Categories that the route table could be meant by; those of the Sigma taxonomy and SigmaHQ's own. */
static const char *const categories[] = {
	"antivirus", "application", "clipboard_capture", "create_remote_thread", "create_stream_hash", "database", "dns",
	"dns_query", "driver_load", "file_access", "file_change", "file_delete", "file_event", "file_executable_detected",
	"file_rename", "firewall", "image_load", "network_connection", "pipe_created", "process_access",
	"process_creation", "process_tampering", "process_termination", "proxy", "ps_classic_provider_start",
	"ps_classic_script", "ps_classic_start", "ps_module", "ps_script", "raw_access_thread", "registry_add",
	"registry_delete", "registry_event", "registry_rename", "registry_set", "sysmon_error", "sysmon_status",
	"webserver", "wmi_event",
};
static const char *const namespaces[] = {"attack", "car", "cve", "d3fend", "detection", "stp", "tlp"};

/* T1059, G0001, S0001, DS0005 and the like: one or two letters and digits. */
static int
is_id(const char *text)
{
	size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return letters && letters <= 2 && text[letters] >= '0' && text[letters] <= '9';
}

static int
technique_compare(const void *key, const void *row)
{
	return strcasecmp(key, *(const char *const *)row);
}

/* Groups, software and data sources are not in the table. */
static void
technique_lint(struct diag_list *diags, struct place place, const char *id)
{
	if ((*id | 32) == 't' && !bsearch(id, techniques, COUNT(techniques), sizeof(*techniques), technique_compare))
		diag_add(diags, place, DIAG_unknown_tag, "ATT&CK 19 has no technique \"%s\"", id);
}

static void
tactic_lint(struct diag_list *diags, struct place place, const char *tactic)
{
	const char *nearest;

	if (is_id(tactic)) {
		technique_lint(diags, place, tactic);
		return;
	}
	if (!strcmp(tactic, "defense-evasion")) {
		diag_add(diags, place, DIAG_old_tactic,
		         "ATT&CK 19 calls \"defense-evasion\" \"stealth\" or \"defense-impairment\"");
		return;
	}
	for (size_t i = 0; i < COUNT(tactics); i++)
		if (!strcmp(tactics[i], tactic))
			return;
	nearest = diag_nearest(tactic, strlen(tactic), tactics, COUNT(tactics));
	if (nearest)
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
	const char *nearest;

	for (uint32_t i = 0; i < rule->tag_count; i++)
		tag_lint(diags, rule->tag_places[i], rule->tags[i].data);
	nearest = diag_nearest(rule->category.data, rule->category.size, categories, COUNT(categories));
	if (!rule->is_correlation && !logsource_known(logsources, &logsource) && nearest && strcmp(nearest, rule->category.data))
		diag_add(diags, rule->logsource_place, DIAG_unknown_logsource,
		         "no route leads to category \"%s\"; did you mean \"%s\"?", rule->category.data, nearest);
}
