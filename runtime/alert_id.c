/* alert_id.c - hashes events and what was found in them into ids. */
#define XXH_INLINE_ALL
#include <sodium.h>
#include <string.h>
#include <xxhash.h>

#include "alert_id.h"
#include "correlate.h"
#include "host.h"
#include "packfile.h"
#include "record.h"
#include "source.h"

_Static_assert(ALERT_ID_BYTES == crypto_shorthash_siphashx24_BYTES, "an id is a hash");
_Static_assert(ALERT_ID_BYTES == crypto_shorthash_siphashx24_KEYBYTES, "and can be a key");
_Static_assert(ALERT_ID_BYTES == sizeof(XXH128_canonical_t), "and so is a file's text's");

static void
take(crypto_generichash_state *state, const char *text)
{
	crypto_generichash_update(state, (const unsigned char *)text, strlen(text) + 1);
}

/* What is hashed for one purpose never has the hash of another. */
static void
make_key(uint8_t key[ALERT_ID_BYTES], const char *purpose, const char *agent_id, const char *boot_id)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, ALERT_ID_BYTES);
	take(&state, purpose);
	take(&state, agent_id);
	take(&state, boot_id);
	crypto_generichash_final(&state, key, ALERT_ID_BYTES);
}

void
alert_ids_init(struct alert_ids *ids, const struct host *host)
{
	make_key(ids->recorded, "recorded event", host->agent_id, "");
	make_key(ids->live, "live event", host->agent_id, host->boot_id);
	make_key(ids->found, "rule", host->agent_id, "");
}

static void
hash(uint8_t id[ALERT_ID_BYTES], const void *data, size_t size, const uint8_t key[ALERT_ID_BYTES])
{
	crypto_shorthash_siphashx24(id, data, size, key);
}

/* In a tenth of the time; for what comes from a file, whose author chooses all of it. */
static void
hash_fast(uint8_t id[ALERT_ID_BYTES], const void *data, size_t size, uint64_t seed)
{
	XXH128_canonical_t text;

	XXH128_canonicalFromHash(&text, XXH3_128bits_withSeed(data, size, seed));
	memcpy(id, text.digest, sizeof text.digest);
}

void
alert_id_event(const struct alert_ids *ids, uint8_t id[ALERT_ID_BYTES], const struct raw_event *raw)
{
	const struct record_head *head = raw->data;
	uint64_t numbers[3], key[2];

	if (raw->form == RAW_JSON) {
		memcpy(key, ids->recorded, sizeof key);
		key[0] ^= raw->position;
		if (raw->file)
			hash_fast(id, raw->data, raw->size, key[0]);
		else
			hash(id, raw->data, raw->size, (const uint8_t *)key);
		return;
	}
	numbers[0] = head->time; /* the sequence begins anew where collection does, the time does not */
	numbers[1] = head->sequence;
	numbers[2] = (uint64_t)head->cpu << 32 | head->kind;
	hash(id, numbers, sizeof numbers, ids->live);
}

void
alert_id_rule(const struct alert_ids *ids, uint8_t id[ALERT_ID_BYTES], const char *rule_id, size_t size)
{
	hash(id, rule_id, size, ids->found);
}

void
alert_id_group(uint8_t id[ALERT_ID_BYTES], const struct pack_tables *tables, const struct correlate_result *result)
{
	const struct pack_correlation *row = &tables->correlations[result->correlation];
	uint8_t before[ALERT_ID_BYTES];
	uint32_t i;

	for (i = 0; i < row->group_count; ++i) {
		memcpy(before, id, sizeof before);
		hash(id, result->group[i].data, result->group[i].size, before);
	}
}

typedef uint8_t bytes16 __attribute__((vector_size(ALERT_ID_BYTES)));

void
alert_id_join(uint8_t id[ALERT_ID_BYTES], const uint8_t event[ALERT_ID_BYTES], const uint8_t found[ALERT_ID_BYTES])
{
	bytes16 a, b;

	memcpy(&a, event, sizeof a);
	memcpy(&b, found, sizeof b);
	a ^= b;
	memcpy(id, &a, sizeof a);
}

/* Of numbers below 16. */
static inline bytes16
hex_digits(bytes16 numbers)
{
	return numbers + '0' + ((bytes16)(numbers > 9) & ('a' - '0' - 10));
}

void
alert_id_write(char text[ALERT_ID_SIZE], const uint8_t id[ALERT_ID_BYTES])
{
	bytes16 bytes, high, low, first, last;

	memcpy(&bytes, id, sizeof bytes);
	high = hex_digits(bytes >> 4);
	low = hex_digits(bytes & 15);
	first = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
	last = __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
	memcpy(text, &first, sizeof first);
	memcpy(text + sizeof first, &last, sizeof last);
}
