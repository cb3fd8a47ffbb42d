/*
 * alert_scan.h - the parts of an alert that are about a YARA match: file, reason, level, the object rsnl.
 */
#ifndef ALERT_SCAN_H
#define ALERT_SCAN_H

#include <stdint.h>

struct alert_event;
struct alert_scan;
struct ecs_doc;
struct line;
struct pack_header;
struct pack_tables;
struct scan_match;

/* The pack's rule for a match by "namespace.rule"; PACK_NONE. */
uint32_t alert_scan_rule(const struct pack_tables *tables, const struct scan_match *match);
/* enum pack_level: the rule's; high where the pack does not say. */
int alert_scan_level(const struct pack_tables *tables, const struct alert_scan *scan);
/* "$a at 0x1f40, $b at 0x2000" */
void alert_scan_reason(struct line *line, const struct alert_scan *scan);
/* The scanned file as file.*, and the program's hashes. */
void alert_scan_file(struct ecs_doc *doc, const struct alert_event *event, const struct alert_scan *scan);
/* cause: ALERT_ID_SIZE digits. */
void alert_scan_rsnl(struct line *line, const struct pack_header *header, const struct pack_tables *tables,
                     const struct alert_scan *scan, const char *cause);
#endif
