/*
 * report.h - a difference made small and shown. Include what verdict.h asks for and verdict.h first.
 */
#ifndef REPORT_H
#define REPORT_H

struct finding;
struct subject;
struct trial;

/* Takes members off the event while the same difference stays, then prints all of it to stdout. */
void difference_report(struct subject *subject, const struct trial *trial, const struct finding *finding);
#endif
