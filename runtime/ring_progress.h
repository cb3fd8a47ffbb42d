/*
 * ring_progress.h - where the reader of the ring is: memory that outlives it, so that the record on which it died is
 * skipped.
 */
#ifndef RING_PROGRESS_H
#define RING_PROGRESS_H

#include <stdint.h>

struct ring_progress {
	uint64_t in_hand; /* 1 + position of the record that is being worked on; 0: none */
	uint64_t skipped; /* records left out because the reader died on them */
	uint64_t bad;     /* ring records too short to have a head */
};
#endif
