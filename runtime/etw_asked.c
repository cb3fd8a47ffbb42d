/*
 * etw_asked.c - the decoder's questions about the running system, as requests to broker.
 */
#include "etw.h"
#include "etw_asked.h"

#include <errno.h>

#include "broker.h"

/* Bytes of an answer that is text; 0: unknown. */
static size_t
text_ask(void *broker, enum broker_question question, uint32_t pid, const void *about, size_t size, char *text,
         size_t room)
{
	int got = broker_system(broker, question, pid, about, size, text, room);

	return got > 0 ? (size_t)got : 0;
}

static size_t
drive(void *broker, const char *device, size_t size, char *text, size_t room)
{
	return text_ask(broker, BROKER_DRIVE, 0, device, size, text, room);
}

static size_t
long_path(void *broker, const char *path, size_t size, char *text, size_t room)
{
	return text_ask(broker, BROKER_LONG_PATH, 0, path, size, text, room);
}

static size_t
account(void *broker, const uint8_t *sid, size_t size, char *text, size_t room)
{
	return text_ask(broker, BROKER_ACCOUNT, 0, sid, size, text, room);
}

static size_t
image(void *broker, uint32_t pid, char *text, size_t room)
{
	return text_ask(broker, BROKER_IMAGE, pid, NULL, 0, text, room);
}

static int
token(void *broker, uint32_t pid, struct etw_token *token)
{
	int got = broker_system(broker, BROKER_TOKEN, pid, NULL, 0, token, sizeof(*token));

	return got == (int)sizeof(*token) ? 0 : got < 0 ? got : -EBADMSG;
}

struct etw_system
etw_asked(struct broker *broker)
{
	return (struct etw_system){.context = broker, .drive = drive, .long_path = long_path, .account = account,
		.image = image, .token = token};
}
