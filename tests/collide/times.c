/* times.c - reads a time by forms, one piece after another, and lets libc do the calendar. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "times.h"

/* Takes what has the form: 0 is a digit, other characters one of a few. number gets the digits. */
static int
form_take(const char **text, const char *form, int *number)
{
	*number = 0;
	for (int i = 0; form[i]; i++) {
		char byte = (*text)[i];
		const char *fits = form[i] == '0' ? "0123456789" : form[i] == '-' ? "-/" : form[i] == 'T' ? "Tt " :
			form[i] == '.' ? ".," : ":";

		if (!byte || !strchr(fits, byte))
			return 0;
		if (form[i] == '0')
			*number = *number * 10 + byte - '0';
	}
	*text += strlen(form);
	return 1;
}

/* Seconds east of UTC; 0 if what is left is no zone. */
static int
zone_read(const char *text, int *seconds)
{
	int west = *text == '-', hours, minutes = 0;

	*seconds = 0;
	if (!*text || !strcmp(text, "Z") || !strcmp(text, "z"))
		return 1;
	if ((*text != '+' && !west) || (text++, !form_take(&text, "00", &hours)))
		return 0;
	if (*text && !form_take(&text, ":00", &minutes) && !form_take(&text, "00", &minutes))
		return 0;
	*seconds = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return !*text && hours < 24 && minutes < 60;
}

static int
time_read(const char *text, struct tm *tm, int *zone)
{
	int digits;

	*zone = 0;
	if (!form_take(&text, "0000", &tm->tm_year) || !form_take(&text, "-00", &tm->tm_mon) ||
	    !form_take(&text, "-00", &tm->tm_mday) || tm->tm_mon < 1 || tm->tm_mon > 12 || tm->tm_mday < 1 ||
	    tm->tm_mday > 31)
		return 0;
	tm->tm_year -= 1900;
	tm->tm_mon--;
	if (!*text)
		return 1;
	if (!form_take(&text, "T00", &tm->tm_hour) || !form_take(&text, ":00", &tm->tm_min) || tm->tm_hour > 23 ||
	    tm->tm_min > 59)
		return 0;
	if (*text == ':' && (!form_take(&text, ":00", &tm->tm_sec) || tm->tm_sec > 60))
		return 0;
	if (form_take(&text, ".0", &digits))
		text += strspn(text, "0123456789");
	text += *text == ' ' && text[1];
	return zone_read(text, zone);
}

int
time_part(const char *text, const char *part)
{
	static const char *const names[] = { "minute", "M", "hour", "H", "day", "d", "week", "V", "month", "m", "year",
		"Y" };
	char format[] = "%?", number[16];
	struct tm tm = { 0 };
	time_t seconds;
	int zone;

	if (!time_read(text, &tm, &zone))
		return -1;
	tm.tm_sec = 0;
	seconds = timegm(&tm) - zone;
	for (int i = 0; i < 12; i += 2)
		if (!strcmp(part, names[i]))
			format[1] = *names[i + 1];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	strftime(number, sizeof(number), format, gmtime(&seconds));
#pragma GCC diagnostic pop
	return atoi(number);
}
