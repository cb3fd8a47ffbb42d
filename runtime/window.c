/* window.c - the way of measuring of each type of correlation, and the numbers they are about. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "packfile.h"
#include "window.h"

enum { NUMBER_SIZE_MAX = 64 };
#define NUMBER_MAX 1e18
#define LIMIT_MAX 1e27
#define MEAN_LIMIT ((__int128)NUMBER_MAX * WINDOW_SCALE)

/* One row a type, in the order of enum pack_correlation_type. */
static const struct {
	int (*add)(const struct window *window, const struct window_entry *entry);
	struct measure (*measure)(const struct window *window, uint64_t begin);
} ways[] = {
	{ window_sum_add, window_sum_measure },   /* event_count */
	{ window_rank_add, window_rank_measure }, /* value_count */
	{ window_rule_add, window_rule_measure }, /* temporal */
	{ window_run_add, window_run_measure },   /* temporal_ordered */
	{ window_sum_add, window_sum_measure },   /* value_sum */
	{ window_sum_add, window_sum_measure },   /* value_avg */
	{ window_rank_add, window_rank_measure }, /* value_percentile */
	{ window_rank_add, window_rank_measure }, /* value_median */
};

enum window_result
window_add(const struct window *window, const struct window_entry *entry)
{
	return (enum window_result)ways[window->spec->type].add(window, entry);
}

struct measure
window_measure(const struct window *window, uint64_t begin)
{
	return ways[window->spec->type].measure(window, begin);
}

int
number_read(const char *text, uint32_t size, double *number)
{
	char *end;

	/* strtod would also take spaces, hexadecimal, inf and nan */
	if (!size || size > NUMBER_SIZE_MAX || strspn(text, "+-.0123456789eE") != size || *text == 'e' || *text == 'E')
		return -EINVAL;
	*number = strtod(text, &end) + 0.0;
	return end == text + size && *number < NUMBER_MAX && *number > -NUMBER_MAX ? 0 : -EINVAL;
}

__int128
number_scale(double number)
{
	__int128 whole;
	double part;

	if (number > LIMIT_MAX || number < -LIMIT_MAX)
		return (__int128)(number > 0 ? LIMIT_MAX : -LIMIT_MAX) * WINDOW_SCALE;
	whole = (__int128)number;
	part = (number - (double)whole) * WINDOW_SCALE;
	return whole * WINDOW_SCALE + (int64_t)(part < 0 ? part - 0.5 : part + 0.5);
}

int
measure_compare(const struct measure *measure, double number)
{
	__int128 other = number_scale(number);

	/* no mean reaches NUMBER_MAX, and the product stays in its bounds */
	if (measure->count > 1 && other > MEAN_LIMIT)
		return -1;
	if (measure->count > 1 && other < -MEAN_LIMIT)
		return 1;
	other *= measure->count;
	return measure->sum < other ? -1 : measure->sum > other;
}

void
measure_write(struct line *line, const struct measure *measure)
{
	__int128 count = measure->count ? measure->count : 1, sum = measure->sum < 0 ? -measure->sum : measure->sum;
	__int128 left = (sum + count / 2) / count;
	char digits[48], *at = digits + sizeof digits;
	int place, shown = 0, negative = measure->sum < 0 && left;

	/* from the last decimal on, without the zeros at the end */
	*--at = 0;
	for (place = 9; place > 0; --place, left /= 10)
		if (shown || left % 10) {
			*--at = (char)('0' + (int)(left % 10));
			shown = 1;
		}
	if (shown)
		*--at = '.';
	do
		*--at = (char)('0' + (int)(left % 10));
	while (left /= 10);
	if (negative)
		*--at = '-';
	line_text(line, at);
}
