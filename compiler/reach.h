/*
 * reach.h - whether a rule can fire on a platform's live sources, and what it misses there.
 *
 * Include diag.h, ir.h, node.h and ast.h first.
 */
#ifndef REACH_H
#define REACH_H

struct logsources;

enum reach { REACH_CAN_FIRE, REACH_DEGRADED, REACH_REPLAY_ONLY, REACH_OTHER_PRODUCT, REACH_COUNT };

/* Queues what the rule misses on the platform: warnings (replay-only) and notes (degraded-field). */
enum reach rule_reach(struct diag_list *diags, const struct logsources *logsources, const struct sigma_rule *rule,
                      const char *platform);

/* Likewise of a correlation, once rule->reach says it of all that it refers to; also of an old aggregation, by its own
 * events. */
enum reach correlation_reach(struct diag_list *diags, const struct logsources *logsources, const struct sigma_rule *rule,
                             const char *platform);

/* Sets the reach of all good rules and adds to counts how many there are of each. */
void rules_reach(struct diag_list *diags, const struct logsources *logsources, struct sigma_rule *const *rules,
                 size_t count, const char *platform, size_t counts[REACH_COUNT]);
#endif
