/* compiler_logsource.c - logsources.yml: what is known, what reaches which field, routes and shapes, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "ir_build.h"
#include "logsource.h"
#include "packfile.h"

struct fixture {
	struct arena *arena;
	struct diag_list *diags;
	struct logsources *logsources;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new();
	f->diags = diag_list_new(f->arena);
	f->logsources = logsources_new(f->arena);
	*state = f;
	return logsources_add(f->logsources, f->diags, logsources_builtin());
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	arena_free(f->arena);
	free(f);
	return 0;
}

static struct logsource
triple(struct fixture *f, const char *product, const char *category, const char *service)
{
	return (struct logsource){arena_string(f->arena, product), arena_string(f->arena, category),
		arena_string(f->arena, service)};
}

static enum logsource_reach
reach(struct fixture *f, const char *product, const char *category, const char *field, const char *platform)
{
	struct logsource logsource = triple(f, product, category, "");

	return logsource_reach(f->logsources, &logsource, arena_string(f->arena, field), platform);
}

static int
known(struct fixture *f, const char *product, const char *category, const char *service)
{
	struct logsource logsource = triple(f, product, category, service);

	return logsource_known(f->logsources, &logsource);
}

static void
builtin_knows(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(diag_count(f->diags, DIAG_ERROR), 0);
	assert_true(known(f, "windows", "process_creation", ""));
	assert_true(known(f, "windows", "process_creation", "sysmon"));
	assert_false(known(f, "windows", "process_creation", "system"));
	assert_true(known(f, "windows", "", "security"));
	assert_true(known(f, "windows", "", ""));
	assert_true(known(f, "linux", "file_event", ""));
	assert_true(known(f, "", "antivirus", ""));
	assert_false(known(f, "windows", "antivirus", ""));
	assert_false(known(f, "windows", "file_access", ""));
	assert_true(known(f, "linux", "", "auditd"));
	assert_true(known(f, "linux", "process_creation", "sysmon"));
	assert_true(known(f, "linux", "", "sshd"));
	assert_false(known(f, "linux", "", "nfs"));
	assert_true(known(f, "aws", "", "cloudtrail"));
	assert_false(known(f, "azure", "", "pim"));
}

static void
fields_reach(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(reach(f, "linux", "process_creation", "Image", NULL), REACH_ALWAYS);
	assert_int_equal(reach(f, "linux", "process_creation", "ParentImage", "linux"), REACH_SOMETIMES);
	assert_int_equal(reach(f, "linux", "process_creation", "Hashes", NULL), REACH_LATE);
	assert_int_equal(reach(f, "linux", "process_creation", "Company", NULL), REACH_NEVER);
	assert_int_equal(reach(f, "windows", "process_creation", "OriginalFileName", NULL), REACH_LATE);
	assert_int_equal(reach(f, "windows", "process_creation", "Image", "linux"), REACH_NEVER);
	assert_int_equal(reach(f, "windows", "process_creation", "", "windows"), REACH_ALWAYS);
	assert_int_equal(reach(f, "windows", "process_creation", "CurrentDirectory", "windows"), REACH_NEVER);
	assert_int_equal(reach(f, "windows", "registry_set", "Details", "windows"), REACH_SOMETIMES);
	assert_int_equal(reach(f, "windows", "registry_rename", "", "windows"), REACH_NEVER);
	assert_int_equal(reach(f, "windows", "", "anything", "windows"), REACH_NEVER);
	assert_int_equal(reach(f, "", "dns", "query", "linux"), REACH_ALWAYS);
	assert_int_equal(reach(f, "linux", "", "TargetFilename", "linux"), REACH_ALWAYS);
}

static void
audit_records_reach(void **state)
{
	struct fixture *f = *state;
	struct logsource logsource = triple(f, "linux", "", "auditd");

	assert_int_equal(logsource_reach(f->logsources, &logsource, arena_string(f->arena, "name"), "linux"), REACH_ALWAYS);
	assert_int_equal(logsource_reach(f->logsources, &logsource, arena_string(f->arena, "type"), "linux"), REACH_ALWAYS);
	assert_int_equal(logsource_reach(f->logsources, &logsource, arena_string(f->arena, "a15"), "linux"), REACH_ALWAYS);
	assert_int_equal(logsource_reach(f->logsources, &logsource, arena_string(f->arena, "a16"), "linux"), REACH_NEVER);
}

static void
names_in_another_case(void **state)
{
	struct fixture *f = *state;
	struct logsource logsource = triple(f, "linux", "process_creation", "");
	struct ir_text text;

	text = logsource_field_case(f->logsources, &logsource, arena_string(f->arena, "commandLine"));
	assert_string_equal(text.data, "CommandLine");
	text = logsource_field_case(f->logsources, &logsource, arena_string(f->arena, "CommandLine"));
	assert_int_equal(text.size, 0);
	text = logsource_field_case(f->logsources, &logsource, arena_string(f->arena, "Nothing"));
	assert_int_equal(text.size, 0);
}

static struct ir_pack *
lower(struct fixture *f, const char *product, const char *category, const char *service)
{
	struct ir_builder *builder = ir_builder_new(f->arena);
	struct ir_text none = arena_string(f->arena, "");
	struct ir_rule rule = {.id = arena_string(f->arena, "r"), .title = none, .status = none, .version = none,
		.author = none, .license = none, .description = none, .source = none, .indicator = none};
	struct ir_predicate predicate = {.other = IR_NONE, .op = PACK_EXISTS};
	uint32_t group = ir_build_group(builder, arena_string(f->arena, product), arena_string(f->arena, category),
	                                arena_string(f->arena, service));

	predicate.field = ir_build_field(builder, arena_string(f->arena, "Image"));
	rule.expr = ir_build_literal(builder, ir_build_predicate(builder, group, &predicate));
	ir_build_rule(builder, group, &rule);
	logsources_lower(f->logsources, builder);
	return ir_build_finish(builder, none);
}

static const char *
field_name(const struct ir_pack *pack, uint32_t field)
{
	return pack->fields[field].data;
}

static void
windows_routes(void **state)
{
	struct ir_pack *pack = lower(*state, "windows", "process_creation", "");
	const struct ir_route *route;

	assert_int_equal(pack->route_count, 5);
	route = &pack->routes[0];
	assert_int_equal(route->flags, PACK_ROUTE_LIVE);
	assert_string_equal(route->kind.data, "process_start");
	assert_string_equal(route->product.data, "windows");
	route = &pack->routes[1];
	assert_int_equal(route->flags, PACK_ROUTE_RECORDED);
	assert_int_equal(route->condition_count, 2);
	assert_int_equal(route->view_count, 0);
	assert_string_equal(field_name(pack, route->conditions[0].field), "Channel");
	assert_string_equal(route->conditions[0].values[0].data, "Microsoft-Windows-Sysmon/Operational");
	assert_string_equal(field_name(pack, route->conditions[1].field), "EventID");
	assert_string_equal(route->conditions[1].values[0].data, "1");
	route = &pack->routes[2];
	assert_int_equal(route->view_count, 2);
	assert_string_equal(field_name(pack, route->views[0].to), "Image");
	assert_string_equal(field_name(pack, route->views[0].from), "NewProcessName");
}

static void
rows_set_and_exclude(void **state)
{
	struct ir_pack *pack = lower(*state, "linux", "", "auditd");
	const struct ir_route *route = pack->routes;

	while (route->view_count != 18 && route + 1 < pack->routes + pack->route_count)
		route++;
	assert_int_equal(route->view_count, 18);
	assert_string_equal(field_name(pack, route->views[0].to), "a0");
	assert_string_equal(field_name(pack, route->views[0].from), "argument_0");
	assert_string_equal(field_name(pack, route->views[17].to), "type");
	assert_int_equal(route->views[17].from, IR_NONE);
	assert_string_equal(route->views[17].constant.data, "EXECVE");
	pack = lower(*state, "windows", "", "");
	for (route = pack->routes; route->group_count == 0; route++)
		;
	assert_int_equal(route->conditions[0].op, PACK_IS_NONE_OF);
	assert_string_equal(field_name(pack, route->conditions[0].field), "Channel");
	assert_string_equal(route->conditions[0].values[0].data, "Linux-Sysmon/Operational");
}

static void
kinds_for_services(void **state)
{
	struct ir_pack *pack = lower(*state, "windows", "", "sysmon");
	uint32_t i, leading = 0, kinds = 0;

	for (i = 0; i < pack->route_count; i++) {
		leading += pack->routes[i].group_count > 0;
		kinds += pack->routes[i].group_count == 0 && pack->routes[i].kind.size > 0;
	}
	assert_int_equal(leading, 1);
	assert_int_equal(kinds + leading, pack->route_count);
	assert_true(kinds > 10);
}

static void
shapes_lower(void **state)
{
	struct ir_pack *pack = lower(*state, "linux", "process_creation", "");
	const struct ir_shape *shape;
	uint32_t i;

	for (i = 0; i < pack->shape_count && strcmp(pack->shapes[i].name.data, "winlogbeat 6") != 0; i++)
		;
	assert_true(i < pack->shape_count);
	shape = &pack->shapes[i];
	assert_int_equal(shape->required_count, 2);
	assert_int_equal(shape->forbidden_count, 1);
	assert_false(shape->keeps_names);
	for (i = 0; i < shape->path_count && shape->paths[i].field != IR_NONE; i++)
		;
	assert_true(i < shape->path_count);
	assert_string_equal(shape->paths[i].path.data, "event_data.*");
}

static size_t
errors_of(const char *text)
{
	struct arena *arena = arena_new();
	struct diag_list *diags = diag_list_new(arena);
	struct source source = {"own.yml", text, strlen(text)};
	size_t count;
	int error = logsources_add(logsources_new(arena), diags, &source);

	count = diag_count(diags, DIAG_ERROR);
	assert_int_equal(error != 0, count > 0);
	arena_free(arena);
	return count;
}

static void
faults_are_errors(void **state)
{
	(void)state;
	assert_int_equal(errors_of("products: {}\n"), 0);
	assert_int_equal(errors_of(""), 0);
	assert_int_equal(errors_of("- a\n"), 1);
	assert_int_equal(errors_of("product: {}\n"), 1);
	assert_int_equal(errors_of("products: [a]\n"), 1);
	assert_int_equal(errors_of("products: {x: {categories: {c: {live: process_strat}}}}\n"), 1);
	assert_int_equal(errors_of("products: {x: {categories: {c: {were: {A: 1}}}}}\n"), 1);
	assert_int_equal(errors_of("products: {x: {categories: {c: {where: [A]}}}}\n"), 1);
	assert_int_equal(errors_of("products: {x: {categories: {c: {unless: A}}}}\n"), 1);
	assert_int_equal(errors_of("products: {x: {categories: {c: {where: {A: 1}, set: [A]}}}}\n"), 1);
	assert_int_equal(errors_of("products: {x: {categories: {c: {where: {A: 1}, set: {B: c}, unless: {D: [e]}}}}}\n"), 0);
	assert_int_equal(errors_of("products: {x: {categories: {c: {service: s, where: {A: 1}}}}}\n"), 1);
	assert_int_equal(errors_of("products: {any: {categories: {c: {where: {A: 1}}}}}\n"), 1);
	assert_int_equal(errors_of("products: {x: {categories: {c: {product: y, where: {A: {b: 1}}}}}}\n"), 2);
	assert_int_equal(errors_of("shapes: [{name: a}]\n"), 1);
	assert_int_equal(errors_of("shapes: [{name: a, has: b, keeps_names: perhaps}]\n"), 1);
	assert_int_equal(errors_of("shapes: {name: a}\n"), 1);
	assert_int_equal(errors_of("shapes: [{name: a, has: [], fields: 3}]\n"), 2);
}

static void
later_files_win(void **state)
{
	static const char text[] = "shapes: [{name: mine, has: b}]\n"
				   "products: {windows: {categories: {process_creation: {where: {Kind: start}}}}}\n";
	struct fixture *f = *state;
	struct source source = {"own.yml", text, sizeof(text) - 1};
	struct ir_pack *pack;

	assert_int_equal(logsources_add(f->logsources, f->diags, &source), 0);
	pack = lower(f, "windows", "process_creation", "");
	assert_int_equal(pack->route_count, 1);
	assert_string_equal(field_name(pack, pack->routes[0].conditions[0].field), "Kind");
	assert_string_equal(pack->shapes[0].name.data, "mine");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(builtin_knows, setup, teardown),
		cmocka_unit_test_setup_teardown(fields_reach, setup, teardown),
		cmocka_unit_test_setup_teardown(audit_records_reach, setup, teardown),
		cmocka_unit_test_setup_teardown(names_in_another_case, setup, teardown),
		cmocka_unit_test_setup_teardown(windows_routes, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_set_and_exclude, setup, teardown),
		cmocka_unit_test_setup_teardown(kinds_for_services, setup, teardown),
		cmocka_unit_test_setup_teardown(shapes_lower, setup, teardown),
		cmocka_unit_test(faults_are_errors),
		cmocka_unit_test_setup_teardown(later_files_win, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
