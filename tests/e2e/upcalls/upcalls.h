#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <wchar.h>

struct item { int id; const char *name; struct item *next; };
typedef int (*visitor)(int id);
typedef int listener_t(const char *text, void *data);
enum color { RED, GREEN = 7 };

/* A driver's table of operations. */
struct ops {
    int (*open)(const char *path);
    int (*read)(void *buffer, size_t size);
    int (*close)(int fd);
};

/* mocked */
int get(int id);
double scale(double value);
const char *title(const struct item *item);
struct item *find(const struct item *item);
int fill(unsigned char *buffer, size_t size);
void note(const char *text, const unsigned char *data, size_t size);
int visit_mock(visitor visit, int id);
visitor choose(int number);
int dev_open(const char *path);
int dev_read(void *buffer, size_t size);
int dev_close(int fd);

/* the SUT */
int sum(int count);
int twice(int number);
int halved(int number);
int nested(int depth);
double scaled(double value);
size_t title_length(const struct item *item);
int find_id(const struct item *item);
int filled(int size);
void note_text(const char *text);
int visit_all(int count);
int errno_of_get(int id);
int chosen(int number, int id);

int add_listener(listener_t *listener, void *data);
int tell(const char *text);
void set_visitor(visitor visit);
int call_visitor(int id);
visitor get_visitor(void);
int sum9(int (*f)(int, int8_t, int16_t, uint8_t, long, unsigned long, int, short, const char *));
double mixed(double (*f)(float, int, double, long double, char, double, double, double, double, double, double, float));
long double precise(long double (*f)(long double));
int8_t small(int8_t (*f)(void));
enum color paint(enum color (*f)(enum color));
const char *words(const char *(*f)(struct item *));
_Bool yes(_Bool (*f)(_Bool));
int variadic(int (*f)(const char *, ...));
int by_value(int (*f)(struct item));
int made(struct item (*f)(int));
int opaque(void *any);
int run_ops(const struct ops *ops);
extern struct ops driver;
extern visitor global_visitor;

int serve(int rounds);
int spin(void);
extern int served;
extern int stop_spinning;

int start_thread(int id);
int start_visiting(int id);
int join_threads(void);
int start_and_join(int id, int count);
int start_calling(void);
int fork_and_get(int id);
extern int thread_results[8];
