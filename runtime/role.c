/*
 * role.c - the roles that processes of the agent have.
 */
#include "role.h"

#include <stddef.h>
#include <string.h>

const struct role *
role_find(const char *name)
{
	static const struct role roles[] = {{"config", role_config}, {"detect", role_detect}, {"scan", role_scan}};

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		if (!strcmp(roles[i].name, name))
			return &roles[i];
	}
	return NULL;
}
