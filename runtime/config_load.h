/*
 * config_load.h - reads rsnl.yaml with a process that has no rights.
 */
#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H

struct config;

/* path NULL: the default file, if it is there. 0, or an exit code after a message. */
int config_load(const char *path, struct config *config);
/* The default file. */
const char *config_place(void);
#endif
