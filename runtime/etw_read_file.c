/*
 * etw_read_file.c - files and named pipes. Paths come with the events; the names of open files are kept for renames.
 */
#include <string.h>
#include <strings.h>

#include "etw.h"
#include "etw_layout.h"
#include "etw_names.h"
#include "etw_read.h"
#include "etw_record.h"
#include "etw_state.h"

enum { DISPOSITION_SHIFT = 24, DISPOSITION_OPEN = 1, OPTION_DIRECTORY = 1 }; /* of NtCreateFile, ntifs.h */

enum { CLASS_DISPOSITION = 13, CLASS_DISPOSITION_EX = 64 }; /* FILE_INFORMATION_CLASS */

static const char pipes[] = "\\Device\\NamedPipe\\", mailslots[] = "\\Device\\Mailslot\\";

static int
begins(const char *path, size_t size, const char *start)
{
	size_t length = strlen(start);

	return size >= length && !strncasecmp(path, start, length);
}

/* Paths of devices that are no disks keep their NT form. */
static int
is_no_file(const char *path, size_t size)
{
	return begins(path, size, pipes) || begins(path, size, mailslots);
}

enum etw_result
etw_read_file_named(struct etw_decoder *decoder, const struct etw_event *event,
                    const struct etw_value values[FIELD_COUNT])
{
	size_t size = etw_file_path(decoder, event, &values[FIELD_path]);

	etw_names_put(decoder->names, ETW_FILE, values[FIELD_key].number, decoder->path, size);
	return ETW_NOTHING;
}

enum etw_result
etw_read_file_unnamed(struct etw_decoder *decoder, const struct etw_event *event,
                      const struct etw_value values[FIELD_COUNT])
{
	(void)event;
	etw_names_drop(decoder->names, ETW_FILE, values[FIELD_key].number);
	return ETW_NOTHING;
}

enum etw_result
etw_read_file_close(struct etw_decoder *decoder, const struct etw_event *event,
                    const struct etw_value values[FIELD_COUNT])
{
	(void)event;
	etw_names_drop(decoder->names, ETW_FILE, values[FIELD_object].number);
	return ETW_NOTHING;
}

/* A server creates its pipe, a client opens it: both are what Sigma calls pipe_created. The name as Sysmon shows it:
 * \name. */
static enum etw_result
pipe_created(struct etw_decoder *decoder, const struct etw_event *event, const char *what, size_t size)
{
	struct record_pipe_created *record = etw_begin(decoder, event, RECORD_pipe_created, event->pid);
	size_t skip = sizeof(pipes) - 2;

	etw_record_text(&decoder->record, &record->event_type, what, strlen(what));
	etw_record_text(&decoder->record, &record->pipe_name, decoder->path + skip, size - skip);
	return etw_end(decoder);
}

enum etw_result
etw_read_file_open(struct etw_decoder *decoder, const struct etw_event *event,
                   const struct etw_value values[FIELD_COUNT])
{
	uint32_t disposition = (uint32_t)values[FIELD_options].number >> DISPOSITION_SHIFT;
	size_t size = etw_file_path(decoder, event, &values[FIELD_path]);

	if (size > sizeof(pipes) - 1 && begins(decoder->path, size, pipes))
		return pipe_created(decoder, event, disposition == DISPOSITION_OPEN ? "ConnectPipe" : "CreatePipe", size);
	if (!is_no_file(decoder->path, size))
		etw_names_put(decoder->names, ETW_FILE, values[FIELD_object].number, decoder->path, size);
	return ETW_NOTHING;
}

/* A new file or hard link. Pipes are told by their opening; folders are no files. */
enum etw_result
etw_read_file_create(struct etw_decoder *decoder, const struct etw_event *event,
                     const struct etw_value values[FIELD_COUNT])
{
	size_t size = etw_file_path(decoder, event, &values[FIELD_path]);
	struct record_file_create *record;

	if (is_no_file(decoder->path, size) || values[FIELD_options].number & OPTION_DIRECTORY)
		return ETW_NOTHING;
	etw_names_put(decoder->names, ETW_FILE, values[FIELD_object].number, decoder->path, size);
	record = etw_begin(decoder, event, RECORD_file_create, event->pid);
	etw_record_text(&decoder->record, &record->path, decoder->path, size);
	return etw_end(decoder);
}

/* A deletion is asked for by setting the file's disposition, and taken back the same way. */
enum etw_result
etw_read_file_delete(struct etw_decoder *decoder, const struct etw_event *event,
                     const struct etw_value values[FIELD_COUNT])
{
	uint32_t class = (uint32_t)values[FIELD_class].number;
	struct record_file_delete *record;
	size_t size;

	if ((class == CLASS_DISPOSITION || class == CLASS_DISPOSITION_EX) && !(values[FIELD_extra].number & 1))
		return ETW_NOTHING;
	size = etw_file_path(decoder, event, &values[FIELD_path]);
	record = etw_begin(decoder, event, RECORD_file_delete, event->pid);
	etw_record_text(&decoder->record, &record->path, decoder->path, size);
	return etw_end(decoder);
}

/* The event tells the new path; the old one is that under which the file was opened. */
enum etw_result
etw_read_file_rename(struct etw_decoder *decoder, const struct etw_event *event,
                     const struct etw_value values[FIELD_COUNT])
{
	uint64_t object = values[FIELD_object].number, key = values[FIELD_key].number;
	size_t size = etw_file_path(decoder, event, &values[FIELD_path]), old_size = 0;
	struct record_file_rename *record = etw_begin(decoder, event, RECORD_file_rename, event->pid);
	const char *old = etw_names_find(decoder->names, ETW_FILE, object, &old_size);

	if (!old)
		old = etw_names_find(decoder->names, ETW_FILE, key, &old_size);
	etw_record_text(&decoder->record, &record->path, decoder->path, size);
	if (old && (old_size != size || memcmp(old, decoder->path, size)))
		etw_record_text(&decoder->record, &record->source_path, old, old_size);
	etw_names_put(decoder->names, ETW_FILE, object, decoder->path, size);
	return etw_end(decoder);
}
