/* machine.h - a language that is more than one sequence: its tables, and the state that calls step. MIRROR bind/machine.py
 *
 * Three engines share one meaning. A tree of cursors follows what is deterministic (machine.c). Equal sequences side by
 * side are counted (powers.c). Where one call may be taken in two ways, the set of all ways is kept (sets.c), in a leaf of
 * the tree as small as can be. Python decides which part is what, before the run; nothing is allocated while it steps.
 *
 * Tables are offsets in bytes from the start of their region, and nobody writes them. The state of a run lies at
 * CMK_RUN + CMK_STATE, that of a check at CMK_CHECK + CMK_STATE; Python sets the part before `sets` to zero.
 */
#ifndef CMK_MACHINE_H
#define CMK_MACHINE_H

#include "arena.h"
#include "cmk.h"

#define CMK_NO_NODE 0xffffffffU
#define CMK_UNBOUNDED 0xffffffffU
#define CMK_NO_LABEL 0xffffffffU
#define CMK_FIRST_INSTANCE 1U

enum cmk_policy {
    CMK_REFUSE_AMBIGUITY,       /* two answers that no argument decides between end the run */
    CMK_FIRST_WINS,             /* the event that is written first answers */
    CMK_STRICT                  /* a second way is an error, whatever it answers */
};

struct cmk_machine {
    uint64_t policy;            /* enum cmk_policy */
    uint64_t nodes;             /* struct cmk_node[], the root first */
    uint64_t node_count;
    uint64_t numbers;           /* uint32_t[]: of a SEQ and of powers, see struct cmk_node */
    uint64_t routes;            /* uint32_t[]: dense routes, see struct cmk_node */
    uint64_t route_hash;        /* struct cmk_route[route_mask + 1]: the others */
    uint64_t route_mask;
    uint64_t lists;             /* uint32_t[]: for a SEQ, a count and the sorted children that may begin with a label */
    uint64_t flags;             /* uint8_t[cmk_function_count]: enum cmk_stepped_flag; each call reads it */
    uint64_t arguments;         /* uint32_t[cmk_function_count]: of keyed functions the visible arguments that find the label, a
                                   bit each */
    uint64_t keys;              /* struct cmk_key[]: labels of functions that `matched` arguments tell apart */
    uint64_t key_mask;
    uint64_t conditions;        /* uint32_t[events]: word offset of the conditions of an event, 0 for none; or 0 */
    uint64_t acts;              /* struct cmk_act[act_count]: what the terms below do */
    uint64_t act_count;
    uint64_t terms;             /* struct cmk_term[term_count]: where the sets begin */
    uint64_t term_count;
    uint64_t term_lists;        /* uint64_t[term_list_count] */
    uint64_t term_list_count;
    uint64_t twins;             /* uint32_t[term_count]: of the bodies of repetitions, equal numbers where only names that each
                                   binds for itself tell them apart; else 0; or 0 */
    uint64_t max_configurations;
    /* The state, in bytes from where it begins. */
    uint64_t places;            /* struct cmk_place[node_count] */
    uint64_t counts;            /* uint32_t[]: of powers and of EACH */
    uint64_t registers;         /* uint64_t[register_count]: what `?n` has bound, see struct cmk_condition */
    uint64_t register_count;
    uint64_t undo;              /* struct cmk_undo[], two for each level of the tree: what one call changes at most */
    uint64_t sets;              /* everything that sets.c keeps, `sets_size` bytes, a multiple of 8 */
    uint64_t sets_size;
};

enum cmk_node_kind {
    CMK_NODE_EMPTY,
    CMK_NODE_RUN,               /* events `low` to `high`; may stop from `least` on */
    CMK_NODE_SEQ,               /* `extra`: index in `numbers` of the next child that must come, for each child and the end;
                                   may end behind `least` children, whatever must come */
    CMK_NODE_XALT,
    CMK_NODE_REPEAT,            /* `low` to `high` rounds of the one child */
    CMK_NODE_PAR,               /* `least`: number of children that must come */
    CMK_NODE_PERM,              /* likewise; a child has begun when its place says so */
    CMK_NODE_ANY,               /* one child; the events `low` to `high` at any time, found by their label */
    CMK_NODE_POWERS,            /* `low`: first event of the word, `high`: its length, `least`: most rounds of a child,
                                   `count`, and `child` in `numbers`: the rounds of each; `extra`: first of its counts */
    CMK_NODE_SOME,              /* single events, of which `low` to `high` come one after another; routes lead to them */
    CMK_NODE_EACH,              /* single events, from `low` on, of which each comes once; routes lead to them. `least`: how
                                   many; `extra`: the first of its counts: for each event the instance in which it came */
    CMK_NODE_SETS               /* `child`: its first event, `count`: its last; `low`: the term it begins with; `extra`:
                                   where in `term_lists` the number of the registers that it binds stands, and behind it
                                   the registers; `least`: whether one call could have two answers */
};

/* A label is the number of a function, or a number behind these for a function with certain matched arguments. Where a node
 * sends a label is routes[route + label - route_low] while that is in range, or found in the hash; ~0 is nowhere. */
struct cmk_node {
    uint32_t kind;              /* enum cmk_node_kind */
    uint32_t parent;            /* CMK_NO_NODE of the root */
    uint32_t low, high, least;
    uint32_t nullable;          /* may end before it began */
    uint32_t child;             /* the first; all lie side by side */
    uint32_t count;             /* of children */
    uint32_t extra;
    uint32_t route, route_low, route_count;     /* route_count 0: in the hash */
};

struct cmk_route {
    uint32_t node, label, to;   /* node is CMK_NO_NODE where the hash is empty */
};

/* What a node remembers; of meaning while `stamp` is the `instance` of its parent (CMK_FIRST_INSTANCE of the root), else
 * the node has not begun. */
struct cmk_place {
    uint32_t stamp;
    uint32_t instance;
    uint32_t at;                /* next event; child that runs; open children; events so far; state of the set */
    uint32_t rounds;            /* that have begun; of PERM the members that must come still */
};

/* A place as it was before a call. */
struct cmk_undo {
    uint32_t node;
    struct cmk_place before;
};

enum cmk_stepped_flag {
    CMK_CAPTURE_FIRST = 1,      /* arguments take part in stepping, or in answers: capture them before */
    CMK_KEYED = 2               /* the label is found by `matched` arguments */
};

struct cmk_key {
    uint64_t hash;              /* of function and matched arguments, 0 where the table is empty */
    uint32_t event;             /* one that has them, to be compared with */
    uint32_t label;
};

/* What an event asks of one argument beyond bytes and mask, or what of its answer it takes from an argument. The list of
 * an event is a word with their number, then one after another. MIRROR bind/conditions.py
 *
 * A register holds where its value was captured: byte offset of the record in the arena << 32 | word of the CMK_BIND
 * that says where in the record; 0 while nothing is bound. */
struct cmk_condition {
    uint8_t op;                 /* enum cmk_op */
    uint8_t type;               /* enum cmk_value_type */
    uint8_t bound;              /* compare with what the register has, instead of an operand; give it as a bool, or as text */
    uint8_t size;               /* of a number, in bytes */
    uint16_t field;             /* index of the visible argument; of a CMK_GIVE of CMK_WHOLE an enum cmk_way */
    uint8_t first, width;       /* bits of a bit-field; width 0: none */
    uint32_t number;            /* register or predicate */
    uint32_t offset;            /* of a number, in bytes from where the value begins, or the slots of the answer; errno is
                                   4 bytes before these */
    uint64_t words;             /* of operands */
    uint64_t operands[];
};

enum cmk_value_type {
    CMK_SIGNED,                 /* an operand is the number, */
    CMK_UNSIGNED,
    CMK_FLOATING,               /* as a double */
    CMK_WHOLE                   /* all bytes of the argument */
};

enum cmk_op {
    CMK_EQUAL,
    CMK_NOT_EQUAL,
    CMK_LESS,
    CMK_LESS_EQUAL,
    CMK_GREATER,
    CMK_GREATER_EQUAL,
    CMK_BITS,                   /* two operands: those that count, and what they are */
    CMK_ONE_OF,                 /* numbers are sorted; of CMK_WHOLE words of texts: size and bytes, sorted so */
    CMK_LIKE,                   /* the argument of one of several payloads; each two operands: words of it and its mask */
    CMK_UNLIKE,                 /* of none */
    CMK_MATCHES,                /* whether a text has a regular expression; operands: word of a struct cmk_automaton,
                                   and the size of an array of characters inside a value, 0 for all of an argument */
    CMK_PREDICATE,              /* of Python: known to a check, true while the SUT runs */
    CMK_BIND,                   /* let a register have the value; of CMK_WHOLE the operands are a struct cmk_part, a mask of one
                                   element, if it has padding, and where it holds text: byte offset << 32 | size */
    CMK_GIVE                    /* put a register's value into the answer; operands: bytes of what is written of it, with its
                                   flags; of CMK_WHOLE the bytes that are there for it in place, or of one element */
};

/* Which part of an argument a value is that is more than a number and is bound, or compared with what is: the first operands. */
struct cmk_part {
    uint32_t at, size;          /* in bytes from where the argument's value begins; size 0: all of it */
    uint32_t element;           /* bytes of one element; 0: all of it is one */
    uint16_t is_text;           /* it ends with its NUL */
    uint16_t texts;             /* how many operands tell where an element holds text */
};

/* Where a value goes in an answer that is more than a number. */
enum cmk_way {
    CMK_IN_PLACE,               /* over bytes of what is written; text may have fewer */
    CMK_BEHIND,                 /* behind all: at `offset` two words tell the number of elements and where they are */
    CMK_OWNED                   /* likewise, its size before it: at `offset` one word tells where; NULL is NULL */
};

/* Reads a text character by character, from state 0 on. MIRROR lang/regular.py and bind/conditions.py */
#define CMK_MATCHED_STATE 0xffffU    /* the text has it, whatever follows */

struct cmk_automaton {
    uint32_t range_count;       /* of the characters beyond ASCII */
    uint32_t class_count;       /* the end of the text is the last one */
    uint32_t reads_bytes;       /* else characters of UTF-8 */
    uint8_t ascii[128];         /* classes of the others */
    struct {
        uint32_t first, class;  /* from that character on */
    } ranges[];
    /* Behind them, for each state the state behind each class, 16 bits each. */
};

/* What a step of a set does. Events that nothing tells apart share one. The registers that a leaf binds are numbered for
 * it (CMK_NODE_SETS); bit number 63 of a set of them stands for all from 63 on. */
struct cmk_act {
    uint32_t event;             /* the first of these */
    uint32_t label;
    uint32_t answer;            /* equal numbers are equal answers, unless bound values take part */
    uint32_t flags;             /* enum cmk_act_flag */
    uint64_t uses;              /* registers that the leaf binds: those that are read */
    uint64_t binds;             /* and those that are bound */
};

enum cmk_act_flag {
    CMK_ACT_BACKGROUND = 1,     /* of ANY: gives way to any other */
    CMK_ACT_GUARDED = 2,        /* matched arguments or conditions decide whether it takes a call */
    CMK_ACT_BINDS = 4,
    CMK_ACT_COMPOSES = 8        /* some answer of its function is known only when the call comes */
};

/* Lists are sorted and hold two numbers in one word, the first in the upper half. */
enum cmk_term_kind {
    CMK_TERM_EMPTY,             /* number 0 is the only one */
    CMK_TERM_ACT,               /* act `a`, then term `b`; or nothing of both, when it is nullable */
    CMK_TERM_SEQ,               /* `a`, then `b` */
    CMK_TERM_XALT,              /* a list of terms */
    CMK_TERM_REPEAT,            /* `a` to `b` times the one term of the list */
    CMK_TERM_PAR,               /* a list of pairs: term, how often */
    CMK_TERM_PERM,              /* likewise */
    CMK_TERM_ANY,               /* term `a`, and the acts of the list at any time */
    CMK_TERM_QUEUE,             /* `a` and `b` side by side, but `b` does not begin before `a` has */
    /* These are made while stepping: */
    CMK_TERM_CHOSEN,            /* of the PERM `a` a member has begun; a list of pairs: which, what is left of it */
    CMK_TERM_STATE,             /* a list of pairs: environment, term; nullable when one of them is */
    CMK_TERM_ENVIRONMENT        /* a list of registers, as the leaf numbers them */
};

struct cmk_term {
    uint32_t kind;              /* enum cmk_term_kind */
    uint32_t nullable;
    uint32_t a, b;
    uint32_t list, count;       /* words in `term_lists` */
    uint64_t uses;              /* registers that are read before they are bound */
    uint64_t binds;             /* registers that are bound in any case */
};

/* A term that is made while stepping. The state of a leaf is the number of one: CMK_TERM_STATE. Terms up to `term_count`
 * are those of the tables; the others lie in the area at `sets`, `number - term_count` words from its start. */
struct cmk_cell {
    struct cmk_term term;
    uint64_t list[];
};

enum cmk_refusal {
    CMK_ALLOWED,                /* none */
    CMK_NOT_ALLOWED,
    CMK_TWO_ANSWERS,            /* `event` and `rival` answer differently */
    CMK_TOO_MANY,               /* more configurations than allowed: of the part from `event` to `rival` */
    CMK_OTHER_ARGUMENTS,        /* of a check: `event` would have taken it with other arguments, `field` is the first */
    CMK_OTHER_ANSWER,           /* of a check: `event` takes it, and gives another answer */
    CMK_MEMORY_FULL             /* no memory is left for configurations: as CMK_TOO_MANY */
};

/* One call that a machine is to take. */
struct cmk_step {
    const struct cmk_machine *machine;
    uint64_t region;            /* CMK_RUN or CMK_CHECK: where the tables lie */
    uint64_t state;             /* arena offset of the state */
    uint64_t function;
    uint32_t label;
    uint32_t checking;          /* all arguments count, and the answer that was given */
    const struct cmk_record *record;    /* its arguments are captured if the function asks for that, or in a check */
    uint64_t number;            /* of the record */
    /* Set by the step: */
    uint32_t refusal;           /* enum cmk_refusal */
    uint32_t event;
    uint32_t rival;
    uint32_t field;
    const uint64_t *registers;  /* as they are after the call, until the next step */
};

#define CMK_STATE 0x20000000UL  /* of a region: behind all tables */

/* What a function asks of the runtime: flags of enum cmk_stepped_flag. */
static inline unsigned cmk_flags_of(uint64_t region, const struct cmk_machine *machine, uint64_t function)
{
    return ((const uint8_t *)CMK_AT(region + machine->flags))[function];
}

/* Mix the bits of a key of a hash. MIRROR bind/machine.py mixed */
static inline uint64_t cmk_mixed(uint64_t key)
{
    key ^= key >> 32;
    key *= 0x9e3779b97f4a7c15UL;
    return key ^ key >> 29;
}

/* machine.c: take the call, or say in `refusal` why not; then the state is as it was. */
void cmk_take(struct cmk_step *step);

/* Whether the language may end here. */
int cmk_may_end(struct cmk_step *step);

/* sets.c: the same for a leaf. `place->at` is its state, and `place->rounds` tells in which half of the area; both are
 * set by cmk_sets_begin. Returns 1 when the call is taken. */
void cmk_sets_begin(const struct cmk_step *step, const struct cmk_node *node, struct cmk_place *place);
int cmk_sets_take(struct cmk_step *step, const struct cmk_node *node, struct cmk_place *place);
int cmk_sets_may_end(const struct cmk_step *step, const struct cmk_place *place);

/* probe.c: play calls against each leaf of the language whose tables are in a region, in a state at CMK_CHECK + CMK_STATE
 * and with records that lie below it, and tell what goes wrong there for sure. What is found depends on the language only,
 * not on the time that it takes. */
#define CMK_FOUND (CMK_CHECK + 0x1f000000UL)    /* struct cmk_found; tables end before */
#define CMK_FOUND_PATH 16

struct cmk_found {
    uint64_t refusal;           /* enum cmk_refusal: CMK_ALLOWED, CMK_TWO_ANSWERS, CMK_TOO_MANY or CMK_MEMORY_FULL */
    uint64_t event, rival;      /* which could answer the last call; or first and last of what there is too much of */
    uint64_t calls;             /* before the last one, since the leaf began, */
    uint64_t path[CMK_FOUND_PATH];      /* their events, or the last so many of these */
};

void cmk_probe(uint64_t region);

/* conditions.c: whether an event's arguments are those of the record: the matched ones, or all; CMK_NO_FIELD when they are,
 * else the first that is not. `registers` are those that conditions read. */
#define CMK_NO_FIELD 0xffffffffU
uint32_t cmk_differs(const struct cmk_step *step, uint32_t event, int all, const uint64_t *registers);

/* The hash of the function and the matched arguments of the record, as in struct cmk_key; never 0. MIRROR bind/keys.py */
uint64_t cmk_key_hash(const struct cmk_step *step);

/* Let the registers have what the event binds of the record. */
void cmk_bind(const struct cmk_step *step, uint32_t event, uint64_t *registers);

/* answers.c: whether the answer of an event is what was given to the record, as far as both say. */
int cmk_answered_so(const struct cmk_step *step, uint32_t event, const uint64_t *registers);

/* Whether two events answer the same, each under its own registers. */
int cmk_same_answers(const struct cmk_step *step, uint32_t event, const uint64_t *registers, uint32_t other,
                     const uint64_t *other_registers);

/* Whether a check could take the event for a call that `answering` has answered: it may say less. */
int cmk_may_answer(const struct cmk_step *step, uint32_t event, const uint64_t *registers, uint32_t answering,
                   const uint64_t *answering_registers);

/* An answer that is put together: flags, slots, and what they point to. */
struct cmk_made {
    uint64_t *room;
    uint64_t size, used;        /* in bytes */
    enum cmk_reason why;        /* why a value cannot be answered, of the first that cannot, else CMK_NO_STOP; */
    uint64_t argument, bytes;   /* with details 1 and 2 */
};

/* conditions.c: put a register's value into it. */
void cmk_give(uint64_t region, const struct cmk_condition *give, const uint64_t *registers, struct cmk_made *made);

/* While the SUT runs: keep behind the record, which is the last of the trace, what the event answers, if that holds bound
 * values (CMK_ANSWER_BOUND), or have room there for what the real function will answer. Before the registers change again.
 * 0 when these values cannot be the answer, or there is no room. */
int cmk_compose(struct cmk_record *record, uint32_t event, const uint64_t *registers, struct cmk_made *made);

/* Where flags and slots are that were kept so. */
const uint64_t *cmk_composed(const struct cmk_record *record);

#endif
