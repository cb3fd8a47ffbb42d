/*
 * scan.h - hashes and YARA matches of one file, from a descriptor; never from a path.
 *
 * A result is one flat struct, so that it crosses from the scan process to detect as a message; whoever receives one
 * checks it with scan_result_check() before reading it.
 */
#ifndef SCAN_H
#define SCAN_H

#include <stddef.h>
#include <stdint.h>

enum {
	SCAN_MATCH_MAX = 32,  /* matches reported for one file; more are counted */
	SCAN_STRING_MAX = 8,  /* strings reported for one match */
	SCAN_VALUE_MAX = 48,  /* bytes shown of a matched string */
	SCAN_NAME_MAX = 128,  /* bytes of a namespace, rule or string name, with the NUL */
	SCAN_TEXT_MAX = 512,  /* bytes of what a program says, with the NUL; longer texts are cut */
};

enum scan_on { SCAN_ON_EXEC, SCAN_ON_WRITE, SCAN_ON_COMMAND, SCAN_ON_LOAD, SCAN_ON_COUNT };

struct scan_string {
	char name[32];     /* "$a" */
	uint64_t offset;   /* in the file */
	uint32_t size;     /* bytes matched */
	uint8_t value_size; /* bytes of value */
	uint8_t reserved[3];
	uint8_t value[SCAN_VALUE_MAX];
};

struct scan_match {
	char name_space[SCAN_NAME_MAX], rule[SCAN_NAME_MAX];
	uint32_t string_count; /* of strings */
	uint32_t string_total; /* that matched */
	struct scan_string strings[SCAN_STRING_MAX];
};

enum scan_signature { /* of a program */
	SCAN_SIGNATURE_UNKNOWN,
	SCAN_SIGNATURE_UNCHECKED, /* the file carries one */
	SCAN_UNSIGNED, SCAN_VALID, SCAN_EXPIRED, SCAN_REVOKED, SCAN_UNTRUSTED,
	SCAN_SIGNATURE_COUNT,
};

struct scan_program { /* what a Windows program says about itself; UTF-8, "": it does not say */
	char original_file_name[SCAN_TEXT_MAX], product[SCAN_TEXT_MAX], company[SCAN_TEXT_MAX],
		description[SCAN_TEXT_MAX], file_version[SCAN_TEXT_MAX];
	char signer[SCAN_TEXT_MAX]; /* whom its certificate names */
	uint8_t imphash[16];
	uint32_t imports;   /* 1: imphash is there */
	uint32_t signature; /* enum scan_signature */
};

enum scan_flag {
	SCAN_TOO_LARGE = 1, /* larger than the limit: not scanned by YARA (hashes have their own limit) */
	SCAN_TIMEOUT = 2,   /* the time limit ended it */
	SCAN_HASHED = 4,    /* hashes are there */
	SCAN_YARA = 8,      /* YARA rules ran to their end */
	SCAN_FAILED = 16,   /* could not be read; error says why */
	SCAN_PROGRAM = 32,  /* a program for Windows: program is there */
};

struct scan_result {
	uint64_t id;      /* of the request */
	uint64_t bytes;   /* of the file */
	uint64_t time_ns; /* spent */
	uint64_t device, inode, changed_ns; /* of the file scanned */
	uint32_t on;      /* enum scan_on */
	uint32_t flags;   /* enum scan_flag */
	int32_t error;    /* negative errno, 0: none */
	uint32_t match_count; /* of matches */
	uint32_t match_total; /* rules that matched */
	uint32_t reserved;
	uint8_t md5[16], sha1[20], sha256[32], reserved2[4];
	struct scan_program program;               /* SCAN_PROGRAM; else zeroes, and not sent unless matches follow */
	struct scan_match matches[SCAN_MATCH_MAX]; /* only match_count of them are sent */
};

/* Bytes of a result that are to be sent or kept. */
size_t scan_result_size(const struct scan_result *result);
/* 0 when size bytes at result are a well-formed result, else -EBADMSG. */
int scan_result_check(const struct scan_result *result, size_t size);

/* Lower-case hex of bytes, with a NUL: 2 * size + 1 bytes. */
void scan_hex(char *text, const uint8_t *bytes, size_t size);

/* YARA rules of a pack: its sections as they are, each may be absent (size 0). Borrowed. */
struct scan_rules {
	const void *compiled;           /* PACK_YARA */
	const char *strings;            /* PACK_STRINGS */
	const void *source;             /* PACK_YARA_SOURCE */
	size_t compiled_size, strings_size, source_size;
};

struct scanner;

struct scan_limits {
	uint64_t yara_max;  /* bytes; larger files get no YARA scan */
	uint64_t hash_max;  /* bytes; larger files get no hashes, and are not asked what they say about themselves */
	uint32_t timeout_s; /* of one file's YARA scan */
	int want_hashes;    /* else these are only of files with a match */
};

/* 0 or a negative errno; text: what is wrong with the rules, or which are left out and why; "". Without any rules it
 * only hashes. */
int scanner_open(struct scanner **scanner, const struct scan_rules *rules, char text[256]);
void scanner_close(struct scanner *scanner); /* NULL is fine */
/* Scans the file behind descriptor fd; result is filled but for id and on. */
void scanner_scan(struct scanner *scanner, int fd, const struct scan_limits *limits, struct scan_result *result);
/* The same of a process's memory, by YARA alone; what it needs is the right to read that memory. */
void scanner_scan_process(struct scanner *scanner, uint32_t pid, const struct scan_limits *limits,
                          struct scan_result *result);
#endif
