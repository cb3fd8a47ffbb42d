/* runtime_control.c - any bytes as a line at the control socket, and as an answer that is picked apart. */
#include <stdint.h>

#include "control.h"
#include "json.h"
#include "json_paths.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = {"cmd", "a.b", "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r"};
	struct control_request request;
	struct json_text texts[3];
	char text[64];
	const char *why;

	control_parse(&request, (const char *)data, size, &why);
	if (json_paths_read((const char *)data, size, paths, 3, texts) > 0) {
		for (int i = 0; i < 3; i++)
			json_text_copy(text, sizeof(text), &texts[i]);
	}
	return 0;
}
