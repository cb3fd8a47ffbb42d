/*
 * program.h - what a program for Windows says about itself, read from its file: names, version, imports, signature.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdint.h>

struct hasher;
struct scan_program;

/* Of the file of size bytes behind descriptor fd. 1 with *program filled; 0: it is no such program; or a negative errno. */
int program_read(struct scan_program *program, struct hasher *hasher, int fd, uint64_t size);
#endif
