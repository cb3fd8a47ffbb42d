/*
 * late_pack.h - a pack of rules over late fields, a pipeline that keeps its alerts, records for it. Include stdio.h,
 * stdlib.h, string.h, unistd.h, cmocka.h and sodium.h first.
 */
#ifndef LATE_PACK_H
#define LATE_PACK_H

#include "detector.h"
#include "host.h"
#include "os.h"
#include "packfile.h"
#include "pipeline.h"
#include "record.h"
#include "sink.h"
#include "source.h"
#include "vocabulary.h"

/* One rule a field: its title is what the test looks for. */
static const char rules[] =
	"title: original\nlogsource: {product: windows, category: process_creation}\n"
	"detection: {s: {OriginalFileName: tool.exe, Image|endswith: '\\renamed.exe'}, condition: s}\n"
	"---\ntitle: texts\nlogsource: {product: windows, category: process_creation}\n"
	"detection: {s: {Company: Example, FileVersion|startswith: '1.2', Product: null}, condition: s}\n"
	"---\ntitle: imphash\nlogsource: {product: windows, category: process_creation}\n"
	"detection: {s: {Hashes|contains: IMPHASH=F94FBB633FBDD81A427C0072F61BEF02}, condition: s}\n"
	"---\ntitle: other\nlogsource: {product: windows, category: process_creation}\n"
	"detection: {s: {Image|endswith: renamed.exe}, f: {OriginalFileName: renamed.exe}, condition: s and not f}\n"
	"---\ntitle: library\nlogsource: {product: windows, category: image_load}\n"
	"detection: {s: {Signed: 'true', Company: Example, Imphash: f94fbb633fbdd81a427c0072f61bef02}, condition: s}\n"
	"---\ntitle: status\nlogsource: {product: windows, category: image_load}\n"
	"detection: {s: {SignatureStatus: Expired, Signature|startswith: Exa}, condition: s}\n";

struct fixture {
	char folder[32];
	struct detector *detector;
	struct pipeline *pipeline;
	struct host host;
	struct sink sink;
	char written[16384]; /* lines of alerts, as they came */
};

static int
take_line(struct sink *sink, const char *line, size_t size)
{
	struct fixture *f = (struct fixture *)((char *)sink - offsetof(struct fixture, sink));
	size_t used = strlen(f->written);

	assert_true(used + size + 2 < sizeof(f->written));
	memcpy(f->written + used, line, size);
	strcpy(f->written + used + size, "\n");
	return 0;
}

static int
nothing(struct sink *sink)
{
	(void)sink;
	return 0;
}

static void
in_folder(const struct fixture *f, const char *command)
{
	const char *build = getenv("RSNL_BUILD");
	char line[512];

	snprintf(line, sizeof(line), "cd '%s' && PATH='%s':$PATH && %s >&2", f->folder, build ? build : ".", command);
	if (system(line))
		fail_msg("%s", line);
}

static void
write_file(const struct fixture *f, const char *name, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	assert_int_equal(os_write_file(path, text, strlen(text), 0644), 0);
}

static int
setup(void **state)
{
	static const struct sink_ops ops = {take_line, nothing, NULL};
	static const struct pipeline_config config = {.why = "fields"};
	const struct trust_policy policy = {.allow_unsigned = 1, .unpacked_max = PACK_UNPACKED_MAX};
	struct fixture *f = calloc(1, sizeof(*f));
	struct refusal why;
	char path[64];
	void *pack;
	size_t size;

	assert_true(sodium_init() >= 0);
	strcpy(f->folder, "/tmp/rsnl-late-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	write_file(f, "rules.yml", rules);
	in_folder(f, "rsnlc build -q -o late.rsnp --no-cache rules.yml");
	snprintf(path, sizeof(path), "%s/late.rsnp", f->folder);
	assert_int_equal(os_read_file(path, 1 << 24, &pack, &size), 0);
	assert_int_equal(detector_open(&f->detector, pack, size, &policy, &why), 0);
	free(pack);
	strcpy(f->host.os_type, "windows");
	f->sink = (struct sink){.ops = &ops, .name = "test"};
	f->pipeline = pipeline_new(&config, f->detector, &f->host, NULL);
	assert_non_null(f->pipeline);
	assert_int_equal(pipeline_add_sink(f->pipeline, &f->sink), 0);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	in_folder(f, "rm -f rules.yml late.rsnp");
	remove(f->folder);
	pipeline_free(f->pipeline);
	detector_close(f->detector);
	free(f);
	return 0;
}

/* A record of Windows whose file is C:\renamed.exe. */
static struct raw_event
record_of(enum record_kind kind)
{
	static const char path[] = "C:\\renamed.exe";
	static union {
		struct record_head head;
		struct record_process_start start;
		struct record_image_load load;
		char bytes[1024];
	} record;
	uint32_t used = vocabulary_kind(kind)->size;
	struct record_span span = {used, sizeof(path) - 1};

	memset(&record, 0, sizeof(record));
	record.head = (struct record_head){.kind = kind, .flags = RECORD_WINDOWS, .pid = 42, .start = 1, .time = 2,
		.size = (used + sizeof(path) + 7) & ~7u};
	*(kind == RECORD_process_start ? &record.start.image : &record.load.image_loaded) = span;
	memcpy(record.bytes + used, path, span.size);
	return (struct raw_event){.data = &record, .size = record.head.size, .form = RAW_RECORD};
}

static int
fired(const struct fixture *f, const char *title)
{
	char name[64];

	snprintf(name, sizeof(name), "\"name\":\"%s\"", title);
	return strstr(f->written, name) != NULL;
}
#endif
