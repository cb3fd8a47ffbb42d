/*
 * ebpf_linux.c - loads the eBPF objects, shares their maps, attaches their programs.
 *
 * One object for each area, since one refused program fails its whole object. The maps of the process object serve all
 * others too.
 */
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "collect.h"
#include "dns.skel.h"
#include "ebpf_linux.h"
#include "file.skel.h"
#include "network.skel.h"
#include "process.skel.h"
#include "record.h"

#define KIND_BIT(name) (1ull << RECORD_##name)

enum { RING_SIZE = 8 << 20 };

enum area { AREA_PROCESS, AREA_FILE, AREA_NETWORK, AREA_DNS, AREA_COUNT };

static const struct area_info {
	const char *name;
	const void *(*bytes)(size_t *size); /* of the object */
} areas[AREA_COUNT] = {
	{"process", process_bpf__elf_bytes},
	{"file", file_bpf__elf_bytes},
	{"network", network_bpf__elf_bytes},
	{"dns", dns_bpf__elf_bytes},
};

#define NETWORK_KINDS (KIND_BIT(network_connect) | KIND_BIT(dns_query))
#define PROCESS_KINDS (KIND_BIT(process_start) | KIND_BIT(process_fork) | KIND_BIT(process_exit))

static const struct hook_info {
	enum area area;
	const char *program;
	uint64_t kinds;
} hook_infos[] = {
	{AREA_PROCESS, "process_start", KIND_BIT(process_start)},
	{AREA_PROCESS, "process_fork", KIND_BIT(process_fork)},
	{AREA_PROCESS, "process_exit", KIND_BIT(process_exit)},
	{AREA_FILE, "file_exit", KIND_BIT(file_create) | KIND_BIT(file_rename) | KIND_BIT(file_delete)},
	{AREA_FILE, "file_enter", KIND_BIT(file_write)},
	{AREA_FILE, "file_end", KIND_BIT(file_write)},
	{AREA_NETWORK, "network_connect4", NETWORK_KINDS},
	{AREA_NETWORK, "network_connect6", NETWORK_KINDS},
	{AREA_NETWORK, "network_send4", NETWORK_KINDS},
	{AREA_NETWORK, "network_send6", NETWORK_KINDS},
	{AREA_DNS, "dns_query", KIND_BIT(dns_query)},
};

enum { HOOK_COUNT = sizeof(hook_infos) / sizeof(hook_infos[0]) };

/* Maps that the process object owns and every other one shares, where it has them. */
static const char *const shared_maps[] = {"ring", "settings", "counters"};

struct ebpf {
	struct bpf_object *objects[AREA_COUNT]; /* NULL: refused */
	struct bpf_link *links[HOOK_COUNT];
	struct ebpf_hook hooks[HOOK_COUNT];
	struct collect_settings *settings;
	struct ebpf_reader reader;
	int cgroup_fd;
};

static int
print_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static int
map_fd(struct bpf_object *object, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, name);

	return map ? bpf_map__fd(map) : -ENOENT;
}

/* Sets the sizes that depend on the machine, or takes the maps of an object that is loaded. */
static int
maps_prepare(struct ebpf *ebpf, struct bpf_object *object)
{
	struct bpf_object *first = ebpf->objects[AREA_PROCESS];
	struct bpf_object *owner = ebpf->objects[AREA_NETWORK];
	struct bpf_map *map;
	int error = 0;

	if ((map = bpf_object__find_map_by_name(object, "works")))
		error = bpf_map__set_max_entries(map, ebpf->reader.cpus);
	if (!error && owner && (map = bpf_object__find_map_by_name(object, "owners")))
		error = bpf_map__reuse_fd(map, map_fd(owner, "owners"));
	for (size_t i = 0; !error && i < sizeof(shared_maps) / sizeof(shared_maps[0]); i++) {
		map = bpf_object__find_map_by_name(object, shared_maps[i]);
		if (!map)
			continue;
		if (first)
			error = bpf_map__reuse_fd(map, map_fd(first, shared_maps[i]));
		else if (strcmp(shared_maps[i], "ring") == 0)
			error = bpf_map__set_max_entries(map, ebpf->reader.ring_size);
		else if (strcmp(shared_maps[i], "counters") == 0)
			error = bpf_map__set_max_entries(map, ebpf->reader.cpus);
	}
	return error;
}

static int
area_load(struct ebpf *ebpf, enum area area)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = areas[area].name);
	struct bpf_object *object;
	size_t size;
	const void *bytes = areas[area].bytes(&size);
	int error;

	object = bpf_object__open_mem(bytes, size, &options);
	if (!object)
		return -errno;
	error = maps_prepare(ebpf, object);
	if (!error)
		error = bpf_object__load(object);
	if (error) {
		bpf_object__close(object);
		return error;
	}
	ebpf->objects[area] = object;
	return 0;
}

/* The root of the cgroup v2 tree, wherever it is mounted. */
static int
cgroup_open(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	struct mntent *entry;
	int fd = -ENOENT;

	if (!mounts)
		return -errno;
	while (fd < 0 && (entry = getmntent(mounts)))
		if (strcmp(entry->mnt_type, "cgroup2") == 0) {
			fd = open(entry->mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			if (fd < 0)
				fd = -errno;
		}
	endmntent(mounts);
	return fd;
}

static int
hook_attach(struct ebpf *ebpf, size_t i)
{
	struct bpf_program *program;
	struct bpf_link *link;

	program = bpf_object__find_program_by_name(ebpf->objects[hook_infos[i].area], hook_infos[i].program);
	if (!program)
		return -ENOENT;
	if (bpf_program__type(program) == BPF_PROG_TYPE_TRACING)
		link = bpf_program__attach(program);
	else if (ebpf->cgroup_fd < 0)
		return ebpf->cgroup_fd;
	else
		link = bpf_program__attach_cgroup(program, ebpf->cgroup_fd);
	if (!link)
		return -errno;
	ebpf->links[i] = link;
	return 0;
}

static void
hook_detach(struct ebpf *ebpf, size_t i)
{
	bpf_link__destroy(ebpf->links[i]);
	ebpf->links[i] = NULL;
	ebpf->hooks[i].attached = 0;
}

static const char *
hook_place(struct bpf_object *object, const char *name)
{
	struct bpf_program *program = object ? bpf_object__find_program_by_name(object, name) : NULL;

	return program ? bpf_program__section_name(program) : name;
}

/* The device of the superblock that init's root lies on, which on btrfs and overlays is not what stat() tells; given,
 * where it is not to be found (proc(5), mountinfo). */
static uint32_t
root_device(uint32_t given)
{
	FILE *mounts = fopen("/proc/1/mountinfo", "re");
	unsigned int id, major, minor;
	struct statx root;

	if (!mounts)
		return given;
	if (!statx(AT_FDCWD, "/proc/1/root/.", 0, STATX_MNT_ID, &root) && root.stx_mask & STATX_MNT_ID)
		while (fscanf(mounts, "%u %*u %u:%u%*[^\n]", &id, &major, &minor) == 3)
			if (id == root.stx_mnt_id)
				given = makedev(major, minor);
	fclose(mounts);
	return given;
}

static void
settings_init(struct collect_settings *settings, size_t ring_size)
{
	struct stat root;

	settings->high_water = ring_size / 4 * 3;
	if (stat("/proc/1/root/.", &root) < 0 && stat("/", &root) < 0)
		return;
	settings->root_device = root_device(root.st_dev);
	settings->root_inode = root.st_ino;
}

static int
maps_open(struct ebpf *ebpf)
{
	struct bpf_object *first = ebpf->objects[AREA_PROCESS];
	void *address;

	ebpf->reader.ring_fd = map_fd(first, "ring");
	ebpf->reader.counters_fd = map_fd(first, "counters");
	address = mmap(NULL, sizeof(struct collect_settings), PROT_READ | PROT_WRITE, MAP_SHARED,
	               map_fd(first, "settings"), 0);
	if (address == MAP_FAILED)
		return -errno;
	ebpf->settings = address;
	settings_init(ebpf->settings, ebpf->reader.ring_size);
	return ebpf_exclude(ebpf, getpid());
}

int
ebpf_open(struct ebpf **out, const struct ebpf_config *config)
{
	struct ebpf *ebpf = calloc(1, sizeof(*ebpf));
	int errors[AREA_COUNT], error;

	*out = ebpf;
	if (!ebpf)
		return -ENOMEM;
	libbpf_set_print(print_nothing);
	ebpf->reader.ring_size = config->ring_size ? config->ring_size : RING_SIZE;
	ebpf->reader.cpus = libbpf_num_possible_cpus();
	ebpf->cgroup_fd = cgroup_open();
	for (int area = 0; area < AREA_COUNT; area++)
		errors[area] = area == AREA_PROCESS || ebpf->objects[AREA_PROCESS] ? area_load(ebpf, area)
		                                                                     : errors[AREA_PROCESS];
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		const struct hook_info *info = &hook_infos[i];

		ebpf->hooks[i] = (struct ebpf_hook){areas[info->area].name,
			hook_place(ebpf->objects[info->area], info->program), info->kinds, -errors[info->area], 0};
	}
	error = errors[AREA_PROCESS];
	if (!error)
		error = maps_open(ebpf);
	if (!error)
		error = ebpf_set_kinds(ebpf, config->kinds);
	return ebpf->hooks[0].attached ? 0 : error;
}

int
ebpf_set_kinds(struct ebpf *ebpf, uint64_t kinds)
{
	int first = 0;

	kinds |= PROCESS_KINDS;
	__atomic_store_n(&ebpf->settings->kinds, kinds, __ATOMIC_RELAXED);
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		struct ebpf_hook *hook = &ebpf->hooks[i];
		int error;

		if (!(hook->kinds & kinds)) {
			hook_detach(ebpf, i);
			continue;
		}
		if (hook->attached || !ebpf->objects[hook_infos[i].area])
			continue;
		error = hook_attach(ebpf, i);
		hook->attached = !error;
		hook->error = -error;
		if (!first)
			first = error;
	}
	return first;
}

int
ebpf_exclude(struct ebpf *ebpf, uint32_t pid)
{
	ebpf_include(ebpf, pid);
	for (int i = 0; i < COLLECT_OWN_MAX; i++)
		if (!ebpf->settings->own[i]) {
			__atomic_store_n(&ebpf->settings->own[i], pid, __ATOMIC_RELAXED);
			return 0;
		}
	return -ENOSPC;
}

void
ebpf_include(struct ebpf *ebpf, uint32_t pid)
{
	for (int i = 0; i < COLLECT_OWN_MAX; i++)
		if (ebpf->settings->own[i] == pid)
			__atomic_store_n(&ebpf->settings->own[i], 0, __ATOMIC_RELAXED);
}

struct ebpf_reader
ebpf_reader(const struct ebpf *ebpf)
{
	return ebpf->reader;
}

const struct ebpf_hook *
ebpf_hooks(const struct ebpf *ebpf, size_t *count)
{
	*count = HOOK_COUNT;
	return ebpf->hooks;
}

void
ebpf_close(struct ebpf *ebpf)
{
	if (!ebpf)
		return;
	for (size_t i = 0; i < HOOK_COUNT; i++)
		hook_detach(ebpf, i);
	if (ebpf->settings)
		munmap(ebpf->settings, sizeof(*ebpf->settings));
	for (int area = AREA_COUNT; area-- > 0;)
		bpf_object__close(ebpf->objects[area]);
	if (ebpf->cgroup_fd >= 0)
		close(ebpf->cgroup_fd);
	free(ebpf);
}
