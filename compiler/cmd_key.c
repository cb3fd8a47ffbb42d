/*
 * cmd_key.c - rsnlc key: makes a pair of minisign keys, shows a key's id.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "file.h"
#include "key.h"
#include "minisign.h"
#include "options.h"

static const struct option_row rows[] = {
	{'W', "no-password", NULL, "generate: leave the secret key unencrypted"},
	{0},
};

static int
set(void *state, int letter, const char *value)
{
	(void)letter, (void)value;
	*(int *)state = 1;
	return 0;
}

static int
file_refused(const char *path, int error)
{
	options_error("%s: %s%s", path, options_errno(error), error == -EEXIST ? "; not overwritten" : "");
	return CODE_CANNOT;
}

/* Writes both files; the secret one first, and not without the other. */
static int
pair_write(const char *name, const struct secret_key *key, const char *password)
{
	char text[KEY_TEXT_SIZE], public_text[KEY_TEXT_SIZE], *secret_path, *public_path;
	struct public_key public_key;
	int error, code = 0;

	if (asprintf(&secret_path, "%s.key", name) < 0 || asprintf(&public_path, "%s.pub", name) < 0)
		return file_refused(name, -ENOMEM);
	secret_key_public(key, &public_key);
	public_key_write(public_text, &public_key);
	error = secret_key_write(text, key, password);
	if (!error)
		error = file_create(secret_path, text, strlen(text), 0600);
	if (error)
		code = file_refused(secret_path, error);
	sodium_memzero(text, sizeof(text));
	if (!code) {
		error = file_create(public_path, public_text, strlen(public_text), 0644);
		if (error) {
			code = file_refused(public_path, error);
			remove(secret_path);
		}
	}
	free(secret_path);
	free(public_path);
	return code;
}

static int
exists(const char *name, const char *ending)
{
	char *path;
	int found;

	if (asprintf(&path, "%s%s", name, ending) < 0)
		return 1;
	found = file_access_by_others(path, NULL) >= 0;
	if (found)
		file_refused(path, -EEXIST);
	free(path);
	return found;
}

static int
generate(const struct options *options, const char *name, int no_password)
{
	char password[KEY_PASSWORD_SIZE], id[KEY_ID_SIZE];
	struct secret_key key;
	int code = 0;

	if (exists(name, ".key") || exists(name, ".pub"))
		return CODE_CANNOT;
	if (!no_password)
		code = key_password(name, 1, password);
	if (code)
		return code;
	secret_key_generate(&key);
	code = pair_write(name, &key, no_password ? NULL : password);
	key_id_text(id, key.id);
	if (!code)
		options_message(options, "%s.key and %s.pub: key %s", name, name, id);
	sodium_memzero(password, sizeof(password));
	secret_key_wipe(&key);
	return code;
}

/* A public key says its id; so does the first word of a secret one only when it is decrypted. */
static int
show(const char *path)
{
	struct public_key public_key;
	struct secret_key secret_key;
	char *text, id[KEY_ID_SIZE];
	size_t size;
	int code = 0, error = file_read(path, KEY_TEXT_SIZE, &text, &size);

	if (error)
		return file_refused(path, error);
	error = public_key_parse(&public_key, text, size);
	sodium_memzero(text, size);
	free(text);
	if (error) {
		code = key_read_secret(path, &secret_key);
		if (code)
			return code;
		secret_key_public(&secret_key, &public_key);
		secret_key_wipe(&secret_key);
	}
	key_id_text(id, public_key.id);
	printf("%s%s%s\n", id, public_key.packs[0] ? " packs: " : "", public_key.packs);
	return 0;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct options options = {0};
	int no_password = 0, code = options_parse(&options, command, argc, argv, set, &no_password);

	if (code >= 0)
		return code;
	if (sodium_init() < 0)
		return CODE_CANNOT;
	if (options.operand_count == 2 && !strcmp(options.operands[0], "generate"))
		return generate(&options, options.operands[1], no_password);
	if (options.operand_count == 2 && !strcmp(options.operands[0], "show") && !no_password)
		return show(options.operands[1]);
	options_error("usage: rsnlc key generate [-W] NAME, or rsnlc key show FILE");
	return CODE_USAGE;
}

const struct command command_key = {
	.name = "key",
	.operands = "generate [-W] NAME | show FILE",
	.summary = "make a pair of keys that signs packs, or show a key's id",
	.options = rows,
	.run = run,
};
