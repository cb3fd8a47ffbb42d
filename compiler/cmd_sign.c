/*
 * cmd_sign.c - rsnlc sign: signs packs, in place of the signature they have.
 */
#include "packfile.h"
#include "diag.h"
#include "ir.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "arena.h"
#include "file.h"
#include "key.h"
#include "minisign.h"
#include "options.h"
#include "seal.h"
#include "unseal.h"

static const struct option_row rows[] = {
	{'k', "key", "KEY", "secret key that signs"},
	{0},
};

static int
set(void *state, int letter, const char *value)
{
	(void)letter;
	*(const char **)state = value;
	return 0;
}

static int
pack_sign(const struct options *options, const char *path, const struct secret_key *key)
{
	struct arena *arena = arena_new();
	struct unsealed pack;
	char *bytes = NULL, why[256], id[KEY_ID_SIZE];
	size_t size, signed_size;
	void *signed_bytes;
	int error = file_read(path, (size_t)PACK_UNPACKED_MAX * 2, &bytes, &size), code = 0;

	if (!error && unseal_header(&pack, bytes, size, why)) {
		options_error("%s: %s", path, why);
		code = CODE_UNTRUSTED;
	} else if (!error) {
		seal_sign(arena, bytes, pack.signed_size, key, &signed_bytes, &signed_size);
		error = file_write(path, signed_bytes, signed_size, 0644);
	}
	if (error) {
		options_error("%s: %s", path, options_errno(error));
		code = CODE_CANNOT;
	}
	if (!code) {
		key_id_text(id, key->id);
		options_message(options, "%s: serial %" PRIu64 ", signed by %s", path, pack.header->serial, id);
	}
	free(bytes);
	arena_free(arena);
	return code;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct options options = {0};
	const char *key_path = NULL;
	struct secret_key key;
	int code = options_parse(&options, command, argc, argv, set, &key_path);

	if (code >= 0)
		return code;
	if (!key_path || options.operand_count == 0) {
		options_error("usage: rsnlc sign -k KEY PACK...");
		return CODE_USAGE;
	}
	if (sodium_init() < 0)
		return CODE_CANNOT;
	code = key_read_secret(key_path, &key);
	if (code)
		return code;
	for (size_t i = 0; i < options.operand_count; i++) {
		int one = pack_sign(&options, options.operands[i], &key);

		code = one > code ? one : code;
	}
	secret_key_wipe(&key);
	return code;
}

const struct command command_sign = {
	.name = "sign",
	.operands = "-k KEY PACK...",
	.summary = "sign packs",
	.options = rows,
	.run = run,
};
