/* What broker does for whoever asks over a channel, also when it is asked for nonsense. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker.h"
#include "broker_server.h"
#include "channel.h"
#include "message.h"
#include "scan.h"

static struct broker_server server;
static struct message_answer answer;
static char folder[] = "/tmp/rsnl-broker.XXXXXX";
static struct channel *end, *other;

static int
open_count(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static const char *
path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* Asks for a scan of name as the written file with the identity of like. */
static int
scan_ask(const char *name, const char *like, uint64_t changed_ns)
{
	struct message request = {.type = MESSAGE_SCAN, .pid = (uint32_t)getpid(), .file = SCAN_ON_WRITE,
		.changed_ns = changed_ns};
	struct stat st;

	if (lstat(path_of(like), &st))
		return -errno;
	request.device = st.st_dev;
	request.inode = st.st_ino;
	snprintf(request.text, sizeof(request.text), "%s", path_of(name));
	broker_serve(&server, &request, &answer);
	return answer.result;
}

static int
set_up(void **state)
{
	int given;

	(void)state;
	broker_server_init(&server);
	if (!mkdtemp(folder) || channel_new(&end, &given))
		return -1;
	other = channel_adopt(given);
	server.scan = end;
	close(creat(path_of("plain"), 0600));
	close(creat(path_of("other"), 0600));
	return mkfifo(path_of("pipe"), 0600) || mkdir(path_of("sub"), 0700) || symlink("plain", path_of("link"));
}

static int
tear_down(void **state)
{
	static const char *const names[] = {"plain", "other", "pipe", "link"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlink(path_of(names[i]));
	rmdir(path_of("sub"));
	rmdir(folder);
	broker_server_done(&server);
	return 0;
}

static void
only_the_file_asked_for(void **state)
{
	struct message file;
	struct stat st;
	int fd = -1, count = 1, before = open_count();

	(void)state;
	assert_int_equal(scan_ask("plain", "other", 0), BROKER_STALE);
	assert_int_equal(scan_ask("plain", "plain", 1), BROKER_STALE);
	assert_int_equal(scan_ask("pipe", "pipe", 0), BROKER_STALE);
	assert_int_equal(scan_ask("sub", "sub", 0), BROKER_STALE);
	assert_int_equal(scan_ask("gone", "plain", 0), -ENOENT);
	assert_int_equal(channel_receive(other, &file, sizeof(file), &fd, &count, 0), -EAGAIN);
	count = 1;
	assert_int_equal(scan_ask("link", "plain", 0), 0);
	assert_int_equal(channel_receive(other, &file, sizeof(file), &fd, &count, 0), MESSAGE_SIZE(0));
	assert_int_equal(count, 1);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_ino, file.inode);
	close(fd);
	assert_int_equal(open_count(), before);
}

/* A scan process that does not read makes scans missed, and nothing waits. */
static void
busy_scan(void **state)
{
	int before = open_count(), asked = 0;
	struct message file;
	int fd, count = 1;

	(void)state;
	while (asked < 100000 && !scan_ask("plain", "plain", 0))
		asked++;
	assert_int_equal(answer.result, -EAGAIN);
	assert_int_equal(server.counters.scan_busy, 1);
	while (channel_receive(other, &file, sizeof(file), &fd, &count, 0) > 0) {
		close(fd);
		count = 1;
		asked--;
	}
	assert_int_equal(asked, 0);
	assert_int_equal(open_count(), before);
}

static void
nonsense(void **state)
{
	struct message request = {.type = MESSAGE_READ_PROC, .pid = (uint32_t)getpid(), .file = 99};

	(void)state;
	assert_int_equal(broker_serve(&server, &request, &answer), MESSAGE_ANSWER_SIZE(0));
	assert_int_equal(answer.result, -EINVAL);
	request = (struct message){.type = MESSAGE_READ_PROC, .pid = 0, .file = BROKER_PROC_STAT};
	broker_serve(&server, &request, &answer);
	assert_int_equal(answer.result, -ENOENT);
	request = (struct message){.type = 12345};
	broker_serve(&server, &request, &answer);
	assert_int_equal(answer.result, -ENOSYS);
	server.scan = NULL;
	assert_int_equal(scan_ask("plain", "plain", 0), -ENOTCONN);
	server.scan = end;
}

static void
message_too_long(void **state)
{
	char bytes[256] = {0}, room[64];
	int before, fds[2] = {0, 1}, got[1], count = 1;

	(void)state;
	before = open_count();
	assert_int_equal(channel_send(end, bytes, sizeof(bytes), fds, 2), 0);
	assert_int_equal(channel_receive(other, room, sizeof(room), got, &count, 0), -EMSGSIZE);
	assert_int_equal(count, 0);
	assert_int_equal(open_count(), before);
	assert_int_equal(channel_send(end, bytes, 8, fds, 2), 0);
	count = 1;
	assert_int_equal(channel_receive(other, room, sizeof(room), got, &count, 0), 8);
	assert_int_equal(count, 1);
	close(got[0]);
	assert_int_equal(open_count(), before);
	assert_int_equal(channel_send(end, bytes, 8, fds, CHANNEL_FD_MAX + 1), -EINVAL);
	channel_close(end);
	count = 1;
	assert_int_equal(channel_receive(other, room, sizeof(room), got, &count, 1), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_file_asked_for), cmocka_unit_test(busy_scan), cmocka_unit_test(nonsense),
		cmocka_unit_test(message_too_long),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
