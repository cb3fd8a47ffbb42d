/*
 * source_evtlog.h - live events of the Windows event log as a source of JSON, in the form that replay of .evtx gives.
 *
 * Needs no privilege: evtlog_collect.h fills the ring, in this process or another.
 */
#ifndef SOURCE_EVTLOG_H
#define SOURCE_EVTLOG_H

struct evtlog_shared;
struct source;

/* 0 or a negative errno. shared is borrowed; it survives a crash: the event in hand is skipped then. poll does not
 * wait. */
int source_evtlog_open(struct source **source, struct evtlog_shared *shared);
#endif
