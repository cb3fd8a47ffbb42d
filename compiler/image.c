/*
 * image.c - a linked ELF -> the flat image of a pack.
 *
 * What is proved: the ELF is of the target; all that is loaded is .text and .rodata, laid out from 0; no byte is
 * writable; nothing is imported; every relocation that the linker resolved was relative to its own place (image.ld is
 * linked with --emit-relocs), so the bytes run wherever they are mapped; the entry lies inside the code.
 */
#include "image.h"

#include <elf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packfile.h"

#define CODE_NAME ".text"
#define CONSTANTS_NAME ".rodata"

struct elf { /* views into the file, each checked to lie inside */
	const uint8_t *bytes;
	size_t size;
	const Elf64_Ehdr *header;
	const Elf64_Shdr *sections;
	uint32_t section_count;
	const char *names; /* of sections, NUL at the end */
	size_t names_size;
	char *text; /* room of 160 for a refusal */
};

/* Relocations that are a distance between two places of the image. */
static const uint32_t relative_x86_64[] = {R_X86_64_NONE, R_X86_64_PC8, R_X86_64_PC16, R_X86_64_PC32, R_X86_64_PC64,
                                           R_X86_64_PLT32};
static const uint32_t relative_aarch64[] = {
	R_AARCH64_NONE, R_AARCH64_PREL16, R_AARCH64_PREL32, R_AARCH64_PREL64, R_AARCH64_LD_PREL_LO19,
	R_AARCH64_ADR_PREL_LO21, R_AARCH64_ADR_PREL_PG_HI21, R_AARCH64_ADD_ABS_LO12_NC, R_AARCH64_LDST8_ABS_LO12_NC,
	R_AARCH64_LDST16_ABS_LO12_NC, R_AARCH64_LDST32_ABS_LO12_NC, R_AARCH64_LDST64_ABS_LO12_NC,
	R_AARCH64_LDST128_ABS_LO12_NC, R_AARCH64_TSTBR14, R_AARCH64_CONDBR19, R_AARCH64_JUMP26, R_AARCH64_CALL26,
};

static int refuse(const struct elf *elf, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int
refuse(const struct elf *elf, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(elf->text, 160, format, arguments);
	va_end(arguments);
	return -1;
}

static int
inside(const struct elf *elf, uint64_t offset, uint64_t size)
{
	return offset <= elf->size && size <= elf->size - offset;
}

static const char *
section_name(const struct elf *elf, const Elf64_Shdr *section)
{
	return section->sh_name < elf->names_size ? elf->names + section->sh_name : "?";
}

static int
elf_open(struct elf *elf, uint32_t target)
{
	const Elf64_Ehdr *header = (const void *)elf->bytes;
	const uint16_t machine = target == PACK_X86_64 ? EM_X86_64 : EM_AARCH64;
	const Elf64_Shdr *names;

	if (elf->size < sizeof(*header) || memcmp(header->e_ident, ELFMAG, SELFMAG) ||
	    header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB)
		return refuse(elf, "is not a 64-bit ELF");
	if (header->e_machine != machine)
		return refuse(elf, "is for machine %u, not %u", header->e_machine, machine);
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
		return refuse(elf, "is not linked");
	if (header->e_shentsize != sizeof(Elf64_Shdr) || header->e_shoff % 8 || header->e_shstrndx >= header->e_shnum ||
	    !inside(elf, header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr)))
		return refuse(elf, "has no section table");
	elf->header = header;
	elf->sections = (const void *)(elf->bytes + header->e_shoff);
	elf->section_count = header->e_shnum;
	names = &elf->sections[header->e_shstrndx];
	if (names->sh_size == 0 || !inside(elf, names->sh_offset, names->sh_size) ||
	    elf->bytes[names->sh_offset + names->sh_size - 1] != '\0')
		return refuse(elf, "has no section names");
	elf->names = (const char *)elf->bytes + names->sh_offset;
	elf->names_size = names->sh_size;
	for (uint32_t i = 0; i < elf->section_count; i++)
		if (elf->sections[i].sh_type != SHT_NOBITS &&
		    !inside(elf, elf->sections[i].sh_offset, elf->sections[i].sh_size))
			return refuse(elf, "section %u lies outside the file", i);
	return 0;
}

static int
relocation_relative(uint32_t type, uint32_t target)
{
	const uint32_t *types = target == PACK_X86_64 ? relative_x86_64 : relative_aarch64;
	const size_t count = target == PACK_X86_64 ? sizeof(relative_x86_64) / sizeof(*types)
	                                           : sizeof(relative_aarch64) / sizeof(*types);

	for (size_t i = 0; i < count; i++)
		if (types[i] == type)
			return 1;
	return 0;
}

static int
relocations_check(const struct elf *elf, const Elf64_Shdr *section, uint32_t target)
{
	const uint8_t *entry = elf->bytes + section->sh_offset;
	uint64_t count = section->sh_size / sizeof(Elf64_Rela), bad = 0;
	uint32_t type = 0;

	for (uint64_t i = 0; i < count; i++, entry += sizeof(Elf64_Rela)) {
		Elf64_Rela relocation;

		memcpy(&relocation, entry, sizeof(relocation));
		if (!relocation_relative(ELF64_R_TYPE(relocation.r_info), target)) {
			type = ELF64_R_TYPE(relocation.r_info);
			bad++;
		}
	}
	if (bad)
		return refuse(elf, "has %" PRIu64 " relocations in %.32s (type %u)", bad, section_name(elf, section), type);
	return 0;
}

/* Nothing but the first symbol, and what is defined in the image, may be there. */
static int
symbols_check(const struct elf *elf, const Elf64_Shdr *section)
{
	const uint8_t *entry = elf->bytes + section->sh_offset;
	const Elf64_Shdr *names;

	if (section->sh_link >= elf->section_count)
		return refuse(elf, "has symbols without names");
	names = &elf->sections[section->sh_link];
	for (uint64_t i = 0; i < section->sh_size / sizeof(Elf64_Sym); i++, entry += sizeof(Elf64_Sym)) {
		const char *name = "?";
		Elf64_Sym symbol;

		memcpy(&symbol, entry, sizeof(symbol));
		if (symbol.st_name < names->sh_size)
			name = (const char *)elf->bytes + names->sh_offset + symbol.st_name;
		if (i > 0 && symbol.st_shndx == SHN_UNDEF)
			return refuse(elf, "imports %.*s", 64, name);
		if (ELF64_ST_TYPE(symbol.st_info) == STT_TLS || ELF64_ST_TYPE(symbol.st_info) == STT_GNU_IFUNC)
			return refuse(elf, "has %.*s, which is thread-local or indirect", 64, name);
	}
	return 0;
}

static int
loaded_check(const struct elf *elf, const Elf64_Shdr *section)
{
	const char *name = section_name(elf, section);

	if (section->sh_size == 0)
		return 0;
	if (section->sh_flags & SHF_WRITE)
		return refuse(elf, "has %" PRIu64 " writable bytes (%.32s)", section->sh_size, name);
	if (section->sh_type != SHT_PROGBITS || (strcmp(name, CODE_NAME) && strcmp(name, CONSTANTS_NAME)))
		return refuse(elf, "has section %.32s", name);
	if (!(section->sh_flags & SHF_EXECINSTR) != !strcmp(name, CONSTANTS_NAME))
		return refuse(elf, "section %.32s has the wrong rights", name);
	if (section->sh_addr > PACK_IMAGE_MAX || section->sh_size > PACK_IMAGE_MAX - section->sh_addr)
		return refuse(elf, "is larger than %d MiB", PACK_IMAGE_MAX >> 20);
	return 0;
}

static int
sections_check(const struct elf *elf, uint32_t target)
{
	int error = 0, symbols = 0;

	for (uint32_t i = 1; !error && i < elf->section_count; i++) {
		const Elf64_Shdr *section = &elf->sections[i];

		if (section->sh_type == SHT_RELA)
			error = relocations_check(elf, section, target);
		else if (section->sh_type == SHT_REL || section->sh_type == SHT_DYNAMIC)
			error = refuse(elf, "has section %.32s", section_name(elf, section));
		else if (section->sh_type == SHT_SYMTAB || section->sh_type == SHT_DYNSYM)
			error = symbols_check(elf, section), symbols = 1;
		if (!error && section->sh_flags & SHF_ALLOC)
			error = loaded_check(elf, section);
	}
	if (!error && !symbols)
		error = refuse(elf, "has no symbols to check");
	return error;
}

static const Elf64_Shdr *
section_find(const struct elf *elf, const char *name)
{
	for (uint32_t i = 1; i < elf->section_count; i++)
		if (!strcmp(section_name(elf, &elf->sections[i]), name) && elf->sections[i].sh_size > 0)
			return &elf->sections[i];
	return NULL;
}

static uint64_t
page_up(uint64_t size)
{
	return (size + PACK_IMAGE_ALIGN - 1) / PACK_IMAGE_ALIGN * PACK_IMAGE_ALIGN;
}

/* Code from 0, then constants from the next page on. */
static int
image_fill(struct image *image, const struct elf *elf)
{
	const Elf64_Shdr *code = section_find(elf, CODE_NAME), *constants = section_find(elf, CONSTANTS_NAME);

	if (!code || code->sh_addr != 0)
		return refuse(elf, "has no code at 0");
	if (elf->header->e_entry >= code->sh_size)
		return refuse(elf, "entry lies outside the code");
	image->code_size = image->size = page_up(code->sh_size);
	if (constants && constants->sh_addr != image->code_size)
		return refuse(elf, "constants do not follow the code");
	if (constants)
		image->size = page_up(image->code_size + constants->sh_size);
	image->entry = elf->header->e_entry;
	image->bytes = calloc(1, image->size);
	if (!image->bytes)
		return refuse(elf, "does not fit in memory");
	memcpy(image->bytes, elf->bytes + code->sh_offset, code->sh_size);
	if (constants)
		memcpy(image->bytes + image->code_size, elf->bytes + constants->sh_offset, constants->sh_size);
	return 0;
}

int
image_flatten(struct image *image, const void *bytes, size_t size, uint32_t target, char text[160])
{
	struct elf elf = {.bytes = bytes, .size = size, .text = text};
	int error;

	*image = (struct image){.target = target};
	error = elf_open(&elf, target);
	if (!error)
		error = sections_check(&elf, target);
	if (!error)
		error = image_fill(image, &elf);
	return error;
}

void
image_done(struct image *image)
{
	free(image->bytes);
	*image = (struct image){0};
}
