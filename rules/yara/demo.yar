/* A harmless marker: any program or script that holds it is reported. tools/demo starts one. */
rule marker_string
{
	meta:
		description = "Marker text that only tests of rsnl hold"
		level = "high"
	strings:
		$a = "RSNL_TEST_MARKER"
	condition:
		$a
}
