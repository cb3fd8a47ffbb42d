/*
 * make.h - the back half of the compiler, in order: fold, plan, emit, build, seal.
 *
 * Include what compile.h asks for first.
 */
#ifndef MAKE_H
#define MAKE_H

#include <stdint.h>

struct secret_key;
struct yara_result;

struct make_request {
	uint32_t targets;  /* bits of enum pack_target */
	int jobs;
	const char *cache; /* folder; NULL: none */
	const char *keep;  /* folder that keeps C, .re, .s, build.ninja and ELF; NULL: none */
	int quiet;         /* no progress */
	uint64_t serial, built, expires;
	const struct yara_result *yara; /* of the pack's YARA sources */
	const struct secret_key *key; /* NULL: unsigned */
};

struct make_result {
	uint32_t built, cached;   /* objects, of all targets */
	uint64_t build_ns;        /* spent in re2c, cc and link */
	int ended;                /* -d had its last letter; there is no pack */
	void *bytes;              /* the pack, in the compilation's arena */
	size_t size;
	char error[9216];         /* after a failure */
};

/* Requires compile_front() to have returned 0. 0 or an enum exit_code with error filled. */
int make_pack(struct compilation *compilation, const struct make_request *request, struct make_result *result);
#endif
