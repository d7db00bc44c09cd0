#include "textflag.h"

// How often each of 32 bytes counts.
DATA weights<>+0(SB)/8, $0x191a1b1c1d1e1f20
DATA weights<>+8(SB)/8, $0x1112131415161718
DATA weights<>+16(SB)/8, $0x090a0b0c0d0e0f10
DATA weights<>+24(SB)/8, $0x0102030405060708
GLOBL weights<>(SB), RODATA|NOPTR, $32

// ACROSS adds up the lanes of y, whose lower half is x, into reg.
#define ACROSS(y, x, reg) \
	VEXTRACTI128 $1, y, X6; \
	VPADDD X6, x, x; \
	VPSHUFD $0x4e, x, X6; \
	VPADDD X6, x, x; \
	VPSHUFD $0xb1, x, X6; \
	VPADDD X6, x, x; \
	VMOVD x, reg

// func adlerAVX2(p *byte, n int) (sum, weighted uint32)
TEXT ·adlerAVX2(SB), NOSPLIT, $0-24
	MOVQ     p+0(FP), SI
	MOVQ     n+8(FP), CX
	VMOVDQU  weights<>(SB), Y4
	VPCMPEQW Y5, Y5, Y5
	VPSRLW   $15, Y5, Y5 // ones
	VPXOR    Y3, Y3, Y3
	VPXOR    Y0, Y0, Y0  // sum
	VPXOR    Y1, Y1, Y1  // sums before each 32 bytes, added up
	VPXOR    Y2, Y2, Y2  // weighted sums within 32 bytes

next:
	VMOVDQU    (SI), Y6
	VPADDD     Y0, Y1, Y1
	VPSADBW    Y3, Y6, Y7
	VPADDD     Y7, Y0, Y0
	VPMADDUBSW Y4, Y6, Y6
	VPMADDWD   Y5, Y6, Y6
	VPADDD     Y6, Y2, Y2
	ADDQ       $32, SI
	SUBQ       $32, CX
	JNE        next
	VPSLLD     $5, Y1, Y1
	VPADDD     Y1, Y2, Y2
	ACROSS(Y0, X0, AX)
	ACROSS(Y2, X2, BX)
	VZEROUPPER
	MOVL AX, sum+16(FP)
	MOVL BX, weighted+20(FP)
	RET
