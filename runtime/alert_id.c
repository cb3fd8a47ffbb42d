/* alert_id.c - hashes events and rules into ids. */
#include <string.h>

#include "alert_id.h"
#include "correlate.h"
#include "host.h"
#include "packfile.h"
#include "record.h"
#include "source.h"

static void
take(struct alert_id *id, const void *data, size_t size)
{
	crypto_generichash_blake2b_update(&id->state, data, size);
}

void
alert_id_start(struct alert_id *id, const struct raw_event *raw, const struct host *host)
{
	static const unsigned char personal[crypto_generichash_blake2b_PERSONALBYTES] = "rsnl event id";
	const unsigned char salt[crypto_generichash_blake2b_SALTBYTES] = { 0 };
	const struct record_head *head = raw->data;
	uint64_t numbers[2] = { raw->position, 0 };

	crypto_generichash_blake2b_init_salt_personal(&id->state, NULL, 0, ALERT_ID_BYTES, salt, personal);
	if (raw->form == RAW_JSON) {
		take(id, raw->data, raw->size);
	} else {
		numbers[0] = head->sequence;
		numbers[1] = (uint64_t)head->cpu << 32 | head->kind;
		take(id, host->agent_id, strlen(host->agent_id) + 1);
		take(id, host->boot_id, strlen(host->boot_id) + 1);
		/* the sequence begins anew where collection does, the time does not */
		take(id, &head->time, sizeof head->time);
	}
	take(id, numbers, sizeof numbers);
}

void
alert_id_event(const struct alert_id *id, uint8_t bytes[ALERT_ID_BYTES])
{
	struct alert_id end = *id;

	crypto_generichash_blake2b_final(&end.state, bytes, ALERT_ID_BYTES);
}

/* id is used up. */
static void
finish(struct alert_id *id, char text[ALERT_ID_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t bytes[ALERT_ID_BYTES];
	int i;

	crypto_generichash_blake2b_final(&id->state, bytes, sizeof bytes);
	for (i = 0; i < ALERT_ID_BYTES; ++i) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
}

void
alert_id_event_text(const struct alert_id *id, char text[ALERT_ID_SIZE])
{
	struct alert_id end = *id;

	finish(&end, text);
}

void
alert_id_rule(const struct alert_id *id, const char *rule_id, char text[ALERT_ID_SIZE])
{
	struct alert_id longer = *id;

	take(&longer, rule_id, strlen(rule_id));
	finish(&longer, text);
}

void
alert_id_group(const struct alert_id *id, const struct pack_tables *tables, const struct correlate_result *result,
               char text[ALERT_ID_SIZE])
{
	const struct pack_correlation *row = &tables->correlations[result->correlation];
	struct pack_text rule = tables->rules[row->rule].id;
	struct alert_id longer = *id;
	uint32_t i;

	take(&longer, pack_text_data(tables, rule), rule.size + 1);
	for (i = 0; i < row->group_count; ++i)
		take(&longer, result->group[i].data, result->group[i].size + 1);
	finish(&longer, text);
}
