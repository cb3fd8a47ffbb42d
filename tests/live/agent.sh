#!/bin/sh
# tests/live/agent.sh - the agent as three processes: who they are, what happens when they die, packs dropped in.
set -u

suite=agent
. "$RSNL_SOURCE/tests/live/common"

# At most one second, as recovery must be.
within_second() {
	within 10 "$@"
}

write_rule() { # FILE ID TITLE ENDING LEVEL
	cat >"$work/$1" <<-END
	title: $3
	id: $2
	status: test
	logsource: {product: linux, category: process_creation}
	detection: {sel: {Image|endswith: $4}, condition: sel}
	level: $5
	END
}

prepare() {
	mkdir "$work/keys" && cd "$work" || exit 1
	write_rule a.yml 11111111-1111-4111-8111-111111111111 "Alpha" /rsnl-probe medium
	write_rule b.yml 22222222-2222-4222-8222-222222222222 "Beta" /rsnl-probe high
	token=RSNL_$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')
	echo "rule live_marker { strings: \$a = \"$token\" condition: \$a }" >y.yar
	cp /bin/true rsnl-probe
	cp /bin/true marked && printf %s "$token" >>marked
	hash=$(sha256sum rsnl-probe | cut -d' ' -f1)
	cat >h.yml <<-END
	title: Hash
	id: 33333333-3333-4333-8333-333333333333
	status: test
	logsource: {product: linux, category: process_creation}
	detection: {sel: {Hashes|contains: 'SHA256=$hash'}, condition: sel}
	level: low
	END
	write_rule t.yml 44444444-4444-4444-8444-444444444444 "Counted" /rsnl-count low
	cat >>t.yml <<-END
	---
	title: Twice
	id: 55555555-5555-4555-8555-555555555555
	status: test
	correlation: {type: event_count, rules: [44444444-4444-4444-8444-444444444444], group-by: [User], timespan: 1h, condition: {eq: 2}}
	level: low
	END
	cp /bin/true rsnl-count
	$rsnlc key generate -W k && $rsnlc key generate -W other && cp k.pub keys/ || exit 1
	$rsnlc build -q -k k.key -n live -s 10 -o a.rsnp a.yml h.yml t.yml y.yar || exit 1
	$rsnlc build -q -k k.key -n live -s 11 -o b.rsnp b.yml t.yml y.yar || exit 1
	cp a.rsnp foreign.rsnp && $rsnlc sign -k other.key foreign.rsnp || exit 1
	$rsnlc build -q -n live -s 12 -o unsigned.rsnp b.yml 2>/dev/null
	cat >c.yaml <<-END
	agent: {state: $work/state, socket: $work/sock}
	packs: {keys: $work/keys}
	health: {path: $work/health.ndjson, interval: 5s}
	sinks: [{type: file, path: $work/alerts.ndjson}, {type: file, path: $work/null}]
	END
	chmod 644 c.yaml
	mknod -m 666 null c 1 3 || : >null
}

start_agent() { # OPTION...
	setsid "$rsnl" run -c "$work/c.yaml" "$@" >"$work/out" 2>>"$work/err" 9<"$work/c.yaml" &
	agent=$!
	soon grep -q 'live with pack' "$work/err" && return
	echo "not ok agent/starts"
	cat "$work/err" >&2
	exit 1
}

child() { # ROLE: its pid
	for pid in $(cat "/proc/$agent/task/$agent/children"); do
		[ "$(tr '\0' ' ' <"/proc/$pid/cmdline" | cut -d' ' -f3)" != "$1" ] || echo "$pid"
	done
}
field() { # PID NAME
	sed -n "s/^$2:[[:space:]]*\([^[:space:]]*\).*/\1/p" "/proc/$1/status"
}
confined() { # PID
	[ "$(field "$1" Uid)" != 0 ] && [ "$(field "$1" NoNewPrivs)" = 1 ] && [ "$(field "$1" Seccomp)" = 2 ] &&
		[ "$(field "$1" CapEff)" = 0000000000000000 ] && [ "$(field "$1" CapPrm)" = 0000000000000000 ]
}
replaced() { # ROLE OLDPID
	now=$(child "$1")
	[ -n "$now" ] && [ "$now" != "$2" ]
}
alerts() { # RULE-NAME: how many
	grep -c "\"name\":\"$1\"" "$work/alerts.ndjson"
}
one_more() { # RULE-NAME COMMAND: a run gives another alert
	before=$(alerts "$1")
	"$2"
	soon sh -c "[ \$(grep -c '\"name\":\"$1\"' $work/alerts.ndjson) -gt $before ]"
}
healthy() { # and if not, why
	"$rsnl" status "$@" >status && return
	cat status >&2
	return 1
}
status_has() { "$rsnl" status | grep -q "$1"; }
last_health() { # KEY: a number of the last heartbeat
	grep '"heartbeat"' "$work/health.ndjson" | tail -n 1 | grep -o "\"$1\":[0-9]*" | head -n 1 | cut -d: -f2
}
device_untouched() { [ ! -c null ] || [ "$(stat -c %a null)" = 666 ]; }
# A pack put in place of one that is being tried is looked at, too.
replaced_are_refused() {
	wanted=$(($(grep -c '^rsnl: r.rsnp refused at signature' err) + 10))
	for i in 1 2 3 4 5 6 7 8 9 10; do
		cp b.rsnp state/packs/incoming/.1 && cp foreign.rsnp state/packs/incoming/.2
		mv state/packs/incoming/.1 state/packs/incoming/r.rsnp && mv state/packs/incoming/.2 state/packs/incoming/r.rsnp
		soon test ! -e state/packs/incoming/r.rsnp
	done
	soon sh -c "[ \$(grep -c '^rsnl: r.rsnp refused at signature' err) = $wanted ]"
}
scan_runs() { [ -n "$(child scan)" ]; }
gone() { ! kill -0 "$1" 2>/dev/null; }

prepare
start_agent -p a.rsnp
detect=$(child detect) scan=$(child scan)
check three-processes test -n "$detect" -a -n "$scan"
check detect-confined confined "$detect"
check scan-confined confined "$scan"
check no-inherited-file test "$(readlink "/proc/$detect/fd/9")" != "$work/c.yaml"
check device-keeps-mode device_untouched
check own-users test "$(field "$detect" Uid)" != "$(field "$scan" Uid)"
check sigma-alert one_more Alpha ./rsnl-probe
check late-hash one_more Hash ./rsnl-probe
check yara-alert one_more live_marker ./marked

kill -9 "$detect"
check detect-back within_second replaced detect "$detect"
check alert-after-kill one_more Alpha ./rsnl-probe
kill -SEGV "$(child detect)"
# (a sanitizer turns the signal into an exit)
check segv-named soon grep -q 'detect died: \(SIGSEGV in match\|exit 1\); starting it again' err
check alert-after-segv one_more Alpha ./rsnl-probe
kill -9 "$scan"
check scan-back within_second replaced scan "$scan"
cp marked marked2
check yara-after-kill one_more live_marker ./marked2
sleep 6
check crash-counted test "$(last_health detect_restarts)" = 2 -a "$(last_health scan_restarts)" = 1
# What a killed detect had in hand is an event lost: an hour of degraded, so what follows has an agent of its own.
kill -TERM "$agent" && wait "$agent"
: >err
start_agent -p a.rsnp

./rsnl-count
soon sh -c "'$rsnl' status --format json | grep -q '\"counted\":1'"
check swap sh -c "'$rsnl' swap b.rsnp 2>&1 | grep -q '^rsnl: live 11 active after [0-9]* ms; 0 events lost; 1 correlations carried over, 0 reset$'"
check correlation-carried one_more Twice ./rsnl-count
check swapped one_more Beta ./rsnl-probe
"$rsnl" swap a.rsnp 2>old
check older-refused test $? = 4
check older-line grep -qx 'rsnl: a.rsnp refused at serial: 10 is older than 11 (rsnl swap --allow-older); live 11 stays active' old
check rollback "$rsnl" swap -q --rollback
check rolled-back one_more Alpha ./rsnl-probe
check rolled-back-in-store test ! -e state/packs/active/live.rsnp
"$rsnl" swap --rollback 2>old
check no-second-rollback test $? = 3
check no-previous-named grep -q 'there is no previous pack' old
check swap-answered-not-degraded healthy
check found-by-its-config env -u RSNL_SOCKET "$rsnl" status -q -c c.yaml

cp b.rsnp state/packs/incoming/dropped.rsnp
check dropped soon status_has 'live 11'
check dropped-taken soon test ! -e state/packs/incoming/dropped.rsnp
cp foreign.rsnp state/packs/incoming/.part && mv state/packs/incoming/.part state/packs/incoming/foreign.rsnp
check foreign-rejected soon test -e state/packs/rejected/foreign.rsnp.reason
check foreign-reason grep -q "^foreign.rsnp refused at signature: made by key .* not in $work/keys; .*cp " state/packs/rejected/foreign.rsnp.reason
head -c 500 b.rsnp >state/packs/incoming/short.rsnp
check short-rejected soon grep -q '^short.rsnp refused at size: ' state/packs/rejected/short.rsnp.reason
cp unsigned.rsnp state/packs/incoming/
ln -s "$work/b.rsnp" state/packs/incoming/.link && mv state/packs/incoming/.link state/packs/incoming/link.rsnp
check link-named soon grep -q 'link.rsnp is not taken: it is a link' err
check unsigned-rejected soon grep -q '^unsigned.rsnp refused at signature: unsigned' state/packs/rejected/unsigned.rsnp.reason
check replaced-refused replaced_are_refused
check refused-alert grep -q '"id":"agent.pack-refused"' alerts.ndjson
check status-degraded sh -c "'$rsnl' status >status; [ \$? = 1 ] && grep -q 'degraded (pack refused)' status || ! cat status >&2"
check still-alive one_more Beta ./rsnl-probe

mv alerts.ndjson alerts.1 && : >before && kill -HUP "$agent"
check reopened soon test -e alerts.ndjson
check alert-after-hup one_more Beta ./rsnl-probe
echo 'nonsense: 1' >>c.yaml && kill -HUP "$agent"
check bad-config-kept soon grep -q 'config refused; the old one stays' err
sed -i '$d' c.yaml

# a file on which scan dies each time does not end the agent
for i in 1 2 3 4 5 6 7 8; do
	soon test -n "$(child scan)"
	scan=$(child scan) && kill -9 "$scan"
	soon gone "$scan"
	sleep 0.2
done
check scan-pauses soon grep -q 'files go unscanned for 10 s' err
check alert-without-scan one_more Beta ./rsnl-probe
sleep 5
check scan-after-pause soon scan_runs

kill -TERM "$agent" && wait "$agent"
check term-exits-0 test $? = 0
agent=
check ecs-lines "$RSNL_SOURCE/tools/ecs-lines" alerts.1 alerts.ndjson
check stop-line grep -q '"action":"stop"' health.ndjson
produced=$(last_health produced) received=$(last_health received)
check produced-received test "$produced" = "$received"

: >err
start_agent
check active-kept status_has 'live 11'
"$rsnl" swap -q --allow-older a.rsnp
"$rsnl" swap -q b.rsnp
"$rsnl" swap -q b.rsnp
check again-keeps-previous cmp a.rsnp state/packs/previous/live.rsnp
# what a service manager, timeout or a terminal sends to all is for the broker
env kill -TERM -- "-$agent" && wait "$agent"
check group-term-exits-0 test $? = 0
agent=
check group-term-drains sh -c "! grep -q died err && [ \$(grep -c '\"action\":\"stop\"' health.ndjson) = 3 ]"

: >state/packs/active/live.rsnp
: >err
# as an agent leaves it that dies between two steps
cp foreign.rsnp state/packs/incoming/.rsnl-taken
start_agent
check taken-looked-at-again soon grep -q '^taken.rsnp refused at signature' state/packs/rejected/taken.rsnp.reason
check previous-runs status_has 'live 10'
check active-named grep -q 'active/live.rsnp refused at size' err
kill -TERM "$agent" && wait "$agent"
check fallback-exits-0 test $? = 0
agent=

: >err
start_agent
detect=$(child detect) scan=$(child scan)
kill -9 "$agent"
wait "$agent" 2>/dev/null
agent=
check broker-death-ends-all soon sh -c "! kill -0 $detect 2>/dev/null && ! kill -0 $scan 2>/dev/null"
exit $failed
