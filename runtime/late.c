/*
 * late.c - a scan's result as late fields.
 */
#include "late.h"

#include "scan.h"

void
late_fill(struct late_fields *late, const struct scan_result *result)
{
	*late = (struct late_fields){0};
	if (result->flags & SCAN_HASHED) {
		scan_hex(late->md5, result->md5, sizeof(result->md5));
		scan_hex(late->sha1, result->sha1, sizeof(result->sha1));
		scan_hex(late->sha256, result->sha256, sizeof(result->sha256));
	}
	if (!(result->flags & SCAN_PROGRAM))
		return;
	late->program = &result->program;
	if (result->program.imports)
		scan_hex(late->imphash, result->program.imphash, sizeof(result->program.imphash));
}
