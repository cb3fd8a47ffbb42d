/*
 * key.h - key files of rsnlc: read with their passwords, refused when others may read them.
 */
#ifndef KEY_H
#define KEY_H

#include <stddef.h>

struct public_key;
struct secret_key;

enum { KEY_PASSWORD_SIZE = 1024 }; /* room for a password */

/* Both say what is wrong with options_error(), and return 0 or an enum exit_code. */
int key_read_secret(const char *path, struct secret_key *key);
int key_read_public(const char *path, struct public_key *key);

/* The password: the first line of the file in RSNLC_PASSWORD_FILE, else from the terminal (twice when it is a new one).
 * 0 or an enum exit_code, after saying what is wrong. Wipe it. */
int key_password(const char *path, int is_new, char password[KEY_PASSWORD_SIZE]);
#endif
