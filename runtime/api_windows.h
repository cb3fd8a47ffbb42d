/*
 * api_windows.h - between the runtime's texts and errors and those of the Windows API.
 */
#ifndef API_WINDOWS_H
#define API_WINDOWS_H

#include <stddef.h>
#include <wchar.h>

/* UTF-16 of UTF-8; the caller's to free(). NULL: no memory. */
wchar_t *api_wide(const char *text);
/* A path as CreateFileW takes it at any length: absolute, with the prefix \\?\. The caller's to free(). NULL: no memory. */
wchar_t *api_path(const char *path);
/* UTF-8 of UTF-16, a lone surrogate as U+FFFD; the caller's to free(). NULL: no memory. */
char *api_utf8(const wchar_t *text);
/* Between descriptors (os.h) and handles. */
void *api_handle(int fd);
int api_descriptor(void *handle);
/* GetLastError() as a negative errno. */
int api_error(void);
#endif
