/*
 * derived_late.c - derived fields that a scan of a program's file settles, as Sysmon shows them.
 */
#include <stdio.h>
#include <string.h>

#include "decode.h"
#include "decode_text.h"
#include "derived.h"
#include "late.h"
#include "pack.h"
#include "scan.h"

static int
give_text(struct value *value, const char *text)
{
	if (!*text)
		return 0;
	text_borrow(value, text, strlen(text), 0);
	return 1;
}

/* What a program says; a text that fills its room has lost its end. */
static int
give_name(struct value *value, const char *text)
{
	if (!*text)
		return 0;
	text_borrow(value, text, strlen(text), strlen(text) >= SCAN_TEXT_MAX - 4);
	return 1;
}

#define LATE(name, expression) \
	static int name(const struct record_head *record, const struct subject *subject, struct decode_arena *arena, \
	                struct value *value) \
	{ \
		const struct late_fields *late = subject->late; \
\
		(void)record; \
		(void)arena; \
		return late && (expression); \
	}

LATE(md5, give_text(value, late->md5))
LATE(sha1, give_text(value, late->sha1))
LATE(sha256, give_text(value, late->sha256))
LATE(imphash, give_text(value, late->imphash))
LATE(original_file_name, late->program && give_name(value, late->program->original_file_name))
LATE(product, late->program && give_name(value, late->program->product))
LATE(company, late->program && give_name(value, late->program->company))
LATE(description, late->program && give_name(value, late->program->description))
LATE(file_version, late->program && give_name(value, late->program->file_version))
LATE(signature, late->program && give_name(value, late->program->signer))

static int
give_signed(struct value *value, uint32_t signature)
{
	if (signature == SCAN_SIGNATURE_UNKNOWN)
		return 0;
	*value = signature == SCAN_UNSIGNED ? (struct value){"false", 5, VALUE_BOOL, 0, 0}
	                                    : (struct value){"true", 4, VALUE_BOOL, 0, 0};
	return 1;
}

static int
give_status(struct value *value, uint32_t signature)
{
	static const char *const names[SCAN_SIGNATURE_COUNT] = {[SCAN_UNSIGNED] = "Unavailable", [SCAN_VALID] = "Valid",
		[SCAN_EXPIRED] = "Expired", [SCAN_REVOKED] = "Revoked", [SCAN_UNTRUSTED] = "Untrusted"};

	return names[signature] && give_text(value, names[signature]);
}

LATE(signed_, late->program && give_signed(value, late->program->signature))
LATE(signature_status, late->program && give_status(value, late->program->signature))

/* MD5=...,SHA1=...,SHA256=...,IMPHASH=... */
static int
give_hashes(struct value *value, struct decode_arena *arena, const struct late_fields *late)
{
	size_t room = arena->size - arena->used;
	char *text = arena->data + arena->used;
	int size;

	if (!late->sha256[0] || room < 256)
		return 0;
	size = snprintf(text, room, "MD5=%s,SHA1=%s,SHA256=%s%s%s", late->md5, late->sha1, late->sha256,
	                late->imphash[0] ? ",IMPHASH=" : "", late->imphash);
	arena->used += (size_t)size;
	text_borrow(value, text, (uint32_t)size, 0);
	return 1;
}

LATE(hashes, give_hashes(value, arena, late))

derive_fn *
derive_late_find(const char *member)
{
	static const struct { const char *member; derive_fn *derive; } table[] = {
		{"md5", md5}, {"sha1", sha1}, {"sha256", sha256}, {"imphash", imphash}, {"hashes", hashes},
		{"original_file_name", original_file_name}, {"product", product}, {"company", company},
		{"description", description}, {"file_version", file_version}, {"signature", signature}, {"signed", signed_},
		{"signature_status", signature_status},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (!strcmp(table[i].member, member))
			return table[i].derive;
	}
	return NULL;
}
