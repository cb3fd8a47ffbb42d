/* alert_id.c - hashes events and rules into ids. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "alert_id.h"
#include "correlate.h"
#include "host.h"
#include "packfile.h"
#include "record.h"
#include "source.h"

typedef crypto_generichash_blake2b_state hash_state;

/* What is hashed for one purpose never has the hash of another. */
static const unsigned char of_event[crypto_generichash_blake2b_PERSONALBYTES] = "rsnl event id";
static const unsigned char of_alert[crypto_generichash_blake2b_PERSONALBYTES] = "rsnl alert id";

struct alert_ids { /* hash_state, wherever they lie */
	unsigned char event[sizeof(hash_state)], alert[sizeof(hash_state)];
};

static void
begin(unsigned char begun[sizeof(hash_state)], const unsigned char *purpose)
{
	static const unsigned char salt[crypto_generichash_blake2b_SALTBYTES];
	hash_state state;

	crypto_generichash_blake2b_init_salt_personal(&state, NULL, 0, ALERT_ID_BYTES, salt, purpose);
	memcpy(begun, &state, sizeof state);
}

struct alert_ids *
alert_ids_new(void)
{
	struct alert_ids *ids = malloc(sizeof *ids);

	if (!ids)
		return NULL;
	begin(ids->event, of_event);
	begin(ids->alert, of_alert);
	return ids;
}

static void
take(hash_state *state, const void *data, size_t size)
{
	crypto_generichash_blake2b_update(state, data, size);
}

void
alert_id_event(const struct alert_ids *ids, uint8_t id[ALERT_ID_BYTES], const struct raw_event *raw,
               const struct host *host)
{
	const struct record_head *head = raw->data;
	uint64_t numbers[2] = { raw->position, 0 };
	hash_state state;

	memcpy(&state, ids->event, sizeof state);
	if (raw->form == RAW_JSON) {
		take(&state, raw->data, raw->size);
	} else {
		numbers[0] = head->sequence;
		numbers[1] = (uint64_t)head->cpu << 32 | head->kind;
		take(&state, host->agent_id, strlen(host->agent_id) + 1);
		take(&state, host->boot_id, strlen(host->boot_id) + 1);
		/* the sequence begins anew where collection does, the time does not */
		take(&state, &head->time, sizeof head->time);
	}
	take(&state, numbers, sizeof numbers);
	crypto_generichash_blake2b_final(&state, id, ALERT_ID_BYTES);
}

typedef uint8_t bytes16 __attribute__((vector_size(ALERT_ID_BYTES)));

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

static void
finish(char text[ALERT_ID_SIZE], hash_state *state)
{
	uint8_t id[ALERT_ID_BYTES];

	crypto_generichash_blake2b_final(state, id, sizeof id);
	alert_id_write(text, id);
}

void
alert_id_rule(const struct alert_ids *ids, char text[ALERT_ID_SIZE], const uint8_t event[ALERT_ID_BYTES],
              const char *rule_id)
{
	hash_state state;

	memcpy(&state, ids->alert, sizeof state);
	take(&state, event, ALERT_ID_BYTES);
	take(&state, rule_id, strlen(rule_id));
	finish(text, &state);
}

void
alert_id_group(const struct alert_ids *ids, char text[ALERT_ID_SIZE], const uint8_t event[ALERT_ID_BYTES],
               const struct pack_tables *tables, const struct correlate_result *result)
{
	const struct pack_correlation *row = &tables->correlations[result->correlation];
	struct pack_text rule = tables->rules[row->rule].id;
	hash_state state;
	uint32_t i;

	memcpy(&state, ids->alert, sizeof state);
	take(&state, event, ALERT_ID_BYTES);
	take(&state, pack_text_data(tables, rule), rule.size + 1);
	for (i = 0; i < row->group_count; ++i)
		take(&state, result->group[i].data, result->group[i].size + 1);
	finish(text, &state);
}
