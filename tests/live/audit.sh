#!/bin/sh
# tests/live/audit.sh - rules about audit records (EXECVE, SYSCALL, PATH, CWD, PROCTITLE) fire on live events.
set -u

suite=audit
. "$RSNL_SOURCE/tests/live/common"

add_rule() { # TITLE SELECTION
	number=$((${number:-0} + 1))
	printf -- '---\ntitle: %s\nid: 44444444-4444-4444-8444-%012d\nstatus: test\nlevel: low\n' "$1" $number
	printf 'logsource: {product: linux, service: auditd}\ndetection: {s: {%s}, condition: s}\n' "$2"
}

write_rules() {
	add_rule execve "type: EXECVE, argc: 4, a0: marked, a1: -x, a2: 'a b', a3|endswith: é"
	add_rule beyond "type: EXECVE, a0: marked, a4|exists: true"
	add_rule syscall "type: SYSCALL, SYSCALL: execve, comm: link, exe: $work/program, success: yes, uid: 0, euid: 0"
	add_rule path "type: PATH, name: $work/program"
	add_rule directory "type: CWD, cwd: $work"
	add_rule title "type: PROCTITLE, proctitle|startswith: marked -x"
	add_rule records "type: PATH, a0: marked"
	add_rule created "type: PATH, nametype: CREATE, name: $work/new"
	add_rule moved "type: PATH, nametype: CREATE, name: $work/moved"
	add_rule away "type: PATH, nametype: DELETE, name: $work/new"
}

cause_events() {
	cp /bin/true program && ln -s program link
	cat >start.sh <<-'END'
	#!/bin/bash
	exec -a marked ./link -x 'a b' xé
	END
	bash start.sh
	: >new && mv new moved
}

fired() { # TITLE
	grep -q "\"name\":\"$1\"" alerts.ndjson
}

mkdir "$work/keys" && cd "$work" || exit 1
write_rules >rules.yml
$rsnlc key generate -q -W k && cp k.pub keys/ && $rsnlc build -q -k k.key -n audit -o audit.rsnp rules.yml || exit 1
cat >c.yaml <<END
agent: {state: $work/state, socket: $work/sock}
packs: {keys: $work/keys}
health: {path: $work/health.ndjson}
sinks: [{type: file, path: $work/alerts.ndjson}]
END
chmod 644 c.yaml
: >alerts.ndjson
"$rsnl" run -c c.yaml -p audit.rsnp >out 2>err &
agent=$!
soon grep -q 'live with pack' err || { cat err >&2; echo "not ok audit/starts"; exit 1; }
cause_events
soon fired away
for rule in execve syscall path directory title created moved away; do
	check "$rule" fired "$rule"
done
check not-beyond-the-arguments sh -c '! grep -q "\"name\":\"beyond\"" alerts.ndjson'
check records-do-not-mix sh -c '! grep -q "\"name\":\"records\"" alerts.ndjson'
exit $failed
