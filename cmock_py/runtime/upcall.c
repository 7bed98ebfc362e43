/* upcall.c - a thread of the SUT waits for a Python function: to answer a mock, or behind a function pointer that stands
 * for it.
 *
 * The main thread asks in the place of an answer to the request that it serves, and serves what Python asks back, so
 * both nest. Any other thread posts and sleeps. Nothing is allocated: an upcall lies in the arena while it lasts. */
#include "internal.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define UPCALLS ((struct cmk_upcall *)CMK_AT(CMK_UPCALLS))
#define POSTS ((uint64_t *)CMK_AT(CMK_POSTS))

void cmk_forget_upcalls(void)
{
    for (unsigned i = 0; i < CMK_UPCALL_COUNT; i++) {
        UPCALLS[i].state = CMK_FREE;
        POSTS[i] = 0;
    }
    CMK->posts = 0;
    CMK->posts_taken = 0;
    CMK->threaded = 0;
}

/* Python nests less deep than there is room, so when all are taken it is by threads, and one will be done. */
static struct cmk_upcall *new_upcall(void)
{
    for (;;) {
        for (unsigned i = 0; i < CMK_UPCALL_COUNT; i++) {
            uint64_t unused = CMK_FREE;

            if (__atomic_compare_exchange_n(&UPCALLS[i].state, &unused, CMK_TAKEN, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
                return &UPCALLS[i];
        }
        sched_yield();
    }
}

/* Python wakes us; the time is for the case that it has been killed in between, or has no such system call. */
static void sleep_until_answered(const struct cmk_upcall *upcall)
{
    static const struct timespec moment = { 0, 50000000 };

    while (__atomic_load_n(&upcall->state, __ATOMIC_ACQUIRE) == CMK_POSTED)
        syscall(SYS_futex, &upcall->state, FUTEX_WAIT, CMK_POSTED, &moment, NULL, 0);
}

static void post_upcall(struct cmk_upcall *upcall)
{
    uint64_t one = 1, number = (uint64_t)(upcall - UPCALLS);
    uint64_t place = __atomic_fetch_add(&CMK->posts, 1, __ATOMIC_ACQ_REL) % CMK_UPCALL_COUNT;

    upcall->state = CMK_POSTED;
    __atomic_store_n(&POSTS[place], number + 1, __ATOMIC_RELEASE);
    syscall(SYS_write, CMK_FD_FROM_CHILD, &one, sizeof one);
    sleep_until_answered(upcall);
    if (__atomic_load_n(&CMK->stopping, __ATOMIC_ACQUIRE))
        cmk_park();
}

/* Come back with the answer, errno as it was, or not at all. */
static void await_python(struct cmk_upcall *upcall, uint64_t function, uint64_t record)
{
    int error = errno;

    upcall->answer = 0;
    if (cmk_thread() != 0 || !cmk_ask((uint64_t)(upcall - UPCALLS)))
        post_upcall(upcall);
    if (upcall->answer == 0)
        cmk_stop(CMK_RAISED, function, record);
    errno = error;
}

static void free_upcall(struct cmk_upcall *upcall)
{
    __atomic_store_n(&upcall->state, CMK_FREE, __ATOMIC_RELEASE);
}

const uint64_t *cmk_compute(struct cmk_call *call, const struct cmk_record *record)
{
    struct cmk_upcall *upcall;
    const uint64_t *words;

    if (cmk_is_stranger())      /* Python waits for the child only: there is no answer for this process */
        cmk_stop(CMK_UNEXPECTED, call->function, call->record);
    upcall = new_upcall();
    upcall->thunk = 0;
    upcall->function = call->function;
    upcall->record = call->record;
    upcall->at = (uint64_t)record - CMK_BASE - CMK_TRACE;
    await_python(upcall, call->function, call->record);
    words = CMK_AT(upcall->answer);
    free_upcall(upcall);
    call->flags = *words++;
    return words;
}

/* A thunk was called: what a function pointer that stands for a Python function points to. */
void cmk_thunk_called(uint64_t thunk, struct cmk_registers *registers, const uint64_t *stack);
void cmk_thunk_called(uint64_t thunk, struct cmk_registers *registers, const uint64_t *stack)
{
    struct cmk_upcall *upcall;

    if (cmk_is_stranger())
        cmk_stop(CMK_UNEXPECTED, ~0UL, ~0UL);
    upcall = new_upcall();
    upcall->thunk = thunk + 1;
    upcall->function = ~0UL;
    upcall->stack = (uint64_t)stack;
    upcall->registers = *registers;
    await_python(upcall, ~0UL, ~0UL);
    *registers = upcall->registers;
    free_upcall(upcall);
}

/* System V AMD64 ABI 3.2.3. Each thunk pushes its number; behind it all are one function, which saves the registers
 * that carry arguments as a struct cmk_registers. rsp is a multiple of 16 where that function calls C. */
__asm__(
    ".pushsection .text\n"
    ".balign 16\n"
    ".globl cmk_thunks\n"
    ".hidden cmk_thunks\n"
    ".type cmk_thunks, @function\n"
    "cmk_thunks:\n"
    ".set cmk_thunk_number, 0\n"
    ".rept 256\n"
    ".balign 16\n"
    "    pushq $cmk_thunk_number\n"
    "    jmp cmk_thunk_enter\n"
    ".set cmk_thunk_number, cmk_thunk_number + 1\n"
    ".endr\n"
    ".balign 16\n"
    ".size cmk_thunks, . - cmk_thunks\n"
    ".type cmk_thunk_enter, @function\n"
    "cmk_thunk_enter:\n"
    "    .cfi_startproc\n"
    "    .cfi_def_cfa_offset 16\n"
    "    pushq %rbp\n"
    "    .cfi_def_cfa_offset 24\n"
    "    .cfi_offset %rbp, -24\n"
    "    movq %rsp, %rbp\n"
    "    .cfi_def_cfa_register %rbp\n"
    "    subq $152, %rsp\n"
    "    movq %rdi, 0(%rsp)\n"
    "    movq %rsi, 8(%rsp)\n"
    "    movq %rdx, 16(%rsp)\n"
    "    movq %rcx, 24(%rsp)\n"
    "    movq %r8, 32(%rsp)\n"
    "    movq %r9, 40(%rsp)\n"
    "    movsd %xmm0, 48(%rsp)\n"
    "    movsd %xmm1, 56(%rsp)\n"
    "    movsd %xmm2, 64(%rsp)\n"
    "    movsd %xmm3, 72(%rsp)\n"
    "    movsd %xmm4, 80(%rsp)\n"
    "    movsd %xmm5, 88(%rsp)\n"
    "    movsd %xmm6, 96(%rsp)\n"
    "    movsd %xmm7, 104(%rsp)\n"
    "    movq $0, 112(%rsp)\n"
    "    movq $0, 120(%rsp)\n"
    "    movq $0, 128(%rsp)\n"
    "    movq $0, 136(%rsp)\n"
    "    movq $0, 144(%rsp)\n"
    "    movq 8(%rbp), %rdi\n"
    "    movq %rsp, %rsi\n"
    "    leaq 24(%rbp), %rdx\n"
    "    call cmk_thunk_called\n"
    "    movq 112(%rsp), %rax\n"
    "    movq 120(%rsp), %rdx\n"
    "    movsd 128(%rsp), %xmm0\n"
    "    movsd 136(%rsp), %xmm1\n"
    "    cmpq $1, 144(%rsp)\n"
    "    jb 2f\n"
    "    je 1f\n"
    "    fldt 128(%rsp)\n"
    "1:  fldt 112(%rsp)\n"
    "2:  leave\n"
    "    .cfi_def_cfa %rsp, 16\n"
    "    addq $8, %rsp\n"
    "    .cfi_def_cfa_offset 8\n"
    "    ret\n"
    "    .cfi_endproc\n"
    ".size cmk_thunk_enter, . - cmk_thunk_enter\n"
    ".popsection\n");

_Static_assert(CMK_THUNKS == 256 && CMK_THUNK_BYTES == 16 && CMK_RETURNS_REGISTERS == 0 && CMK_RETURNS_LONG_DOUBLE == 1, "as the thunks have it");
_Static_assert(sizeof(struct cmk_registers) == 152, "as the thunks have it");
