/*
 * late.h - what a scan of a program's file adds to an event that waited for it.
 */
#ifndef LATE_H
#define LATE_H

struct scan_program;
struct scan_result;

struct late_fields {
	char md5[33], sha1[41], sha256[65], imphash[33]; /* lower-case hex, "" where not known */
	const struct scan_program *program;              /* borrowed from the result; NULL: no program for Windows */
};

void late_fill(struct late_fields *late, const struct scan_result *result);
#endif
