/*
 * walk.h - the files below a folder; one file of code per system behind it.
 */
#ifndef WALK_H
#define WALK_H

/* error: 0, or a negative errno: what lies at path cannot be looked at, and is no file. */
typedef void walk_visit(void *context, const char *path, int error);

/* Calls visit for path if it is a plain file, else for every plain file below it, folders and files in the order of
 * their names. Links below path are not followed. */
void walk(const char *path, walk_visit *visit, void *context);
#endif
