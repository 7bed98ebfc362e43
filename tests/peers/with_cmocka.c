/* with_cmocka.c - the ten mistakes under cmocka. Order is checked by function_called, for all functions or for none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mistakes.h"

#include <string.h>

static int ordered;

#define CALLED() (ordered ? function_called() : (void)0)
/* clang-format off */
int stack_new(void) { CALLED(); return mock_type(int); }
void stack_push(int s, int val) { CALLED(); check_expected(s); check_expected(val); }
int stack_pop(int s) { CALLED(); check_expected(s); return mock_type(int); }
void log_debug(const char *text) { CALLED(); check_expected_ptr(text); }
void uart_enable(int irq) { CALLED(); check_expected(irq); }
void can_filter(int id) { CALLED(); check_expected(id); }
void can_start(void) { function_called(); }
void led_set(int n, int on) { CALLED(); check_expected(n); check_expected(on); }
int net_connect(const char *host, int port) { CALLED(); check_expected_ptr(host); check_expected(port); return mock_type(int); }
int net_send(int h, const char *data, int len) { CALLED(); check_expected(h); check_expected_ptr(data); check_expected(len); return mock_type(int); }
int net_recv(int h, int max) { CALLED(); check_expected(h); check_expected(max); return mock_type(int); }
void net_close(int h) { CALLED(); check_expected(h); }
void gpio_set(int pin, int level) { CALLED(); check_expected(pin); check_expected(level); }
void spi_write(int byte) { CALLED(); check_expected(byte); }
void irq_unmask(int line) { CALLED(); check_expected(line); }
int modem_dial(const char *number) { CALLED(); check_expected_ptr(number); return mock_type(int); }
void ui_show(const char *text) { CALLED(); check_expected_ptr(text); }
int card_authorize(int amount) { CALLED(); check_expected(amount); return mock_type(int); }
void card_cancel(int id) { CALLED(); check_expected(id); }
void card_capture(int id) { CALLED(); check_expected(id); }
void mail_sorry(const char *to) { CALLED(); check_expected_ptr(to); }
void mail_receipt(const char *to) { CALLED(); check_expected_ptr(to); }
void audit_log(const char *what, int amount) { CALLED(); check_expected_ptr(what); check_expected(amount); }
void chan_put(int x) { CALLED(); check_expected(x); }
void chan_flush(int x) { CALLED(); check_expected(x); }
int sensor_read(void) { return mock_type(int); }
void clock_tick(void) { function_called(); }
int adc_read(void) { CALLED(); return mock_type(int); }
void adc_stop(void) { CALLED(); }
/* clang-format on */

#define IN_ORDER(f) expect_function_call(f)

static void expect_push(int val)
{
    IN_ORDER(stack_push);
    expect_value(stack_push, s, 7);
    expect_value(stack_push, val, val);
}

static void test_unexpected_call(void **state)
{
    (void)state;
    ordered = 1;
    IN_ORDER(stack_new);
    will_return(stack_new, 7);
    expect_push(4);
    expect_push(6);
    IN_ORDER(stack_pop);
    expect_value(stack_pop, s, 7);
    will_return(stack_pop, 6);
    unexpected_call();
}

/* cmocka has no partial order; left out is the order within each of the three. */
static void test_missing_calls_in_par(void **state)
{
    (void)state;
    expect_value(uart_enable, irq, 7);
    expect_in_range(can_filter, id, 0x100, 0x1FF);
    expect_function_call(can_start);
    expect_value(led_set, n, 0);
    expect_value(led_set, on, 1);
    expect_value(led_set, n, 1);
    expect_value(led_set, on, 1);
    missing_calls_in_par();
}

static void test_wrong_arguments(void **state)
{
    (void)state;
    ordered = 1;
    IN_ORDER(net_connect);
    expect_string(net_connect, host, "example.org");
    expect_value(net_connect, port, 443);
    will_return(net_connect, 3);
    IN_ORDER(net_send);
    expect_value(net_send, h, 3);
    expect_string(net_send, data, "GET /index.html HTTP/1.1");
    expect_value(net_send, len, 24);
    will_return(net_send, 24);
    IN_ORDER(net_recv);
    expect_value(net_recv, h, 3);
    expect_in_range(net_recv, max, 0, 4096);
    will_return(net_recv, 512);
    IN_ORDER(net_close);
    expect_value(net_close, h, 3);
    wrong_arguments();
}

static void expect_gpio(int level)
{
    IN_ORDER(gpio_set);
    expect_value(gpio_set, pin, 5);
    expect_value(gpio_set, level, level);
}

static void test_wrong_order(void **state)
{
    (void)state;
    ordered = 1;
    expect_gpio(0);
    IN_ORDER(spi_write);
    expect_value(spi_write, byte, 0x9F);
    expect_gpio(1);
    IN_ORDER(irq_unmask);
    expect_value(irq_unmask, line, 5);
    wrong_order();
}

/* cmocka has no "one to three times": this expects three. */
static void test_one_too_many(void **state)
{
    (void)state;
    ordered = 1;
    expect_function_calls(modem_dial, 3);
    expect_any_count(modem_dial, number, 3);
    will_return_count(modem_dial, -1, 3);
    IN_ORDER(ui_show);
    expect_string(ui_show, text, "no carrier");
    one_too_many();
}

/* cmocka has no choice: the test says which way it goes. */
static void test_closest_alternative(void **state)
{
    (void)state;
    ordered = 1;
    IN_ORDER(card_authorize);
    expect_value(card_authorize, amount, 100);
    will_return(card_authorize, 0);
    IN_ORDER(card_cancel);
    expect_value(card_cancel, id, 1);
    IN_ORDER(mail_sorry);
    expect_any(mail_sorry, to);
    IN_ORDER(audit_log);
    expect_string(audit_log, what, "cancelled");
    expect_value(audit_log, amount, 100);
    closest_alternative();
}

static void test_unknown_function(void **state)
{
    (void)state;
    ordered = 1;
    IN_ORDER(stack_new);
    will_return(stack_new, 7);
    expect_push(4);
    unknown_function();
}

static void test_long_trace_two_differences(void **state)
{
    (void)state;
    ordered = 1;
    for (int x = 0; x < 300; x++) {
        IN_ORDER(chan_put);
        expect_value(chan_put, x, x);
    }
    long_trace_two_differences();
}

/* Answers come in the order in which they are written. */
static void test_ambiguous_language(void **state)
{
    (void)state;
    expect_function_call(clock_tick);
    will_return(sensor_read, 10);
    will_return(sensor_read, 99);
    ambiguous_language();
}

/* cmocka has no "three to five times": this expects three. */
static void test_too_few_repetitions(void **state)
{
    (void)state;
    ordered = 1;
    expect_function_calls(adc_read, 3);
    will_return_count(adc_read, 7, 3);
    IN_ORDER(adc_stop);
    too_few_repetitions();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unexpected_call),
        cmocka_unit_test(test_missing_calls_in_par),
        cmocka_unit_test(test_wrong_arguments),
        cmocka_unit_test(test_wrong_order),
        cmocka_unit_test(test_one_too_many),
        cmocka_unit_test(test_closest_alternative),
        cmocka_unit_test(test_unknown_function),
        cmocka_unit_test(test_long_trace_two_differences),
        cmocka_unit_test(test_ambiguous_language),
        cmocka_unit_test(test_too_few_repetitions),
    };

    if (argc == 2)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
