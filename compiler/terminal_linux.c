/*
 * terminal_linux.c - terminal.h on POSIX.
 */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static int
line_read(int fd, char *answer, size_t size)
{
	size_t length = 0;
	ssize_t got;
	char byte;

	while ((got = read(fd, &byte, 1)) == 1 && byte != '\n') {
		if (length + 1 == size)
			return -EMSGSIZE;
		answer[length++] = byte;
	}
	answer[length] = '\0';
	return got < 0 ? -errno : got == 0 && length == 0 ? -EPIPE : 0;
}

int
terminal_ask(const char *prompt, char *answer, size_t size)
{
	struct termios shown, hidden;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY), error = 0;

	if (fd < 0)
		return -ENOTTY;
	if (tcgetattr(fd, &shown)) {
		close(fd);
		return -ENOTTY;
	}
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(fd, TCSAFLUSH, &hidden) || write(fd, prompt, strlen(prompt)) < 0)
		error = -errno;
	if (!error)
		error = line_read(fd, answer, size);
	tcsetattr(fd, TCSAFLUSH, &shown);
	if (write(fd, "\n", 1) < 0 && !error)
		error = -errno;
	close(fd);
	return error;
}
