/*
 * etw_tester.h - a decoder with a system that is made up, and what comes of the events sent to it: records, checked and
 * put through enrich, and the last event's as lines.
 *
 * Includes come first: cmocka.h, decode.h, enrich.h, etw.h, etw_bytes.h, etw_layout.h, event_line.h, process_table.h,
 * record.h, vocabulary.h.
 */
#define BOOT_NS 1700000000000000000ull /* since 1970 */
#define BOOT (116444736000000000ull + BOOT_NS / 100)

enum { LINE_MAX_BYTES = 4096 };

struct tester {
	struct etw_decoder *decoder;
	struct process_table *processes;
	struct enrich *enrich;
	uint64_t time;      /* of the next event */
	uint32_t pid, tid;  /* its header's */
	int records;        /* so far */
	void (*taken)(void *data, const void *record); /* NULL: nobody wants it */
	void *taken_data;
	char line[LINE_MAX_BYTES]; /* of the last event's records, one a line */
	uint64_t record[RECORD_SIZE_MAX / 8]; /* the last one */
};

static size_t
give(char *text, size_t room, const char *from)
{
	size_t size = strlen(from);

	assert_true(size <= room);
	memcpy(text, from, size);
	return size;
}

static size_t
fake_drive(void *context, const char *device, size_t size, char *text, size_t room)
{
	(void)context;
	if (size == 23 && !memcmp(device, "\\Device\\HarddiskVolume3", 23))
		return give(text, room, "C:");
	return size == 11 && !memcmp(device, "\\SystemRoot", 11) ? give(text, room, "C:\\Windows") : 0;
}

static size_t
fake_long_path(void *context, const char *path, size_t size, char *text, size_t room)
{
	(void)context;
	return size == 15 && !memcmp(path, "C:\\PROGRA~1\\a.b", 15) ? give(text, room, "C:\\Program Files\\a.b") : 0;
}

static size_t
fake_account(void *context, const uint8_t *sid, size_t size, char *text, size_t room)
{
	(void)context;
	if (size == 12 && sid[8] == 18)
		return give(text, room, "NT AUTHORITY\\SYSTEM");
	return size == 28 ? give(text, room, "LAB\\joe") : 0;
}

static size_t
fake_image(void *context, uint32_t pid, char *text, size_t room)
{
	(void)context;
	return pid == 1000 ? give(text, room, "C:\\p.exe") : pid == 2000 ? give(text, room, "C:\\asked.exe") : 0;
}

static int
fake_token(void *context, uint32_t pid, struct etw_token *token)
{
	static const uint8_t system[12] = {1, 1, [7] = 5, [8] = 18};

	(void)context;
	if (pid == 3333)
		return -1;
	*token = (struct etw_token){.logon_id = 0x3e7, .integrity = 0x4000, .sid_size = sizeof(system)};
	memcpy(token->sid, system, sizeof(system));
	return 0;
}

static struct tester *
tester_new(void)
{
	static const struct etw_system system = {.drive = fake_drive, .long_path = fake_long_path, .account = fake_account,
	                                         .image = fake_image, .token = fake_token};
	struct tester *t = calloc(1, sizeof(*t));

	t->decoder = etw_decoder_new(&system, BOOT_NS);
	t->processes = process_table_new(64);
	t->enrich = enrich_new(t->processes, NULL);
	t->time = BOOT + 1000000000;
	t->pid = 1000;
	t->tid = 1004;
	return t;
}

static void
tester_free(struct tester *t)
{
	etw_decoder_free(t->decoder);
	enrich_free(t->enrich);
	process_table_free(t->processes);
	free(t);
}

/* Takes a record as the pipeline does. */
static void
tester_take(struct tester *t)
{
	static char room[DECODE_ARENA_SIZE];
	struct decode_arena arena = {room, sizeof(room), 0};
	const struct record_head *head = (const void *)t->record;
	const struct vocabulary_kind *kind = record_check(t->record, sizeof(t->record));
	size_t used = strlen(t->line);
	struct subject subject;

	assert_non_null(kind);
	enrich_record(t->enrich, head, &subject);
	if (used)
		t->line[used++] = '\n';
	event_line(t->line + used, sizeof(t->line) - used, head, kind, &subject, &arena);
	t->records++;
	if (t->taken)
		t->taken(t->taken_data, t->record);
}

/* Sends the first size bytes, from memory that ends there. Returns the last result. */
static enum etw_result
tester_send_bytes(struct tester *t, enum etw_provider provider, uint16_t id, uint8_t version,
                  const struct etw_bytes *bytes, uint32_t size)
{
	uint8_t *data = malloc(size ? size : 1);
	struct etw_event event = {.version = version, .pointer_size = bytes->pointer_size, .pid = t->pid, .tid = t->tid,
	                          .time = t->time, .data = data, .size = size};
	enum etw_result result;

	memcpy(data, bytes->data, size);
	memcpy(event.provider, etw_provider_guid(provider), 16);
	if (provider < ETW_CLASSIC_COUNT)
		event.opcode = (uint8_t)id;
	else
		event.id = id;
	t->line[0] = 0;
	do {
		result = etw_decode(t->decoder, &event, t->record, sizeof(t->record));
		if (result == ETW_RECORD || result == ETW_AGAIN)
			tester_take(t);
	} while (result == ETW_AGAIN);
	free(data);
	return result;
}

static enum etw_result
tester_send(struct tester *t, enum etw_provider provider, uint16_t id, uint8_t version, const char *text,
            uint8_t pointer_size)
{
	struct etw_bytes *bytes = malloc(sizeof(*bytes));
	enum etw_result result;

	etw_bytes_build(bytes, text, pointer_size);
	result = tester_send_bytes(t, provider, id, version, bytes, bytes->size);
	free(bytes);
	return result;
}

static inline void
tester_name(struct tester *t, enum etw_object type, uint64_t object, const char *text)
{
	struct etw_bytes *bytes = malloc(sizeof(*bytes));

	etw_bytes_build(bytes, text, 8);
	etw_decoder_name(t->decoder, type, object, bytes->data, bytes->size - 2);
	free(bytes);
}
