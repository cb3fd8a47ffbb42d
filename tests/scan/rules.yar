import "hash"
import "math"
import "pe"

rule marker
{
	meta:
		severity = "low"
	strings:
		$a = "RSNL_SCAN_MARKER"
		$wide = "rsnl_wide_marker" wide nocase
		$hex = { 52 53 4e 4c ?? 48 45 58 }
		$regex = /rsnl-[0-9]{3}-end/
	condition:
		any of them
}

rule program
{
	meta:
		severity = "informational"
	condition:
		pe.is_pe and pe.imports("kernel32.dll", "CreateFileW")
}

rule import_hash
{
	condition:
		pe.imphash() == "f94fbb633fbdd81a427c0072f61bef02"
}

rule signed
{
	condition:
		pe.number_of_signatures > 0
}

rule random
{
	meta:
		severity = "medium"
	condition:
		math.entropy(0, filesize) > 7.5
}

rule hashed
{
	meta:
		severity = "critical"
	condition:
		hash.sha256(0, filesize) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
}

private rule hidden
{
	condition:
		filesize > 0
}
