/*
 * control.c - reads a request line of the control socket.
 */
#include "control.h"

#include <errno.h>
#include <string.h>

#include "json.h"
#include "json_paths.h"

static const char *const names[] = {"status", "swap", "rollback", "reload", "stop"};

static int
is_text(const struct json_text *text, const char *word)
{
	return !text->escaped && text->size == strlen(word) && !memcmp(text->data, word, text->size);
}

static int
command_number(const struct json_text *text)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (is_text(text, names[i]))
			return (int)i;
	}
	return -1;
}

static int
name_take(struct control_request *request, const struct json_text *text)
{
	int cut = 0;
	size_t size = json_unescape(request->name, CONTROL_NAME_MAX, text->data, text->size, &cut);

	request->name[size] = 0;
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)request->name[i] < ' ' || request->name[i] == 127)
			return -EINVAL;
	}
	return cut ? -EINVAL : 0;
}

/* One member's value; key names it. NULL, or what is wrong. */
static const char *
member_read(struct control_request *request, int *command, const struct json_text *key, struct json *json)
{
	struct json_text value;
	enum json_token token = json_next(json, &value);

	if (is_text(key, "cmd")) {
		*command = token == JSON_STRING ? command_number(&value) : -1;
		return *command < 0 ? "unknown cmd" : NULL;
	}
	if (is_text(key, "allow_older")) {
		request->allow_older = token == JSON_TRUE;
		return token == JSON_TRUE || token == JSON_FALSE ? NULL : "allow_older is true or false";
	}
	if (is_text(key, "file")) {
		request->file = token == JSON_NUMBER ? json_text_number(&value) : 0;
		return request->file ? NULL : "file is a number";
	}
	if (is_text(key, "name"))
		return token == JSON_STRING && !name_take(request, &value) ? NULL : "name is a short text";
	return "unknown member";
}

int
control_parse(struct control_request *request, const char *line, size_t size, const char **why)
{
	struct json json;
	struct json_text key;
	enum json_token token;
	int command = -1;

	memset(request, 0, sizeof(*request));
	json_start(&json, line, size);
	*why = "not a JSON object";
	if (json_next(&json, &key) != JSON_OBJECT)
		return -EINVAL;
	while ((token = json_next(&json, &key)) == JSON_KEY) {
		*why = member_read(request, &command, &key, &json);
		if (*why)
			return -EINVAL;
	}
	*why = "not a JSON object";
	if (token != JSON_OBJECT_END || json_next(&json, &key) != JSON_END || json_rest(&json) == JSON_ERROR)
		return -EINVAL;
	*why = "cmd is missing";
	request->command = (enum control_command)command;
	return command < 0 ? -EINVAL : 0;
}

int
control_is_privileged(enum control_command command)
{
	return command != CONTROL_STATUS;
}
