/* os_linux.c - os.h on Linux. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "os.h"

enum { HUGE_PAGE = 2 << 20 };

const char os_own_hint[] = "run chown root and chmod go-w";

static int
others_can_write(const struct stat *st)
{
	return (st->st_mode & 022) != 0 || (st->st_uid != 0 && st->st_uid != geteuid());
}

int
os_path(const char *text, char *path, size_t size)
{
	if (*text != '/')
		return -EINVAL;
	return (size_t)snprintf(path, size, "%s", text) < size ? 0 : -ENAMETOOLONG;
}

int
os_is_separator(char c)
{
	return c == '/';
}

static int
read_file(const char *path, size_t max, int own, void **data, size_t *size)
{
	struct stat st;
	char *bytes = NULL;
	size_t at = 0;
	int fd, error = 0;

	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe without a writer is refused, not waited for */
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		error = -errno;
	else if (!S_ISREG(st.st_mode))
		error = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	else if (own && others_can_write(&st))
		error = -EPERM;
	else if ((uint64_t)st.st_size > max)
		error = -EFBIG;
	else if (!(bytes = malloc((size_t)st.st_size + 1)))
		error = -ENOMEM;
	while (!error && at < (size_t)st.st_size) {
		ssize_t n = read(fd, bytes + at, (size_t)st.st_size - at);

		if (n < 0 && errno != EINTR)
			error = -errno;
		if (n == 0)
			break;
		at += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	if (error) {
		free(bytes);
		return error;
	}
	bytes[at] = 0;
	*data = bytes;
	*size = at;
	return 0;
}

int
os_read_file(const char *path, size_t max, void **data, size_t *size)
{
	return read_file(path, max, 0, data, size);
}

int
os_read_own_file(const char *path, size_t max, void **data, size_t *size)
{
	return read_file(path, max, 1, data, size);
}

int
os_open_beside(const char *path, int mode, char *beside, size_t size)
{
	struct stat st;
	int fd;

	beside[0] = 0;
	if (!stat(path, &st) && !S_ISREG(st.st_mode)) {
		fd = open(path, O_WRONLY | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}
	if (snprintf(beside, size, "%s.new.%ld", path, (long)getpid()) >= (int)size)
		return -ENAMETOOLONG;
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	return fd < 0 ? -errno : fd;
}

int
os_put(const char *beside, const char *path)
{
	int error;

	if (!beside[0] || !rename(beside, path))
		return 0;
	error = -errno;
	unlink(beside);
	return error;
}

int
os_write_file(const char *path, const void *data, size_t size, int mode)
{
	char beside[4096];
	int fd = os_open_beside(path, mode, beside, sizeof beside), error;

	if (fd < 0)
		return fd;
	error = os_write(fd, data, size);
	if (!error && beside[0] && fsync(fd))
		error = -errno;
	close(fd);
	if (!error)
		return os_put(beside, path);
	if (beside[0])
		unlink(beside);
	return error;
}

int
os_open_read(const char *path)
{
	struct stat st;
	int fd;

	if (!strcmp(path, "-"))
		return STDIN_FILENO;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode)) {
		close(fd);
		return -EISDIR;
	}
	return fd;
}

long
os_read(int fd, void *buffer, size_t size)
{
	ssize_t n;

	do
		n = read(fd, buffer, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

int
os_write(int fd, const void *data, size_t size)
{
	const char *at = data;

	while (size) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

void
os_close(int fd)
{
	if (fd > STDERR_FILENO)
		close(fd);
}

int
os_duplicate(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	return copy < 0 ? -errno : copy;
}

int
os_wait(struct os_wait *waits, int count, int ms)
{
	struct pollfd polls[OS_WAIT_MAX];

	if (count > OS_WAIT_MAX)
		return -EINVAL;
	for (int i = 0; i < count; i++)
		polls[i] = (struct pollfd){waits[i].fd, POLLIN, 0};
	if (poll(polls, (nfds_t)count, ms) < 0 && errno != EINTR)
		return -errno;
	for (int i = 0; i < count; i++)
		waits[i].ready = polls[i].revents != 0;
	return 0;
}

int
os_writable_by_others(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	return others_can_write(&st);
}

static int
name_fits(const char *name, const char *suffix)
{
	size_t a = strlen(name), b = strlen(suffix);

	return name[0] != '.' && a > b && !strcmp(name + a - b, suffix);
}

int
os_list_folder(const char *path, const char *suffix, int (*visit)(void *context, const char *path), void *context)
{
	struct dirent **names;
	char file[4096];
	int i, n, result = 0;

	n = scandir(path, &names, NULL, alphasort);
	if (n < 0)
		return -errno;
	for (i = 0; i < n; ++i) {
		snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
		if (!result && name_fits(names[i]->d_name, suffix))
			result = visit(context, file);
		free(names[i]);
	}
	free(names);
	return result;
}

void *
os_aligned_new(size_t align, size_t size)
{
	return aligned_alloc(align, size);
}

void
os_aligned_free(void *memory)
{
	free(memory);
}

/* What lies behind the last whole huge page gets one, too, where it fills most of it. */
static size_t
pages_size(size_t size)
{
	const size_t small = (size_t)sysconf(_SC_PAGESIZE);
	const size_t page = size >= HUGE_PAGE && size % HUGE_PAGE > HUGE_PAGE / 2 ? HUGE_PAGE : small;

	return (size + page - 1) / page * page;
}

/* Megabytes begin where a huge page can; the rest of what was mapped for that goes back. */
void *
os_pages_new(size_t size)
{
	const size_t slack = size < HUGE_PAGE ? 0 : HUGE_PAGE;
	char *whole, *pages;

	size = pages_size(size);
	whole = mmap(NULL, size + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (whole == MAP_FAILED)
		return NULL;
	pages = whole + (slack ? -(uintptr_t)whole % HUGE_PAGE : 0);
	if (pages > whole)
		munmap(whole, (size_t)(pages - whole));
	if (whole + slack > pages)
		munmap(pages + size, (size_t)(whole + slack - pages));
	if (slack)
		madvise(pages, size, MADV_HUGEPAGE);
	madvise(pages, size, MADV_POPULATE_WRITE);
	return pages;
}

void
os_pages_free(void *pages, size_t size)
{
	if (pages)
		munmap(pages, pages_size(size));
}

void
os_pages_drop(void *start, size_t size)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t first = ((uintptr_t)start + page - 1) / page * page, end = ((uintptr_t)start + size) / page * page;

	if (first < end)
		madvise((void *)first, end - first, MADV_DONTNEED);
}

int
os_pages_seal(void *pages, size_t size)
{
	return mprotect(pages, pages_size(size), PROT_READ) ? -errno : 0;
}

/* What runs lies in a sealed file, so that no page that was writable becomes executable. */
int
os_pages_run(void *start, size_t size)
{
	int fd = memfd_create("rsnl-image", MFD_CLOEXEC | MFD_ALLOW_SEALING), error;

	if (fd < 0)
		return -errno;
	error = os_write(fd, start, size);
	if (!error && (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) ||
	               mmap(start, size, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED))
		error = -errno;
	close(fd);
	return error;
}

static uint64_t
clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

uint64_t
os_wall_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

uint64_t
os_monotonic_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint32_t
os_pid(void)
{
	return (uint32_t)getpid();
}

uint64_t
os_cpu_ns(void)
{
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t
os_thread_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t
os_peak_memory(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) ? 0 : (uint64_t)usage.ru_maxrss * 1024;
}

const char *
os_errno_name(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "E?";
}
