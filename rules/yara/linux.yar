/* Programs and scripts that deserve a look on a Linux machine. */

rule elf_packed_with_upx
{
	meta:
		description = "ELF program packed with UPX; system packages are not"
		level = "medium"
	strings:
		$magic = "UPX!"
		$note = "This file is packed with the UPX executable packer"
	condition:
		uint32be(0) == 0x7f454c46 and ($note or ($magic in (0..1024) and $magic in (filesize - 1024..filesize)))
}

rule elf_packed_without_sections
{
	meta:
		description = "ELF program without a section table whose segments are writable and executable"
		level = "medium"
	condition:
		uint32be(0) == 0x7f454c46 and uint8(4) == 2 and uint16(60) == 0 and uint16(56) > 0 and
		for any i in (0..uint16(56) - 1):
			(uint32(uint32(32) + 56 * i) == 1 and (uint32(uint32(32) + 56 * i + 4) & 3) == 3)
}

rule reverse_shell_script
{
	meta:
		description = "Short script that ties a shell to a network socket"
		level = "high"
	strings:
		$bash = /[0-9&]?[<>]+&? ?\/dev\/(tcp|udp)\/[^ \/\n]{1,64}\/[0-9]{1,5}/
		$python_socket = "socket.socket("
		$python_dup = "os.dup2("
		$python_shell = /(pty\.spawn|subprocess\.(call|run|Popen))\(\s*\[?\s*["']\/bin\/(ba)?sh/
		$netcat = /\b(nc|ncat|netcat)\b[^\n]{0,64} (-e|-c|--exec) ?\/bin\/(ba|da)?sh/
		$pipe = /mkfifo [^\n]{1,64}\n?[^\n]{0,128}\/bin\/(ba)?sh -i[^\n]{0,64}\bnc\b/
	condition:
		filesize < 64KB and uint32be(0) != 0x7f454c46 and
		($bash or ($python_socket and $python_dup and $python_shell) or $netcat or $pipe)
}

rule php_web_shell
{
	meta:
		description = "PHP file that runs what a request sends"
		level = "high"
	strings:
		$php = "<?"
		$run = /\b(eval|assert|system|passthru|shell_exec|exec|popen|proc_open)\s*\(\s*(@|base64_decode\s*\(\s*|gzinflate\s*\(\s*|str_rot13\s*\(\s*)*\$_(GET|POST|REQUEST|COOKIE)\s*\[/ nocase
		$backtick = /`\s*\$_(GET|POST|REQUEST|COOKIE)\s*\[/
	condition:
		filesize < 1MB and $php in (0..256) and ($run or $backtick)
}

rule coin_miner
{
	meta:
		description = "Program that mines coins for a pool"
		level = "medium"
	strings:
		$pool1 = "stratum+tcp://"
		$pool2 = "stratum+ssl://"
		$option1 = "--donate-level"
		$option2 = "--randomx-"
		$option3 = "\"mining.subscribe\""
		$option4 = "cryptonight"
	condition:
		filesize < 32MB and any of ($pool*) and any of ($option*)
}
