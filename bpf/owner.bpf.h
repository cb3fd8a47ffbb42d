/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * owner.bpf.h - which process uses a socket: the head that a record about the socket's packets gets.
 */
#ifndef OWNER_BPF_H
#define OWNER_BPF_H

#include "collect.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, uint64_t); /* socket cookie */
	__type(value, struct record_head);
} owners SEC(".maps");
#endif
