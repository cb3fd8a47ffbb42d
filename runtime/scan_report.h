/*
 * scan_report.h - what rsnl scan says of a file: a line for each YARA rule and each indicator of the pack that fits it.
 */
#ifndef SCAN_REPORT_H
#define SCAN_REPORT_H

#include <stdint.h>

struct detector;
struct scan_report;
struct scan_result;

/* Lines are alerts with as_json, else LEVEL RULE PATH [0xOFFSET $id]... Borrows detector. NULL: no memory. */
struct scan_report *scan_report_new(struct detector *detector, int as_json);
void scan_report_free(struct scan_report *report); /* NULL is fine */
/* Whether the pack has indicators that are hashes. */
int scan_report_wants_hashes(const struct scan_report *report);
struct scan_subject {
	const char *name; /* as it was given */
	const char *path; /* of a file: where it lies; NULL: it is no file */
	uint32_t pid;     /* of a process; 0: it is none */
};

/* Writes the lines of what was scanned to standard output. The highest enum pack_level among them, -1: there are none. */
int scan_report_write(struct scan_report *report, const struct scan_subject *subject, const struct scan_result *result);
#endif
