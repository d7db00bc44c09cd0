#include "go_asm.h"
#include "textflag.h"

// The four grams that start at the first four bytes of each half.
DATA spread<>+0(SB)/8, $0x0403020103020100
DATA spread<>+8(SB)/8, $0x0605040305040302
DATA spread<>+16(SB)/8, $0x0807060507060504
DATA spread<>+24(SB)/8, $0x0a09080709080706
GLOBL spread<>(SB), RODATA|NOPTR, $32

// EIGHT tests the grams that start at the eight bytes from off on and sets the low bits of reg, one for each that passed.
// Y0 holds the folded grams, Y1 their hashes, Y2 the fourth byte, mixed; Y3 indexes heads and Y4 words.
#define EIGHT(off, reg) \
	VBROADCASTI128 off(SI), Y0; \
	VPSHUFB Y10, Y0, Y0; \
	VPOR Y11, Y0, Y0; \
	VPMULLD Y12, Y0, Y1; \
	VPSRLD $1, Y0, Y2; \
	VPXOR Y0, Y2, Y2; \
	VPSRLD $24, Y2, Y2; \
	VPSRLD $21, Y1, Y3; \
	VPSRLD $5, Y2, Y4; \
	VPAND Y14, Y4, Y4; \
	VPADDD Y3, Y4, Y4; \
	VPADDD Y3, Y4, Y4; \
	VPCMPEQD Y6, Y6, Y6; \
	VPCMPEQD Y9, Y9, Y9; \
	VPGATHERDD Y6, (DI)(Y4*4), Y7; \
	VPGATHERDD Y9, (R8)(Y3*4), Y8; \
	VPSRLD $16, Y1, Y5; \
	VPAND Y13, Y5, Y5; \
	VPAND Y13, Y2, Y2; \
	VPSRLVD Y2, Y7, Y7; \
	VPSRLVD Y5, Y8, Y8; \
	VPAND Y7, Y8, Y8; \
	VPSLLD $31, Y8, Y8; \
	VMOVMSKPS Y8, reg

// func gramsAVX2(p *byte, n int, f *filter, out *uint32)
TEXT ·gramsAVX2(SB), NOSPLIT, $0-32
	MOVQ         p+0(FP), SI
	MOVQ         n+8(FP), CX
	MOVQ         f+16(FP), DI
	MOVQ         out+24(FP), R9
	LEAQ         filter_heads(DI), R8
	VMOVDQU      spread<>(SB), Y10
	MOVL         $const_foldBits, AX
	VMOVD        AX, X11
	VPBROADCASTD X11, Y11
	MOVL         $const_wordPrime, AX
	VMOVD        AX, X12
	VPBROADCASTD X12, Y12
	VPCMPEQD     Y13, Y13, Y13
	VPSRLD       $27, Y13, Y13 // 31
	VPSRLD       $4, Y13, Y14  // 1

loop:
	EIGHT(0, AX)
	EIGHT(8, BX)
	EIGHT(16, DX)
	EIGHT(24, R10)
	SHLL $8, BX
	SHLL $16, DX
	SHLL $24, R10
	ORL  BX, AX
	ORL  DX, AX
	ORL  R10, AX
	MOVL AX, (R9)
	ADDQ $4, R9
	ADDQ $32, SI
	SUBQ $32, CX
	JNE  loop
	VZEROUPPER
	RET

// func linesAVX2(p *byte, n, k int) (at, left int, mask uint32)
TEXT ·linesAVX2(SB), NOSPLIT, $0-44
	MOVQ         p+0(FP), SI
	MOVQ         n+8(FP), CX
	MOVQ         k+16(FP), DX
	XORQ         R8, R8
	MOVL         $0x0a, AX
	VMOVD        AX, X1
	VPBROADCASTB X1, Y1

next:
	VPCMPEQB  (SI)(R8*1), Y1, Y0
	VPMOVMSKB Y0, AX
	POPCNTL   AX, BX
	CMPQ      BX, DX
	JGE       found
	SUBQ      BX, DX
	ADDQ      $32, R8
	CMPQ      R8, CX
	JLT       next
	XORL      AX, AX

found:
	VZEROUPPER
	MOVQ R8, at+24(FP)
	MOVQ DX, left+32(FP)
	MOVL AX, mask+40(FP)
	RET

// func breaksAVX2(p *byte, n int, breaks, cuts *uint32)
TEXT ·breaksAVX2(SB), NOSPLIT, $0-32
	MOVQ         p+0(FP), SI
	MOVQ         n+8(FP), CX
	MOVQ         breaks+16(FP), DI
	MOVQ         cuts+24(FP), R8
	MOVL         $0x0a, AX
	VMOVD        AX, X1
	VPBROADCASTB X1, Y1
	MOVL         $const_cutMask, AX
	VMOVD        AX, X2
	VPBROADCASTB X2, Y2

breaks:
	VPCMPEQB  (SI), Y1, Y0
	VPMOVMSKB Y0, AX
	MOVL      AX, (DI)
	VMOVDQU   -1(SI), Y3
	VMOVDQU   -2(SI), Y4
	VMOVDQU   -3(SI), Y5
	VPADDB    Y4, Y3, Y3
	VPADDB    Y4, Y4, Y4
	VPADDB    Y4, Y3, Y3 // b1 + 3*b2
	VPADDB    Y5, Y3, Y3
	VPADDB    Y5, Y5, Y5
	VPADDB    Y5, Y5, Y5
	VPADDB    Y5, Y3, Y3 // + 5*b3
	VPAND     Y2, Y3, Y3
	VPCMPEQB  Y2, Y3, Y3
	VPMOVMSKB Y3, BX
	ANDL      AX, BX
	MOVL      BX, (R8)
	ADDQ      $32, SI
	ADDQ      $4, DI
	ADDQ      $4, R8
	SUBQ      $32, CX
	JNE       breaks
	VZEROUPPER
	RET
