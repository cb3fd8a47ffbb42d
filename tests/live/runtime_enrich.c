/*
 * runtime_enrich.c - who acted: processes from /proc at the start, parents and users of live events after it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "broker_server.h"
#include "decode.h"
#include "enrich.h"
#include "event_line.h"
#include "pack.h"
#include "process_table.h"
#include "record.h"
#include "snapshot.h"
#include "source.h"
#include "support_live.h"
#include "vocabulary.h"

struct seen { /* fields of the first event of a kind by a process, as a rule would see them */
	uint32_t kind;
	pid_t pid;
	char image[256], parent_image[256], parent_args[1024], user[64], line[1024];
	int found;
};

static void
field_copy(char *text, size_t size, const struct record_head *record, const char *name, const struct subject *subject)
{
	static char room[DECODE_ARENA_SIZE];
	struct decode_arena arena = {room, sizeof(room), 0};
	const struct vocabulary_field *field = vocabulary_field(vocabulary_kind(record->kind), name, strlen(name));
	struct value value;

	if (field && decode_field(record, field, subject, &arena, &value))
		snprintf(text, size, "%.*s", (int)value.size, (const char *)value.data);
}

static void
look(struct seen *seen, const struct record_head *record, const struct subject *subject)
{
	static char room[DECODE_ARENA_SIZE];
	struct decode_arena arena = {room, sizeof(room), 0};

	if (seen->found || record->kind != seen->kind || record->pid != (uint32_t)seen->pid)
		return;
	seen->found = 1;
	field_copy(seen->image, sizeof(seen->image), record, "Image", subject);
	field_copy(seen->parent_image, sizeof(seen->parent_image), record, "ParentImage", subject);
	field_copy(seen->parent_args, sizeof(seen->parent_args), record, "ParentCommandLine", subject);
	field_copy(seen->user, sizeof(seen->user), record, "User", subject);
	event_line(seen->line, sizeof(seen->line), record, vocabulary_kind(record->kind), subject, &arena);
}

/* Reads events until those wanted were seen, at most 3 s. */
static void
collect(struct enrich *enrich, struct seen *seen, int count)
{
	struct raw_event events[64];
	int found = 0;

	for (int tries = 0; tries < 60 && found < count; tries++) {
		int taken = live_source()->ops->poll(live_source(), events, 64, 50);

		for (int i = 0; i < taken; i++) {
			struct subject subject;

			if (!record_check(events[i].data, events[i].size))
				continue;
			enrich_record(enrich, events[i].data, &subject);
			for (int s = 0; s < count; s++)
				look(&seen[s], events[i].data, &subject);
		}
		live_source()->ops->commit(live_source());
		found = 0;
		for (int s = 0; s < count; s++)
			found += seen[s].found;
	}
}

static int
touch_and_exec(void *context)
{
	fclose(fopen(context, "w"));
	execl("/bin/sh", "shell", "-c", "exit 0", NULL);
	return 127;
}

static void
test_events(struct enrich *enrich)
{
	char path[256], self[256] = "";
	struct seen seen[3] = {{.kind = RECORD_file_create}, {.kind = RECORD_process_start}, {.kind = RECORD_process_exit}};

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		perror("readlink");
	snprintf(path, sizeof(path), "%s/file", live_folder());
	seen[0].pid = seen[1].pid = seen[2].pid = live_child(touch_and_exec, path, NULL);
	collect(enrich, seen, 3);
	live_check(seen[0].found && strcmp(seen[0].image, self) == 0, "enrich/forked-child-has-its-parents-image");
	live_check(seen[1].found && strcmp(seen[1].parent_image, self) == 0 && seen[1].parent_args[0], "enrich/parent");
	live_check(strcmp(seen[1].user, "root") == 0, "enrich/user");
	live_check(seen[2].found && seen[2].image[0] && strcmp(seen[2].image, seen[1].image) == 0, "enrich/exit");
	live_check(strstr(seen[1].line, "process_start pid") == seen[1].line && strstr(seen[1].line, "\"shell -c exit 0\""),
	           "enrich/line");
}

static void
test_snapshot(struct process_table *table, struct broker *broker)
{
	int count = snapshot_load(table, broker);
	const struct process *self = process_table_find(table, getpid(), 0);
	const struct process *parent = self ? process_table_find(table, self->parent_pid, 0) : NULL;

	live_check(count > 2 && self && self->from_snapshot && self->parent_pid == (uint32_t)getppid() && parent,
	           "enrich/snapshot");
	live_check(self && self->image_size && self->directory_size && self->args_count >= 1 && self->uid == 0,
	           "enrich/snapshot-fields");
}

int
main(void)
{
	struct process_table *table = process_table_new(65536);
	struct broker_server server;
	struct broker *broker;
	struct enrich *enrich;

	broker_server_init(&server);
	broker = broker_new(NULL, &server);
	enrich = enrich_new(table, broker);
	live_open(~0ull);
	test_snapshot(table, broker);
	test_events(enrich);
	live_close();
	enrich_free(enrich);
	broker_free(broker);
	broker_server_done(&server);
	process_table_free(table);
	return live_failed() != 0;
}
