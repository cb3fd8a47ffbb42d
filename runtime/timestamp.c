/* timestamp.c - parses and writes times; the calendar is the proleptic Gregorian one. */
#include <errno.h>
#include <string.h>

#include "timestamp.h"

/* Numbers up to the year 2500; those from 1973-03-03 on are told apart as milliseconds by their size. */
#define SECONDS_MAX UINT64_C(16756761599)
#define MILLISECONDS_MIN UINT64_C(100000000000)
#define MILLISECONDS_MAX (SECONDS_MAX * 1000)

enum { CLOCK_END = 19 }; /* of "2026-03-01T00:00:00" */

struct reader {
	const char *at, *end;
	int bad;
};

static unsigned
read_digits(struct reader *r, int count)
{
	unsigned value = 0;

	for (; count; --count, ++r->at) {
		if (r->at >= r->end || *r->at < '0' || *r->at > '9') {
			r->bad = 1;
			return 0;
		}
		value = value * 10 + (unsigned)(*r->at - '0');
	}
	return value;
}

/* Two digits; *bad is set where there are none. */
static unsigned
read_two(const char *at, unsigned *bad)
{
	unsigned first = (unsigned)(at[0] - '0'), second = (unsigned)(at[1] - '0');

	*bad |= first > 9 || second > 9;
	return first * 10 + second;
}

static void
expect(struct reader *r, const char *any)
{
	for (; *any; ++any)
		if (r->at < r->end && *r->at == *any) {
			++r->at;
			return;
		}
	r->bad = 1;
}

/* Digits after a point, as nanoseconds; more than nine are read over. */
static uint64_t
read_fraction(struct reader *r)
{
	uint64_t ns = 0, unit = 100000000;

	if (r->at >= r->end || (*r->at != '.' && *r->at != ','))
		return 0;
	for (++r->at; r->at < r->end && *r->at >= '0' && *r->at <= '9'; ++r->at, unit /= 10)
		ns += (uint64_t)(*r->at - '0') * unit;
	return ns;
}

/* Days since 1970-01-01; years from 1970. */
static int64_t
days_of(unsigned year, unsigned month, unsigned day)
{
	unsigned y = month <= 2 ? year - 1 : year, shifted = (month + 9) % 12;

	return (int64_t)y * 365 + y / 4 - y / 100 + y / 400 + (153 * shifted + 2) / 5 + day - 1 - 719468;
}

static int64_t
read_zone(struct reader *r)
{
	int64_t seconds;
	int sign;

	if (r->at >= r->end)
		return 0;
	if (*r->at == 'Z' || *r->at == 'z') {
		++r->at;
		return 0;
	}
	sign = *r->at == '-' ? -1 : 1;
	expect(r, "+-");
	seconds = read_digits(r, 2) * 3600;
	if (r->at < r->end && *r->at == ':')
		++r->at;
	return sign * (seconds + read_digits(r, 2) * 60);
}

static int
parse_number(struct reader *r, uint64_t *ns)
{
	uint64_t whole = 0, fraction;

	for (; r->at < r->end && *r->at >= '0' && *r->at <= '9' && whole <= MILLISECONDS_MAX; ++r->at)
		whole = whole * 10 + (uint64_t)(*r->at - '0');
	fraction = read_fraction(r);
	if (r->at != r->end || whole > MILLISECONDS_MAX || (whole > SECONDS_MAX && whole < MILLISECONDS_MIN))
		return -EINVAL;
	*ns = whole >= MILLISECONDS_MIN ? whole * 1000000 + fraction / 1000 : whole * 1000000000 + fraction;
	return 0;
}

int
timestamp_parse(const char *text, size_t size, uint64_t *ns)
{
	struct reader r = { text, text + size, 0 };
	unsigned year, month, day, hour, minute, second, bad = 0;
	uint64_t fraction;
	int64_t seconds;

	if (size < CLOCK_END || text[4] != '-')
		return size ? parse_number(&r, ns) : -EINVAL;
	year = read_two(text, &bad) * 100 + read_two(text + 2, &bad);
	month = read_two(text + 5, &bad);
	day = read_two(text + 8, &bad);
	hour = read_two(text + 11, &bad);
	minute = read_two(text + 14, &bad);
	second = read_two(text + 17, &bad);
	if (bad || text[7] != '-' || ((text[10] | 0x20) != 't' && text[10] != ' ') || text[13] != ':' || text[16] != ':')
		return -EINVAL;
	r.at += CLOCK_END;
	fraction = read_fraction(&r);
	seconds = -read_zone(&r);
	if (r.bad || r.at != r.end || year < 1970 || year > 2500 || !month || month > 12 || !day || day > 31 || hour > 23 ||
	    minute > 59 || second > 60)
		return -EINVAL;
	seconds += days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
	if (seconds < 0)
		return -EINVAL;
	*ns = (uint64_t)seconds * 1000000000 + fraction;
	return 0;
}

static inline void
write_two(char *text, unsigned number)
{
	text[0] = (char)('0' + number / 10);
	text[1] = (char)('0' + number % 10);
}

struct timestamp_date
timestamp_date(int64_t day)
{
	uint64_t days = (uint64_t)(day + 719468); /* since 0000-03-01 */
	unsigned era = (unsigned)(days / 146097), of_era = (unsigned)(days % 146097);
	unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned shifted = (5 * of_year + 2) / 153, month = shifted < 10 ? shifted + 3 : shifted - 9;

	return (struct timestamp_date){ year_of_era + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1 };
}

void
timestamp_write_decimals(char text[TIMESTAMP_SIZE], uint64_t ns)
{
	unsigned microseconds = (unsigned)(ns % 1000000000 / 1000);

	write_two(text + 20, microseconds / 10000);
	write_two(text + 22, microseconds / 100 % 100);
	write_two(text + 24, microseconds % 100);
}

void
timestamp_write(char text[TIMESTAMP_SIZE], uint64_t ns)
{
	uint64_t seconds = ns / 1000000000;
	unsigned of_day = (unsigned)(seconds % 86400);
	struct timestamp_date date = timestamp_date((int64_t)(seconds / 86400));

	memcpy(text, "....-..-..T..:..:.........Z", 28);
	write_two(text, date.year / 100 % 100);
	write_two(text + 2, date.year % 100);
	write_two(text + 5, date.month);
	write_two(text + 8, date.day);
	write_two(text + 11, of_day / 3600);
	write_two(text + 14, of_day / 60 % 60);
	write_two(text + 17, of_day % 60);
	timestamp_write_decimals(text, ns);
}
