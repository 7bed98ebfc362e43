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

/* Where the bytes of a field stand. MIRROR mocked.Kind */
enum cmk_kind {
    CMK_WORDS,          /* in its slots */
    CMK_BLOB,           /* further back; two words tell: size in bytes or CMK_NULL; captured bytes and their offset */
    CMK_LIST,           /* a blob of items */
    CMK_PARTIAL         /* of an answer: a value in the first half of its slots, and the mask of what it says in the other */
};

/* A floating number in a value: 0.0 equals -0.0, NaN equals NaN. Of 4, 8 or 16 bytes. */
struct cmk_leaf {
    unsigned offset;            /* from the start of the value, or of one element */
    unsigned size;
};

/* One visible argument (in a record) or one written value (in an answer). No struct of this file has padding, so that
 * -fpack-struct, with which a user's stubs may be compiled and the runtime never is, means the same to both. */
struct cmk_field {
    unsigned short kind;
    unsigned short slot;        /* first word */
    unsigned words;
    unsigned element;           /* bytes per element of a blob, or of what a result points to, else 0 */
    unsigned leaf_count;
    unsigned long matched;      /* compared while the SUT runs */
    const struct cmk_leaf *leaves;
    double tolerance;           /* how far a floating number may be from what is expected */
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
    unsigned matched;           /* how many of `ins` are compared while the SUT runs */
    unsigned fallback;          /* the real function answers what the language does not allow */
};

extern const struct cmk_function cmk_functions[];
extern const unsigned long cmk_function_count;

/* The one flag of an answer that stubs look at: call the real function. An enumerator, since no macro reaches them. */
enum cmk_flag { CMK_ANSWER_REAL = 1 << 26 };

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
    unsigned long kept;         /* bytes that go into the record */
    unsigned long field;        /* index of the visible argument */
    unsigned long last;         /* address of its last byte, when that is not kept; else 0 */
};

#define CMK_NULL (~0UL)

/* Describe an array of `count` elements, a string of at most `limit` bytes, or a list. */
struct cmk_blob cmk_array(const void *data, unsigned long count, unsigned long element, unsigned long field);
struct cmk_blob cmk_string(const char *text, unsigned long limit, unsigned long field);

/* Stop here when more elements are valid than there is room for: what lies behind a buffer is no part of it. */
void cmk_within(unsigned long function, const struct cmk_blob *blob, unsigned long capacity, unsigned long element);

/* What a caller passed for `...`, item by item: a header of two 32-bit words (enum cmk_item, bytes), then the bytes,
 * padded to 8. What has no room is counted and not kept. MIRROR cmock_py/payload.py */
#define CMK_ITEMS_ROOM 4096

enum cmk_item { CMK_ITEM_FLOATING, CMK_ITEM_STRING, CMK_ITEM_INTEGER, CMK_ITEM_POINTER, CMK_ITEM_ANY };

struct cmk_items {
    unsigned long size;         /* of all items, in bytes */
    unsigned long kept;
    unsigned long room[CMK_ITEMS_ROOM / 8];
};

void cmk_items(struct cmk_items *items);
void cmk_item_integer(struct cmk_items *items, unsigned long value);
void cmk_item_pointer(struct cmk_items *items, const void *value);
void cmk_item_floating(struct cmk_items *items, double value);
void cmk_item_string(struct cmk_items *items, const char *text);
void cmk_items_format(struct cmk_items *items, const char *format, __builtin_va_list list);
int cmk_has_room(const struct cmk_items *items);
struct cmk_blob cmk_list(const struct cmk_items *items, unsigned long field);

/* Say what is being done with the SUT's memory, so that a crash names the argument: reading a visible one, writing an
 * out one, done. */
void cmk_reading(unsigned long function, unsigned long field);
void cmk_writing(unsigned long function, unsigned long out);
void cmk_done(void);

/* Step the language with this call and record it. Returns only when the call is allowed. The first is for functions without
 * blobs and without `matched` arguments, and is told how many words its slots have. */
void cmk_call(struct cmk_call *call, unsigned long function, const unsigned long *in, unsigned long words,
              const void *site);
void cmk_call_blobs(struct cmk_call *call, unsigned long function, const unsigned long *in, const void *site,
                    const struct cmk_blob *blobs, unsigned long count);

/* Copy the out-value number `index` of the answer, which starts at `slot`, through the SUT's pointer; of a struct that is
 * seen and written only the bits in the mask, which starts at another slot. */
void cmk_out(const struct cmk_call *call, unsigned long index, unsigned long slot, void *to, unsigned long size);
void cmk_out_partly(const struct cmk_call *call, unsigned long index, unsigned long slot, unsigned long mask, void *to,
                    unsigned long size);
void cmk_out_array(const struct cmk_call *call, unsigned long index, unsigned long slot, void *to,
                   unsigned long capacity, unsigned long element);

/* Stop here when the array of the answer is longer than `capacity`: before any out of the call is written. */
void cmk_fits(const struct cmk_call *call, unsigned long index, unsigned long slot, unsigned long capacity);

/* The value of an out argument where snippets can read it. `data` is NULL when the answer leaves it untouched. */
struct cmk_elements {
    const void *data;
    unsigned long count;
    unsigned long size;         /* of one, in bytes */
};

/* Find out-value number `index`, which starts at `slot`: an array of elements of `size` bytes, or one value if 0. */
struct cmk_elements cmk_answer(const struct cmk_call *call, unsigned long index, unsigned long slot, unsigned long size);

/* Bytes of stack for `count` elements, 0 when that is too much; zeros in it, or NULL; elements with zeros behind them. */
unsigned long cmk_room(unsigned long count, unsigned long size);
void *cmk_zeros(void *room, unsigned long size);
void *cmk_padded(const struct cmk_elements *elements, void *room, unsigned long size);

/* Silent functions: stop when there are more elements than the SUT's buffer takes; write them. */
void cmk_silent_fits(unsigned long function, unsigned long index, const struct cmk_elements *elements,
                     unsigned long capacity);
void cmk_silent_out(unsigned long function, unsigned long index, const struct cmk_elements *elements, void *to);

/* The answered pointer: a number, or the place of what lies in the answer. */
void *cmk_result_pointer(const struct cmk_call *call, unsigned long slot);

/* What a real function has answered, where an event let it: kept behind the arguments of its record, together with errno. The
 * value of out number `index`, or of the result, goes into `slot`, and where members are seen one by one their mask behind it,
 * 0: none; an array, or a text result, `at` so many bytes behind the slots, CMK_REAL_BYTES of it at most. */
#define CMK_REAL_BYTES 1024

void cmk_answered_nothing(const struct cmk_call *call);
void cmk_answered_value(const struct cmk_call *call, unsigned long index, unsigned long slot, unsigned long mask,
                    const void *from, unsigned long size);
void cmk_answered_array(const struct cmk_call *call, unsigned long index, unsigned long slot, unsigned long at,
                    const void *from, unsigned long count, unsigned long element);
void cmk_answered_text(const struct cmk_call *call, unsigned long index, unsigned long slot, unsigned long at,
                   const char *text);

/* End the call of a function that never returns. */
void cmk_never_returns(const struct cmk_call *call) __attribute__((noreturn));

#endif
