/*
 * os.h - the few things the portable runtime asks of the operating system; one file of code per system behind it.
 *
 * Functions return 0 (or what they say) or a negative errno. Paths are UTF-8. Descriptors are ints: the C library's on
 * Linux; on Windows handles, of which 32 bits count, and 0, 1 and 2 as everywhere.
 */
#ifndef OS_H
#define OS_H

#include <stddef.h>
#include <stdint.h>

/* Makes a path of the configuration one of this system: -EINVAL: not absolute; -ENAMETOOLONG. On Windows "/" becomes "\\",
 * and one environment variable may begin it: "%ProgramData%/rsnl". */
int os_path(const char *text, char *path, size_t size);
int os_is_separator(char c); /* of folders in a path */
/* Reads a whole regular file of at most max bytes; *data is the caller's to free(). -EFBIG: it is larger. */
int os_read_file(const char *path, size_t max, void **data, size_t *size);
/* The same; -EPERM where others than root and the own user can write it. Asks the file that it reads, so that no other
 * can be put in its place in between. */
int os_read_own_file(const char *path, size_t max, void **data, size_t *size);
/* Writes beside path and renames over it, so that nobody sees half a file. mode as in chmod; ignored on Windows. */
int os_write_file(const char *path, const void *data, size_t size, int mode);
/* Opens for reading ("-": standard input). A descriptor. */
int os_open_read(const char *path);
/* Opens a new file beside path, whose name goes to beside, for os_put() to move to path when it is whole. Where path is
 * no plain file (a device, a pipe) it is opened itself, and beside is "". A descriptor. */
int os_open_beside(const char *path, int mode, char *beside, size_t size);
/* Moves beside over path; "" stays. On failure beside is removed. */
int os_put(const char *beside, const char *path);
/* Bytes read, 0 at the end. */
long os_read(int fd, void *buffer, size_t size);
/* Writes all of it. */
int os_write(int fd, const void *data, size_t size);
void os_close(int fd);
int os_duplicate(int fd); /* a descriptor of the same, or a negative errno */
enum { OS_WAIT_MAX = 64 };
struct os_wait {
	int fd;    /* -1: left out */
	int ready; /* filled: it can be read from, or will never again */
};
/* Waits until one of at most OS_WAIT_MAX is ready, at most ms milliseconds. 0 or a negative errno. */
int os_wait(struct os_wait *waits, int count, int ms);
/* 1 if others than root and the own user can write it, 0 if not. */
int os_writable_by_others(const char *path);
extern const char os_own_hint[]; /* "run chown root and chmod go-w": how to end that */
/* Calls visit for each plain file of a folder whose name ends so, in the order of their names; stops at the first
 * that is not 0 and returns it. */
int os_list_folder(const char *path, const char *suffix, int (*visit)(void *context, const char *path), void *context);

void *os_aligned_new(size_t align, size_t size); /* size is a multiple of align; NULL: no memory */
void os_aligned_free(void *memory);

/* Memory of its own pages, present from the start, huge ones where the system has them: for megabytes that are all
 * written at once. NULL: no memory. */
void *os_pages_new(size_t size);
void os_pages_free(void *pages, size_t size);
/* Gives the pages back that lie whole within these bytes; what is read there from now on is undefined. */
void os_pages_drop(void *start, size_t size);

/* Makes all that os_pages_new() gave readable alone. 0 or a negative errno. */
int os_pages_seal(void *pages, size_t size);
/* Makes some of it executable, whole pages; their bytes stay. */
int os_pages_run(void *start, size_t size);

uint64_t os_wall_ns(void);      /* since 1970, UTC */
uint64_t os_monotonic_ns(void); /* since some start */
uint64_t os_thread_ns(void);    /* that the processor worked for the calling thread */
uint64_t os_peak_memory(void);  /* bytes of this process, 0: unknown */
uint32_t os_pid(void);
uint64_t os_cpu_ns(void);       /* time that this process spent computing */
/* "ENOENT" for ENOENT; error is positive. Static text. */
const char *os_errno_name(int error);
#endif
