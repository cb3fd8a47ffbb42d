/*
 * detector.h - a loaded pack: opened in the order of trust, mapped, immutable, shared by any number of pipelines.
 */
#ifndef DETECTOR_H
#define DETECTOR_H

#include <stddef.h>
#include <stdint.h>

struct event;
struct hit;
struct keyring;
struct pack_header;
struct pack_tables;

/* The checks in their order (pack.5, rsnl.8). */
enum check { CHECK_SIZE, CHECK_SIGNATURE, CHECK_TARGET, CHECK_SERIAL, CHECK_DECOMPRESS, CHECK_TABLES, CHECK_IMAGE,
	CHECK_VECTORS, CHECK_CRASH };

struct refusal { /* why a pack was not taken: "refused at CHECK: TEXT" */
	enum check check;
	char text[256];
};

const char *check_name(enum check check);

struct trust_policy {
	const struct keyring *keys; /* borrowed for the call */
	int allow_unsigned;
	uint64_t newest_serial;     /* 0: any; an older serial is refused unless allow_older */
	int allow_older;
	uint64_t now;               /* UNIX seconds, for expiry; 0: not checked */
	uint64_t unpacked_max;      /* bytes */
	int tables_only;            /* detector_open leaves the image out: for who only wants its data */
};

struct detector;

/* The first four checks, on the file's bytes alone: all that the broker does. 0 or -1 with *why filled. */
int pack_verify(const void *file, size_t size, const struct trust_policy *policy, struct refusal *why);

/* All checks but vectors. On success *detector is the caller's to close. 0 or -1 with *why filled. The file's bytes
 * are not needed afterwards. */
int detector_open(struct detector **detector, const void *file, size_t size, const struct trust_policy *policy,
                  struct refusal *why);
/* Runs the pack's own rule tests (vectors.c). 0 or -1 with *why filled. */
int detector_test(struct detector *detector, struct refusal *why);
void detector_close(struct detector *detector); /* NULL is fine */

/* Both live as long as the detector. */
const struct pack_header *detector_header(const struct detector *detector);
const struct pack_tables *detector_tables(const struct detector *detector);

struct detector_info { /* strings live as long as the detector */
	const char *name;
	uint64_t serial, built, expires; /* UNIX seconds; expires 0: never */
	uint32_t rules;
	uint64_t kinds;   /* bits of enum record_kind that live routes of the system take */
	uint64_t late_kinds; /* those of them that some late group takes */
};

/* system: the product of live records here, "linux" or "windows", as routes name it; NULL: any. */
void detector_info(const struct detector *detector, const char *system, struct detector_info *info);
/* Bytes of the first section of that type (enum pack_section_type), NULL when the pack has none. */
const void *detector_section(const struct detector *detector, uint32_t type, size_t *size);

/* One group over one event; hits has room for header.hits_max; scratch is detector_scratch_new()'s. */
uint32_t detector_match(const struct detector *detector, const struct event *event, uint32_t group, void *scratch,
                        struct hit *hits);
void *detector_scratch_new(const struct detector *detector); /* NULL: no memory */
void detector_scratch_free(void *scratch); /* NULL is fine */
#endif
