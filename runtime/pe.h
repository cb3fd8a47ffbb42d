/*
 * pe.h - what a Windows program file says about itself: its version resource and what it imports.
 *
 * Reads any bytes: every offset and size is checked against the file's. The format is Microsoft's "PE Format".
 */
#ifndef PE_H
#define PE_H

#include <stddef.h>
#include <stdint.h>

struct line;

enum {
	PE_SECTION_MAX = 96,  /* the loader takes no more */
	PE_TEXT_MAX = 512,    /* bytes of one string of the version resource, with its NUL; longer ones are cut */
	PE_IMPORT_MAX = 65536, /* functions that are looked at */
};

struct pe_section {
	uint32_t address, size; /* where it lies when loaded, relative to the image; bytes that come from the file */
	uint32_t offset;        /* in the file */
};

struct pe { /* borrows the file */
	const uint8_t *file;
	uint32_t size;
	uint32_t import_address, import_size, resource_address, resource_size; /* 0: it has none */
	uint32_t certificate_offset, certificate_size; /* in the file; 0: no signature of its own */
	uint32_t section_count;
	int is_64;
	struct pe_section sections[PE_SECTION_MAX];
};

struct pe_version { /* UTF-8, lone surrogates as three bytes; "": it does not say */
	char original_file_name[PE_TEXT_MAX], product[PE_TEXT_MAX], company[PE_TEXT_MAX], description[PE_TEXT_MAX],
		file_version[PE_TEXT_MAX];
};

/* 0, or -EBADMSG: it is no such file. */
int pe_open(struct pe *pe, const void *file, size_t size);
/* The strings of its first version resource. 0; -ENOENT: there is none; -EBADMSG: it is broken. */
int pe_read_version(const struct pe *pe, struct pe_version *version);
/* Appends "library.function,..." in lower case, libraries without .dll, .ocx or .sys, functions without a name as
 * ordN, but for libraries whose numbers are known: what an import hash (imphash) is the MD5 of. 0; -ENOENT: it imports
 * nothing; -EBADMSG; -ENOMEM. */
int pe_read_imports(const struct pe *pe, struct line *list);
#endif
