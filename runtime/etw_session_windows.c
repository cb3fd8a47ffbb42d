/*
 * etw_session_windows.c - sessions by evntrace.h.
 *
 * Sources: MSDN on StartTraceW, EnableTraceEx2, ControlTraceW, ProcessTrace and "Configuring and Starting a
 * SystemTraceProvider Session"; numbers that mingw-w64 lacks are of evntcons.h and evntprov.h of the Windows SDK 10.
 */
#include <initguid.h>
#include <windows.h>
#include <evntcons.h>
#include <evntrace.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wmistr.h>

#include "etw.h"
#include "etw_session.h"

enum {
	BUFFER_KIB = 64, /* no event is larger than a buffer */
	BUFFERS_MIN = 64,
	BUFFERS_MAX = 512,
	FLUSH_SECONDS = 1,
	CLOCK_QPC = 1,   /* Wnode.ClientContext; ProcessTrace makes system time of it */
	NAME_MAX_SIZE = 64,
	GROUP_MASK_SIZE = 8, /* PERFINFO_GROUPMASK; its first word are EVENT_TRACE_FLAG_x */
};

#define FILTER_TYPE_EVENT_ID 0x80000200u

/* Of the system session: one that is not SystemTraceControlGuid is asked for. */
DEFINE_GUID(system_session, 0x6b3f6a52, 0x1d0c, 0x4b0e, 0x9a, 0x57, 0x2f, 0x61, 0x7e, 0x0c, 0x83, 0xd4);

struct event_id_filter { /* EVENT_FILTER_EVENT_ID */
	BOOLEAN is_in;
	UCHAR reserved;
	USHORT count;
	USHORT ids[64];
};

struct properties { /* EVENT_TRACE_PROPERTIES and the name that Windows writes behind it */
	EVENT_TRACE_PROPERTIES head;
	WCHAR name[NAME_MAX_SIZE];
};

struct windows_session {
	struct etw_session session; /* first */
	WCHAR name[NAME_MAX_SIZE];
	TRACEHANDLE control, trace;
	void (*take)(void *data, const struct etw_event *event);
	void *data;
};

static int
errno_of(ULONG error)
{
	switch (error) {
	case ERROR_SUCCESS:
		return 0;
	case ERROR_ACCESS_DENIED:
		return -EACCES;
	case ERROR_ALREADY_EXISTS:
		return -EEXIST;
	case ERROR_WMI_INSTANCE_NOT_FOUND:
		return -ENOENT;
	case ERROR_NOT_ENOUGH_MEMORY:
	case ERROR_NO_SYSTEM_RESOURCES:
		return -ENOMEM;
	}
	return -EIO;
}

static int
failed(struct etw_session *session, const char *call, ULONG error)
{
	if (error == ERROR_SUCCESS)
		return 0;
	session->call = call;
	session->system_error = error;
	return errno_of(error);
}

static void
properties_init(struct properties *properties)
{
	*properties = (struct properties){ .head = { .Wnode = { .BufferSize = sizeof *properties } } };
	properties->head.LoggerNameOffset = offsetof(struct properties, name);
}

static int
start(struct etw_session *session, uint32_t flags)
{
	struct windows_session *w = (struct windows_session *)session;
	struct properties properties;
	EVENT_TRACE_PROPERTIES *head = &properties.head;

	properties_init(&properties);
	head->Wnode.Flags = WNODE_FLAG_TRACED_GUID;
	head->Wnode.ClientContext = CLOCK_QPC;
	head->BufferSize = BUFFER_KIB;
	head->MinimumBuffers = BUFFERS_MIN;
	head->MaximumBuffers = BUFFERS_MAX;
	head->FlushTimer = FLUSH_SECONDS;
	head->LogFileMode = EVENT_TRACE_REAL_TIME_MODE;
	if (flags) {
		head->Wnode.Guid = system_session;
		head->LogFileMode |= EVENT_TRACE_SYSTEM_LOGGER_MODE;
		head->EnableFlags = flags;
	}
	return failed(session, "StartTraceW", StartTraceW(&w->control, w->name, head));
}

static int
set_flags(struct etw_session *session, uint32_t flags)
{
	struct windows_session *w = (struct windows_session *)session;
	ULONG mask[GROUP_MASK_SIZE] = { flags };

	return failed(session, "TraceSetInformation",
	              TraceSetInformation(w->control, TraceSystemTraceEnableFlagsInfo, mask, sizeof mask));
}

static int
enable(struct etw_session *session, const struct etw_subscription *wanted)
{
	struct windows_session *w = (struct windows_session *)session;
	struct event_id_filter filter = { TRUE, 0, wanted->id_count, { 0 } };
	EVENT_FILTER_DESCRIPTOR descriptor = { (ULONG_PTR)&filter,
		(ULONG)(offsetof(struct event_id_filter, ids) + wanted->id_count * sizeof *filter.ids), FILTER_TYPE_EVENT_ID };
	ENABLE_TRACE_PARAMETERS parameters = { .Version = ENABLE_TRACE_PARAMETERS_VERSION_2,
		.EnableFilterDesc = &descriptor, .FilterDescCount = 1 };
	GUID guid;

	memcpy(&guid, wanted->guid, sizeof guid);
	memcpy(filter.ids, wanted->ids, wanted->id_count * sizeof *filter.ids);
	return failed(session, "EnableTraceEx2",
	              EnableTraceEx2(w->control, &guid, EVENT_CONTROL_CODE_ENABLE_PROVIDER, wanted->level, wanted->keywords, 0, 0,
	                             &parameters));
}

static int
control_provider(struct etw_session *session, const struct etw_subscription *wanted, ULONG code)
{
	struct windows_session *w = (struct windows_session *)session;
	GUID guid;

	memcpy(&guid, wanted->guid, sizeof guid);
	return failed(session, "EnableTraceEx2",
	              EnableTraceEx2(w->control, &guid, code, wanted->level, wanted->keywords, 0, 0, NULL));
}

static int
disable(struct etw_session *session, const struct etw_subscription *wanted)
{
	return control_provider(session, wanted, EVENT_CONTROL_CODE_DISABLE_PROVIDER);
}

static int
capture(struct etw_session *session, const struct etw_subscription *wanted)
{
	return control_provider(session, wanted, EVENT_CONTROL_CODE_CAPTURE_STATE);
}

static VOID WINAPI
take_record(EVENT_RECORD *record)
{
	const struct windows_session *w = record->UserContext;
	const EVENT_HEADER *head = &record->EventHeader;
	struct etw_event event = {
		.id = head->EventDescriptor.Id, .version = head->EventDescriptor.Version, .opcode = head->EventDescriptor.Opcode,
		.pointer_size = head->Flags & EVENT_HEADER_FLAG_32_BIT_HEADER ? 4 : 8,
		.pid = head->ProcessId, .tid = head->ThreadId, .time = (uint64_t)head->TimeStamp.QuadPart,
		.data = record->UserData, .size = record->UserDataLength,
	};

	memcpy(event.provider, &head->ProviderId, sizeof event.provider);
	w->take(w->data, &event);
}

static int
open_trace(struct etw_session *session)
{
	struct windows_session *w = (struct windows_session *)session;
	EVENT_TRACE_LOGFILEW file = { .LoggerName = w->name, .Context = w, .EventRecordCallback = take_record };

	file.ProcessTraceMode = PROCESS_TRACE_MODE_REAL_TIME | PROCESS_TRACE_MODE_EVENT_RECORD;
	w->trace = OpenTraceW(&file);
	return w->trace == INVALID_PROCESSTRACE_HANDLE ? failed(session, "OpenTraceW", GetLastError()) : 0;
}

static int
process(struct etw_session *session, void (*take)(void *data, const struct etw_event *event), void *data)
{
	struct windows_session *w = (struct windows_session *)session;

	w->take = take;
	w->data = data;
	return errno_of(ProcessTrace(&w->trace, 1, NULL, NULL));
}

/* name NULL: the session that we started, not one that has taken its name since. */
static int
control(struct etw_session *session, WCHAR *name, ULONG code, struct properties *properties)
{
	struct windows_session *w = (struct windows_session *)session;

	properties_init(properties);
	return failed(session, "ControlTraceW", ControlTraceW(name ? 0 : w->control, name, &properties->head, code));
}

static int
flush(struct etw_session *session)
{
	struct properties properties;

	return control(session, NULL, EVENT_TRACE_CONTROL_FLUSH, &properties);
}

static int
losses(struct etw_session *session, struct etw_losses *losses)
{
	struct properties properties;
	int error = control(session, NULL, EVENT_TRACE_CONTROL_QUERY, &properties);

	*losses = (struct etw_losses){ properties.head.EventsLost, properties.head.RealTimeBuffersLost };
	return error;
}

static int
stop(struct etw_session *session)
{
	struct properties properties;

	return control(session, ((struct windows_session *)session)->name, EVENT_TRACE_CONTROL_STOP, &properties);
}

static void
close_trace(struct etw_session *session)
{
	CloseTrace(((struct windows_session *)session)->trace);
}

static const struct etw_session_ops windows_ops = { start, set_flags, enable, disable, capture, open_trace, process, flush,
	losses, stop, close_trace };

struct etw_session *
etw_session_new(const char *name)
{
	struct windows_session *w = calloc(1, sizeof *w);

	if (!w)
		return NULL;
	w->session = (struct etw_session){ .ops = &windows_ops, .name = name };
	for (size_t i = 0; name[i] && i + 1 < NAME_MAX_SIZE; ++i)
		w->name[i] = (WCHAR)name[i];
	return &w->session;
}

void
etw_session_free(struct etw_session *session)
{
	free(session);
}
