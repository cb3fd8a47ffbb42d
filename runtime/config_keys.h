/*
 * config_keys.h - every key of rsnl.yaml in one table: where its value goes, its default, its bounds.
 *
 *   KEY(section, name, type, member, default, min, max, words, supported)
 *
 * section: a dotted path of mappings; "sinks.TYPE" are members of one sink. words: "a|b|c" for WORD and MASK.
 * supported 0: the feature is not there yet, so only the default is accepted. Types: enum config_key_type. Defaults are
 * read by the same code as values; PLACE_STATE and the like in them come from configure.
 */
#define SECOND 1000000000ull
#define KIBI 1024ull
#define MEBI (1024 * KIBI)
#define GIBI (1024 * MEBI)

KEY("agent", "id", TEXT, agent.id, "auto", 1, 0, NULL, 1)
KEY("agent", "user", TEXT, agent.user, "rsnl", 1, 0, NULL, 1)
KEY("agent", "state", PATH, agent.state, PLACE_STATE, 1, 0, NULL, 1)
KEY("agent", "socket", PATH, agent.socket, PLACE_SOCKET, 1, 0, NULL, 1)
KEY("agent", "threads", COUNT_OR_AUTO, agent.threads, "auto", 1, 64, NULL, 0)
KEY("agent", "drain", DURATION, agent.drain, "10s", 0, 300 * SECOND, NULL, 1)
KEY("agent", "memory", SIZE, agent.memory, "256Mi", 64 * MEBI, 16 * GIBI, NULL, 0)
KEY("agent", "log", WORD, agent.log, "info", 0, 0, "error|warning|info|debug", 1)
KEY("packs", "incoming", PATH, packs.incoming, PLACE_STATE "/packs/incoming", 0, 0, NULL, 1)
KEY("packs", "keys", PATH, packs.keys, PLACE_KEYS, 1, 0, NULL, 1)
KEY("packs", "unsigned", BOOL, packs.allow_unsigned, "false", 0, 0, NULL, 1)
KEY("packs", "max_size", SIZE, packs.max_size, "256Mi", MEBI, GIBI, NULL, 1)
KEY("packs", "url", TEXT, packs.url, "", 0, 0, NULL, 0)
KEY("packs", "poll", DURATION, packs.poll, "15m", 60 * SECOND, 86400 * SECOND, NULL, 0)
KEY("sources", "ebpf", WORD, sources.ebpf, "auto", 0, 0, "auto|require|disable", 1)
KEY("sources", "etw", WORD, sources.etw, "auto", 0, 0, "auto|require|disable", 1)
KEY("sources", "kinds", KINDS, sources.kinds, "pack", 0, 0, NULL, 1)
KEY("sources", "ring", POWER, sources.ring, "8Mi", 256 * KIBI, 128 * MEBI, NULL, 1)
KEY("sources.kafka", "brokers", TEXT, sources.brokers, "", 0, 0, NULL, 0)
KEY("sources.kafka", "topic", TEXT, sources.topic, "", 0, 0, NULL, 0)
KEY("sources.kafka", "group", TEXT, sources.group, "rsnl", 0, 0, NULL, 0)
KEY("sources.kafka", "routing", TEXT, sources.routing, "auto", 0, 0, NULL, 0)
KEY("enrich", "processes", COUNT, enrich.processes, "65536", 1024, 1048576, NULL, 1)
KEY("enrich", "ancestors", COUNT, enrich.ancestors, "8", 0, 16, NULL, 1)
KEY("enrich", "hash_max", SIZE, enrich.hash_max, "128Mi", MEBI, 4 * GIBI, NULL, 1)
KEY("enrich", "hash_wait", DURATION, enrich.hash_wait, "2s", 0, 10 * SECOND, NULL, 1)
KEY("yara", "when", MASK, yara.when, "exec,write", 0, 3, "exec|write|memory|sweep", 1)
KEY("yara", "max_file", SIZE, yara.max_file, "64Mi", KIBI, GIBI, NULL, 1)
KEY("yara", "timeout", DURATION, yara.timeout, "10s", SECOND / 10, 300 * SECOND, NULL, 1)
KEY("yara", "sweep", DURATION, yara.sweep, "24h", 600 * SECOND, 30 * 86400 * SECOND, NULL, 0)
KEY("yara", "allow", PATHS, yara.allow, "", 0, 0, NULL, 1)
KEY("alerts", "why", WORD, alerts.why, "full", 0, 0, "full|fields|none", 1)
KEY("alerts", "rule_text", BOOL, alerts.rule_text, "false", 0, 0, NULL, 1)
KEY("alerts", "hash", BOOL, alerts.hash, "false", 0, 0, NULL, 1)
KEY("alerts", "max_rate", COUNT, alerts.max_rate, "1000", 1, 100000, NULL, 0)
KEY("alerts", "level", WORD, alerts.level, "informational", 0, 0, "informational|low|medium|high|critical", 1)
KEY("throttle", "window", DURATION, throttle.window, "60s", 0, 86400 * SECOND, NULL, 0)
KEY("throttle", "keys", COUNT, throttle.keys, "65536", 1024, 1048576, NULL, 0)
KEY("health", "path", PATH, health.path, PLACE_LOGS "/health.ndjson", 0, 0, NULL, 1)
KEY("health", "interval", DURATION, health.interval, "60s", 5 * SECOND, 3600 * SECOND, NULL, 1)
KEY("health", "loss_alert", DURATION, health.loss_alert, "60s", 0, 3600 * SECOND, NULL, 1)
KEY("response", "mode", WORD, response.mode, "disabled", 0, 0, "disabled|dry-run|enforce", 0)
KEY("response", "action", WORD, response.action, "none", 0, 0, "none|kill|kill-tree|freeze|quarantine|block", 0)
KEY("response", "level", WORD, response.level, "critical", 0, 0, "informational|low|medium|high|critical", 0)
KEY("response", "max_rate", COUNT, response.max_rate, "10", 1, 1000, NULL, 0)
KEY("response", "allow", PATHS, response.allow, PLACE_PROGRAMS, 0, 0, NULL, 0)

#define SINK_KEY(type, name, form, member, fallback, min, max, words) \
	KEY("sinks." type, name, form, sinks[0].member, fallback, min, max, words, 1)
#define SINK_KEY_LATER(type, name, form, member, fallback, min, max) \
	KEY("sinks." type, name, form, sinks[0].member, fallback, min, max, NULL, 0)

SINK_KEY("file", "path", PATH, path, PLACE_LOGS "/alerts.ndjson", 1, 0, NULL)
SINK_KEY_LATER("file", "max_size", SIZE, max_size, "100M", 1000000, 10000000000ull)
SINK_KEY_LATER("file", "keep", COUNT, keep, "10", 1, 1000)
SINK_KEY("file", "mode", MODE, mode, "0640", 0, 0777, NULL)
SINK_KEY("syslog", "to", TEXT, to, "unix:/dev/log", 1, 0, NULL)
SINK_KEY("http", "url", TEXT, to, "", 1, 0, NULL)
SINK_KEY("http", "form", WORD, form, "bulk", 0, 0, "bulk|ndjson|single")
SINK_KEY("http", "batch", COUNT, batch, "500", 1, 10000, NULL)
SINK_KEY("http", "timeout", DURATION, timeout, "5s", SECOND, 60 * SECOND, NULL)
SINK_KEY("http", "auth_file", PATH, auth_file, "", 0, 0, NULL)
SINK_KEY("http", "hmac_file", PATH, hmac_file, "", 0, 0, NULL)
SINK_KEY("http", "spool", SIZE, spool, "256Mi", 0, 10 * GIBI, NULL)
SINK_KEY("kafka", "brokers", TEXT, to, "", 1, 0, NULL)
SINK_KEY("kafka", "topic", TEXT, topic, "rsnl-alerts", 1, 0, NULL)
SINK_KEY("unix", "path", PATH, path, PLACE_RUN "/alerts.sock", 1, 0, NULL)
#undef SINK_KEY
#undef SINK_KEY_LATER
#undef KEY
