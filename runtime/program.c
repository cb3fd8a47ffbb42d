/*
 * program.c - a program's file in memory, through pe.h; who signed it, from the system where it can tell.
 */
#include "program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contents.h"
#include "hashes.h"
#include "line.h"
#include "pe.h"
#include "scan.h"
#include "signature.h"

_Static_assert((int)SCAN_TEXT_MAX == (int)PE_TEXT_MAX, "texts are copied whole");

static int
is_candidate(int fd)
{
	char magic[2];

	return contents_read(fd, magic, sizeof(magic), 0) == sizeof(magic) && !memcmp(magic, "MZ", sizeof(magic));
}

/* The file's bytes, copied: a mapping would fault when the file is cut meanwhile. */
static int
file_copy(int fd, size_t size, char **bytes)
{
	char *copy = malloc(size);
	size_t at = 0;
	long got = 1;

	while (copy && at < size && (got = contents_read(fd, copy + at, size - at, at)) > 0)
		at += (size_t)got;
	if (copy && at == size) {
		*bytes = copy;
		return 0;
	}
	free(copy);
	return !copy ? -ENOMEM : got < 0 ? (int)got : -EIO;
}

static void
names_take(struct scan_program *program, const struct pe *pe)
{
	struct pe_version version;

	if (pe_read_version(pe, &version))
		return;
	memcpy(program->original_file_name, version.original_file_name, SCAN_TEXT_MAX);
	memcpy(program->product, version.product, SCAN_TEXT_MAX);
	memcpy(program->company, version.company, SCAN_TEXT_MAX);
	memcpy(program->description, version.description, SCAN_TEXT_MAX);
	memcpy(program->file_version, version.file_version, SCAN_TEXT_MAX);
}

/* A broken table of imports has no hash. */
static int
imports_take(struct scan_program *program, const struct pe *pe, struct hasher *hasher)
{
	uint8_t sha1[HASHES_SHA1_SIZE], sha256[HASHES_SHA256_SIZE];
	struct line list = {0};
	int error = pe_read_imports(pe, &list);

	if (!error) {
		hasher_begin(hasher);
		hasher_add(hasher, list.data, list.size);
		error = hasher_end(hasher, program->imphash, sha1, sha256);
		program->imports = !error;
	}
	line_done(&list);
	return error == -ENOMEM ? error : 0;
}

static void
signature_take(struct scan_program *program, const struct pe *pe, int fd)
{
	if (!signature_read(fd, &program->signature, program->signer, sizeof(program->signer)))
		return;
	program->signature = pe->certificate_size ? SCAN_SIGNATURE_UNCHECKED : SCAN_SIGNATURE_UNKNOWN;
}

int
program_read(struct scan_program *program, struct hasher *hasher, int fd, uint64_t size)
{
	char *bytes = NULL;
	struct pe pe;
	int error;

	if (!is_candidate(fd))
		return 0;
	error = file_copy(fd, (size_t)size, &bytes);
	if (error)
		return error;
	if (!pe_open(&pe, bytes, (size_t)size)) {
		names_take(program, &pe);
		error = imports_take(program, &pe, hasher);
		signature_take(program, &pe, fd);
		error = error ? error : 1;
	}
	free(bytes);
	return error;
}
