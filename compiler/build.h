/*
 * build.h - emitted C, .re and assembler files -> one ELF, by ninja, taking from the cache what it has.
 */
#ifndef BUILD_H
#define BUILD_H

#include <stdint.h>

struct emit_file;

struct build_request {
	const char *folder; /* for what cc and ninja read and write; it exists */
	const struct emit_file *files; /* sorted by name */
	uint32_t file_count;
	uint32_t target;    /* one enum pack_target */
	int jobs;
	const char *cache;  /* folder of the cache, opened; NULL: none */
	int keep;           /* the folder is to hold all files and a build.ninja, not only what is missing */
	int quiet;          /* no progress */
};

struct build_result {
	uint32_t built, cached; /* objects */
	char image[512];        /* path of the ELF */
	char error[9216];       /* after a failure */
};

/* Returns 0 or an enum exit_code: CODE_CANNOT where a tool or the disk fails, CODE_BUG where a tool refuses what we
 * generated. */
int build_image(const struct build_request *request, struct build_result *result);
#endif
