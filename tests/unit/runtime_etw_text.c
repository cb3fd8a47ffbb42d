/* Windows' texts as UTF-8: characters, SIDs, paths, registry names and values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "etw.h"
#include "etw_account.h"
#include "etw_bytes.h"
#include "etw_path.h"
#include "etw_text.h"

static const char *
wide(const char *units, size_t room, int *cut)
{
	static char text[64];
	struct etw_bytes *bytes = malloc(sizeof(*bytes));

	etw_bytes_build(bytes, units, 8);
	*cut = 0;
	text[etw_text_wide(text, room, bytes->data, bytes->size - 2, cut)] = 0;
	free(bytes);
	return text;
}

static void
test_wide(void **state)
{
	static const struct { const char *units, *text; } rows[] = {
		{"w:plain", "plain"}, {"w:", ""}, {"W:00e4", "\xc3\xa4"}, {"W:07ff0800", "\xdf\xbf\xe0\xa0\x80"},
		{"W:d83dde00", "\xf0\x9f\x98\x80"}, {"W:dbffdfff", "\xf4\x8f\xbf\xbf"},
		{"W:d83d0041", "\xed\xa0\xbd" "A"}, {"W:de000041", "\xed\xb8\x80" "A"}, {"W:0041d83d", "A\xed\xa0\xbd"},
		{"W:d83dd83dde00", "\xed\xa0\xbd\xf0\x9f\x98\x80"}, {"W:ffff", "\xef\xbf\xbf"},
	};
	int cut;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_string_equal(wide(rows[i].units, 60, &cut), rows[i].text);
		assert_false(cut);
	}
	assert_string_equal(wide("W:00410042d83dde00", 5, &cut), "AB");
	assert_true(cut);
	assert_string_equal(wide("W:00410042d83dde00", 6, &cut), "AB\xf0\x9f\x98\x80");
	assert_false(cut);
}

static void
test_sid(void **state)
{
	static const char *const sids[] = {"S-1-0", "S-1-5-18", "S-1-5-21-4294967295-1-0-1001", "S-1-16-12288",
		"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15"};
	struct etw_bytes *bytes = malloc(sizeof(*bytes));
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(sids) / sizeof(sids[0]); i++) {
		bytes->size = 0;
		etw_put_sid(bytes, sids[i]);
		text[etw_text_sid(text, sizeof(text) - 1, bytes->data, bytes->size)] = 0;
		assert_string_equal(text, sids[i]);
		for (uint32_t size = 0; size < bytes->size; size++)
			assert_int_equal(etw_text_sid(text, sizeof(text), bytes->data, size), 0);
		assert_int_equal(etw_text_sid(text, strlen(sids[i]) - 1, bytes->data, bytes->size), 0);
	}
	bytes->data[1] = 16;
	assert_int_equal(etw_text_sid(text, sizeof(text), bytes->data, sizeof(bytes->data)), 0);
	free(bytes);
	assert_string_equal(etw_text_integrity(0), "Untrusted");
	assert_string_equal(etw_text_integrity(0x1000), "Low");
	assert_string_equal(etw_text_integrity(0x2100), "Medium");
	assert_string_equal(etw_text_integrity(0x3000), "High");
	assert_string_equal(etw_text_integrity(0x4000), "System");
}

static int asked; /* of the fake system */

static size_t
drive(void *context, const char *device, size_t size, char *text, size_t room)
{
	(void)context;
	(void)room;
	asked++;
	if (size == 23 && !memcmp(device, "\\Device\\HarddiskVolume3", 23))
		return (size_t)sprintf(text, "C:");
	return size == 11 && !memcmp(device, "\\SystemRoot", 11) ? (size_t)sprintf(text, "C:\\Windows") : 0;
}

static size_t
long_path(void *context, const char *path, size_t size, char *text, size_t room)
{
	(void)context;
	if (size != 15 || memcmp(path, "C:\\PROGRA~1\\a.b", 15))
		return 0;
	return (size_t)snprintf(text, room, "C:\\Program Files\\a.b");
}

static void
test_path(void **state)
{
	static const struct { const char *nt, *path; } rows[] = {
		{"\\Device\\HarddiskVolume3\\x\\y.exe", "C:\\x\\y.exe"},
		{"\\Device\\HarddiskVolume3", "C:"},
		{"\\Device\\HarddiskVolume33\\x", "\\Device\\HarddiskVolume33\\x"},
		{"\\SystemRoot\\System32\\a.sys", "C:\\Windows\\System32\\a.sys"},
		{"\\??\\C:\\x", "C:\\x"}, {"\\\\?\\C:\\x", "C:\\x"}, {"\\??\\UNC\\server\\share\\x", "\\\\server\\share\\x"},
		{"\\Device\\Mup\\server\\share\\x", "\\\\server\\share\\x"},
		{"\\Device\\Mup\\;LanmanRedirector\\;X:00000000000bc614\\server\\share", "\\\\server\\share"},
		{"\\Device\\LanmanRedirector\\;X:0\\server\\x", "\\\\server\\x"}, {"\\Device\\Mup\\;x", "\\\\;x"},
		{"\\Device\\NamedPipe\\lsass", "\\Device\\NamedPipe\\lsass"}, {"\\Device\\", "\\Device\\"}, {"", ""},
		{"\\Device\\HarddiskVolume3\\PROGRA~1\\a.b", "C:\\Program Files\\a.b"},
		{"\\Device\\HarddiskVolume3\\x~y", "C:\\x~y"}, {"System", "System"},
	};
	const struct etw_system system = {.drive = drive, .long_path = long_path};
	struct etw_paths *paths = etw_paths_new(&system);
	char text[100];

	(void)state;
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			text[etw_path(paths, 1, rows[i].nt, strlen(rows[i].nt), text, sizeof(text) - 1)] = 0;
			assert_string_equal(text, rows[i].path);
		}
	assert_int_equal(asked, 5); /* each device once */
	assert_int_equal(etw_path(paths, 1, rows[0].nt, strlen(rows[0].nt), text, 4), 4);
	etw_path(paths, 700000000, rows[2].nt, strlen(rows[2].nt), text, sizeof(text));
	assert_int_equal(asked, 6); /* a minute later it may have come */
	etw_paths_free(paths);
}

static size_t
account(void *context, const uint8_t *sid, size_t size, char *text, size_t room)
{
	(void)sid;
	++*(int *)context;
	return size == 12 ? (size_t)snprintf(text, room, "NT AUTHORITY\\SYSTEM") : 0;
}

static void
test_account(void **state)
{
	int calls = 0;
	const struct etw_system system = {.context = &calls, .account = account};
	struct etw_accounts *accounts = etw_accounts_new(&system);
	struct etw_bytes *bytes = malloc(sizeof(*bytes));
	char sid[48];

	(void)state;
	for (int round = 0; round < 2; round++) {
		bytes->size = 0;
		etw_put_sid(bytes, "S-1-5-18");
		assert_string_equal(etw_account(accounts, bytes->data, bytes->size), "NT AUTHORITY\\SYSTEM");
		bytes->size = 0;
		etw_put_sid(bytes, "S-1-5-21-1-2");
		assert_string_equal(etw_account(accounts, bytes->data, bytes->size), "S-1-5-21-1-2");
	}
	assert_int_equal(calls, 2);
	assert_string_equal(etw_account(accounts, bytes->data, 0), "");
	for (int i = 0; i < 2000; i++) {
		snprintf(sid, sizeof(sid), "S-1-5-21-%d-2", i);
		bytes->size = 0;
		etw_put_sid(bytes, sid);
		assert_string_equal(etw_account(accounts, bytes->data, bytes->size), sid);
	}
	assert_in_range(etw_accounts_evicted(accounts), 2000 - 256, 2000);
	free(bytes);
	etw_accounts_free(accounts);
}

static void
test_key(void **state)
{
	static const struct { const char *nt, *shown; } rows[] = {
		{"\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\x", "HKLM\\SOFTWARE\\Microsoft\\x"},
		{"\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\x", "HKLM\\System\\CurrentControlSet\\Services\\x"},
		{"\\Registry\\Machine\\System\\CurrentControlSet\\x", "HKLM\\System\\CurrentControlSet\\x"},
		{"\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet00x", "HKLM\\System\\ControlSet00x"},
		{"\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001", "HKLM\\System\\CurrentControlSet"},
		{"\\REGISTRY\\MACHINE\\SYSTEM\\Setup", "HKLM\\System\\Setup"},
		{"\\REGISTRY\\MACHINE\\SOFTWARE\\Classes\\CLSID", "HKCR\\CLSID"},
		{"\\REGISTRY\\MACHINE\\SOFTWARE\\ClassesX", "HKLM\\SOFTWARE\\ClassesX"},
		{"\\REGISTRY\\USER\\S-1-5-21-1-2-3-1001_Classes\\x", "HKU\\S-1-5-21-1-2-3-1001_Classes\\x"},
		{"\\REGISTRY\\USER\\.DEFAULT", "HKU\\.DEFAULT"}, {"\\REGISTRY\\A\\{guid}\\x", "\\REGISTRY\\A\\{guid}\\x"},
		{"", ""},
	};
	char text[100];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		text[etw_text_key(text, sizeof(text) - 1, rows[i].nt, strlen(rows[i].nt))] = 0;
		assert_string_equal(text, rows[i].shown);
	}
}

static void
test_value(void **state)
{
	static const struct { uint32_t type; const char *data; size_t size; const char *shown; int cut; } rows[] = {
		{1, "w:calc.exe", 18, "calc.exe", 0}, {2, "w:%x%", 8, "%x%", 0}, {1, "w:", 2, "(Empty)", 0},
		{1, "", 0, "(Empty)", 0}, {1, "", 20, "", 0}, {1, "b:61006200", 20, "ab", 1}, {1, "b:61006200", 4, "ab", 0},
		{4, "4:1", 4, "DWORD (0x00000001)", 0}, {4, "2:1", 4, "", 0}, {3, "b:01", 1, "Binary Data", 0},
		{7, "w:a", 4, "Binary Data", 0}, {11, "8:0x100000002", 8, "QWORD (0x00000001-0x00000002)", 0},
	};
	struct etw_bytes *bytes = malloc(sizeof(*bytes));
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int cut = 0;

		etw_bytes_build(bytes, rows[i].data, 8);
		text[etw_text_value(text, sizeof(text) - 1, rows[i].type, bytes->data, bytes->size, rows[i].size, &cut)] = 0;
		assert_string_equal(text, rows[i].shown);
		assert_int_equal(cut, rows[i].cut);
	}
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_sid),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_account),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
