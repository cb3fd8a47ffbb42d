/*
 * keyring.h - the public keys of a folder, refused if others could have put them there.
 */
#ifndef KEYRING_H
#define KEYRING_H

struct keyring;

/* Adds every *.pub of folder, in the order of their names, to ring; ring->place becomes folder (borrowed). A folder
 * that is not there is an empty one. 0; a negative errno; -EPERM: folder or a key can be written by others than its
 * owner (root or us), -EINVAL: a file is not a minisign public key. why (TRUST_WHY_SIZE bytes) says which. */
int keyring_load(struct keyring *ring, const char *folder, char *why);
#endif
