/*
 * sandbox_windows.h - what a role's process is started with, so that it has no rights: a token and a job.
 */
#ifndef SANDBOX_WINDOWS_H
#define SANDBOX_WINDOWS_H

#include <stdint.h>

/* The own user's token without privileges, without Administrators, restricted to what Everyone and Users may do, of low
 * integrity. A handle, or NULL: GetLastError(). */
void *sandbox_token(void);
/* A job of one process with so much memory that ends with the handle. A handle, or NULL: GetLastError(). */
void *sandbox_job(uint64_t memory);
#endif
