# tools/windows-check.ps1 [-Rsnl rsnl.exe] [-Pack FILE] [-Seconds 60] - causes an event of each kind on this Windows
# machine while rsnl.exe runs, and prints which of them it saw, as a table to paste into an issue.
#
# Makes a file, a key of the registry, a scheduled task, a WMI subscription and a service of its own, all named
# rsnl-check, and removes them again; script and module logging of PowerShell are on while it runs.
#Requires -RunAsAdministrator
param([string]$Rsnl = '.\rsnl.exe', [string]$Pack, [int]$Seconds = 60)
$ErrorActionPreference = 'Continue'
$work = New-Item -ItemType Directory -Force (Join-Path $env:TEMP 'rsnl-check')
$seen = Join-Path $work 'seen.txt'
$config = Join-Path $work 'rsnl.yaml'
Set-Content $config 'sources: {kinds: all}'

# Kind, what its line must have, and what causes it.
$rows = [ordered]@{}
function Row($kind, $pattern, [scriptblock]$cause) { $rows[$kind] = @{Pattern = $pattern; Cause = $cause} }

Add-Type -Namespace Check -Name Native -MemberDefinition @'
[DllImport("kernel32")] public static extern IntPtr OpenProcess(uint access, bool inherit, int pid);
[DllImport("kernel32")] public static extern IntPtr GetModuleHandle(string name);
[DllImport("kernel32")] public static extern IntPtr GetProcAddress(IntPtr module, string name);
[DllImport("kernel32")] public static extern IntPtr CreateRemoteThread(IntPtr process, IntPtr security, UIntPtr stack,
	IntPtr start, IntPtr parameter, uint flags, IntPtr id);
'@
$policy = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\PowerShell'
$logging = @{ScriptBlockLogging = 'EnableScriptBlockLogging'; ModuleLogging = 'EnableModuleLogging'}
$had = @{}
foreach ($name in $logging.Keys) {
	$had[$name] = Test-Path "$policy\$name"
	New-Item -Force "$policy\$name" | Out-Null
	Set-ItemProperty "$policy\$name" $logging[$name] 1
}
New-Item -Force "$policy\ModuleLogging\ModuleNames" | Out-Null
Set-ItemProperty "$policy\ModuleLogging\ModuleNames" '*' '*'

Row process_start 'rsnl-check-start' { cmd /c 'echo rsnl-check-start' }
Row process_exit 'cmd\.exe' { cmd /c 'exit 7' }
Row image_load 'ImageLoaded=' { cmd /c ver }
Row file_create 'rsnl-check\\+made\.txt' { Set-Content "$work\made.txt" x }
Row file_rename 'rsnl-check\\+renamed\.txt' { Move-Item -Force "$work\made.txt" "$work\renamed.txt" }
Row file_delete 'rsnl-check\\+renamed\.txt' { Remove-Item "$work\renamed.txt" }
Row registry_add 'rsnl-check' { New-Item -Force 'HKCU:\Software\rsnl-check' }
Row registry_set 'rsnl-check.*DWORD \(0x00000007\)' { Set-ItemProperty 'HKCU:\Software\rsnl-check' value 7 -Type DWord }
Row registry_delete 'rsnl-check' { Remove-Item -Recurse 'HKCU:\Software\rsnl-check' }
Row pipe_created 'rsnl-check-pipe' { (New-Object IO.Pipes.NamedPipeServerStream 'rsnl-check-pipe').Dispose() }
Row network_connect 'DestinationPort=50607' {
	($listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 50607)).Start()
	[Net.Sockets.TcpClient]::new('127.0.0.1', 50607).Dispose()
	$listener.Stop()
}
Row dns_query 'rsnl-check\.example' { Resolve-DnsName rsnl-check.example -ErrorAction SilentlyContinue }
Row ps_script 'rsnl-check-script' { powershell -NoProfile -Command "'rsnl-check-script'" }
Row ps_module 'Write-Output' { powershell -NoProfile -Command "Write-Output rsnl-check-module" }
Row wmi_activity 'rsnl-check' { Get-CimInstance Win32_Service -Filter "Name='rsnl-check'" }
Row wmi_event 'rsnl-check' {
	$in = @{Namespace = 'root\subscription'}
	$filter = New-CimInstance @in -ClassName __EventFilter -Property @{Name = 'rsnl-check'; QueryLanguage = 'WQL'
		EventNamespace = 'root\cimv2'; Query = "SELECT * FROM Win32_VolumeChangeEvent WHERE DriveName='rsnl-check'"}
	$consumer = New-CimInstance @in -ClassName CommandLineEventConsumer -Property @{Name = 'rsnl-check'
		CommandLineTemplate = 'cmd.exe /c rem'}
	$binding = New-CimInstance @in -ClassName __FilterToConsumerBinding -Property @{
		Filter = [ref]$filter; Consumer = [ref]$consumer}
	Start-Sleep 3
	$binding, $consumer, $filter | Remove-CimInstance
}
Row task_event 'rsnl-check' {
	schtasks /create /f /tn rsnl-check /sc once /st 23:59 /tr 'cmd.exe /c rem'
	schtasks /run /tn rsnl-check
	schtasks /delete /f /tn rsnl-check
}
Row process_access 'GrantedAccess=0x1FFFFF' {
	$script:child = Start-Process -PassThru -WindowStyle Hidden ping '-n 20 127.0.0.1'
	Start-Sleep 1
	$script:handle = [Check.Native]::OpenProcess(0x1fffff, $false, $script:child.Id) }
Row create_remote_thread 'TargetImage=.*ping' {
	$sleep = [Check.Native]::GetProcAddress([Check.Native]::GetModuleHandle('kernel32'), 'Sleep')
	$zero = [IntPtr]::Zero
	[Check.Native]::CreateRemoteThread($script:handle, $zero, [UIntPtr]::Zero, $sleep, $zero, 0, $zero) }
Row recorded 'rsnl-check' {
	New-Service rsnl-check -BinaryPathName 'C:\Windows\System32\cmd.exe'; sc.exe delete rsnl-check
}

$arguments = @('run', '--config', "`"$config`"", '--pretty', '--events', '--for', "${Seconds}s")
if ($Pack) { $arguments += @('-p', "`"$Pack`"") }
$agent = Start-Process $Rsnl $arguments -PassThru -NoNewWindow -RedirectStandardOutput $seen `
	-RedirectStandardError "$work\errors.txt"
Start-Sleep 10
foreach ($kind in $rows.Keys) { try { & $rows[$kind].Cause *>&1 | Out-Null } catch { $rows[$kind].Failed = "$_" } }
$agent.WaitForExit()
foreach ($name in $logging.Keys) { if (-not $had[$name]) { Remove-Item -Recurse "$policy\$name" } }
$lines = @(Get-Content $seen)
"$(& $Rsnl --version), Windows $([Environment]::OSVersion.Version), exit $($agent.ExitCode), $($lines.Count) lines"
"`n| kind | seen | first line |`n| --- | --- | --- |"
foreach ($kind in $rows.Keys) {
	$found = @($lines -match "\b$kind\b" -match $rows[$kind].Pattern)
	$first = if ($found) { $found[0] } elseif ($rows[$kind].Failed) { "not caused: $($rows[$kind].Failed)" } else { '' }
	$first = $first.Substring(0, [Math]::Min(160, $first.Length)) -replace '\|', '/'
	"| $kind | $(if ($found) { $found.Count } else { 'NO' }) | $first |"
}
"`n" + (Get-Content "$work\errors.txt" -Raw)
