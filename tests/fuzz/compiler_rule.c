/* compiler_rule.c - any bytes as the only content of a pack: read, parsed, checked and lowered, or refused. */
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "packfile.h"
#include "diag.h"
#include "input.h"
#include "ir.h"
#include "node.h"
#include "options.h"
#include "compile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int file = memfd_create("rule", 0);
	char path[64];
	const char *paths[] = {path};
	struct compile_request request = {.paths = paths, .path_count = 1, .name = "fuzz", .skip_bad = size & 1};
	struct compilation compilation;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	if (file >= 0 && write(file, data, size) == (ssize_t)size) {
		compile_init(&compilation, &request);
		compile_front(&compilation);
		compile_done(&compilation);
	}
	close(file);
	return 0;
}
