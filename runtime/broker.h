/*
 * broker.h - the few privileged things that detect and scan may ask for.
 *
 * In the agent, requests cross a socket pair to the broker process, which owns privilege and parses nothing; in
 * replay, scan from the command line and unit tests the same functions are linked to a direct implementation
 * (broker_direct). All calls are synchronous and bounded; descriptors returned are the caller's to close.
 */
#ifndef BROKER_H
#define BROKER_H

#include <stddef.h>
#include <stdint.h>

struct broker;

enum broker_proc_file { BROKER_PROC_STAT, BROKER_PROC_STATUS, BROKER_PROC_CMDLINE, BROKER_PROC_EXE_LINK,
	BROKER_PROC_CWD_LINK, BROKER_PROC_CGROUP };

/* What must be true of a program's file, so that another file at its path is never scanned for it. */
struct file_identity {
	uint64_t device, inode, changed_ns; /* device: of the superblock; changed_ns: ctime; 0 matches any */
};

/* Next pid of the process list at or after from, or 0 at the end; a negative errno on failure. */
int broker_next_pid(struct broker *broker, uint32_t from);
/* Contents of /proc/PID/file into buffer (links: their target). Bytes, or a negative errno. */
int broker_read_proc(struct broker *broker, uint32_t pid, enum broker_proc_file file, void *buffer, size_t size);

enum { BROKER_STALE = -0x10001 }; /* no errno */

struct broker_scan_request {
	uint64_t id;         /* comes back with the result */
	uint32_t pid;        /* that runs the program, or wrote the file */
	uint32_t parent_pid; /* in whose root path is looked for when pid has ended */
	uint32_t on;         /* enum scan_on: exec is the program that pid runs, write is path */
	int want_hashes;
	struct file_identity identity;
	const char *path;
};

/* Asks for a scan. The descriptor goes from broker to scan; detect never holds it. 0; BROKER_STALE when the file is
 * another, -EAGAIN when scan is too busy, or another negative errno: the scan is missed. */
int broker_scan(struct broker *broker, const struct broker_scan_request *request);
/* What only Windows can say, as etw.h's struct etw_system asks: text, or bytes of its struct etw_token. */
enum broker_question { BROKER_DRIVE, BROKER_LONG_PATH, BROKER_ACCOUNT, BROKER_IMAGE, BROKER_TOKEN };
/* about: a path, a device or a SID; or pid alone. Bytes of the answer in buffer, or a negative errno. */
int broker_system(struct broker *broker, enum broker_question question, uint32_t pid, const void *about,
                  size_t about_size, void *buffer, size_t size);
/* Name of a user, from the host's account database. Bytes, or a negative errno. */
int broker_user_name(struct broker *broker, uint32_t uid, char *name, size_t size);
#endif
