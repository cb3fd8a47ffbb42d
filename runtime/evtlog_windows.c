/* evtlog_windows.c - a channel by winevt.h: EvtSubscribe to pull from, with a bookmark. */
#include <windows.h>
#include <errno.h>
#include <stdlib.h>
#include <winevt.h>

#include "evtlog.h"

enum { TEXT_MAX = 4 << 20, TEXT_FIRST = 64 << 10, WIDE_MAX = 2048 };

struct windows_log {
	struct evtlog log; /* first */
	HANDLE signal; /* EvtSubscribe wants one; nobody waits for it */
	EVT_HANDLE subscription, bookmark;
	void *text;
	DWORD text_room;
};

static int
failed(struct windows_log *w, const char *call)
{
	const DWORD error = GetLastError();

	w->log.call = call;
	w->log.system_error = error;
	switch (error) {
	case ERROR_ACCESS_DENIED:
		return -EACCES;
	case ERROR_EVT_CHANNEL_NOT_FOUND:
		return -ENOENT;
	}
	return -EIO;
}

/* Subscribes after the bookmark, or with none to what comes; flags are added. */
static int
subscribe(struct windows_log *w, const WCHAR *channel, EVT_HANDLE after, DWORD flags)
{
	flags |= after ? EvtSubscribeStartAfterBookmark : EvtSubscribeToFutureEvents;
	w->subscription = EvtSubscribe(NULL, w->signal, channel, L"*", after, NULL, NULL, flags);
	return w->subscription ? 0 : failed(w, "EvtSubscribe");
}

/* The place behind which events are, or which the first one will move. */
static int
make_bookmark(struct windows_log *w, const WCHAR *text)
{
	w->bookmark = EvtCreateBookmark(text);
	return w->bookmark ? 0 : failed(w, "EvtCreateBookmark");
}

static int
subscribe_after(struct windows_log *w, const WCHAR *channel, const WCHAR *bookmark)
{
	int error = make_bookmark(w, bookmark);

	if (!error)
		error = subscribe(w, channel, w->bookmark, EvtSubscribeStrict);
	if (w->log.system_error != ERROR_NOT_FOUND && w->log.system_error != ERROR_EVT_QUERY_RESULT_STALE)
		return error;
	error = subscribe(w, channel, w->bookmark, 0);
	return error ? error : 1;
}

static int
open_channel(struct evtlog *log, const char *channel, const char *bookmark)
{
	struct windows_log *w = (struct windows_log *)log;
	WCHAR wide_channel[WIDE_MAX], wide_bookmark[WIDE_MAX];
	int error;

	if (!MultiByteToWideChar(CP_UTF8, 0, channel, -1, wide_channel, WIDE_MAX) ||
	    !MultiByteToWideChar(CP_UTF8, 0, bookmark, -1, wide_bookmark, WIDE_MAX))
		return failed(w, "MultiByteToWideChar");
	w->signal = CreateEventW(NULL, TRUE, FALSE, NULL);
	if (!w->signal)
		return failed(w, "CreateEventW");
	if (*bookmark)
		return subscribe_after(w, wide_channel, wide_bookmark);
	error = subscribe(w, wide_channel, NULL, 0);
	return error ? error : make_bookmark(w, NULL);
}

/* Into w->text, which grows. Bytes with the final NUL, or a negative errno. */
static long
render(struct windows_log *w, EVT_HANDLE what, DWORD flags)
{
	DWORD used = 0, properties;
	void *text;

	while (!EvtRender(NULL, what, flags, w->text_room, w->text, &used, &properties)) {
		if (GetLastError() != ERROR_INSUFFICIENT_BUFFER || used <= w->text_room || used > TEXT_MAX)
			return failed(w, "EvtRender");
		text = realloc(w->text, used);
		if (!text)
			return -ENOMEM;
		w->text = text;
		w->text_room = used;
	}
	return (long)used;
}

static int
next(struct evtlog *log, const uint8_t **text, size_t *size)
{
	struct windows_log *w = (struct windows_log *)log;
	EVT_HANDLE event;
	DWORD count = 0;
	long used;

	if (!EvtNext(w->subscription, 1, &event, 0, 0, &count))
		return GetLastError() == ERROR_NO_MORE_ITEMS || GetLastError() == ERROR_TIMEOUT ? 0 : failed(w, "EvtNext");
	used = render(w, event, EvtRenderEventXml);
	if (used >= 0 && !EvtUpdateBookmark(w->bookmark, event))
		used = failed(w, "EvtUpdateBookmark");
	EvtClose(event);
	if (used < 0)
		return (int)used;
	*text = w->text;
	*size = used >= 2 ? (size_t)used - 2 : 0;
	return 1;
}

static int
bookmark(struct evtlog *log, char *text, size_t size)
{
	struct windows_log *w = (struct windows_log *)log;
	long used = render(w, w->bookmark, EvtRenderBookmark);

	if (used < 0)
		return (int)used;
	if (!WideCharToMultiByte(CP_UTF8, 0, w->text, -1, text, (int)size, NULL, NULL))
		return failed(w, "WideCharToMultiByte");
	for (; *text; ++text)
		if ((unsigned char)*text < ' ')
			*text = ' ';
	return 0;
}

static void
close_channel(struct evtlog *log)
{
	struct windows_log *w = (struct windows_log *)log;

	if (w->subscription)
		EvtClose(w->subscription);
	if (w->bookmark)
		EvtClose(w->bookmark);
	if (w->signal)
		CloseHandle(w->signal);
	free(w->text);
	free(w);
}

static const struct evtlog_ops windows_ops = { open_channel, next, bookmark, close_channel };

struct evtlog *
evtlog_new(void)
{
	struct windows_log *w = calloc(1, sizeof *w);

	if (!w)
		return NULL;
	w->log.ops = &windows_ops;
	w->text = malloc(TEXT_FIRST);
	w->text_room = TEXT_FIRST;
	if (w->text)
		return &w->log;
	free(w);
	return NULL;
}
