/*
 * packfile.h - the layout of a pack file, as pack.5 describes it.
 *
 *   header | body (one zstd frame) | signature text (minisign, may be absent in an unsigned pack)
 *
 * Little-endian. The unpacked body is a row of sections, each a struct pack_section and its bytes, padded with zeros
 * to 8. A table section is an array of one of the structs below; every reference is an index or a struct pack_text and
 * is checked by pack_tables_check() before anything uses it. Unknown section types are skipped. Includes nothing of
 * ours; rsnlc writes with it, rsnl reads with it.
 */
#ifndef PACKFILE_H
#define PACKFILE_H

#include <stdint.h>

#define PACK_MAGIC "rsnlpack" /* 8 bytes, no NUL */

enum {
	PACK_FORMAT = 2,
	PACK_NONE = 0xffffffff,            /* "no such index" */
	PACK_NAME_MAX = 47,                /* bytes of a pack's name: [a-z0-9._-] */
	PACK_SIGNATURE_MAX = 1024,         /* bytes of the signature text */
	PACK_UNPACKED_MAX = 256 << 20,     /* default bound of the unpacked body */
	PACK_IMAGE_ALIGN = 65536,          /* the largest page of any system */
	PACK_IMAGE_MAX = 128 << 20,        /* bytes of one image */
	PACK_REFERENCE_MAX = 256,          /* rules that one correlation refers to */
	PACK_KEY_MAX = 16,                 /* names of one correlation */
	PACK_TIMESPAN_MAX = 315569520,     /* seconds: 10 years */
};

enum pack_target { /* bits of pack_header.targets */
	PACK_X86_64 = 1,
	PACK_AARCH64 = 2,
};

struct pack_header {
	char magic[8];
	uint32_t format;        /* PACK_FORMAT */
	uint32_t header_size;   /* sizeof(struct pack_header) */
	uint64_t body_size;     /* bytes of the zstd frame; the signature text is what follows it */
	uint64_t unpacked_size; /* bytes it unpacks to */
	uint64_t serial;
	uint64_t built;         /* UNIX seconds */
	uint64_t expires;       /* UNIX seconds; 0: never */
	uint32_t abi;           /* PACK_ABI of the image */
	uint32_t targets;       /* bits of enum pack_target, one image section each */
	uint32_t scratch_size;  /* bytes match() needs */
	uint32_t scratch_align; /* a power of two, at most 4096 */
	uint32_t hits_max;      /* most hits of any group */
	uint32_t reserved;      /* 0 */
	char name[PACK_NAME_MAX + 1]; /* 1..PACK_NAME_MAX bytes, begins with a letter or digit; NUL-padded */
};

/* Sections stand in ascending order of type, each at most once but PACK_IMAGE. */
enum pack_section_type {
	PACK_MANIFEST = 1,   /* one JSON object for people and CI (pack.5): counts, digests, what was left out */
	PACK_STRINGS = 2,    /* bytes that every struct pack_text points into */
	PACK_TEXTS = 3,      /* struct pack_text[]: lists of strings */
	PACK_INDICES = 4,    /* uint32_t[]: lists of indices */
	PACK_SLOTS = 5,      /* struct pack_slot[] */
	PACK_GROUPS = 6,     /* struct pack_group[] */
	PACK_RULES = 7,      /* struct pack_rule[], ordered by group */
	PACK_PREDICATES = 8, /* struct pack_predicate[], ordered by group */
	PACK_USES = 9,       /* struct pack_use[] */
	PACK_ROUTES = 10,    /* struct pack_route[] */
	PACK_CONDITIONS = 11, /* struct pack_condition[] */
	PACK_VIEWS = 12,     /* struct pack_view[] */
	PACK_SHAPES = 13,    /* struct pack_shape[] */
	PACK_PATHS = 14,     /* struct pack_path[] */
	PACK_VECTORS = 15,   /* struct pack_vector[] */
	PACK_IMAGE = 16,     /* struct pack_image, zeros, the bytes; one section per target */
	PACK_DATA = 17,      /* indicator tables, the `data` of match() */
	PACK_YARA = 18,      /* struct pack_yara, then compiled rules as libyara saves them */
	PACK_YARA_SOURCE = 19, /* struct pack_yara_source[] names namespaces and texts, for another libyara */
	PACK_LITERALS = 20,  /* struct pack_literals[] */
	PACK_CORRELATIONS = 21, /* struct pack_correlation[]: a correlation stands after those it refers to */
	PACK_REFERENCES = 22, /* struct pack_reference[] */
	PACK_KEYS = 23,      /* struct pack_key[] */
	PACK_WANTS = 24,     /* struct pack_want[] */
};

struct pack_section {
	uint32_t type; /* enum pack_section_type */
	uint32_t reserved; /* 0 */
	uint64_t size; /* bytes that follow, without padding */
};

struct pack_text { /* into PACK_STRINGS; a NUL follows the bytes */
	uint32_t offset;
	uint32_t size;
};

struct pack_list { /* a run of another table, named where it is used */
	uint32_t first;
	uint32_t count;
};

enum pack_slot_flag {
	PACK_SLOT_LATE = 1, /* known only after the event (hashes) */
};

struct pack_slot {
	struct pack_text name; /* the field as rules write it; dots are a path */
	uint32_t flags;        /* enum pack_slot_flag */
	uint32_t reserved;
};

enum pack_group_flag {
	PACK_GROUP_LEAVES = 1, /* has keyword predicates: wants event.leaves */
	PACK_GROUP_LATE = 2,   /* matched when late fields are settled */
	PACK_GROUP_NEEDS = 4,  /* no rule matches an event that has none of the slots in needs ... */
	PACK_GROUP_NEEDS_LEAVES = 8, /* ... nor, with this flag, leaves */
};

struct pack_group {
	struct pack_text product, category, service; /* size 0: not set */
	struct pack_list rules;      /* PACK_RULES */
	struct pack_list predicates; /* PACK_PREDICATES; scratch bit i is predicates.first + i. A late group may
	                              * share those of the group before it */
	struct pack_list slots;      /* PACK_INDICES: slots that the group's rules read; where groups share predicates,
	                              * match() looks at those of both */
	struct pack_list needs;      /* PACK_INDICES: with PACK_GROUP_NEEDS */
	uint32_t flags;              /* enum pack_group_flag */
	uint32_t reserved;
};

enum pack_level { PACK_INFORMATIONAL, PACK_LOW, PACK_MEDIUM, PACK_HIGH, PACK_CRITICAL };

enum pack_engine { PACK_SIGMA, PACK_IOC, PACK_YARA_RULE, PACK_CORRELATION };

enum pack_rule_flag {
	PACK_RULE_SILENT = 1, /* its matches go to correlations and are no alerts */
};

struct pack_rule {
	struct pack_text id, title, status, version;
	struct pack_text author;         /* engine ioc: who provides the indicators */
	struct pack_text license, description;
	struct pack_text source;     /* file it came from, as given to rsnlc */
	struct pack_text indicator;  /* engine ioc: md5 sha1 sha256 ip cidr domain path ...; else empty */
	struct pack_text note;       /* of the one who overrides the rule; alerts carry it */
	struct pack_list references; /* PACK_TEXTS */
	struct pack_list tags;       /* PACK_TEXTS */
	struct pack_list uses;       /* PACK_USES, in the order the rule writes them */
	uint32_t group;              /* PACK_NONE for YARA rules and correlations */
	uint8_t level;               /* enum pack_level */
	uint8_t engine;              /* enum pack_engine */
	uint16_t flags;              /* enum pack_rule_flag */
	uint64_t expires;            /* UNIX seconds after which it is silent; 0: never */
	uint8_t digest[16];          /* of its meaning, a correlation's also of the rules it refers to: equal digests, equal rule */
};

enum pack_operator { /* how a predicate compares; SIGMA.md's words */
	PACK_EQUALS, PACK_STARTSWITH, PACK_ENDSWITH, PACK_CONTAINS,
	PACK_WILDCARD,                  /* values have * and ? inside, kept escaped as the rule writes them */
	PACK_REGEX, PACK_CIDR,
	PACK_IS_NULL, PACK_EXISTS,
	PACK_LT, PACK_LTE, PACK_GT, PACK_GTE,
	PACK_FIELD_EQUALS, PACK_FIELD_STARTSWITH, PACK_FIELD_ENDSWITH, PACK_FIELD_CONTAINS,
	PACK_KEYWORD,                   /* contains, on any leaf */
	PACK_SUBDOMAIN,                 /* the value is the domain or below it */
};

enum pack_predicate_flag {
	PACK_CASED = 1,     /* compared without folding */
	PACK_IN_DATA = 2,   /* values are a table in PACK_DATA, not listed here */
};

enum pack_time_part { PACK_NO_PART, PACK_MINUTE, PACK_HOUR, PACK_DAY, PACK_WEEK, PACK_MONTH, PACK_YEAR };

struct pack_predicate { /* cold: for `why` and explain; the image does not read it */
	uint32_t slot;   /* PACK_NONE for keywords */
	uint32_t other;  /* slot of the other field (PACK_FIELD_*), else PACK_NONE */
	uint8_t op;      /* enum pack_operator */
	uint8_t flags;   /* enum pack_predicate_flag */
	uint8_t part;    /* enum pack_time_part */
	uint8_t reserved;
	struct pack_list values; /* PACK_TEXTS: true if any fits; as the rule writes them, unfolded */
};

struct pack_use { /* a predicate in the words of one rule */
	struct pack_text part;  /* search identifier */
	uint32_t predicate;     /* index in the group */
	uint32_t negated;       /* 1: under an odd number of nots */
};

enum pack_condition_op {
	PACK_IS_ONE_OF, /* folded text equals one of values */
	PACK_HAS,       /* the field is present */
	PACK_LACKS,     /* it is not */
	PACK_IS_NONE_OF, /* it is not, or its folded text equals none of values */
};

struct pack_condition {
	uint32_t slot;
	uint32_t op; /* enum pack_condition_op */
	struct pack_list values; /* PACK_TEXTS */
};

enum pack_route_flag {
	PACK_ROUTE_LIVE = 1,     /* takes records of its kind */
	PACK_ROUTE_RECORDED = 2, /* takes recorded events that fit the conditions */
};

/* Events that fit all conditions go to all groups, seen with the views. An event may fit several routes; a rule
 * reports it once. */
struct pack_route {
	struct pack_text kind;       /* event kind (event.def) that such events are; size 0: none of them */
	struct pack_text product;    /* of the events it takes */
	uint32_t flags;              /* enum pack_route_flag */
	uint32_t reserved;
	struct pack_list conditions; /* PACK_CONDITIONS */
	struct pack_list groups;     /* PACK_INDICES -> PACK_GROUPS */
	struct pack_list views;      /* PACK_VIEWS */
};

struct pack_view { /* slot `to` shows slot `from`, where the event has it; from PACK_NONE: the constant */
	uint32_t to;
	uint32_t from;
	struct pack_text constant;
};

enum pack_shape_flag {
	PACK_SHAPE_KEEPS_NAMES = 1, /* the line's own top-level names are fields too */
};

/* How one collector nests and names things. The first shape whose `required` paths are all there and whose
 * `forbidden` are not is the event's shape; none: names are fields as they are. */
struct pack_shape {
	struct pack_text name;
	struct pack_list required;  /* PACK_TEXTS: dotted paths */
	struct pack_list forbidden; /* PACK_TEXTS */
	struct pack_list paths;     /* PACK_PATHS */
	struct pack_list times;     /* PACK_TEXTS: paths of the event's time, first present wins */
	uint32_t flags;             /* enum pack_shape_flag */
	uint32_t reserved;
};

struct pack_path { /* the value at `path` is field `slot`; slot PACK_NONE with a final ".*": every member by its name */
	struct pack_text path;
	uint32_t slot;
	uint32_t if_absent; /* 1: only where the event has no such field itself */
};

struct pack_vector { /* a rule's own test, run before a swap */
	uint32_t rule;
	uint32_t expected; /* 1 must fire, 0 must not */
	struct pack_text event; /* JSON */
	struct pack_text place; /* FILE:LINE it came from */
};

struct pack_image {
	uint32_t target; /* one enum pack_target */
	uint32_t entry;  /* offset of match() in the bytes */
	uint64_t offset; /* of the bytes, from the start of this struct; in the body a multiple of PACK_IMAGE_ALIGN */
	uint64_t size;   /* of the bytes, a multiple of PACK_IMAGE_ALIGN */
	uint64_t code_size; /* leading bytes that are code, a multiple of PACK_IMAGE_ALIGN; the rest is constants */
};

struct pack_yara {
	uint32_t version[3]; /* libyara major, minor, micro */
	uint32_t rule_count;
};

struct pack_yara_source {
	struct pack_text name_space, text;
};

enum pack_literals_flag {
	PACK_LITERALS_SOME = 1, /* not of all keywords: where a rule matches by fields, others may be among what is true */
};

/* The group's rules match a line of JSON that shows none of these texts, letters in either case, just where they match it
 * without its keywords, unless it has a \u escape, U+212A or U+017F. */
struct pack_literals {
	uint32_t group;
	uint32_t flags;        /* enum pack_literals_flag */
	struct pack_list texts; /* PACK_TEXTS */
};

/* An event none of whose values in the slot is one of these texts, letters in either case, matches none of the group's
 * rules. */
struct pack_want {
	uint32_t group;
	uint32_t slot;
	struct pack_list texts; /* PACK_TEXTS */
};

enum pack_correlation_type {
	PACK_EVENT_COUNT, PACK_VALUE_COUNT, PACK_TEMPORAL, PACK_TEMPORAL_ORDERED,
	PACK_VALUE_SUM, PACK_VALUE_AVG, PACK_VALUE_PERCENTILE, PACK_VALUE_MEDIAN,
};

enum pack_compare { PACK_COMPARE_EQ, PACK_COMPARE_NEQ, PACK_COMPARE_LT, PACK_COMPARE_LTE, PACK_COMPARE_GT, PACK_COMPARE_GTE };

/* A Sigma correlation: the matches of the rules it refers to, by group and in a window that slides over event time. */
struct pack_correlation {
	uint32_t rule;               /* its id, title, level, ...: PACK_RULES, engine PACK_CORRELATION */
	uint8_t type;                /* enum pack_correlation_type */
	uint8_t compare_count;       /* 1 or 2, all must hold */
	uint8_t compares[2];         /* enum pack_compare */
	double limits[2];            /* compared with */
	double percentile;           /* PACK_VALUE_PERCENTILE: 0 to 100; else 0 */
	uint64_t timespan;           /* seconds */
	struct pack_list references; /* PACK_REFERENCES, as the rule lists them */
	struct pack_list names;      /* PACK_TEXTS: what it groups by, then the fields whose values it takes, as the rule writes
	                              * them */
	uint32_t group_count;        /* leading names that it groups by */
	uint32_t reserved;
};

struct pack_reference { /* a rule whose matches a correlation takes, a correlation among them */
	uint32_t rule;
	uint32_t reserved;
	struct pack_list keys; /* PACK_KEYS: one for each name of the correlation */
};

/* Where a match keeps the value of one name. What a correlation makes has the values it grouped by, and the fields of the
 * event that made it hold. */
struct pack_key {
	uint32_t slot; /* of the event; PACK_NONE where name says which */
	uint32_t name; /* number of the referenced correlation's group-by name to take in place of the slot; PACK_NONE: none */
};

_Static_assert(sizeof(struct pack_correlation) == 64, "pack.5 says so");
_Static_assert(sizeof(struct pack_header) == 128, "pack.5 says so");
_Static_assert(sizeof(struct pack_image) == 32, "pack.5 says so");

/* The sections of one unpacked body as arrays. Borrows the body. */
struct pack_tables {
	const char *strings, *manifest;
	const struct pack_text *texts;
	const uint32_t *indices;
	const struct pack_slot *slots;
	const struct pack_group *groups;
	const struct pack_rule *rules;
	const struct pack_predicate *predicates;
	const struct pack_use *uses;
	const struct pack_route *routes;
	const struct pack_condition *conditions;
	const struct pack_view *views;
	const struct pack_shape *shapes;
	const struct pack_path *paths;
	const struct pack_vector *vectors;
	const struct pack_yara_source *yara_sources;
	const struct pack_literals *literals;
	const struct pack_correlation *correlations;
	const struct pack_reference *correlation_references;
	const struct pack_key *keys;
	const struct pack_want *wants;
	uint32_t strings_size, manifest_size, text_count, index_count, slot_count, group_count, rule_count, predicate_count,
		use_count, route_count, condition_count, view_count, shape_count, path_count, vector_count, yara_source_count,
		literals_count, correlation_count, reference_count, key_count, want_count;
	const struct pack_image *images[32]; /* by the bit of their target */
	const void *data;              /* PACK_DATA or NULL */
	const struct pack_yara *yara;  /* PACK_YARA or NULL */
	uint64_t data_size, yara_size; /* yara_size: with its struct */
};

/* Checks the header's own sizes against the file's. 0, or -1 with one line in why. */
int pack_header_check(const void *file, uint64_t file_size, char *why, uint32_t why_size);
/* Finds the sections of an unpacked body (8-byte aligned) and checks every bound and reference in them. 0, or -1 with
 * one line in why; then tables must not be used. */
int pack_tables_check(struct pack_tables *tables, const struct pack_header *header, const void *body, uint64_t size,
                      char *why, uint32_t why_size);

/* The bytes of a text of checked tables; a NUL follows them. */
static inline const char *
pack_text_data(const struct pack_tables *tables, struct pack_text text)
{
	return tables->strings + text.offset;
}

/* Is the group the late part of one logsource, and that before it the other part? */
static inline int
pack_group_continues(const struct pack_tables *tables, uint32_t number)
{
	const struct pack_group *group = &tables->groups[number];

	return number && group->flags & PACK_GROUP_LATE && group->predicates.first == group[-1].predicates.first &&
	       group->predicates.count == group[-1].predicates.count;
}
#endif
