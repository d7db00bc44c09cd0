#include "textflag.h"
#include "go_asm.h"

// How 16 bytes of a sequence of 1 to 15 that repeats are taken from its first, and how far that is a whole number of
// times.
DATA cycles<>+0x00(SB)/8, $0x0000000000000000
DATA cycles<>+0x08(SB)/8, $0x0000000000000000
DATA cycles<>+0x10(SB)/8, $0x0100010001000100
DATA cycles<>+0x18(SB)/8, $0x0100010001000100
DATA cycles<>+0x20(SB)/8, $0x0100020100020100
DATA cycles<>+0x28(SB)/8, $0x0002010002010002
DATA cycles<>+0x30(SB)/8, $0x0302010003020100
DATA cycles<>+0x38(SB)/8, $0x0302010003020100
DATA cycles<>+0x40(SB)/8, $0x0201000403020100
DATA cycles<>+0x48(SB)/8, $0x0004030201000403
DATA cycles<>+0x50(SB)/8, $0x0100050403020100
DATA cycles<>+0x58(SB)/8, $0x0302010005040302
DATA cycles<>+0x60(SB)/8, $0x0006050403020100
DATA cycles<>+0x68(SB)/8, $0x0100060504030201
DATA cycles<>+0x70(SB)/8, $0x0706050403020100
DATA cycles<>+0x78(SB)/8, $0x0706050403020100
DATA cycles<>+0x80(SB)/8, $0x0706050403020100
DATA cycles<>+0x88(SB)/8, $0x0605040302010008
DATA cycles<>+0x90(SB)/8, $0x0706050403020100
DATA cycles<>+0x98(SB)/8, $0x0504030201000908
DATA cycles<>+0xa0(SB)/8, $0x0706050403020100
DATA cycles<>+0xa8(SB)/8, $0x04030201000a0908
DATA cycles<>+0xb0(SB)/8, $0x0706050403020100
DATA cycles<>+0xb8(SB)/8, $0x030201000b0a0908
DATA cycles<>+0xc0(SB)/8, $0x0706050403020100
DATA cycles<>+0xc8(SB)/8, $0x0201000c0b0a0908
DATA cycles<>+0xd0(SB)/8, $0x0706050403020100
DATA cycles<>+0xd8(SB)/8, $0x01000d0c0b0a0908
DATA cycles<>+0xe0(SB)/8, $0x0706050403020100
DATA cycles<>+0xe8(SB)/8, $0x000e0d0c0b0a0908
GLOBL cycles<>(SB), RODATA|NOPTR, $240
DATA steps<>+0(SB)/8, $0x100e0c0f100f1010
DATA steps<>+8(SB)/8, $0x000f0e0d0c0b0a09
GLOBL steps<>(SB), RODATA|NOPTR, $16

// Registers: SI next input, R11 the last place of it where a turn may start; DI next output, R12 the last place likewise,
// R13 the output's start; BX bits, CX how many of them are valid, of which only the low six bits count; R8 table of
// literals and lengths, indexed by R10 bits; R9 table of distances; AX the next entry.
//
// At top there are at least 28 valid bits: a length takes 20 and the index of a distance 8, or a literal 11 and the index
// of the next 11. From 56 on, two literals and a length take 42 and an index 8; a distance takes 28 and leaves 28.

// REFILL makes at least 56 bits valid.
#define REFILL(a, b) \
	SHLXQ CX, (SI), a; \
	ORQ   a, BX; \
	MOVL  CX, b; \
	SHRL  $3, b; \
	ANDL  $7, b; \
	SUBQ  b, SI; \
	ADDQ  $7, SI; \
	ORL   $56, CX

// NEXT looks the next entry up.
#define NEXT \
	BZHIQ R10, BX, AX; \
	MOVL  (R8)(AX*4), AX

// TAKE takes the entry's bits; R15 keeps them.
#define TAKE \
	MOVQ  BX, R15; \
	SHRXQ AX, BX, BX; \
	SUBL  AX, CX; \
	TESTB AX, AX

// LITERALS writes an entry's one literal or two.
#define LITERALS \
	MOVL AX, DX; \
	SHRL $16, DX; \
	MOVW DX, (DI); \
	BTL  $15, AX; \
	ADCQ $1, DI

// func runBMI2(lit, dist *uint32, c *cursor, litWidth uint, inLast, outLast int) verdict
TEXT ·runBMI2(SB), NOSPLIT, $8-56
	MOVQ lit+0(FP), R8
	MOVQ dist+8(FP), R9
	MOVQ c+16(FP), DX
	MOVQ litWidth+24(FP), R10
	MOVQ cursor_in(DX), SI
	MOVQ SI, R11
	ADDQ inLast+32(FP), R11
	ADDQ cursor_pos(DX), SI
	MOVQ cursor_out(DX), R13
	MOVQ R13, R12
	ADDQ outLast+40(FP), R12
	MOVQ R13, DI
	ADDQ cursor_n(DX), DI
	MOVQ cursor_bits(DX), BX
	MOVQ cursor_have(DX), CX
	CMPQ SI, R11
	JGT  halt
	REFILL(DX, AX)
	NEXT

top:
	CMPQ SI, R11
	JGT  halt
	CMPQ DI, R12
	JGT  halt
	TAKE
	JPL  notliteral
	LITERALS
	NEXT
	REFILL(DX, R14)
	TAKE
	JPL  notliteral
	LITERALS
	NEXT
	TAKE
	JPL  notliteral
	LITERALS
	NEXT
	JMP  top

notliteral:
	TESTB $const_specialFlag, AX
	JNE   special

length:
	BZHIQ   AX, R15, DX
	MOVBLZX BX, R15
	MOVL    (R9)(R15*4), R15 // entry of the distance
	MOVL    AX, R14
	SHRL    $24, R14
	MOVB    R14, (DI)        // the literal before it, if there is one
	BTL     $15, AX
	ADCQ    $0, DI
	MOVL    AX, R14
	SHRL    $8, R14
	SHRXQ   R14, DX, DX
	SHRL    $16, AX
	MOVBLZX AX, AX
	LEAQ    3(DX)(AX*1), DX
	REFILL(R14, AX)
	TESTB   $const_specialFlag, R15
	JNE     specialdistance

distance:
	MOVQ  BX, R14
	SHRXQ R15, BX, BX
	SUBL  R15, CX
	NEXT
	BZHIQ R15, R14, R14
	SHRL  $8, R15
	SHRXQ R15, R14, R14
	SHRL  $8, R15
	ADDQ  R14, R15
	MOVQ  DI, R14
	SUBQ  R15, R14 // from where
	CMPQ  R14, R13
	JLT   damage
	ADDQ  DI, DX   // to where
	CMPQ  R15, $16
	JCS   near
	MOVOU (R14), X0
	MOVOU X0, (DI)
	ADDQ  $16, DI
	CMPQ  DI, DX
	JCC   copied

copy:
	ADDQ  $16, R14
	MOVOU (R14), X0
	MOVOU X0, (DI)
	ADDQ  $16, DI
	CMPQ  DI, DX
	JCS   copy

copied:
	MOVQ DX, DI
	JMP  top

near:
	MOVOU   (R14), X0
	LEAQ    steps<>(SB), R14
	ADDQ    R15, R14
	SHLQ    $4, R15
	LEAQ    cycles<>(SB), BP
	PSHUFB  -16(BP)(R15*1), X0
	MOVBLZX -1(R14), R14

cycle:
	MOVOU X0, (DI)
	ADDQ  R14, DI
	CMPQ  DI, DX
	JCS   cycle
	JMP   copied

special:
	BTL     $14, AX
	JCC     last
	MOVL    AX, R14
	SHRL    $8, R14
	ANDL    $31, R14
	BZHIQ   R14, BX, DX
	SHRL    $16, AX
	ADDL    AX, DX
	ANDL    $(const_litSize-1), DX
	MOVL    (R8)(DX*4), AX
	TAKE
	JPL     longlength
	LITERALS
	REFILL(DX, R14)
	NEXT
	JMP     top

longlength:
	TESTB $const_specialFlag, AX
	JEQ   length

last:
	BTL  $13, AX
	JCC  damage
	MOVQ $const_ended, AX
	JMP  done

specialdistance:
	BTL   $14, R15
	JCC   damage
	SHRQ  $const_distBits, BX
	SUBL  $const_distBits, CX
	MOVL  R15, R14
	SHRL  $8, R14
	ANDL  $31, R14
	BZHIQ R14, BX, R14
	SHRL  $16, R15
	ADDL  R15, R14
	ANDL  $(const_distSize-1), R14
	MOVL  (R9)(R14*4), R15
	TESTB $const_specialFlag, R15
	JEQ   distance

damage:
	MOVQ $const_damaged, AX
	JMP  done

halt:
	MOVQ $const_halted, AX

done:
	MOVQ AX, ret+48(FP)
	MOVQ c+16(FP), DX
	SUBQ cursor_in(DX), SI
	MOVQ SI, cursor_pos(DX)
	SUBQ R13, DI
	MOVQ DI, cursor_n(DX)
	MOVQ BX, cursor_bits(DX)
	ANDL $63, CX
	MOVQ CX, cursor_have(DX)
	RET
