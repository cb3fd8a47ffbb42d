/* runtime_pe.c - any bytes as a program file for Windows: its strings end, and nothing outside of it is read. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "line.h"
#include "pe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pe_version version;
	static struct line list;
	struct pe pe;

	if (pe_open(&pe, data, size))
		return 0;
	if (!pe_read_version(&pe, &version))
		assert(memchr(version.description, 0, PE_TEXT_MAX));
	list.size = 0;
	pe_read_imports(&pe, &list);
	return 0;
}
