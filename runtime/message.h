/*
 * message.h - what the agent's processes say to each other. Flat structs, one a message, each with its type first.
 *
 * Whoever receives one checks its size before reading it. Broker passes a scan's result on without looking inside.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdint.h>

enum message_type {
	/* detect asks broker, one answer each (struct message_answer, then bytes) */
	MESSAGE_NEXT_PID = 1, MESSAGE_READ_PROC, MESSAGE_SCAN, MESSAGE_USER_NAME,
	MESSAGE_SYSTEM,    /* file: enum broker_question; pid, text: what it is about */
	MESSAGE_SET_KINDS, /* value: bits of enum record_kind to collect from now on; text: of live_logs() */
	MESSAGE_OFFER,     /* value: enum offer_flag; a descriptor of the pack's file, or pid and id: of a client, and its
	                    * number for the file. Answer 0: MESSAGE_PACK follows; else -EACCES and a struct refusal, or
	                    * -ENOENT: there is no previous pack */
	MESSAGE_RELOAD, MESSAGE_STOP,
	/* broker tells detect */
	MESSAGE_START = 32, /* struct config follows in shared memory; descriptors: enum start_fd, then the sinks' files */
	MESSAGE_PACK,      /* one descriptor, sealed; value: trial number, 0: take it without a trial */
	MESSAGE_FILES,     /* health and sinks' files opened again, in the order of MESSAGE_START */
	MESSAGE_DRAIN,     /* stop: value: ns for it */
	MESSAGE_HEALTH,    /* write a health line now */
	MESSAGE_SCANNED,   /* a struct scan_result follows */
	MESSAGE_FORSAKEN,  /* scan died, or a result found no room: what was asked for will not come */
	MESSAGE_CLIENT,    /* one descriptor; pid; value: 1 where it may change something */
	MESSAGE_NOTE,      /* a line for health.ndjson: value: enum note, text */
	/* detect tells broker */
	MESSAGE_READY = 64, /* runs with the pack it was started with */
	MESSAGE_TRIED,     /* value: trial number; size and check: 0, or why not (struct message_tried) */
	MESSAGE_ENDED,     /* drained */
	/* broker tells scan, scan tells broker */
	MESSAGE_RULES = 96, /* one descriptor, the pack */
	MESSAGE_FILE,      /* struct message_file and a descriptor */
	MESSAGE_RESULT,    /* a struct scan_result follows */
};

enum offer_flag { OFFER_ALLOW_OLDER = 1, OFFER_ROLLBACK = 2 };

enum note { NOTE_START, NOTE_STOP, NOTE_SWAP, NOTE_REFUSED, NOTE_RELOAD, NOTE_CONFIG_REFUSED, NOTE_CRASH, NOTE_HOOK,
	NOTE_LOSS, NOTE_TAMPER };

struct message {
	uint32_t type; /* enum message_type */
	uint32_t pid;
	uint64_t value, id;
	uint64_t device, inode, changed_ns; /* MESSAGE_SCAN: struct file_identity */
	uint32_t file;  /* enum broker_proc_file; MESSAGE_SCAN: enum scan_on */
	uint32_t want_hashes; /* MESSAGE_SCAN, MESSAGE_FILE; they are always there with a YARA match */
	uint32_t size;  /* bytes of text */
	char text[4096] __attribute__((aligned(8))); /* path, refusal, note or scan result; only size bytes are sent */
};

#define MESSAGE_SIZE(text_size) (offsetof(struct message, text) + (text_size))

struct message_answer {
	int32_t result;  /* bytes that follow, a value, or a negative errno */
	uint32_t size;   /* bytes of data */
	char data[32768];
};

#define MESSAGE_ANSWER_SIZE(data_size) (offsetof(struct message_answer, data) + (data_size))

/* What a role is given, by place. */
enum role_fd_detect { DETECT_FD_REQUEST, DETECT_FD_COMMAND, DETECT_FD_SHARED, DETECT_FD_COUNT };
enum role_fd_scan { SCAN_FD_CHANNEL, SCAN_FD_COUNT };
enum role_fd_config { CONFIG_FD_TEXT, CONFIG_FD_RESULT, CONFIG_FD_COUNT };
enum start_fd { START_FD_LIVE, START_FD_LIVE_MORE, START_FD_HEALTH, START_FD_SINKS };
#endif
