/* cmk.h - what a generated stub may ask of the runtime.
 *
 * Builtin types only and no includes: this file stands before the user's headers in every stub unit, so that none of
 * their macros can touch it and it changes nothing for them.
 *
 * The life of a call: the stub puts each visible argument into a slot (one or more 8-byte words, zero-extended), calls
 * cmk_call, and copies the answer out. The runtime steps the language and appends a record to the trace; when the
 * language does not allow the call, control never comes back.
 */
#ifndef CMK_H
#define CMK_H

/* How the check compares a field of a record, and how long it is. MIRROR mocked.Kind */
enum cmk_kind {
    CMK_BITS,           /* words, compared under the event's mask */
    CMK_FLOAT,          /* float: 0.0 equals -0.0, NaN equals NaN */
    CMK_DOUBLE,
    CMK_LONG_DOUBLE,
    CMK_BLOB            /* two words: size in bytes or CMK_NULL; captured bytes and their offset */
};

/* One visible argument (in a record) or one written value (in an answer). */
struct cmk_field {
    unsigned short kind;
    unsigned short slot;        /* first word */
    unsigned short words;
    unsigned short element;     /* bytes per element of a blob, else 0 */
    unsigned short of;          /* kind of an element of a blob: CMK_BITS or a floating kind */
};

/* One mocked function; its number is its position in cmk_functions, which is spec order. */
struct cmk_function {
    const char *name;           /* module.function */
    const struct cmk_field *ins;
    const struct cmk_field *outs;       /* the result, if any, comes last */
    unsigned short in_count;
    unsigned short in_words;
    unsigned short out_count;
    unsigned short out_words;
};

extern const struct cmk_function cmk_functions[];
extern const unsigned long cmk_function_count;

/* A call in progress, on the stub's stack. */
struct cmk_call {
    const unsigned long *answer;        /* slots of the answer */
    unsigned long flags;                /* CMK_ANSWER_..., and one bit per untouched out */
    unsigned long function;
    unsigned long record;               /* number of its record in the trace, from 0 */
};

/* Memory to be captured into a record. */
struct cmk_blob {
    const void *data;
    unsigned long size;         /* in bytes, or CMK_NULL when data is NULL */
    unsigned long slot;
};

#define CMK_NULL (~0UL)

/* Describe an array of `count` elements, or a string, that goes into `slot` of the record. */
struct cmk_blob cmk_array(const void *data, unsigned long count, unsigned long element, unsigned long slot);
struct cmk_blob cmk_string(const char *text, unsigned long slot);

/* Step the language with this call and record it. Returns only when the call is allowed. */
void cmk_call(struct cmk_call *call, unsigned long function, const unsigned long *in, const void *site);
void cmk_call_blobs(struct cmk_call *call, unsigned long function, const unsigned long *in, const void *site,
                    const struct cmk_blob *blobs, unsigned long count);

/* Copy the out-value number `index` of the answer, which starts at `slot`, through the SUT's pointer. */
void cmk_out(const struct cmk_call *call, unsigned long index, unsigned long slot, void *to, unsigned long size);
void cmk_out_array(const struct cmk_call *call, unsigned long index, unsigned long slot, void *to,
                   unsigned long capacity, unsigned long element);

/* Stop here when the array of the answer is longer than `capacity`: before any out of the call is written. */
void cmk_fits(const struct cmk_call *call, unsigned long index, unsigned long slot, unsigned long capacity);

/* The answered pointer: a number, or a string that lies in the answer. */
void *cmk_result_pointer(const struct cmk_call *call, unsigned long slot);

/* End the call of a function that never returns. */
void cmk_never_returns(const struct cmk_call *call) __attribute__((noreturn));

#endif
