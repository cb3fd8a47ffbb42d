/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * syscalls.bpf.h - which system call is it, and what are its arguments, for 64-bit and 32-bit callers.
 *
 * A 32-bit call (int 0x80) into an x86-64 kernel fires no per-call tracepoint and has other numbers, so every call is
 * looked at here and its table chosen by how it came in. Numbers: arch/x86/entry/syscalls/syscall_{64,32}.tbl.
 */
#ifndef SYSCALLS_BPF_H
#define SYSCALLS_BPF_H

#include "collect.bpf.h"

enum call {
	CALL_NONE,
	CALL_OPEN,      /* a descriptor is returned */
	CALL_CLOSE,     /* (fd) */
	CALL_DUP,       /* (old, new): closes new */
	CALL_UNLINK,    /* (path) */
	CALL_UNLINKAT,  /* (directory, path, flags) */
	CALL_RENAME,    /* (old, new) */
	CALL_RENAMEAT,  /* (old directory, old, new directory, new) */
	CALL_LINK,      /* (old, new), symlink too */
	CALL_LINKAT,    /* (old directory, old, new directory, new) */
	CALL_SYMLINKAT, /* (target, directory, path) */
};

enum {
	CALL_COUNT = 512,
	CALL_X32 = 0x40000000,
	TASK_IS_32_BIT = 2, /* TS_COMPAT, asm/thread_info.h */
};

static const uint8_t calls_64[CALL_COUNT] = {
	[2] = CALL_OPEN, [3] = CALL_CLOSE, [33] = CALL_DUP, [82] = CALL_RENAME, [85] = CALL_OPEN, [86] = CALL_LINK,
	[87] = CALL_UNLINK, [88] = CALL_LINK, [257] = CALL_OPEN, [263] = CALL_UNLINKAT, [264] = CALL_RENAMEAT,
	[265] = CALL_LINKAT, [266] = CALL_SYMLINKAT, [292] = CALL_DUP, [316] = CALL_RENAMEAT, [437] = CALL_OPEN,
};

static const uint8_t calls_32[CALL_COUNT] = {
	[5] = CALL_OPEN, [6] = CALL_CLOSE, [8] = CALL_OPEN, [9] = CALL_LINK, [10] = CALL_UNLINK, [38] = CALL_RENAME,
	[63] = CALL_DUP, [83] = CALL_LINK, [295] = CALL_OPEN, [301] = CALL_UNLINKAT, [302] = CALL_RENAMEAT,
	[303] = CALL_LINKAT, [304] = CALL_SYMLINKAT, [330] = CALL_DUP, [353] = CALL_RENAMEAT, [437] = CALL_OPEN,
};

static __always_inline int
task_is_32_bit(struct task_struct *task)
{
	return BPF_CORE_READ(task, thread_info.status) & TASK_IS_32_BIT;
}

/* Runs for every system call of the machine: most leave at the first test. */
static __always_inline enum call
call_of(struct pt_regs *regs)
{
	uint64_t number = (uint32_t)regs->orig_ax & ~CALL_X32;

	if (number >= CALL_COUNT || !(calls_64[number] | calls_32[number]))
		return CALL_NONE;
	return task_is_32_bit((struct task_struct *)bpf_get_current_task()) ? calls_32[number] : calls_64[number];
}

/* Argument i, 0 to 3. */
static __always_inline uint64_t
call_argument(struct task_struct *task, struct pt_regs *regs, int i)
{
	if (task_is_32_bit(task))
		return (uint32_t)(i == 0 ? regs->bx : i == 1 ? regs->cx : i == 2 ? regs->dx : regs->si);
	return i == 0 ? regs->di : i == 1 ? regs->si : i == 2 ? regs->dx : regs->r10;
}
#endif
