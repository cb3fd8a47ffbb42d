/*
 * node.h - YAML as a tree: what load makes and parse (and every other reader of YAML) walks.
 *
 * Include diag.h and ir.h first. Scalars follow the YAML 1.2 core schema; quoted ones are strings. Keys are unique,
 * depth and size are bounded (an alias shares its anchor's node and counts in full). Nodes live in the arena.
 */
#ifndef NODE_H
#define NODE_H

enum node_type { NODE_NULL, NODE_BOOL, NODE_INTEGER, NODE_REAL, NODE_STRING, NODE_LIST, NODE_MAP };

struct node {
	enum node_type type;
	int quoted;           /* scalars: written with quotes or as a block */
	struct place place;
	struct ir_text text;  /* scalars: the source text, after YAML's own unescaping */
	struct node **keys;   /* NODE_MAP: scalars */
	struct node **items;  /* NODE_LIST and NODE_MAP */
	size_t count;
};

enum {
	NODE_DEPTH_MAX = 64,
	NODE_COUNT_MAX = 1 << 20, /* of one file, aliases counted in full */
};

struct document {
	const struct node *root; /* NULL: empty */
	const struct node *own;  /* root without what it inherits from base */
	const struct document *base; /* the document that "action" makes it inherit from; NULL: none */
	const struct source *source;
	uint32_t first_line, last_line;
	size_t offset, size; /* its bytes in the source, from its first node's line on, without blank lines at its end */
	int is_bad;          /* an error was queued for its action, or its base's */
};

struct document_list {
	struct document *items;
	size_t count;
};

/* Adds the documents of source. What is wrong is queued, and then the broken document and those after it are left out:
 * returns -EBADMSG; else 0. */
int load_documents(struct arena *arena, struct diag_list *diags, const struct source *source,
                   struct document_list *documents);
/* The same in two steps, of which the first is for any thread. load_open: 0 or -ENOMEM; reader is the caller's to close. */
struct yaml_reader;
int load_open(struct yaml_reader *reader, const struct source *source);
int load_read(struct arena *arena, struct diag_list *diags, const struct source *source, struct yaml_reader *reader,
              struct document_list *documents);

/* The value of a key, or NULL. map may be NULL or no map. */
const struct node *node_get(const struct node *map, const char *key);

/* The key's own node (for its place), or NULL. */
const struct node *node_key(const struct node *map, const char *key);

int node_is(const struct node *node, const char *text); /* a scalar with this text */
int node_is_scalar(const struct node *node);
const char *node_type_name(enum node_type type);         /* "a list" */

/* Whether a scalar's text stands in the source as it is, on one line. */
int node_is_exact(const struct node *node);

/* The place of size bytes at offset of a scalar's text: exact where the scalar stands on one line as written, else the
 * scalar's own. */
struct place node_place(const struct node *node, size_t offset, size_t size);
/* The integer of a NODE_INTEGER. Returns 0 or -ERANGE. */
int node_integer(const struct node *node, int64_t *value);
#endif
