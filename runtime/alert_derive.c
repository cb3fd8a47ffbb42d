/* alert_derive.c - ECS fields that follow from others: parts of paths and registry keys, hashes, related.*. */
#include <string.h>

#include "alert_fields.h"
#include "ecs.h"

/* Where the last name of a path of either system begins. */
static size_t
last_name(const char *path, size_t size)
{
	while (size && path[size - 1] != '/' && path[size - 1] != '\\')
		--size;
	return size;
}

static void
derive_name(struct ecs_doc *doc, enum ecs_field from, enum ecs_field to)
{
	size_t size, at;
	const char *path = ecs_get(doc, from, &size);

	if (!path)
		return;
	at = last_name(path, size);
	if (at < size)
		ecs_set(doc, to, path + at, size - at);
}

static void
derive_file(struct ecs_doc *doc)
{
	size_t size, at, dot;
	const char *path = ecs_get(doc, ECS_file_path, &size);

	if (!path)
		return;
	at = last_name(path, size);
	if (at)
		ecs_set(doc, ECS_file_directory, path, at > 1 ? at - 1 : at);
	for (dot = size; dot > at && path[dot - 1] != '.'; --dot)
		;
	if (dot > at + 1 && dot < size)
		ecs_set(doc, ECS_file_extension, path + dot, size - dot);
}

/* HIVE\KEY\VALUE; whether the last part is a value is known only where data goes with it. */
static void
derive_registry(struct ecs_doc *doc)
{
	size_t size, data, last;
	const char *path = ecs_get(doc, ECS_registry_path, &size), *key;

	if (!path || !(key = memchr(path, '\\', size)))
		return;
	ecs_set(doc, ECS_registry_hive, path, (size_t)(key - path));
	size -= (size_t)(++key - path);
	last = last_name(key, size);
	if (!ecs_get(doc, ECS_registry_data_strings, &data) || !last) {
		ecs_set(doc, ECS_registry_key, key, size);
		return;
	}
	ecs_set(doc, ECS_registry_key, key, last - 1);
	ecs_set(doc, ECS_registry_value, key + last, size - last);
}

/* DOMAIN\user, as Windows events write it: the domain is ECS's user.domain. */
static void
derive_user(struct ecs_doc *doc)
{
	size_t size;
	const char *name = ecs_get(doc, ECS_user_name, &size), *slash = name ? memchr(name, '\\', size) : NULL;

	if (slash)
		ecs_set(doc, ECS_user_domain, name, (size_t)(slash - name));
}

void
alert_fields_derive(struct ecs_doc *doc)
{
	static const struct {
		enum ecs_field from, to;
	} related[] = {
		{ ECS_source_ip, ECS_related_ip }, { ECS_destination_ip, ECS_related_ip },
		{ ECS_process_hash_md5, ECS_related_hash }, { ECS_process_hash_sha1, ECS_related_hash },
		{ ECS_process_hash_sha256, ECS_related_hash }, { ECS_file_hash_md5, ECS_related_hash },
		{ ECS_file_hash_sha1, ECS_related_hash }, { ECS_file_hash_sha256, ECS_related_hash },
		{ ECS_dll_hash_md5, ECS_related_hash }, { ECS_dll_hash_sha1, ECS_related_hash },
		{ ECS_dll_hash_sha256, ECS_related_hash }, { ECS_user_name, ECS_related_user },
		{ ECS_dns_question_name, ECS_related_hosts }, { ECS_destination_domain, ECS_related_hosts },
	};
	size_t i, size;

	derive_name(doc, ECS_process_executable, ECS_process_name);
	derive_name(doc, ECS_process_parent_executable, ECS_process_parent_name);
	derive_name(doc, ECS_file_path, ECS_file_name);
	derive_name(doc, ECS_dll_path, ECS_dll_name);
	derive_file(doc);
	derive_registry(doc);
	derive_user(doc);
	if (ecs_get(doc, ECS_dns_question_name, &size)) {
		ecs_set_text(doc, ECS_dns_type, "query");
		ecs_set_text(doc, ECS_network_protocol, "dns");
	}
	for (i = 0; i < sizeof related / sizeof *related; ++i)
		if (ecs_has(doc, related[i].from))
			ecs_set_same(doc, related[i].to, related[i].from);
}

void
alert_fields_hashes(struct ecs_doc *doc, const char *list, size_t size, enum alert_hashed hashed)
{
	static const struct {
		const char *name;
		size_t size;
		enum ecs_field fields[HASHED_COUNT];
	} rows[] = {
		{ "MD5=", 4, { ECS_process_hash_md5, ECS_dll_hash_md5, ECS_file_hash_md5 } },
		{ "SHA1=", 5, { ECS_process_hash_sha1, ECS_dll_hash_sha1, ECS_file_hash_sha1 } },
		{ "SHA256=", 7, { ECS_process_hash_sha256, ECS_dll_hash_sha256, ECS_file_hash_sha256 } },
		{ "IMPHASH=", 8, { ECS_process_pe_imphash, ECS_dll_pe_imphash, ECS_file_pe_imphash } },
	};
	const char *end = list + size, *stop;
	size_t i, left;

	for (; list < end; list = stop + 1) {
		stop = memchr(list, ',', (size_t)(end - list));
		stop = stop ? stop : end;
		left = (size_t)(stop - list);
		for (i = 0; i < sizeof rows / sizeof *rows; ++i)
			if (left > rows[i].size && !memcmp(list, rows[i].name, rows[i].size))
				ecs_set(doc, rows[i].fields[hashed], list + rows[i].size, left - rows[i].size);
		if (stop == end)
			break;
	}
}
