/*
 * usual.c - guesses how often strings are met, from a sample of usual values and from how often bytes are.
 */
#include <string.h>

#include "ir.h"
#include "usual.h"

static const char anywhere_text[] =
	" c:\\windows\\system32\\ c:\\windows\\syswow64\\ c:\\program files (x86)\\ c:\\program files\\common files\\ c:\\users\\ "
	"\\appdata\\local\\ \\appdata\\roaming\\ \\microsoft\\windows\\ .exe\" -- .exe - .exe /c .dll \\device\\ \\??\\c:\\ /usr/bin/ "
	"/usr/lib/ /usr/share/ /etc/ /var/ /home/ /bin/sh -c nt authority\\system microsoft corporation "
	"http://www.microsoft.com https:// "
	"cmd.exe svchost.exe powershell.exe explorer.exe rundll32.exe chrome.exe high medium low true false "
	"--type=renderer --lang=en-us --service --system --port -embedding local process service system update default pipe "
	"file name all users window user aaaaaaaa 00000000 ffffffff software\\classes\\ currentversion\\ hklm\\ server client";

/* What programs are started with, in the same words as on most machines; numbers and names stand for others. */
static const char lines_text[] =
	"\"c:\\program files\\google\\chrome\\application\\chrome.exe\" --type=renderer "
	"--display-capture-permissions-policy-allowed --lang=en-us --device-scale-factor=1.25 --num-raster-threads=4 "
	"--enable-main-frame-before-activation --renderer-client-id=158 --time-ticks-at-unix-epoch=-1714000123456789 "
	"--launch-time-ticks=98765432101 --field-trial-handle=1936,i,10203040506070809,18293037465564738291,262144 "
	"--variations-seed-version --mojo-platform-channel-handle=2468 /prefetch:1 --no-appcompat-clear "
	"--gpu-preferences=waaaaaaaaadgaaamaaaa --utility-sub-type=network.mojom.networkservice --service-sandbox-type=none "
	"--extension-process \"c:\\program files (x86)\\microsoft\\edge\\application\\msedge.exe\" --single-argument "
	"https://www.example.com/index.html?id=1 --type=crashpad-handler "
	"\"--user-data-dir=c:\\users\\user\\appdata\\local\\microsoft\\edge\\user data\" /prefetch:4 "
	"--monitor-self-annotation=ptype=crashpad-handler --annotation=channel= --annotation=plat=win64 "
	"--initial-client-data=0x254 c:\\windows\\system32\\svchost.exe -k localservicenetworkrestricted -p -s eventlog -k "
	"netsvcs -p -s bits -k unistacksvcgroup c:\\windows\\system32\\dllhost.exe "
	"/processid:{3eb3c877-1f16-487c-9050-104dbcd66683} c:\\windows\\system32\\backgroundtaskhost.exe "
	"-servername:app.appxmtcan141hxyj8hgtp5cbnkjs0p9q7zs.mca \\??\\c:\\windows\\system32\\conhost.exe 0xffffffff "
	"-forcev1 c:\\windows\\system32\\runtimebroker.exe -embedding c:\\windows\\system32\\wbem\\wmiprvse.exe -secured "
	"-embedding \"c:\\windows\\system32\\searchprotocolhost.exe\" global\\usgthrfltpipemssgthrpipe12_ "
	"global\\usgthrctrlfltpipemssgthrpipe12 1 -2147483646 \"software\\microsoft\\windows search\" \"mozilla/4.0 "
	"(compatible; msie 6.0; windows nt; ms search 4.0 robot)\" "
	"\"c:\\programdata\\microsoft\\search\\data\\temp\\usgthrsvc\" \"downleveldaemon\" \"1\" searchfilterhost.exe 0 808 "
	"812 820 8192 816 taskhostw.exe install $(arg0) taskhostw.exe /runtask keyroaming werfault.exe -u -p 4321 -s 1234 "
	"wermgr.exe -upload c:\\windows\\system32\\msiexec.exe -embedding 0a1b2c3d4e5f60718293a4b5c6d7e8f9 e global\\msi0000 "
	"/i \"c:\\users\\user\\downloads\\setup.msi\" /qn /norestart \"c:\\program files\\windows defender\\mpcmdrun.exe\" "
	"-idletask -taskname wdcachemaintenance /v c:\\windows\\microsoft.net\\framework64\\v4.0.30319\\ngen.exe "
	"executequeueditems /nologo mscorsvw.exe -startupevent 1f4 -interruptevent 0 -ngenprocess 1ec -pipe 1fc -comment "
	"\"ngen worker process\" compattelrunner.exe -m:appraiser.dll "
	"\"c:\\users\\user\\appdata\\local\\microsoft\\teams\\current\\teams.exe\" --type=gpu-process "
	"--enable-features=webrtchidelocalips --no-sandbox --app-user-model-id=com.squirrel.teams.teams "
	"--app-path=\"c:\\program files\\app\\resources\\app.asar\" \"c:\\program files\\microsoft "
	"office\\root\\office16\\winword.exe\" /n \"c:\\users\\user\\documents\\report.docx\" /o \"\" \"c:\\program "
	"files\\java\\jdk-17\\bin\\java.exe\" -xms256m -xmx2g -xx:+usec1gc -dfile.encoding=utf-8 -cp "
	"lib\\app.jar;lib\\util.jar com.example.main --port 8080 --config conf\\server.xml \"c:\\python\\python.exe\" -m pip "
	"install -r requirements.txt \"c:\\program files\\git\\cmd\\git.exe\" -c core.quotepath=false -c color.ui=false "
	"status --porcelain -z -uall -- src/main.c git.exe rev-parse --show-toplevel log --format=%h -n 1 \"c:\\program "
	"files\\nodejs\\node.exe\" .\\node_modules\\.bin\\tool.js \"c:\\program files\\microsoft vs code\\code.exe\" "
	"--ms-enable-electron-run-as-node \"c:\\users\\user\\.vscode\\extensions\\lang\\dist\\server.js\" --node-ipc "
	"--clientprocessid=8640 c:\\windows\\system32\\cmd.exe /d /s /c \"npm run build\" cmd.exe /c ver powershell.exe "
	"-noprofile -noninteractive -executionpolicy bypass -file c:\\scripts\\check.ps1 -command \"get-service | "
	"where-object {$_.status -eq 'running'}\" msbuild.exe project.sln /m /nodemode:1 /t:build /p:configuration=release "
	"cl.exe /c /zi c:\\windows\\system32\\rundll32.exe shell32.dll,control_rundll schtasks.exe /query /fo csv /v reg.exe "
	"query hklm\\software\\app /s sc.exe query state= all net.exe use h: \\\\server\\share /persistent:yes ipconfig /all "
	"ping -n 1 10.0.0.1 tasklist /fi \"pid eq 1\" gpupdate.exe /target:computer wuauclt.exe /updatedeploymentprovider "
	"uhs.dll /classid updater.exe --wake --system \"c:\\program files\\vendor\\agent\\bin\\agent.exe\" /background "
	"/service -run --log-level=info --data \"c:\\programdata\\vendor\"";

enum { PLACES = 100 }; /* of a value where a string could begin */

struct ir_text
usual_text(enum usual which)
{
	static const struct ir_text texts[USUAL_COUNT] = {
		[USUAL_ANYWHERE] = { anywhere_text, sizeof(anywhere_text) - 1 },
		[USUAL_LINES] = { lines_text, sizeof(lines_text) - 1 },
	};

	return texts[which];
}

static double
byte_share(unsigned char byte)
{
	if ((byte >= 'a' && byte <= 'z') || byte == '\\' || byte == ' ')
		return 0.05;
	return (byte >= '-' && byte <= '9') ? 0.03 : 0.002;
}

int
usual_has(struct ir_text text)
{
	return memmem(anywhere_text, sizeof(anywhere_text) - 1, text.data, text.size) != NULL;
}

/* weight times how often these bytes are met in a row. */
static double
bytes_weight(struct ir_text text, double weight)
{
	for (unsigned i = 0; i < text.size && weight > 1e-9; i++)
		weight *= byte_share((unsigned char)text.data[i]);
	return weight;
}

double
usual_weight(struct ir_text text, int anywhere)
{
	double weight = bytes_weight(text, anywhere ? PLACES : 1);

	if (usual_has(text))
		return anywhere ? 1 : 0.3;
	return weight > 1 ? 1 : weight;
}

double
usual_places(struct ir_text text)
{
	return bytes_weight(text, PLACES);
}
