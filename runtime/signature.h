/*
 * signature.h - whether the system trusts a program's file; one file of code per system behind it.
 */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

/* Of the file behind descriptor fd, without asking the network: *signature is an enum scan_signature, signer whom its
 * certificate names, "" when there is none. 0, or a negative errno: the system cannot tell. */
int signature_read(int fd, uint32_t *signature, char *signer, size_t size);
#endif
