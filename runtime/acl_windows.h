/*
 * acl_windows.h - who may write what: access lists that we set, and those that we find.
 */
#ifndef ACL_WINDOWS_H
#define ACL_WINDOWS_H

/* 1 where others than SYSTEM, Administrators, TrustedInstaller and the own user can write a file or folder, or own it.
 * handle: with READ_CONTROL. 0, or a negative errno. */
int acl_others_can_write(void *handle);
/* A security descriptor of text (SDDL); LocalFree(). NULL: GetLastError(). */
void *acl_make(const char *text);

/* Only SYSTEM and Administrators; and what is made in a folder, too. */
#define ACL_FOLDER "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
#endif
