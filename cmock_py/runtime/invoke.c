/* invoke.c - call any C function by address, with arguments that Python has sorted into registers and stack words.
 *
 * System V AMD64 ABI 3.2.3: integers and pointers fill rdi, rsi, rdx, rcx, r8, r9; floating values fill xmm0 to xmm7;
 * what is left, every long double and every struct that finds no registers go to the stack in order. One call with all
 * of them filled serves every signature: a callee reads only what its prototype has. Python knows which of rax, rdx,
 * xmm0 and xmm1 bring the result, so all four are kept. In assembly, since C has no call with a number of stack words
 * that is known only now.
 */
#include "internal.h"

#include <errno.h>
#include <stddef.h>

/* What the instructions below say in numbers. */
_Static_assert(offsetof(struct cmk_mailbox, function) == 0, "[rbx]");
_Static_assert(offsetof(struct cmk_mailbox, returns) == 8, "8[rbx]");
_Static_assert(offsetof(struct cmk_mailbox, result) == 24, "24[rbx]");
_Static_assert(offsetof(struct cmk_mailbox, gpr) == 56, "56[rbx]");
_Static_assert(offsetof(struct cmk_mailbox, xmm) == 104, "104[rbx]");
_Static_assert(offsetof(struct cmk_mailbox, stack_words) == 168, "168[rbx]");
_Static_assert(offsetof(struct cmk_mailbox, stack) == 176, "176[rbx]");
_Static_assert(CMK_RETURNS_REGISTERS == 0 && CMK_RETURNS_LONG_DOUBLE == 1, "cmp");

void cmk_enter(struct cmk_mailbox *box);

/* A frame with rbp, so that a backtrace from the callee finds its way; the stack words begin at a multiple of 16. For a
 * variadic callee al says how many vector registers are used. `returns` is kept, as the callee may use the mailbox. */
__asm__(".pushsection .text\n"
        ".globl cmk_enter\n"
        ".hidden cmk_enter\n"
        ".type cmk_enter, @function\n"
        "cmk_enter:\n"
        "    .cfi_startproc\n"
        "    pushq %rbp\n"
        "    .cfi_def_cfa_offset 16\n"
        "    .cfi_offset %rbp, -16\n"
        "    movq %rsp, %rbp\n"
        "    .cfi_def_cfa_register %rbp\n"
        "    pushq %rbx\n"
        "    .cfi_offset %rbx, -24\n"
        "    movq %rdi, %rbx\n"
        "    pushq 8(%rbx)\n"
        "    movq 168(%rbx), %rcx\n"
        "    leaq 8(,%rcx,8), %rax\n"
        "    andq $-16, %rax\n"
        "    subq %rax, %rsp\n"
        "    leaq 176(%rbx), %rsi\n"
        "    movq %rsp, %rdi\n"
        "    rep movsq\n"
        "    movsd 104(%rbx), %xmm0\n"
        "    movsd 112(%rbx), %xmm1\n"
        "    movsd 120(%rbx), %xmm2\n"
        "    movsd 128(%rbx), %xmm3\n"
        "    movsd 136(%rbx), %xmm4\n"
        "    movsd 144(%rbx), %xmm5\n"
        "    movsd 152(%rbx), %xmm6\n"
        "    movsd 160(%rbx), %xmm7\n"
        "    movq 56(%rbx), %rdi\n"
        "    movq 64(%rbx), %rsi\n"
        "    movq 72(%rbx), %rdx\n"
        "    movq 80(%rbx), %rcx\n"
        "    movq 88(%rbx), %r8\n"
        "    movq 96(%rbx), %r9\n"
        "    movl $8, %eax\n"
        "    call *(%rbx)\n"
        "    cmpq $1, -16(%rbp)\n"
        "    jae 1f\n"
        "    movq %rax, 24(%rbx)\n"
        "    movq %rdx, 32(%rbx)\n"
        "    movsd %xmm0, 40(%rbx)\n"
        "    movsd %xmm1, 48(%rbx)\n"
        "    jmp 2f\n"
        "1:  fstpt 24(%rbx)\n"
        "    je 2f\n"
        "    fstpt 40(%rbx)\n"
        "2:  leaq -8(%rbp), %rsp\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    .cfi_def_cfa %rsp, 8\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size cmk_enter, . - cmk_enter\n"
        ".popsection\n");

void cmk_invoke(struct cmk_mailbox *box)
{
    errno = (int)box->error;
    cmk_enter(box);
    box->error = (uint64_t)(int64_t)errno;
}
