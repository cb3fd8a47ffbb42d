/* embedded.S - the bytes of the files that embed.def names. */
#define EMBED(symbol, path) .globl embedded_##symbol, embedded_##symbol##_end; \
	embedded_##symbol: .incbin path; embedded_##symbol##_end: .byte 0;
	.section .rodata
#include "embed.def"
	.section .note.GNU-stack, "", %progbits
