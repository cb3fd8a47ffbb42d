/*
 * toolchain.h - the C compiler and re2c that build packs: from CC and RE2C or by their usual names.
 */
#ifndef TOOLCHAIN_H
#define TOOLCHAIN_H

#include <stddef.h>
#include <stdint.h>

enum { TOOL_WORDS_MAX = 16 };

struct tool { /* a command, split at blanks */
	char text[512];
	char *words[TOOL_WORDS_MAX + 1]; /* into text; NULL after the last */
	char version[1024];              /* what --version says */
};

struct toolchain {
	struct tool cc, re2c;
};

const char *target_name(uint32_t target);                /* "x86_64"; NULL: no such target */
int target_find(const char *name, uint32_t *target);     /* 0 or -EINVAL */
uint32_t target_host(void);                              /* of this rsnlc */

/* Finds what builds for target (one enum pack_target) and asks for the versions. 0, or -1 with error filled. */
int toolchain_find(struct toolchain *tools, uint32_t target, char *error, size_t error_size);
#endif
