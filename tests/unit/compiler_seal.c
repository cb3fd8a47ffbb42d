/* Packs made from a hand-written IR: same bytes each time, tables that read back, signatures that minisign takes. */
#include "packfile.h"
#include "diag.h"
#include "ir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "arena.h"
#include "file.h"
#include "image.h"
#include "minisign.h"
#include "process.h"
#include "seal.h"
#include "show.h"
#include "trust.h"
#include "unseal.h"
#include "yara_compile.h"

#define TEXT(string) {string, sizeof(string) - 1}

static const struct ir_value values[] = {{.text = TEXT("/nc"), .shown = TEXT("/nc")},
                                         {.text = TEXT("/ncat"), .shown = TEXT("/ncat")}};
static const struct ir_predicate predicates[] = {
	{.field = 1, .other = IR_NONE, .op = PACK_ENDSWITH, .value_count = 2, .values = values},
	{.field = IR_NONE, .other = IR_NONE, .op = PACK_KEYWORD, .value_count = 1, .values = values},
};
static const struct ir_use uses[] = {{TEXT("selection"), 0, 0}, {TEXT("keywords"), 1, 1}};
static const struct ir_text tags[] = {TEXT("attack.execution"), TEXT("attack.t1059")};
static const struct ir_expr literals[] = {{.type = IR_PREDICATE, .predicate = 0}, {.type = IR_PREDICATE, .predicate = 1}};
static const struct ir_expr *parts[] = {literals, literals + 1};
static const struct ir_expr both = {.type = IR_AND, .child_count = 2, .children = parts};
static const struct ir_rule netcat = {
	.id = TEXT("7f734ed0"), .title = TEXT("Netcat"), .tags = tags, .tag_count = 2, .level = PACK_HIGH,
	.engine = PACK_SIGMA, .uses = uses, .use_count = 2, .expr = &both,
};
static const struct ir_rule *const rules[] = {&netcat};
static const struct ir_group groups[] = {{
	.product = TEXT("linux"), .category = TEXT("process_creation"), .rules = (const struct ir_rule **)rules,
	.rule_count = 1, .predicates = predicates, .predicate_count = 2,
}};
static const uint32_t route_groups[] = {0};
static const struct ir_condition conditions[] = {{0, PACK_HAS, NULL, 0}};
static const struct ir_view views[] = {{1, IR_NONE, TEXT("constant")}};
static const struct ir_route routes[] = {{
	.kind = TEXT("process_start"), .product = TEXT("linux"), .flags = PACK_ROUTE_LIVE, .conditions = conditions,
	.condition_count = 1, .groups = route_groups, .group_count = 1, .views = views, .view_count = 1,
}};
static const struct ir_text fields[] = {TEXT("CommandLine"), TEXT("Image"), TEXT("md5")};
static const struct ir_vector vectors[] = {
	{TEXT("7f734ed0"), TEXT("{\"Image\":\"/bin/nc\"}"), TEXT("nc.test.yml:3"), 1},
};
static const struct ir_yara_source yara_sources[] = {{
	TEXT("demo"),
	TEXT("rule marker : tag { meta: severity = \"critical\" author = \"us\" strings: $a = \"MARKER\" condition: $a }\n"
	     "private rule hidden { condition: false }\n"),
	TEXT("demo.yar"),
}};
static const struct ir_pack ir = {
	.name = TEXT("linux"), .fields = fields, .field_count = 3, .groups = groups, .group_count = 1, .routes = routes,
	.route_count = 1, .vectors = vectors, .vector_count = 1, .yara = yara_sources, .yara_count = 1,
};

struct fixture {
	struct arena *arena;
	struct image image;
	struct yara_result yara;
	struct secret_key key;
	struct seal_request request;
	void *bytes;
	size_t size;
	char text[256];
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_true(sodium_init() >= 0);
	f->arena = arena_new();
	f->image = (struct image){.target = PACK_X86_64, .bytes = calloc(2, PACK_IMAGE_ALIGN),
	                          .size = 2 * PACK_IMAGE_ALIGN, .code_size = PACK_IMAGE_ALIGN};
	assert_int_equal(yara_compile(f->arena, yara_sources, 1, &f->yara, f->text), 0);
	secret_key_generate(&f->key);
	f->request = (struct seal_request){
		.pack = &ir, .images = &f->image, .image_count = 1, .yara = &f->yara, .data = "01234567", .data_size = 8,
		.scratch_size = 4096, .scratch_align = 64, .hits_max = 1, .serial = 42, .built = 1700000000, .key = &f->key,
	};
	if (seal_pack(f->arena, &f->request, &f->bytes, &f->size, f->text))
		fail_msg("%s", f->text);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	image_done(&f->image);
	arena_free(f->arena);
	free(f);
	return 0;
}

static void
same_request_gives_same_bytes(void **state)
{
	struct fixture *f = *state;
	struct yara_result yara;
	void *bytes;
	size_t size;

	assert_int_equal(yara_compile(f->arena, yara_sources, 1, &yara, f->text), 0);
	f->request.yara = &yara;
	assert_int_equal(seal_pack(f->arena, &f->request, &bytes, &size, f->text), 0);
	assert_int_equal(size, f->size);
	assert_memory_equal(bytes, f->bytes, size);
}

static void
signing_later_gives_the_same_pack(void **state)
{
	struct fixture *f = *state;
	void *plain, *again;
	size_t plain_size, again_size;

	f->request.key = NULL;
	assert_int_equal(seal_pack(f->arena, &f->request, &plain, &plain_size, f->text), 0);
	seal_sign(f->arena, plain, plain_size, &f->key, &again, &again_size);
	assert_int_equal(again_size, f->size);
	assert_memory_equal(again, f->bytes, again_size);
}

static const char *
text_at(const struct unsealed *pack, struct pack_text text)
{
	return pack_text_data(&pack->tables, text);
}

static void
tables_read_back(void **state)
{
	struct fixture *f = *state;
	struct unsealed pack;
	const struct pack_rule *rule;

	assert_int_equal(unseal_header(&pack, f->bytes, f->size, f->text), 0);
	assert_string_equal(pack.header->name, "linux");
	assert_int_equal(pack.header->serial, 42);
	assert_int_equal(pack.header->targets, PACK_X86_64);
	if (unseal_body(&pack, f->arena, f->text))
		fail_msg("%s", f->text);
	assert_int_equal(pack.tables.slot_count, 3);
	assert_string_equal(text_at(&pack, pack.tables.slots[1].name), "Image");
	assert_int_equal(pack.tables.slots[1].flags, 0);
	assert_int_equal(pack.tables.slots[2].flags, PACK_SLOT_LATE);
	assert_int_equal(pack.tables.groups[0].flags, PACK_GROUP_LEAVES);
	assert_int_equal(pack.tables.groups[0].slots.count, 1);
	assert_int_equal(pack.tables.rule_count, 2);
	rule = pack.tables.rules;
	assert_string_equal(text_at(&pack, rule[0].title), "Netcat");
	assert_string_equal(text_at(&pack, pack.tables.texts[rule[0].tags.first + 1]), "attack.t1059");
	assert_string_equal(text_at(&pack, pack.tables.uses[rule[0].uses.first + 1].part), "keywords");
	assert_string_equal(text_at(&pack, pack.tables.texts[pack.tables.predicates[0].values.first + 1]), "/ncat");
	assert_string_equal(text_at(&pack, rule[1].id), "demo.marker");
	assert_int_equal(rule[1].level, PACK_CRITICAL);
	assert_int_equal(rule[1].engine, PACK_YARA_RULE);
	assert_true(rule[1].group == PACK_NONE);
	assert_string_equal(text_at(&pack, rule[1].author), "us");
	assert_int_equal(pack.tables.yara->rule_count, 1);
	assert_string_equal(text_at(&pack, pack.tables.yara_sources[0].text), yara_sources[0].text.data);
	assert_int_equal(pack.tables.vectors[0].rule, 0);
	assert_int_equal(pack.tables.images[0]->size, 2 * PACK_IMAGE_ALIGN);
	assert_memory_equal(pack.tables.data, "01234567", 8);
}

static void
equal_texts_are_stored_once(void **state)
{
	struct fixture *f = *state;
	struct unsealed pack;

	assert_int_equal(unseal_header(&pack, f->bytes, f->size, f->text), 0);
	assert_int_equal(unseal_body(&pack, f->arena, f->text), 0);
	assert_int_equal(pack.tables.routes[0].product.offset, pack.tables.groups[0].product.offset);
}

static void
stock_minisign_verifies_what_is_split(void **state)
{
	struct fixture *f = *state;
	char *folder, *paths[3], text[KEY_TEXT_SIZE];
	static const char *const names[] = {"payload", "payload.minisig", "k.pub"};
	struct process_output output = {0};
	struct public_key key;
	struct unsealed pack;

	if (process_run((char *[]){"minisign", "-v", NULL}, NULL, &output) < 0)
		skip();
	assert_int_equal(unseal_header(&pack, f->bytes, f->size, f->text), 0);
	assert_int_equal(folder_make_temporary(&folder), 0);
	for (int i = 0; i < 3; i++)
		assert_true(asprintf(&paths[i], "%s/%s", folder, names[i]) > 0);
	secret_key_public(&f->key, &key);
	public_key_write(text, &key);
	assert_int_equal(file_write(paths[0], f->bytes, pack.signed_size, 0644), 0);
	assert_int_equal(file_write(paths[1], pack.signature, pack.signature_size, 0644), 0);
	assert_int_equal(file_write(paths[2], text, strlen(text), 0644), 0);
	if (process_run((char *[]){"minisign", "-V", "-p", paths[2], "-m", paths[0], NULL}, NULL, &output))
		fail_msg("%s", output.tail);
	assert_non_null(strstr(output.tail, "rsnl pack linux serial 42"));
	folder_remove(folder);
	for (int i = 0; i < 3; i++)
		free(paths[i]);
	free(folder);
}

static void
names_of_packs(void **state)
{
	(void)state;
	assert_int_equal(seal_name_check("linux"), 0);
	assert_int_equal(seal_name_check("9a._-"), 0);
	assert_true(seal_name_check("") && seal_name_check("-a") && seal_name_check("A") && seal_name_check("a b"));
	assert_int_equal(seal_name_check("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), 0);
	assert_true(seal_name_check("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void
sizes_and_times_are_shown(void **state)
{
	char text[SHOW_SIZE];
	uint64_t seconds;

	(void)state;
	assert_string_equal(show_bytes(text, 999), "999 B");
	assert_string_equal(show_bytes(text, 1300000), "1.3 MB");
	assert_string_equal(show_bytes(text, 164000), "164 kB");
	assert_string_equal(show_bytes(text, 999999), "1.0 MB");
	assert_string_equal(show_time(text, 1795373485), "2026-11-22T18:51:25Z");
	assert_int_equal(show_parse_time("2026-11-22T18:51:25Z", &seconds), 0);
	assert_int_equal(seconds, 1795373485);
	assert_int_equal(show_parse_time("2026-11-22", &seconds), 0);
	assert_int_equal(seconds, 1795305600);
	assert_true(show_parse_time("2026-02-30", &seconds) && show_parse_time("soon", &seconds));
}

static void
yara_errors_have_their_place(void **state)
{
	struct fixture *f = *state;
	static const char text[] = "rule a {\n  condition:\n    filesiz > 3\n}\n";
	const struct source source = {"a.yar", text, sizeof(text) - 1};
	struct diag_list *diags = diag_list_new(f->arena);

	assert_int_equal(yara_check(f->arena, diags, &source), 1);
	assert_int_equal(diag_sort(diags), 1);
	assert_int_equal(diag_at(diags, 0)->place.line, 3);
	assert_int_equal(diag_at(diags, 0)->place.column, 5);
	assert_int_equal(diag_at(diags, 0)->place.width, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(same_request_gives_same_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(signing_later_gives_the_same_pack, setup, teardown),
		cmocka_unit_test_setup_teardown(tables_read_back, setup, teardown),
		cmocka_unit_test_setup_teardown(equal_texts_are_stored_once, setup, teardown),
		cmocka_unit_test_setup_teardown(stock_minisign_verifies_what_is_split, setup, teardown),
		cmocka_unit_test(names_of_packs),
		cmocka_unit_test(sizes_and_times_are_shown),
		cmocka_unit_test_setup_teardown(yara_errors_have_their_place, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
