/* ebpf_absent_linux.c - ebpf_linux.h where rsnl is built without BPF: nothing can be collected, and it says so. */
#include <errno.h>
#include <stdlib.h>

#include "ebpf_linux.h"

struct ebpf {
	struct ebpf_hook hook;
};

int
ebpf_open(struct ebpf **ebpf, const struct ebpf_config *config)
{
	*ebpf = calloc(1, sizeof(**ebpf));
	if (!*ebpf)
		return -ENOMEM;
	(*ebpf)->hook = (struct ebpf_hook){"process", "built without BPF", config->kinds, EOPNOTSUPP, 0};
	return -EOPNOTSUPP;
}

void
ebpf_close(struct ebpf *ebpf)
{
	free(ebpf);
}

int
ebpf_set_kinds(struct ebpf *ebpf, uint64_t kinds)
{
	ebpf->hook.kinds = kinds;
	return -EOPNOTSUPP;
}

int
ebpf_exclude(struct ebpf *ebpf, uint32_t pid)
{
	(void)ebpf;
	(void)pid;
	return 0;
}

void
ebpf_include(struct ebpf *ebpf, uint32_t pid)
{
	(void)ebpf;
	(void)pid;
}

struct ebpf_reader
ebpf_reader(const struct ebpf *ebpf)
{
	(void)ebpf;
	return (struct ebpf_reader){-1, -1, 0, 0};
}

const struct ebpf_hook *
ebpf_hooks(const struct ebpf *ebpf, size_t *count)
{
	*count = 1;
	return &ebpf->hook;
}
