/*
 * keyring.c - loads the public keys of a folder, and refuses what others than root and we could have written.
 */
#include "keyring.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "minisign.h"
#include "os.h"
#include "trust.h"

struct loading {
	struct keyring *ring;
	char *why;
};

/* Fills why and returns error. */
static int
refuse(char *why, const char *path, const char *what, int error)
{
	snprintf(why, TRUST_WHY_SIZE, "%.150s: %s", path, what);
	return error;
}

static int
refuse_open(char *why, const char *path)
{
	snprintf(why, TRUST_WHY_SIZE, "%.150s: others can write it; %s", path, os_own_hint);
	return -EPERM;
}

static int
writers_check(const char *path, char *why)
{
	int others = os_writable_by_others(path);

	if (others < 0)
		return refuse(why, path, os_errno_name(-others), others);
	return others ? refuse_open(why, path) : 0;
}

static int
key_load(void *context, const char *path)
{
	struct loading *loading = context;
	struct public_key key;
	void *text;
	size_t size;
	int error;

	error = os_read_own_file(path, KEY_TEXT_SIZE, &text, &size);
	if (error == -EPERM)
		return refuse_open(loading->why, path);
	if (error)
		return refuse(loading->why, path, os_errno_name(-error), error);
	error = public_key_parse(&key, text, size);
	free(text);
	if (error)
		return refuse(loading->why, path, "not a minisign public key", error);
	error = keyring_add(loading->ring, &key);
	return error ? refuse(loading->why, path, os_errno_name(-error), error) : 0;
}

int
keyring_load(struct keyring *ring, const char *folder, char *why)
{
	struct loading loading = {ring, why};
	int error;

	ring->place = folder;
	why[0] = '\0';
	error = writers_check(folder, why);
	if (error == -ENOENT) {
		why[0] = '\0';
		return 0;
	}
	if (!error)
		error = os_list_folder(folder, ".pub", key_load, &loading);
	if (error && !why[0])
		refuse(why, folder, os_errno_name(-error), error);
	return error;
}
