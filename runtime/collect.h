/*
 * collect.h - what bpf/ and the runtime share besides records: the settings they are given, the counters they keep.
 *
 * Both are array maps that user space maps into memory, so that neither changing a setting nor reading a counter is a
 * system call. Takes uint64_t and the like from its includer, as record.h does.
 */
#ifndef COLLECT_H
#define COLLECT_H

enum {
	COLLECT_KIND_COUNT = 16, /* the kinds that bpf/ makes have numbers below it; event.def has larger ones too */
	COLLECT_OWN_MAX = 8,     /* processes that are left out */
};

/* The one element of map "settings". Written by the broker at any time, read by every program on every event. */
struct collect_settings {
	uint64_t kinds;       /* bit 1 << kind: wanted */
	uint64_t high_water;  /* bytes in the ring from which on only process records are taken */
	uint64_t root_inode;  /* of the host's root directory: another root is RECORD_FOREIGN_ROOT */
	uint32_t root_device; /* the same: of its superblock, coded as in stat() */
	uint32_t own[COLLECT_OWN_MAX]; /* process ids whose doings are not recorded; 0: free */
	uint32_t reserved;
};

/* produced = received + lost_ring + lost_scratch */
struct collect_counter {
	uint64_t produced;     /* events seen that were wanted */
	uint64_t lost_ring;    /* no room in the ring, shed ones included */
	uint64_t lost_scratch; /* no working space on this CPU, or no memory for it */
	uint64_t shed;         /* of lost_ring: left out on purpose above high_water, to keep room for process records */
};

/* One element of map "counters" for each CPU. */
struct collect_counters {
	struct collect_counter kinds[COLLECT_KIND_COUNT];
};
#endif
