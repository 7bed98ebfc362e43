/* Asks for answers in all sorts of ways: from the main thread, nested, from threads, through function pointers. */
#include "upcalls.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static listener_t *the_listener;
static void *the_data;
visitor global_visitor;
struct ops driver;
int served, stop_spinning;
int thread_results[8];
static pthread_t threads[8];
static int thread_count;

int sum(int count)
{
    int total = 0;

    for (int i = 0; i < count; i++)
        total += get(i);
    return total;
}

static int hidden_half(int number) { return number / 2; }

int twice(int number) { return 2 * number; }
int nested(int depth) { return get(depth); }
double scaled(double value) { return scale(value); }
int halved(int number) { return hidden_half(number); }

size_t title_length(const struct item *item) { return strlen(title(item)); }
int find_id(const struct item *item) { struct item *found = find(item); return found ? found->id : -1; }

int filled(int size)
{
    unsigned char buffer[16];
    int got = fill(buffer, (size_t)size), total = 0;

    for (int i = 0; i < got; i++)
        total += buffer[i];
    return total;
}

void note_text(const char *text) { note(text, (const unsigned char *)text, text ? 3 : 0); }
int visit_all(int count) { return visit_mock(twice, count) + visit_mock(NULL, count); }
int errno_of_get(int id) { errno = 0; return get(id) < 0 ? errno : -errno; }

int chosen(int number, int id) { return choose(number)(id); }

int add_listener(listener_t *listener, void *data) { the_listener = listener; the_data = data; return 0; }
int tell(const char *text) { return the_listener(text, the_data); }
void set_visitor(visitor visit) { global_visitor = visit; }
int call_visitor(int id) { return global_visitor(id); }
visitor get_visitor(void) { return global_visitor; }

int sum9(int (*f)(int, int8_t, int16_t, uint8_t, long, unsigned long, int, short, const char *))
{
    return f(1, -2, -3, 200, -5, 6, -7, -8, "nine");
}

double mixed(double (*f)(float, int, double, long double, char, double, double, double, double, double, double, float))
{
    return f(1.5F, 2, 3.5, 4.25L, 'x', 5, 6, 7, 8, 9, 10.5, 11.5F);
}

long double precise(long double (*f)(long double)) { return f(2.5L) + 1; }
int8_t small(int8_t (*f)(void)) { return f(); }
enum color paint(enum color (*f)(enum color)) { return f(GREEN); }
const char *words(const char *(*f)(struct item *)) { struct item one = { 4, "four", NULL }; return f(&one); }
_Bool yes(_Bool (*f)(_Bool)) { return f(1); }
int variadic(int (*f)(const char *, ...)) { return f("%d", 1); }
int by_value(int (*f)(struct item)) { struct item one = { 7, NULL, NULL }; return f(one); }
int made(struct item (*f)(int)) { return f(5).id; }
int opaque(void *any) { return any != NULL; }

int run_ops(const struct ops *ops)
{
    unsigned char buffer[4];
    int fd = ops->open("/dev/thing"), got = ops->read(buffer, sizeof buffer);

    return ops->close(fd) == 0 ? got : -1;
}

int serve(int rounds)
{
    for (int i = 0; i < rounds; i++) {
        served = i;
        if (get(i) < 0)
            return i;
    }
    return rounds;
}

int spin(void)
{
    while (!*(volatile int *)&stop_spinning)
        usleep(200);
    return served;
}

static void *call_get(void *raw)
{
    int *result = raw;

    *result = get(*result);
    return NULL;
}

int start_thread(int id)
{
    thread_results[thread_count] = id;
    return pthread_create(&threads[thread_count], NULL, call_get, &thread_results[thread_count]) ? -1 : thread_count++;
}

int join_threads(void)
{
    int total = 0;

    for (int i = 0; i < thread_count; i++) {
        pthread_join(threads[i], NULL);
        total += thread_results[i];
    }
    thread_count = 0;
    return total;
}

int start_and_join(int id, int count)
{
    for (int i = 0; i < count; i++)
        start_thread(id + i);
    return join_threads();
}

static void *call_the_visitor(void *raw)
{
    int *result = raw;

    *result = global_visitor(*result);
    return NULL;
}

int start_visiting(int id)
{
    thread_results[thread_count] = id;
    thread_count++;
    return pthread_create(&threads[thread_count - 1], NULL, call_the_visitor, &thread_results[thread_count - 1]);
}

static void *keep_calling(void *unused)
{
    while (!*(volatile int *)&stop_spinning) {
        scale(1.0);
        usleep(20);
    }
    return unused;
}

int start_calling(void) { return pthread_create(&threads[thread_count++], NULL, keep_calling, NULL); }

int fork_and_get(int id)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        get(id);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}
