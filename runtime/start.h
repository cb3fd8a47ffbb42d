/*
 * start.h - what a program of this system has to do before anything else; one file of code per system behind it.
 */
#ifndef START_H
#define START_H

/* Makes the arguments UTF-8 and the standard streams plain bytes. 0 or a negative errno. */
int start(int *argc, char ***argv);
#endif
