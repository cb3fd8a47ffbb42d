/* From the bytes of Windows events to alerts: rules of SigmaHQ's shape, one and more for each category and service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "decode.h"
#include "detector.h"
#include "enrich.h"
#include "etw.h"
#include "etw_bytes.h"
#include "etw_layout.h"
#include "event_line.h"
#include "host.h"
#include "os.h"
#include "pack.h"
#include "packfile.h"
#include "pipeline.h"
#include "process_table.h"
#include "record.h"
#include "sink.h"
#include "source.h"
#include "vocabulary.h"

#include "etw_tester.h"

#define WHO "4:1000|4:4|4:1|4:259|p:2|4:0|t:S-1-5-21-1-2-3-1001|a:p.exe|w:p.exe -x"
#define KEY "\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\x"
#define PEERS "4:1000|4:0|i:203.0.113.7|i:192.0.2.1|P:443|P:50000"

/* What is sent, and a rule that is to fire on it: logsource and selection. */
struct row {
	const char *logsource, *selection;
	enum etw_provider provider;
	uint16_t id;
	uint8_t version;
	const char *bytes;
};

static const struct row rows[] = {
	{"category: image_load", "{ImageLoaded|endswith: '\\a.dll', Image: 'C:\\p.exe', CommandLine|contains: ' -x'}",
	 ETW_image, 10, 3, "p:1|p:2|4:1000|4:3|4:4|4:5|p:6|4:0|4:0|4:0|4:0|w:\\Device\\HarddiskVolume3\\Windows\\a.dll"},
	{"category: driver_load", "{ImageLoaded|contains: '\\drivers\\'}",
	 ETW_image, 10, 3, "p:1|p:2|4:0|4:3|4:4|4:5|p:6|4:0|4:0|4:0|4:0|w:\\SystemRoot\\System32\\drivers\\b.sys"},
	{"category: create_remote_thread",
	 "{SourceImage|endswith: '\\p.exe', TargetImage: System, StartAddress|endswith: '0B80', SourceUser: 'LAB\\joe'}",
	 ETW_thread, 1, 3, "4:4|4:77|p:1|p:2|p:3|p:4|p:5|p:0x7ff60b80"},
	{"category: process_access",
	 "{GrantedAccess: '0x1fffff', TargetImage|endswith: System, SourceImage|endswith: p.exe}",
	 ETW_kernel_audit, 5, 0, "4:4|4:0x1fffff|4:0"},
	{"category: file_event",
	 "{TargetFilename|startswith: 'C:\\Users\\', TargetFilename|endswith: .lnk, User|contains: joe}",
	 ETW_kernel_file, 30, 1, "p:1|p:0xf2|4:2|4:0x02000060|4:0|4:7|w:\\Device\\HarddiskVolume3\\Users\\x\\y.lnk"},
	{"category: file_rename", "{SourceFilename|endswith: .txt, TargetFilename|endswith: .locked}",
	 ETW_kernel_file, 27, 1, "p:1|p:0xf2|p:0xf1|p:0|4:2|4:10|w:\\Device\\HarddiskVolume3\\a.locked"},
	{"category: file_delete", "{TargetFilename|endswith: '\\Security.evtx'}",
	 ETW_kernel_file, 26, 1, "p:1|p:0xf2|p:0xf1|p:1|4:2|4:13|w:\\Device\\HarddiskVolume3\\logs\\security.evtx"},
	{"category: pipe_created", "{PipeName|startswith: '\\msagent_'}",
	 ETW_kernel_file, 12, 1, "p:1|p:0xf3|4:2|4:0x02000000|4:0|4:7|w:\\Device\\NamedPipe\\msagent_f1"},
	{"category: network_connection", "{Initiated: 'true', DestinationPort: 443, DestinationIp|cidr: 203.0.113.0/24}",
	 ETW_kernel_network, 12, 0, PEERS},
	{"category: network_connection", "{Initiated: 'false', SourcePort: 443, Protocol: tcp}",
	 ETW_kernel_network, 15, 0, PEERS},
	{"category: dns_query", "{QueryName|endswith: .example, Image|endswith: '\\p.exe'}",
	 ETW_dns_client, 3008, 0, "w:evil.example|4:1|8:0|4:0|w:"},
	{"service: dns-client", "{EventID: 3008, QueryName|contains: evil}",
	 ETW_dns_client, 3008, 0, "w:evil.example|4:1|8:0|4:0|w:"},
	{"category: registry_add", "{EventType: CreateKey, TargetObject|endswith: '\\Services\\x\\Sub'}",
	 ETW_kernel_registry, 1, 0, "p:0xa1|p:0xb1|4:0|4:1|w:|w:Sub"},
	{"category: registry_delete",
	 "{EventType: DeleteValue, TargetObject: 'HKLM\\System\\CurrentControlSet\\Services\\x\\v'}",
	 ETW_kernel_registry, 6, 0, "p:0xa1|4:0|w:|w:v"},
	{"category: registry_set", "{TargetObject|endswith: '\\Start', Details: DWORD (0x00000004)}",
	 ETW_kernel_registry, 5, 0, "p:0xa1|4:0|4:4|4:4|w:|w:Start|2:4|b:04000000"},
	{"category: registry_event", "{EventID: 13, EventType: SetValue, Details|contains: calc}",
	 ETW_kernel_registry, 5, 0, "p:0xa1|4:0|4:1|4:10|w:|w:v|2:10|b:630061006c0063000000"},
	{"category: ps_script", "{ScriptBlockText|contains|all: [iwr, 'iex ']}",
	 ETW_powershell, 4104, 1, "4:1|4:1|w:iex (iwr evil)|w:id|w:"},
	{"service: powershell", "{EventID: 4104, Path|endswith: .ps1}",
	 ETW_powershell, 4104, 1, "4:1|4:1|w:x|w:id|w:C:\\x.ps1"},
	{"category: ps_module", "{Payload|contains: Get-Item, ContextInfo|contains: powershell.exe}",
	 ETW_powershell, 4103, 1, "w:Host Application = powershell.exe|w:|w:CommandInvocation(Get-Item)"},
	{"category: wmi_event", "{EventID: [19, 20, 21], Destination|contains: calc.exe, Operation: Created}",
	 ETW_wmi_activity, 5861, 0, "w:root\\subscription|w:U|w:CommandLineEventConsumer=\"U\"|w:\"calc.exe\""},
	{"service: wmi", "[CommandLineEventConsumer]",
	 ETW_wmi_activity, 5861, 0, "w:root\\subscription|w:U|w:CommandLineEventConsumer=\"U\"|w:\"calc.exe\""},
	{"service: wmi", "{EventID: 5858, Operation|contains: cleareventlog}",
	 ETW_wmi_activity, 5858, 0, "w:{c}|w:LAB|w:LAB\\joe|4:1000|w:x|w:Win32_NTEventlogFile::ClearEventLog|4:5|w:x"},
	{"service: taskscheduler", "{EventID: 129, Path|contains: '\\Windows\\Temp\\'}",
	 ETW_task_scheduler, 129, 0, "w:\\Evil|w:C:\\Windows\\Temp\\x.exe|4:3000"},
	{"service: taskscheduler", "{EventID: [141, 142], TaskName|contains: Defender, UserName|contains: joe}",
	 ETW_task_scheduler, 141, 0, "w:\\Windows Defender\\x|w:LAB\\joe"},
	{"category: process_termination", "{Image|endswith: '\\p.exe'}",
	 ETW_process, 2, 4, "p:1|4:1000|4:4|4:1|4:0"},
};

enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

/* A process start is two events; its rule asks for what each of them tells, and the parent. */
static const char start_rule[] =
	"title: start\nlogsource: {product: windows, category: process_creation}\n"
	"detection: {s: {Image|endswith: '\\cmd.exe', CommandLine|contains: whoami, IntegrityLevel: Medium, "
	"ParentImage|endswith: '\\p.exe', ParentCommandLine|endswith: -x, User: 'LAB\\joe', LogonId: '0x3e7'}, "
	"condition: s}\n";

struct fixture {
	char folder[32];
	struct detector *detector;
	struct pipeline *pipeline;
	struct host host;
	struct sink sink;
	struct source source;
	struct raw_event next; /* data NULL: none */
	struct tester *tester;
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

static int
poll_next(struct source *source, struct raw_event *events, int max, int timeout_ms)
{
	struct fixture *f = (struct fixture *)((char *)source - offsetof(struct fixture, source));

	(void)max;
	(void)timeout_ms;
	events[0] = f->next;
	return 1;
}

static void
commit(struct source *source)
{
	(void)source;
}

static void
take_record(void *data, const void *record)
{
	struct fixture *f = data;
	const struct record_head *head = record;

	f->next = (struct raw_event){.data = record, .size = head->size, .form = RAW_RECORD};
	assert_int_equal(pipeline_step(f->pipeline, &f->source, 1, 0), 1);
}

static void
write_rules(const struct fixture *f)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/rules.yml", f->folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(start_rule, file);
	for (int i = 0; i < ROW_COUNT; i++)
		fprintf(file, "---\ntitle: row-%d.\nlogsource: {product: windows, %s}\ndetection: {s: %s, condition: s}\n", i,
		        rows[i].logsource, rows[i].selection);
	fclose(file);
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

static int
setup(void **state)
{
	static const struct sink_ops sink_ops = {take_line, nothing, NULL};
	static const struct source_ops source_ops = {.poll = poll_next, .commit = commit};
	static const struct pipeline_config config = {.why = "fields"};
	const struct trust_policy policy = {.allow_unsigned = 1, .unpacked_max = PACK_UNPACKED_MAX};
	struct fixture *f = calloc(1, sizeof(*f));
	struct refusal why;
	char path[64];
	void *pack;
	size_t size;

	assert_true(sodium_init() >= 0);
	strcpy(f->folder, "/tmp/rsnl-etw-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	write_rules(f);
	in_folder(f, "rsnlc build -q -o etw.rsnp --no-cache rules.yml");
	snprintf(path, sizeof(path), "%s/etw.rsnp", f->folder);
	assert_int_equal(os_read_file(path, 1 << 24, &pack, &size), 0);
	assert_int_equal(detector_open(&f->detector, pack, size, &policy, &why), 0);
	free(pack);
	strcpy(f->host.os_type, "windows");
	f->sink = (struct sink){.ops = &sink_ops, .name = "test"};
	f->source = (struct source){.ops = &source_ops, .name = "etw"};
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

	in_folder(f, "rm -f rules.yml etw.rsnp");
	remove(f->folder);
	pipeline_free(f->pipeline);
	detector_close(f->detector);
	free(f);
	return 0;
}

/* Who acts, and what it has opened. */
static void
begin(struct fixture *f)
{
	f->tester = tester_new();
	f->tester->taken = take_record;
	f->tester->taken_data = f;
	tester_send(f->tester, ETW_kernel_process, 15, 0, "4:4|8:1|4:0|4:0|4:0|w:System", 8);
	tester_send(f->tester, ETW_process, 3, 4, "p:1|" WHO, 8);
	tester_name(f->tester, ETW_KEY, 0xa1, "w:" KEY);
	tester_name(f->tester, ETW_FILE, 0xf2, "w:\\Device\\HarddiskVolume3\\old.txt");
	f->written[0] = 0;
}

static int
fired(const struct fixture *f, const char *title)
{
	char name[64];

	snprintf(name, sizeof(name), "\"name\":\"%s\"", title);
	return strstr(f->written, name) != NULL;
}

static void
each_row_fires(void **state)
{
	struct fixture *f = *state;
	char title[24];

	for (int i = 0; i < ROW_COUNT; i++) {
		begin(f);
		tester_send(f->tester, rows[i].provider, rows[i].id, rows[i].version, rows[i].bytes, 8);
		snprintf(title, sizeof(title), "row-%d.", i);
		if (!fired(f, title))
			fail_msg("%s %s: no alert of \"%s\", only: %s", rows[i].logsource, rows[i].selection, f->tester->line,
			         f->written);
		tester_free(f->tester);
	}
}

static void
a_start_fires(void **state)
{
	struct fixture *f = *state;

	begin(f);
	tester_send(f->tester, ETW_process, 1, 4,
	            "p:1|4:2000|4:1000|4:1|4:259|p:2|4:0|t:S-1-5-21-1-2-3-1001|a:cmd.exe|w:cmd /c whoami", 8);
	assert_string_equal(f->written, "");
	tester_send(f->tester, ETW_kernel_process, 1, 3, "4:2000|8:9|8:133444737000000000|4:1000|8:8|4:1|4:0|4:1|4:0|"
	            "s:S-1-16-8192|w:\\Device\\HarddiskVolume3\\Windows\\cmd.exe", 8);
	assert_true(fired(f, "start"));
	assert_non_null(strstr(f->written, "\"user\":{\"id\":\"S-1-5-21-1-2-3-1001\",\"name\":\"LAB\\\\joe\","));
	assert_non_null(strstr(f->written, "\"provider\":\"etw\""));
	assert_null(strstr(f->written, "\"inode\""));
	assert_null(strstr(f->written, "working_directory"));
	assert_null(strstr(f->written, "\"group\""));
	tester_free(f->tester);
}

/* What ran before the agent is known, and no reason for an alert. */
static void
listed_processes_do_not_fire(void **state)
{
	struct fixture *f = *state;

	begin(f);
	tester_send(f->tester, ETW_process, 3, 4,
	            "p:1|4:2000|4:1000|4:1|4:259|p:2|4:0|t:S-1-5-21-1-2-3-1001|a:cmd.exe|w:cmd /c whoami", 8);
	assert_string_equal(f->written, "");
	tester_free(f->tester);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_fires),
		cmocka_unit_test(a_start_fires),
		cmocka_unit_test(listed_processes_do_not_fire),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
