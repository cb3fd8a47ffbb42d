/*
 * packrt_number.h - numbers of any size, times and addresses read from texts. Part of the image.
 */
#ifndef PACKRT_NUMBER_H
#define PACKRT_NUMBER_H

#include "packrt.h"

struct decimal { /* 0.DIGITS * 10^exponent; digits may have one dot among them, and no leading zero */
	const uint8_t *digits;
	uint64_t size;     /* with the dot; 0: zero */
	int64_t exponent;
	int negative;
};

enum { DECIMAL_EXPONENT_MAX = 1000000000 };

static inline int
is_digit(uint8_t byte)
{
	return (uint8_t)(byte - '0') < 10;
}

/* [+-]digits, saturating; returns the bytes read, 0 if there are none. */
static inline uint64_t
exponent_read(struct text text, int64_t *exponent)
{
	uint64_t i = text.size && (text.data[0] == '-' || text.data[0] == '+'), first = i;

	*exponent = 0;
	for (; i < text.size && is_digit(text.data[i]); i++)
		if (*exponent < DECIMAL_EXPONENT_MAX)
			*exponent = *exponent * 10 + text.data[i] - '0';
	if (first && text.data[0] == '-')
		*exponent = -*exponent;
	return i == first ? 0 : i;
}

static inline int
decimal_read(struct text text, struct decimal *decimal)
{
	uint64_t i = text.size && (text.data[0] == '-' || text.data[0] == '+'), digits = 0, dot = UINT64_MAX, used;
	int64_t exponent = 0;

	decimal->negative = i && text.data[0] == '-';
	decimal->digits = text.data + i;
	decimal->exponent = 0;
	for (; i < text.size && (is_digit(text.data[i]) || (text.data[i] == '.' && dot == UINT64_MAX)); i++) {
		if (text.data[i] == '.')
			dot = i;
		else
			digits++;
		decimal->exponent += dot == UINT64_MAX;
	}
	decimal->size = text.data + i - decimal->digits;
	if (i < text.size && (text.data[i] == 'e' || text.data[i] == 'E')) {
		used = exponent_read((struct text){ text.data + i + 1, text.size - i - 1, 0 }, &exponent);
		i = used ? i + 1 + used : i;
	}
	while (decimal->size && (*decimal->digits == '0' || *decimal->digits == '.')) {
		decimal->exponent -= *decimal->digits == '0';
		decimal->digits++;
		decimal->size--;
	}
	decimal->exponent += exponent;
	return digits && i == text.size;
}

/* The next digit, 0 after the last. */
static inline int
decimal_next(struct decimal *decimal)
{
	if (decimal->size && *decimal->digits == '.') {
		decimal->digits++;
		decimal->size--;
	}
	if (!decimal->size)
		return 0;
	decimal->size--;
	return *decimal->digits++ - '0';
}

static inline int
decimal_order(struct decimal a, struct decimal b)
{
	int sign = a.negative ? -1 : 1, x, y;

	if (!a.size || !b.size)
		return a.size ? sign : b.size ? (b.negative ? 1 : -1) : 0;
	if (a.negative != b.negative)
		return sign;
	if (a.exponent != b.exponent)
		return a.exponent > b.exponent ? sign : -sign;
	while (a.size || b.size) {
		x = decimal_next(&a);
		y = decimal_next(&b);
		if (x != y)
			return x > y ? sign : -sign;
	}
	return 0;
}

static inline int
order_fits(int order, uint32_t op)
{
	switch (op) {
	case PACK_EQUALS: return order == 0;
	case PACK_LT: return order < 0;
	case PACK_LTE: return order <= 0;
	case PACK_GT: return order > 0;
	default: return order >= 0;
	}
}

int
number_compare(struct text text, uint32_t op, const char *other, uint64_t size)
{
	struct decimal a, b;

	if (!decimal_read(text, &a) || !decimal_read((struct text){ (const uint8_t *)other, size, 0 }, &b))
		return 0;
	return order_fits(decimal_order(a, b), op);
}

struct clock {
	int64_t year, month, day, hour, minute, offset; /* offset in minutes, east positive */
};

/* Exactly count digits; -1 if they are not there. */
static inline int64_t
digits_read(struct text *text, uint32_t count)
{
	int64_t number = 0;

	if (text->size < count)
		return -1;
	for (uint32_t i = 0; i < count; i++) {
		if (!is_digit(text->data[i]))
			return -1;
		number = number * 10 + text->data[i] - '0';
	}
	text->data += count;
	text->size -= count;
	return number;
}

static inline int
byte_take(struct text *text, uint8_t a, uint8_t b)
{
	if (!text->size || (*text->data != a && *text->data != b))
		return 0;
	text->data++;
	text->size--;
	return 1;
}

/* Z, nothing (UTC), +hh, +hhmm or +hh:mm. */
static inline int
zone_read(struct text text, struct clock *clock)
{
	int64_t hours, minutes = 0;
	int west, colon;

	clock->offset = 0;
	if (byte_take(&text, 'Z', 'z') || !text.size)
		return !text.size;
	west = *text.data == '-';
	if (!byte_take(&text, '+', '-') || (hours = digits_read(&text, 2)) < 0 || hours > 23)
		return 0;
	colon = byte_take(&text, ':', ':');
	if ((text.size || colon) && ((minutes = digits_read(&text, 2)) < 0 || minutes > 59))
		return 0;
	clock->offset = (hours * 60 + minutes) * (west ? -1 : 1);
	return !text.size;
}

static inline int
clock_read(struct text text, struct clock *clock)
{
	int64_t second = 0;

	clock->hour = clock->minute = clock->offset = 0;
	if ((clock->year = digits_read(&text, 4)) < 0 || !byte_take(&text, '-', '/') ||
	    (clock->month = digits_read(&text, 2)) < 1 || clock->month > 12 || !byte_take(&text, '-', '/') ||
	    (clock->day = digits_read(&text, 2)) < 1 || clock->day > 31)
		return 0;
	if (!text.size)
		return 1;
	if (!byte_take(&text, 'T', ' ') && !byte_take(&text, 't', ' '))
		return 0;
	if ((clock->hour = digits_read(&text, 2)) < 0 || clock->hour > 23 || !byte_take(&text, ':', ':') ||
	    (clock->minute = digits_read(&text, 2)) < 0 || clock->minute > 59)
		return 0;
	if (byte_take(&text, ':', ':') && ((second = digits_read(&text, 2)) < 0 || second > 60))
		return 0;
	if (byte_take(&text, '.', ',')) {
		if (digits_read(&text, 1) < 0)
			return 0;
		while (text.size && is_digit(*text.data))
			digits_read(&text, 1);
	}
	if (text.size > 1 && *text.data == ' ')
		byte_take(&text, ' ', ' ');
	return zone_read(text, clock);
}

/* Days since 1970-01-01 of a date of the Gregorian calendar. */
static inline int64_t
days_from_date(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year, era = (y + 400) / 400 - 1, in_era = y - era * 400;
	int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

static inline void
date_from_days(int64_t days, struct clock *clock)
{
	int64_t z = days + 719468, era = (z + 146097) / 146097 - 1, in_era = z - era * 146097;
	int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int64_t in_year = in_era - (365 * y + y / 4 - y / 100), month = (5 * in_year + 2) / 153;

	clock->day = in_year - (153 * month + 2) / 5 + 1;
	clock->month = month + (month < 10 ? 3 : -9);
	clock->year = y + era * 400 + (clock->month <= 2);
}

/* The ISO 8601 week: that of the year which holds the week's Thursday. */
static inline int64_t
week_of(int64_t days)
{
	int64_t thursday = days - (days + 3 + 7 * 1000000) % 7 + 3;
	struct clock clock;

	date_from_days(thursday, &clock);
	return (thursday - days_from_date(clock.year, 1, 1)) / 7 + 1;
}

static inline int64_t
part_of(struct clock clock, uint32_t part)
{
	int64_t days = days_from_date(clock.year, clock.month, clock.day);
	int64_t minutes = days * 1440 + clock.hour * 60 + clock.minute - clock.offset;

	days = (minutes + 1440 * INT64_C(1000000)) / 1440 - 1000000;
	date_from_days(days, &clock);
	switch (part) {
	case PACK_MINUTE: return minutes - days * 1440 - (minutes - days * 1440) / 60 * 60;
	case PACK_HOUR: return (minutes - days * 1440) / 60;
	case PACK_DAY: return clock.day;
	case PACK_WEEK: return week_of(days);
	case PACK_MONTH: return clock.month;
	default: return clock.year;
	}
}

int
time_compare(struct text text, uint32_t part, uint32_t op, const char *other, uint64_t size)
{
	struct clock clock;
	struct text number;
	uint8_t digits[8];
	uint64_t count = 0;
	int64_t value;

	if (!clock_read(text, &clock))
		return 0;
	value = part_of(clock, part);
	for (int64_t scale = 10000; scale; scale /= 10)
		digits[count++] = '0' + value / scale % 10;
	number = (struct text){ digits, count, 0 };
	return value >= 0 && number_compare(number, op, other, size);
}

/* Four decimals without leading zeros, at the end of an address. */
static inline int
ipv4_read(struct text text, uint8_t *out)
{
	for (int i = 0; i < 4; i++) {
		uint32_t number = 0, digits = 0;

		if (i && !byte_take(&text, '.', '.'))
			return 0;
		for (; text.size && is_digit(*text.data) && digits < 3; digits++, text.data++, text.size--) {
			if (digits && !number)
				return 0;
			number = number * 10 + *text.data - '0';
		}
		if (!digits || number > 255)
			return 0;
		out[i] = number;
	}
	return !text.size;
}

static inline int
hex_value(uint8_t byte)
{
	uint8_t lower = byte | 0x20;

	return is_digit(byte) ? byte - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* One group of at most four hex digits; -1 if there is none. */
static inline int
ipv6_group(struct text *text)
{
	int number = 0, digits = 0;

	for (; text->size && hex_value(*text->data) >= 0 && digits < 4; digits++, text->data++, text->size--)
		number = number << 4 | hex_value(*text->data);
	return digits ? number : -1;
}

static inline int
ipv6_read(struct text text, uint8_t *out)
{
	uint8_t groups[16];
	int count = 0, gap = -1, number;

	if (text.size >= 2 && text.data[0] == ':' && text.data[1] == ':')
		text.data++, text.size--;
	else if (text.size && text.data[0] == ':')
		return 0;
	while (text.size) {
		if (*text.data == ':') {
			if (gap >= 0 || count == 16)
				return 0;
			gap = count;
			byte_take(&text, ':', ':');
			continue;
		}
		if (count <= 12 && ipv4_read(text, groups + count)) {
			count += 4;
			break;
		}
		if (count == 16 || (number = ipv6_group(&text)) < 0)
			return 0;
		groups[count++] = number >> 8;
		groups[count++] = number;
		if (text.size && (!byte_take(&text, ':', ':') || !text.size))
			return 0;
	}
	if (gap < 0 ? count != 16 : count > 14)
		return 0;
	for (int i = 0; i < 16; i++)
		out[i] = gap < 0 || i < gap ? groups[i] : i >= 16 - (count - gap) ? groups[i - (16 - count)] : 0;
	return 1;
}

/* 4, 6 or 0; IPv4 as ::ffff:a.b.c.d. */
static inline int
address_read(struct text text, uint8_t *out)
{
	for (int i = 0; i < 12; i++)
		out[i] = i >= 10 ? 0xff : 0;
	if (ipv4_read(text, out + 12))
		return 4;
	return ipv6_read(text, out) ? 6 : 0;
}

static int
net_has(const struct net *net, const uint8_t address[16])
{
	for (uint32_t i = 0; i < 16 && i * 8 < net->bits; i++) {
		uint8_t mask = net->bits - i * 8 >= 8 ? 0xff : 0xff << (8 - (net->bits - i * 8));

		if ((address[i] ^ net->bytes[i]) & mask)
			return 0;
	}
	return 1;
}

int
address_in(struct text text, const struct net *nets, uint32_t count)
{
	uint8_t address[16];
	int family = address_read(text, address);

	for (uint32_t i = 0; family && i < count; i++)
		if ((family == 6 || nets[i].is_v4) && net_has(nets + i, address))
			return 1;
	return 0;
}
#endif
