/* What systemd would hear. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "notify.h"

static void
line_arrives(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char folder[] = "/tmp/rsnl-notify.XXXXXX", text[64];
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	ssize_t size;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", folder);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	notify_ready("pack x 1");
	size = recv(fd, text, sizeof(text), MSG_DONTWAIT);
	assert_int_equal(size, 23);
	assert_memory_equal(text, "READY=1\nSTATUS=pack x 1", 23);
	unsetenv("NOTIFY_SOCKET");
	notify_ready(NULL);
	assert_int_equal(recv(fd, text, sizeof(text), MSG_DONTWAIT), -1);
	close(fd);
	unlink(address.sun_path);
	rmdir(folder);
}

static void
interval_is_half(void **state)
{
	(void)state;
	unsetenv("WATCHDOG_USEC");
	assert_int_equal(notify_interval_ns(), 0);
	setenv("WATCHDOG_USEC", "30000000", 1);
	assert_int_equal(notify_interval_ns(), 15000000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(line_arrives), cmocka_unit_test(interval_is_half)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
