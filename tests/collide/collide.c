/* collide.c - random rules or given ones against random events, until so many decisions were made or two differ. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "diag.h"
#include "input.h"
#include "ir.h"
#include "node.h"
#include "options.h"
#include "compile.h"

#include "emit.h"
#include "file.h"
#include "image.h"
#include "pack.h"
#include "packfile.h"
#include "pool.h"
#include "cases.h"
#include "evaluate.h"
#include "texts.h"
#include "events.h"
#include "report.h"
#include "rules.h"
#include "toolchain.h"
#include "tree.h"
#include "subject.h"
#include "lines.h"
#include "verdict.h"

enum { ROUND_RULES = 64, ROUND_DECISIONS = 250000, LONG_SET_ROUNDS = 8, PATHS_MAX = 32 };

struct request {
	uint64_t seed, decisions;
	const char *rules[PATHS_MAX], *cache, *cases, *lines, *placeholders;
	size_t path_count;
	uint32_t target;
};

struct outputs { /* either may be NULL */
	FILE *cases;
	struct lines *lines;
};

struct totals {
	struct tally tally;
	uint64_t rules, bad, both; /* rules: compiled, refused, seen to match and not to match */
	uint64_t rounds, built_ns, seen_ns;
};

static int
usage(void)
{
	fputs("usage: collide [OPTION]...\n"
	      "  --seed N         of the first round of random rules, or of the events [1]\n"
	      "  --decisions N    event x rule [200000]\n"
	      "  --rules PATH     these rules instead of random ones; may be given again\n"
	      "  --placeholders FILE   for them\n"
	      "  --cache FOLDER   of objects, for rules that are compiled again\n"
	      "  --cases FILE     one round of events and verdicts for far.c, the image being for --target\n"
	      "  --lines FOLDER   one round: its rules, its events as lines, who matches, for rsnl replay\n"
	      "  --target NAME    x86_64 or aarch64\n", stderr);
	return 2;
}

static uint64_t
now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * UINT64_C(1000000000) + time.tv_nsec;
}

/* events of one group; 1 after a difference. */
static int
group_collide(struct subject *subject, uint32_t number, uint64_t events, struct dice *dice, struct totals *totals,
              const struct outputs *outputs)
{
	const struct subject_group *group = subject->groups + number;
	struct pool *pool = pool_new();
	struct text *before = calloc(EVENT_TEXTS_BEFORE, sizeof(*before));
	struct event_maker maker = { dice, pool, group->ir, group->evaluator, subject->fields, before };
	uint8_t *hit = calloc(1, group->ir->rule_count);
	struct finding finding = { AGREED, 0, 0, 0 };

	for (uint64_t i = 0; i < events && finding.difference == AGREED; i++) {
		struct trial trial = { .group = number };

		pool_clear(pool);
		trial.tree = event_make(&maker);
		trial.plain = dice_roll(dice, 3) == 0;
		trial.json = dice_roll(dice, 4) == 0;
		trial.seed = dice_roll(dice, 1 << 30);
		if (verdict_compare(subject, pool, &trial, &finding, &totals->tally, hit, outputs->cases))
			difference_report(subject, &trial, &finding);
		if (outputs->lines)
			lines_add(outputs->lines, subject, pool, trial.tree, dice);
	}
	for (uint32_t i = 0; i < group->ir->rule_count; i++)
		totals->both += hit[i] == 3;
	free(hit);
	free(before);
	pool_free(pool);
	return finding.difference != AGREED;
}

static void
image_write(FILE *cases, const struct subject *subject)
{
	struct case_image image = {
		.scratch_size = subject->emitted.scratch_size, .scratch_align = subject->emitted.scratch_align,
		.hits_max = subject->emitted.hits_max, .entry = subject->image.entry, .field_count = subject->field_count,
		.image = subject->image.bytes, .image_size = subject->image.size,
		.data = subject->emitted.data, .data_size = subject->emitted.data_size,
	};

	case_write_image(cases, &image);
}

/* All groups, so that decisions are made; 1 after a difference, -1 when nothing could be done. */
static int
rules_collide(const struct request *request, const char *const *paths, size_t path_count, uint64_t decisions,
              struct dice *dice, struct totals *totals, const struct outputs *outputs)
{
	struct subject subject;
	int result = subject_open(&subject, &(struct subject_request){ paths, path_count, request->placeholders,
		request->cache, request->target });
	uint64_t started = now_ns();

	if (!result && outputs->cases)
		image_write(outputs->cases, &subject);
	for (uint32_t i = 0; !result && i < subject.group_count; i++)
		result = group_collide(&subject, i, decisions / (subject.rule_count + !subject.rule_count) + 1, dice, totals,
		                       outputs);
	totals->rules += subject.rule_count;
	totals->bad += subject.compilation.left_out_count;
	totals->built_ns += subject.built_ns;
	totals->seen_ns += now_ns() - started;
	totals->rounds++;
	subject_close(&subject);
	return result;
}

typedef void make_fn(FILE *out, struct dice *dice);

static void
make_rules(FILE *out, struct dice *dice)
{
	rules_write(out, dice, ROUND_RULES, 0);
}

static void
make_long_rules(FILE *out, struct dice *dice)
{
	rules_write(out, dice, ROUND_RULES, 1);
}

static int
file_make(const char *folder, const char *name, make_fn *make, struct dice *dice)
{
	char path[256];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	out = fopen(path, "w");
	if (!out)
		return -1;
	make(out, dice);
	return fclose(out);
}

/* Rules of one seed. */
static int
round_collide(const struct request *request, uint64_t seed, uint64_t decisions, struct totals *totals,
              const struct outputs *outputs)
{
	struct dice dice = dice_new(seed);
	int is_long = seed % LONG_SET_ROUNDS == 0, result;
	char *folder = request->lines ? strdup(request->lines) : NULL;

	if ((!folder && folder_make_temporary(&folder)) ||
	    file_make(folder, "rules.yml", is_long ? make_long_rules : make_rules, &dice) ||
	    (is_long && file_make(folder, "domains.csv", rules_write_domains, &dice))) {
		perror("collide: /tmp");
		return -1;
	}
	result = rules_collide(request, (const char *const *)&folder, 1, decisions, &dice, totals, outputs);
	if (result)
		printf("seed: %llu (rules kept in %s)\n", (unsigned long long)seed, folder);
	else if (!request->lines)
		folder_remove(folder);
	free(folder);
	return result;
}

static void
totals_print(const struct request *request, const struct totals *totals, int result)
{
	const struct tally *tally = &totals->tally;

	printf("collide: seed %llu, %llu round%s, %llu rules (%llu left out), %llu events, %llu decisions and %llu predicates,\n"
	       "  %llu read plainly, %llu from JSON; %llu matches (%.1f %%), %llu rules seen both ways, %llu open at a cut;\n"
	       "  %.0f s of tools, %.0f s of events; %d difference%s\n", (unsigned long long)request->seed,
	       (unsigned long long)totals->rounds, totals->rounds == 1 ? "" : "s", (unsigned long long)totals->rules,
	       (unsigned long long)totals->bad, (unsigned long long)tally->events, (unsigned long long)tally->decisions,
	       (unsigned long long)tally->predicates, (unsigned long long)tally->plain, (unsigned long long)tally->json,
	       (unsigned long long)tally->hits, tally->decisions ? 100.0 * tally->hits / tally->decisions : 0,
	       (unsigned long long)totals->both, (unsigned long long)tally->open, totals->built_ns / 1e9,
	       totals->seen_ns / 1e9, result > 0, result > 0 ? "" : "s");
}

/* Round after round, or one where something is written. */
static int
rounds_run(const struct request *request, struct totals *totals, const struct outputs *outputs)
{
	int is_one = outputs->cases || outputs->lines, result = 0;
	uint64_t left;

	while (!result && totals->tally.decisions < request->decisions && !(is_one && totals->rounds)) {
		left = request->decisions - totals->tally.decisions;
		left = left < ROUND_DECISIONS || is_one ? left : ROUND_DECISIONS;
		result = round_collide(request, request->seed + totals->rounds, left, totals, outputs);
	}
	return result;
}

static int
request_run(const struct request *request)
{
	struct totals totals = { .rounds = 0 };
	struct lines lines;
	struct outputs outputs = { request->cases ? fopen(request->cases, "w") : NULL, request->lines ? &lines : NULL };
	struct dice dice = dice_new(request->seed);
	int result;

	if ((request->cases && !outputs.cases) || (request->lines && lines_open(&lines, request->lines))) {
		perror("collide");
		return 3;
	}
	if (request->path_count)
		result = rules_collide(request, request->rules, request->path_count, request->decisions, &dice, &totals,
		                       &outputs);
	else
		result = rounds_run(request, &totals, &outputs);
	if ((outputs.cases && fclose(outputs.cases)) || (request->lines && lines_close(&lines))) {
		perror("collide");
		return 3;
	}
	totals_print(request, &totals, result);
	return result < 0 ? 3 : result;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = { { "seed", 1, NULL, 's' }, { "decisions", 1, NULL, 'd' },
		{ "rules", 1, NULL, 'r' }, { "cache", 1, NULL, 'c' }, { "cases", 1, NULL, 'f' }, { "target", 1, NULL, 't' },
		{ "placeholders", 1, NULL, 'p' }, { "lines", 1, NULL, 'l' },
		{ NULL, 0, NULL, 0 } };
	struct request request = { .seed = 1, .decisions = 200000, .target = target_host() };
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (letter) {
		case 's': request.seed = strtoull(optarg, NULL, 10); break;
		case 'd': request.decisions = strtoull(optarg, NULL, 10); break;
		case 'r':
			if (request.path_count == PATHS_MAX)
				return usage();
			request.rules[request.path_count++] = optarg;
			break;
		case 'c': request.cache = optarg; break;
		case 'f': request.cases = optarg; break;
		case 'p': request.placeholders = optarg; break;
		case 'l': request.lines = optarg; break;
		case 't':
			if (target_find(optarg, &request.target))
				return usage();
			break;
		default: return usage();
		}
	}
	return optind == argc ? request_run(&request) : usage();
}
