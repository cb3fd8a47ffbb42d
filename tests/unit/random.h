/*
 * random.h - numbers that look thrown, the same in every run. Include stdint.h first.
 */
#ifndef RANDOM_H
#define RANDOM_H

static inline uint32_t
next_random(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 11;
}
#endif
