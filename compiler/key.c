/*
 * key.c - key files of rsnlc: read with their passwords.
 */
#include "key.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "file.h"
#include "minisign.h"
#include "options.h"
#include "terminal.h"

static int
cannot(const char *path, int error)
{
	options_error("%s: %s", path, options_errno(error));
	return CODE_CANNOT;
}

static int
password_from_file(const char *path, char password[KEY_PASSWORD_SIZE])
{
	int error, code = 0;
	char *text;
	size_t size;

	error = file_read(path, 1 << 16, &text, &size);
	if (error)
		return cannot(path, error);
	size = strcspn(text, "\r\n");
	if (size >= KEY_PASSWORD_SIZE)
		code = cannot(path, -EMSGSIZE);
	else
		memcpy(password, text, size), password[size] = '\0';
	sodium_memzero(text, size);
	free(text);
	return code;
}

static int
password_from_terminal(const char *path, int is_new, char password[KEY_PASSWORD_SIZE])
{
	char again[KEY_PASSWORD_SIZE], prompt[512];
	int error, same;

	snprintf(prompt, sizeof(prompt), "Password for %.400s: ", path);
	error = terminal_ask(prompt, password, KEY_PASSWORD_SIZE);
	if (error == -ENOTTY) {
		options_error("%s: needs a password and there is no terminal; set RSNLC_PASSWORD_FILE%s", path,
		              is_new ? " or give -W" : "");
		return CODE_CANNOT;
	}
	if (!error && is_new) {
		error = terminal_ask("Again: ", again, sizeof(again));
		same = !error && !strcmp(password, again);
		sodium_memzero(again, sizeof(again));
		if (!error && !same) {
			options_error("%s: the passwords differ", path);
			return CODE_CANNOT;
		}
	}
	return error ? cannot(path, error) : 0;
}

int
key_password(const char *path, int is_new, char password[KEY_PASSWORD_SIZE])
{
	const char *file = getenv("RSNLC_PASSWORD_FILE");

	return file && *file ? password_from_file(file, password) : password_from_terminal(path, is_new, password);
}

static int
secret_file_check(const char *path)
{
	unsigned mode;
	int access = file_access_by_others(path, &mode);

	if (access < 0)
		return cannot(path, access);
	if (access & (FILE_OTHERS_READ | FILE_OTHERS_WRITE)) {
		options_error("%s: mode %04o lets others %s a secret key; run chmod 600 %s", path, mode,
		              access & FILE_OTHERS_READ ? "read" : "change", path);
		return CODE_UNTRUSTED;
	}
	return 0;
}

static int
secret_parse(const char *path, const char *text, size_t size, struct secret_key *key)
{
	char password[KEY_PASSWORD_SIZE];
	int error = secret_key_parse(key, text, size, NULL), code;

	if (error == -EACCES) {
		code = key_password(path, 0, password);
		if (code)
			return code;
		error = secret_key_parse(key, text, size, password);
		sodium_memzero(password, sizeof(password));
	}
	if (error == -EINVAL)
		options_error("%s: not a minisign secret key", path);
	else if (error == -EPERM)
		options_error("%s: wrong password", path);
	else if (error)
		return cannot(path, error);
	return error ? CODE_UNTRUSTED : 0;
}

int
key_read_secret(const char *path, struct secret_key *key)
{
	int code = secret_file_check(path), error;
	char *text;
	size_t size;

	if (code)
		return code;
	error = file_read(path, KEY_TEXT_SIZE, &text, &size);
	if (error)
		return cannot(path, error);
	code = secret_parse(path, text, size, key);
	sodium_memzero(text, size);
	free(text);
	return code;
}

int
key_read_public(const char *path, struct public_key *key)
{
	char *text;
	size_t size;
	int access = file_access_by_others(path, NULL), error;

	if (access >= 0 && access & FILE_OTHERS_WRITE) {
		options_error("%s: others can write it; run chmod go-w %s", path, path);
		return CODE_UNTRUSTED;
	}
	error = access < 0 ? access : file_read(path, KEY_TEXT_SIZE, &text, &size);
	if (error)
		return cannot(path, error);
	error = public_key_parse(key, text, size);
	free(text);
	if (error)
		options_error("%s: not a minisign public key", path);
	return error ? CODE_UNTRUSTED : 0;
}
