/* input.h - the bytes of a file, unpacked on the way where its name ends with .gz or .zst. */
#ifndef INPUT_H
#define INPUT_H

#include <stddef.h>

struct input;

int input_open(struct input **input, const char *path); /* "-": standard input. 0 or a negative errno */
/* Bytes read, 0 at the end, or a negative errno; -EBADMSG: damaged. */
long input_read(struct input *input, void *buffer, size_t size);
void input_close(struct input *input); /* NULL is fine */
#endif
