/* pack_open.c - reads a pack and the keys that may sign it, and explains a refusal. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "detector.h"
#include "keyring.h"
#include "minisign.h"
#include "os.h"
#include "pack_open.h"
#include "packfile.h"
#include "trust.h"

enum { KEY_SIZE_MAX = 4096, PATH_SIZE = 4096 };
#define PACK_SIZE_MAX ((size_t)1 << 30)

int
pack_source_key(struct pack_source *source, const char *path)
{
	if (source->key_count == PACK_KEYS_MAX) {
		message("%s: at most %d keys", path, PACK_KEYS_MAX);
		return -EINVAL;
	}
	source->keys[source->key_count++] = path;
	return 0;
}

static int
load_key(struct keyring *ring, const char *path)
{
	struct public_key key;
	size_t size;
	void *text;
	int error;

	error = os_read_own_file(path, KEY_SIZE_MAX, &text, &size);
	if (error == -EPERM) {
		message("%s: others can write it; run chmod go-w %s", path, path);
		return CODE_UNTRUSTED;
	}
	if (error) {
		message("%s: %s", path, message_errno(error));
		return CODE_CANNOT;
	}
	error = public_key_parse(&key, text, size);
	free(text);
	if (error) {
		message("%s: not a minisign public key", path);
		return CODE_UNTRUSTED;
	}
	return keyring_add(ring, &key) ? CODE_CANNOT : 0;
}

static int
load_keys(struct keyring *ring, const struct pack_source *source, char folder[PATH_SIZE])
{
	char why[TRUST_WHY_SIZE] = "";
	int i, code = 0, error;

	for (i = 0; !code && i < source->key_count; ++i)
		code = load_key(ring, source->keys[i]);
	if (source->key_count)
		return code;
	error = os_path(PLACE_KEYS, folder, PATH_SIZE);
	if (!error)
		error = keyring_load(ring, folder, why);
	if (error)
		message("%s", why);
	return !error ? 0 : error == -EPERM || error == -EINVAL ? CODE_UNTRUSTED : CODE_CANNOT;
}

static int
refused(const char *path, const struct refusal *why)
{
	message("%s refused at %s: %s", path, check_name(why->check), why->text);
	return CODE_UNTRUSTED;
}

static int
copy_path(void *context, const char *path)
{
	snprintf(context, PATH_SIZE, "%s", path);
	return 1;
}

/* The active pack, else the default one. */
static const char *
find_pack(char path[PATH_SIZE])
{
	char folder[PATH_SIZE];

	if (os_path(PLACE_STATE "/packs/active", folder, sizeof folder) ||
	    os_list_folder(folder, ".rsnp", copy_path, path) != 1)
		os_path(PLACE_PACK, path, PATH_SIZE);
	return path;
}

static int
open_file(struct detector **detector, const char *path, const struct pack_source *source, const struct keyring *ring)
{
	const struct trust_policy policy = { .keys = ring, .allow_unsigned = source->allow_unsigned,
		.now = os_wall_ns() / 1000000000, .unpacked_max = PACK_UNPACKED_MAX };
	struct refusal why;
	size_t size;
	void *file;
	int error;

	error = os_read_file(path, PACK_SIZE_MAX, &file, &size);
	if (error) {
		message("%s: %s", path, message_errno(error));
		return CODE_CANNOT;
	}
	error = detector_open(detector, file, size, &policy, &why);
	free(file);
	if (!error && source->test && detector_test(*detector, &why)) {
		detector_close(*detector);
		error = -1;
	}
	return error ? refused(path, &why) : 0;
}

int
pack_open(struct detector **detector, const struct pack_source *source)
{
	struct keyring ring = { 0 };
	char found[PATH_SIZE], keys[PATH_SIZE];
	const char *path = source->path ? source->path : find_pack(found);
	int code = load_keys(&ring, source, keys);

	if (!code)
		code = open_file(detector, path, source, &ring);
	keyring_done(&ring);
	return code;
}
