/* times.h - times as the time modifiers read them: ISO 8601 with T or a blank, in UTC unless a zone follows. */
#ifndef TIMES_H
#define TIMES_H

/* The part that a modifier names ("minute" .. "year"), or -1 where text is no time. */
int time_part(const char *text, const char *part);
#endif
