/* The file sink: every line counted, and a line that a full disk cut does not spoil the next one. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "os.h"
#include "sink.h"
#include "sink_file.h"

static void
cut_line_stands_alone(void **state)
{
	struct rlimit limit;
	char path[] = "/tmp/rsnl-sink-XXXXXX", line[4096];
	struct sink *sink;
	rlim_t before;
	void *text;
	size_t size;

	(void)state;
	memset(line, 'x', sizeof(line));
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(sink_file_adopt(&sink, mkstemp(path)), 0);
	getrlimit(RLIMIT_FSIZE, &limit);
	before = limit.rlim_cur;
	limit.rlim_cur = 100;
	setrlimit(RLIMIT_FSIZE, &limit);
	sink->ops->write(sink, line, sizeof(line));
	assert_int_not_equal(sink->ops->flush(sink), 0);
	limit.rlim_cur = before;
	setrlimit(RLIMIT_FSIZE, &limit);
	sink->ops->write(sink, "whole", 5);
	assert_int_equal(sink->ops->flush(sink), 0);
	assert_int_equal(sink->counters.lines, 2);
	assert_int_equal(sink->counters.delivered, 1);
	assert_int_equal(sink->counters.dropped, 1);
	sink->ops->close(sink);
	assert_int_equal(os_read_file(path, 1 << 20, &text, &size), 0);
	assert_int_equal(size, 100 + 7);
	assert_memory_equal((char *)text + 100, "\nwhole\n", 7);
	free(text);
	remove(path);
}

static void
long_lines_are_written_whole(void **state)
{
	char path[] = "/tmp/rsnl-sink-XXXXXX", *line = malloc(200000);
	struct sink *sink;
	void *text;
	size_t size;

	(void)state;
	memset(line, 'y', 200000);
	assert_int_equal(sink_file_adopt(&sink, mkstemp(path)), 0);
	sink->ops->write(sink, "a", 1);
	sink->ops->write(sink, line, 200000);
	sink->ops->write(sink, "b", 1);
	assert_int_equal(sink->counters.delivered + sink->counters.queued, 3);
	sink->ops->close(sink);
	assert_int_equal(os_read_file(path, 1 << 20, &text, &size), 0);
	assert_int_equal(size, 2 + 200001 + 2);
	free(text);
	free(line);
	remove(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_line_stands_alone),
		cmocka_unit_test(long_lines_are_written_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
