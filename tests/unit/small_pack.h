/*
 * small_pack.h - a pack of a few rules, signed, with a keyring of the key that signed it. Include stdio.h, stdlib.h,
 * string.h, cmocka.h and sodium.h first.
 */
#ifndef SMALL_PACK_H
#define SMALL_PACK_H

#include "minisign.h"
#include "os.h"
#include "trust.h"

/* Correlations of a rule that is called Netcat: documents to follow it. */
#define NETCAT_CORRELATIONS \
	"---\n" \
	"title: Netcat, often\n" \
	"id: 7f734ed0-4f47-46c0-837f-6ee62505abda\n" \
	"name: often\n" \
	"level: high\n" \
	"correlation:\n" \
	"  type: value_count\n" \
	"  rules: [7f734ed0-4f47-46c0-837f-6ee62505abd9]\n" \
	"  group-by: [User]\n" \
	"  timespan: 5m\n" \
	"  condition: {field: CommandLine, gte: 3, lt: 9}\n" \
	"---\n" \
	"title: Netcat, often and again\n" \
	"id: 7f734ed0-4f47-46c0-837f-6ee62505abdb\n" \
	"level: high\n" \
	"correlation:\n" \
	"  type: temporal_ordered\n" \
	"  rules: [often, 7f734ed0-4f47-46c0-837f-6ee62505abd9]\n" \
	"  group-by: [User]\n" \
	"  timespan: 5m\n"

struct fixture {
	char folder[32];
	uint8_t *pack;
	size_t size;
	struct keyring ring;
};

/* Runs rsnlc of the build under test in the folder. */
static void
rsnlc(const struct fixture *f, const char *arguments)
{
	const char *build = getenv("RSNL_BUILD");
	char command[512];

	snprintf(command, sizeof(command), "cd '%s' && '%s/rsnlc' %s >&2", f->folder, build ? build : ".", arguments);
	if (system(command))
		fail_msg("%s", command);
}

static void *
file_take(const struct fixture *f, const char *name, size_t *size)
{
	char path[64];
	void *data;

	snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	assert_int_equal(os_read_file(path, 1 << 24, &data, size), 0);
	return data;
}

/* With a pack of the rules, as cmocka's state. */
static int
fixture_new(void **state, const char *rules)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct public_key key;
	char path[64], *text;
	size_t size;

	assert_true(sodium_init() >= 0);
	strcpy(f->folder, "/tmp/rsnl-small-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(path, sizeof(path), "%s/rules.yml", f->folder);
	assert_int_equal(os_write_file(path, rules, strlen(rules), 0644), 0);
	rsnlc(f, "key generate -q -W k");
	rsnlc(f, "build -q -k k.key -o small.rsnp --no-cache rules.yml");
	f->pack = file_take(f, "small.rsnp", &f->size);
	text = file_take(f, "k.pub", &size);
	assert_int_equal(public_key_parse(&key, text, size), 0);
	assert_int_equal(keyring_add(&f->ring, &key), 0);
	free(text);
	*state = f;
	return 0;
}

static int
fixture_free(void **state)
{
	static const char *const names[] = {"rules.yml", "k.key", "k.pub", "small.rsnp"};
	struct fixture *f = *state;
	char path[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", f->folder, names[i]);
		remove(path);
	}
	remove(f->folder);
	keyring_done(&f->ring);
	free(f->pack);
	free(f);
	return 0;
}
#endif
