/*
 * building.h - what the command line of rsnlc build says, with its defaults filled in.
 *
 * Include what make.h asks for, make.h, minisign.h and yara_compile.h first.
 */
#ifndef BUILDING_H
#define BUILDING_H

enum { BUILDING_LOGSOURCES = 64 };

struct building {
	struct options options;
	struct compile_request compile;
	struct make_request make;
	const char *output, *key_path, *cache;
	const char *logsources[BUILDING_LOGSOURCES];
	char *cache_made, *output_made, name[PACK_NAME_MAX + 1];
	int no_cache, serial_given;
	enum diag_format format;
	struct secret_key key;
	struct yara_result yara;
	uint64_t started_ns;
};

extern const struct option_row building_rows[];

/* For options_parse(); state is a struct building. */
int building_set(void *state, int letter, const char *value);
/* Names, times, targets, the key and the cache, after the options were parsed. 0 or an enum exit_code, having said what
 * is wrong. */
int building_settle(struct building *building);
void building_done(struct building *building);
#endif
