/*
 * config.h - the agent's configuration (rsnl.yaml), checked and with defaults filled in.
 *
 * One flat struct without pointers: a process without privileges parses the file and hands the struct to broker, which
 * checks only its shape (config_check). Sizes in bytes, times in nanoseconds.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	CONFIG_PATH_MAX = 256, /* bytes of a path, with its NUL */
	CONFIG_TEXT_MAX = 128, /* bytes of another text, with its NUL */
	CONFIG_LIST_MAX = 32,  /* paths of a list */
	CONFIG_SINK_MAX = 8,
	CONFIG_FILE_MAX = 1 << 20, /* bytes of a config file */
};

enum config_log { CONFIG_LOG_ERROR, CONFIG_LOG_WARNING, CONFIG_LOG_INFO, CONFIG_LOG_DEBUG };
enum config_use { CONFIG_AUTO, CONFIG_REQUIRE, CONFIG_DISABLE };
enum config_when { CONFIG_ON_EXEC = 1, CONFIG_ON_WRITE = 2, CONFIG_ON_MEMORY = 4, CONFIG_ON_SWEEP = 8 }; /* bits */
enum config_why { CONFIG_WHY_FULL, CONFIG_WHY_FIELDS, CONFIG_WHY_NONE };
enum config_sink_type { CONFIG_SINK_FILE, CONFIG_SINK_STDOUT, CONFIG_SINK_SYSLOG, CONFIG_SINK_HTTP, CONFIG_SINK_KAFKA,
	CONFIG_SINK_UNIX };

struct config_list {
	uint32_t count;
	char items[CONFIG_LIST_MAX][CONFIG_PATH_MAX];
};

struct config_sink {
	uint32_t type; /* enum config_sink_type */
	uint32_t keep, batch, mode, form, reserved;
	uint64_t max_size, timeout, spool;
	char path[CONFIG_PATH_MAX]; /* file, unix */
	char to[CONFIG_PATH_MAX];   /* syslog's and http's target, kafka's brokers */
	char topic[CONFIG_TEXT_MAX], auth_file[CONFIG_PATH_MAX], hmac_file[CONFIG_PATH_MAX];
};

struct config {
	uint32_t magic; /* CONFIG_MAGIC */
	uint32_t size;  /* sizeof(struct config) */
	struct {
		char id[65]; /* "auto": made once and kept in state */
		char user[33];
		char state[CONFIG_PATH_MAX], socket[CONFIG_PATH_MAX];
		uint32_t threads; /* 0: auto */
		uint32_t log;     /* enum config_log */
		uint64_t drain, memory;
	} agent;
	struct {
		char incoming[CONFIG_PATH_MAX], keys[CONFIG_PATH_MAX], url[CONFIG_PATH_MAX];
		uint32_t allow_unsigned, reserved;
		uint64_t max_size, poll;
	} packs;
	struct {
		uint32_t ebpf, etw; /* enum config_use */
		uint64_t kinds;     /* bits of enum record_kind; 0: what the pack needs; all ones: all */
		uint64_t ring;
		char brokers[CONFIG_TEXT_MAX], topic[CONFIG_TEXT_MAX], group[CONFIG_TEXT_MAX], routing[CONFIG_TEXT_MAX];
	} sources;
	struct {
		uint32_t processes, ancestors;
		uint64_t hash_max, hash_wait;
	} enrich;
	struct {
		uint32_t when, reserved; /* bits of enum config_when */
		uint64_t max_file, timeout, sweep;
		struct config_list allow;
	} yara;
	struct {
		uint32_t why; /* enum config_why */
		uint32_t rule_text, hash, max_rate, level, reserved; /* level: enum pack_level */
	} alerts;
	struct {
		uint64_t window;
		uint32_t keys, reserved;
	} throttle;
	struct {
		char path[CONFIG_PATH_MAX];
		uint64_t interval, loss_alert;
	} health;
	struct {
		uint32_t mode, action, level, max_rate;
		struct config_list allow;
	} response;
	uint32_t sink_count, reserved;
	struct config_sink sinks[CONFIG_SINK_MAX];
};

enum { CONFIG_MAGIC = 0x676e7372 };

/* All defaults, as if an empty file had been read. */
void config_init(struct config *config);
/* Reads text (YAML) over the defaults. Each error is printed to errors as "FILE:LINE:COL: error: TEXT [NAME]".
 * Returns the number of errors; config is complete only when that is 0. */
int config_parse(struct config *config, const char *text, size_t size, const char *file, FILE *errors);
/* Prints the effective config as YAML that config_parse accepts. */
void config_print(const struct config *config, FILE *out);
/* Whether a struct that came from another process can be used: magic, size, terminated texts, counts. 0 or -EBADMSG. */
int config_check(const struct config *config, size_t size);

/* "64Ki", "8M": bytes. "5ms", "24h": nanoseconds. 0, or -EINVAL (no unit, not a number), -ERANGE. */
int config_size(const char *text, uint64_t *bytes);
int config_duration(const char *text, uint64_t *ns);
#endif
