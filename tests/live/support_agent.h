/*
 * support_agent.h - a whole agent in a folder of its own, for the live tests: rsnlc and rsnl of $RSNL_BUILD.
 */
#ifndef SUPPORT_AGENT_H
#define SUPPORT_AGENT_H

#include <sys/types.h>

const char *agent_folder(void);
const char *agent_socket(void);
/* Runs a shell command made as printf does; its status. */
int agent_shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Folder, key, config, and the program rsnl-probe that does nothing. 0 or -1. */
int agent_prepare(void);
/* Builds NAME.rsnp: one rule of that id about rsnl-probe. Packs have one name and serial. 0 or -1. */
int agent_pack(const char *name, const char *id);
/* Starts rsnl run with NAME.rsnp (NULL: without -p) and waits until it is live; stderr goes to the file "err". Its
 * pid, or -1. */
pid_t agent_start(const char *name);
#endif
