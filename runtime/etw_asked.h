/*
 * etw_asked.h - struct etw_system (etw.h) for a process without rights: each question is broker's to answer.
 */
#ifndef ETW_ASKED_H
#define ETW_ASKED_H

struct broker;
struct etw_system;

struct etw_system etw_asked(struct broker *broker); /* which is borrowed */
#endif
