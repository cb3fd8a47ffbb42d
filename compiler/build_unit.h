/*
 * build_unit.h - one run of build_image(): what build.c and build_ninja.c share.
 *
 * Include build.h, cache.h, progress.h and toolchain.h first.
 */
#ifndef BUILD_UNIT_H
#define BUILD_UNIT_H

#include <stdint.h>

struct unit { /* one emitted file and its object */
	const struct emit_file *file;
	char *stem; /* its name without the ending */
	char key[CACHE_KEY_SIZE];
	char *entry; /* of the cache, by absolute path; NULL: it is to be compiled */
};

struct build {
	const struct build_request *request;
	struct build_result *result;
	const char *target; /* its name */
	struct toolchain tools;
	struct unit *units;
	char key[CACHE_KEY_SIZE]; /* of the ELF */
	struct progress progress;
	uint32_t missing, done;
};

/* Of a target, beside EMIT_CFLAGS. */
const char *build_flags(const struct build *build);
/* How the objects become one ELF. */
const char *build_link_flags(void);

/* Writes a file for ninja into the folder: with edges for every unit, or for those that are to be compiled. */
int build_ninja_write(const struct build *build, const char *name, int all);
#endif
