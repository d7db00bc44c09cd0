#include "textflag.h"

// func masksAVX2(p *byte, n int, q *questions, pairs, base, list *uint32)
TEXT ·masksAVX2(SB), NOSPLIT, $0-48
	MOVQ    p+0(FP), SI
	MOVQ    n+8(FP), CX
	MOVQ    q+16(FP), DX
	MOVQ    pairs+24(FP), R8
	MOVQ    base+32(FP), R9
	MOVQ    list+40(FP), R10
	VMOVDQU (DX), Y8     // first byte of a pair: low nibble, high nibble
	VMOVDQU 32(DX), Y9
	VMOVDQU 64(DX), Y10  // second byte
	VMOVDQU 96(DX), Y11
	VMOVDQU 128(DX), Y12 // base
	VMOVDQU 160(DX), Y13
	VMOVDQU 192(DX), Y14 // list
	VMOVDQU 224(DX), Y15
	VMOVDQU 256(DX), Y7  // 0x0f
	VPXOR   Y6, Y6, Y6

loop:
	VMOVDQU   (SI), Y0
	VMOVDQU   1(SI), Y1
	VPAND     Y7, Y0, Y2
	VPSRLW    $4, Y0, Y3
	VPAND     Y7, Y3, Y3
	VPAND     Y7, Y1, Y4
	VPSRLW    $4, Y1, Y5
	VPAND     Y7, Y5, Y5
	VPSHUFB   Y2, Y8, Y0
	VPSHUFB   Y3, Y9, Y1
	VPAND     Y1, Y0, Y0
	VPSHUFB   Y4, Y10, Y1
	VPAND     Y1, Y0, Y0
	VPSHUFB   Y5, Y11, Y1
	VPAND     Y1, Y0, Y0
	VPCMPEQB  Y6, Y0, Y0
	VPMOVMSKB Y0, AX
	NOTL      AX
	MOVL      AX, (R8)
	VPSHUFB   Y2, Y12, Y0
	VPSHUFB   Y3, Y13, Y1
	VPAND     Y1, Y0, Y0
	VPCMPEQB  Y6, Y0, Y0
	VPMOVMSKB Y0, AX
	NOTL      AX
	MOVL      AX, (R9)
	VPSHUFB   Y2, Y14, Y0
	VPSHUFB   Y3, Y15, Y1
	VPAND     Y1, Y0, Y0
	VPCMPEQB  Y6, Y0, Y0
	VPMOVMSKB Y0, AX
	NOTL      AX
	MOVL      AX, (R10)
	ADDQ      $32, SI
	ADDQ      $4, R8
	ADDQ      $4, R9
	ADDQ      $4, R10
	SUBQ      $32, CX
	JNZ       loop
	VZEROUPPER
	RET
