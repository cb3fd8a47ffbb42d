/*
 * evtx_bytes.h - a chunk of a Windows event log with one record, written token by token. Include evtx.h first.
 */
#ifndef EVTX_BYTES_H
#define EVTX_BYTES_H

#include <stdint.h>
#include <string.h>

static uint8_t chunk[EVTX_CHUNK_SIZE];
static uint32_t at; /* where the next byte goes */

static void
put(const void *bytes, uint32_t size)
{
	memcpy(chunk + at, bytes, size);
	at += size;
}

static void
put8(uint32_t value)
{
	chunk[at++] = (uint8_t)value;
}

static void
put16(uint32_t value)
{
	put8(value);
	put8(value >> 8);
}

static void
put32(uint32_t value)
{
	put16(value);
	put16(value >> 16);
}

static void
set32(uint32_t where, uint32_t value)
{
	const uint32_t saved = at;

	at = where;
	put32(value);
	at = saved;
}

static void
put_utf16(const char *text)
{
	for (; *text; ++text)
		put16((uint8_t)*text);
}

/* A name that stands where it is used. */
static void
put_name(const char *name)
{
	put32(at + 4);
	put32(0);
	put16(0);
	put16((uint32_t)strlen(name));
	put_utf16(name);
	put16(0);
}

static void
put_open(const char *name, int has_attributes)
{
	put8(has_attributes ? 0x41 : 0x01);
	put16(0xffff);
	put32(0);
	put_name(name);
	if (has_attributes)
		put32(0);
}

static void
put_attribute(const char *name, const char *text)
{
	put8(0x06);
	put_name(name);
	put8(0x05);
	put8(0x01);
	put16((uint32_t)strlen(text));
	put_utf16(text);
}

/* <Data Name="NAME">value NUMBER of the instance</Data> */
static void
put_data(const char *name, uint32_t number)
{
	put_open("Data", 1);
	put_attribute("Name", name);
	put8(0x02);
	put8(0x0e);
	put16(number);
	put8(0);
	put8(0x04);
}

static void
put_text(const char *text)
{
	put8(0x05);
	put8(0x01);
	put16((uint32_t)strlen(text));
	put_utf16(text);
}

static uint32_t
begin(void)
{
	memset(chunk, 0, sizeof chunk);
	memcpy(chunk, "ElfChnk", 8);
	at = 512;
	put32(0x2a2a);
	put32(0);
	put32(7);
	put32(0);
	put32(0);
	put32(0);
	put32(0x0001010f);
	return at;
}

static void
end(void)
{
	put8(0);
	set32(516, at + 4 - 512);
	put32(at + 4 - 512);
	set32(48, at);
}

/* Opens an instance of a template that follows; returns where its size is to be put. */
static uint32_t
begin_template(void)
{
	put8(0x0c);
	put8(1);
	put32(1);
	put32(at + 4);
	at += 20;
	put32(0);
	put32(0x0001010f);
	return at - 8;
}

static void
end_template(uint32_t size_at)
{
	put8(0);
	set32(size_at, at - size_at - 4);
}
#endif
