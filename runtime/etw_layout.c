/*
 * etw_layout.c - etw_layout.def as tables, and the one place where the bytes of an event are measured.
 */
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "etw.h"
#include "etw_layout.h"
#include "etw_read.h"

enum type { END, TYPE_U16, TYPE_U32, TYPE_U64, TYPE_POINTER, TYPE_PORT, TYPE_IP4, TYPE_IP6, TYPE_GUID,
	TYPE_WIDE, TYPE_ANSI, TYPE_SID, TYPE_TOKEN, TYPE_BYTES };

enum { SID_HEAD = 8, SID_PARTS_MAX = 15 };

#define U16(name) TYPE_U16, FIELD_##name,
#define U32(name) TYPE_U32, FIELD_##name,
#define U64(name) TYPE_U64, FIELD_##name,
#define POINTER(name) TYPE_POINTER, FIELD_##name,
#define PORT(name) TYPE_PORT, FIELD_##name,
#define IP4(name) TYPE_IP4, FIELD_##name,
#define IP6(name) TYPE_IP6, FIELD_##name,
#define GUID(name) TYPE_GUID, FIELD_##name,
#define WIDE(name) TYPE_WIDE, FIELD_##name,
#define ANSI(name) TYPE_ANSI, FIELD_##name,
#define SID(name) TYPE_SID, FIELD_##name,
#define TOKEN(name) TYPE_TOKEN, FIELD_##name,
#define BYTES(name) TYPE_BYTES, FIELD_##name,

static const struct etw_layout layouts[] = {
#define LAYOUT(provider, id, oldest, newest, reader, fields) \
	{ETW_##provider, id, oldest, newest, etw_read_##reader, (const uint8_t[]){fields END}},
#include "etw_layout.def"
};

enum { LAYOUT_COUNT = sizeof(layouts) / sizeof(layouts[0]) };

/* As a GUID lies in memory: three little-endian numbers, then eight bytes in their order. */
#undef GUID
#define GUID(a, b, c, d, e) \
	{(a) & 0xff, (a) >> 8 & 0xff, (a) >> 16 & 0xff, (a) >> 24 & 0xff, (b) & 0xff, (b) >> 8, (c) & 0xff, (c) >> 8, \
	 (d) >> 8, (d) & 0xff, (e##ull) >> 40 & 0xff, (e##ull) >> 32 & 0xff, (e##ull) >> 24 & 0xff, (e##ull) >> 16 & 0xff, \
	 (e##ull) >> 8 & 0xff, (e##ull) & 0xff},

static const uint8_t guids[ETW_PROVIDER_COUNT][16] = {
#define CLASSIC(name, text, guid, flags) guid
#define MANIFEST(name, text, guid, keywords, level) guid
#include "etw_provider.def"
};

enum etw_provider
etw_provider_find(const uint8_t guid[16])
{
	enum etw_provider provider;

	for (provider = 0; provider < ETW_PROVIDER_COUNT; provider++)
		if (!memcmp(guids[provider], guid, 16))
			break;
	return provider;
}

const uint8_t *
etw_provider_guid(enum etw_provider provider)
{
	return guids[provider];
}

const struct etw_layout *
etw_layout_find(const struct etw_event *event, int *is_known)
{
	enum etw_provider provider = etw_provider_find(event->provider);
	uint16_t id = provider < ETW_CLASSIC_COUNT ? event->opcode : event->id;

	*is_known = 0;
	for (size_t i = 0; provider < ETW_PROVIDER_COUNT && i < LAYOUT_COUNT; i++) {
		if (layouts[i].id != id || layouts[i].provider != provider)
			continue;
		if (event->version >= layouts[i].oldest && event->version <= layouts[i].newest)
			return &layouts[i];
		*is_known = 1;
	}
	return NULL;
}

const struct etw_layout *
etw_layout_at(size_t index)
{
	return index < LAYOUT_COUNT ? &layouts[index] : NULL;
}

/* What is left of an event's user data. */
struct rest {
	const uint8_t *at;
	uint32_t size;
	uint8_t pointer_size;
	uint64_t last; /* the number before: how long BYTES are */
};

static uint64_t
number_read(const uint8_t *at, uint32_t size)
{
	uint64_t number = 0;

	while (size-- > 0)
		number = number << 8 | at[size];
	return number;
}

/* Bytes up to the terminator of width bytes, or -1: there is none. */
static int64_t
text_size(const struct rest *rest, uint32_t width)
{
	for (uint32_t i = 0; i + width <= rest->size; i += width)
		if (!rest->at[i] && (width == 1 || !rest->at[i + 1]))
			return i;
	return -1;
}

/* Bytes of the SID at offset, or -1. Its second byte counts its parts. */
static int64_t
sid_size(const struct rest *rest, uint32_t offset)
{
	uint32_t size;

	if (rest->size < offset + SID_HEAD || rest->at[offset + 1] > SID_PARTS_MAX)
		return -1;
	size = SID_HEAD + 4u * rest->at[offset + 1];
	return rest->size - offset >= size ? (int64_t)size : -1;
}

/* Reads one field. skip: bytes before its value; returns the bytes of both, or -1. */
static int64_t
field_measure(enum type type, const struct rest *rest, uint32_t *skip, uint32_t *size)
{
	static const uint8_t fixed[] = {[TYPE_U16] = 2, [TYPE_U32] = 4, [TYPE_U64] = 8, [TYPE_PORT] = 2,
		[TYPE_IP4] = 4, [TYPE_IP6] = 16, [TYPE_GUID] = 16};
	int64_t value = -1, after = 0;

	*skip = 0;
	switch (type) {
	case TYPE_POINTER: value = rest->pointer_size; break;
	case TYPE_WIDE: value = text_size(rest, 2), after = 2; break;
	case TYPE_ANSI: value = text_size(rest, 1), after = 1; break;
	case TYPE_SID: value = sid_size(rest, 0); break;
	case TYPE_BYTES: value = (int64_t)rest->last; break;
	case TYPE_TOKEN:
		if (rest->size >= 4 && !read_u32(rest->at)) {
			value = 0, after = 4;
			break;
		}
		*skip = 2u * rest->pointer_size;
		value = sid_size(rest, *skip);
		break;
	default: value = fixed[type];
	}
	if (value < 0 || *skip + value + after > rest->size)
		return -1;
	*size = (uint32_t)value;
	return *skip + value + after;
}

int
etw_layout_read(const struct etw_layout *layout, const struct etw_event *event,
                struct etw_value values[FIELD_COUNT])
{
	struct rest rest = {event->data, event->size, event->pointer_size == 4 ? 4 : 8, 0};
	uint32_t skip, size;
	int64_t whole;

	memset(values, 0, FIELD_COUNT * sizeof(*values));
	for (const uint8_t *field = layout->fields; *field; field += 2) {
		struct etw_value *value = &values[field[1]];

		whole = field_measure(field[0], &rest, &skip, &size);
		if (whole < 0)
			return -EBADMSG;
		*value = (struct etw_value){rest.at + skip, size, 0};
		if (field[0] == TYPE_PORT)
			value->number = (uint64_t)value->data[0] << 8 | value->data[1];
		else if (field[0] <= TYPE_POINTER)
			value->number = number_read(value->data, size);
		rest.last = value->number;
		rest.at += whole;
		rest.size -= (uint32_t)whole;
	}
	return 0;
}
