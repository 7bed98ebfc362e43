/* with_fff.c - the ten mistakes under fff. Its fakes record what is called; afterwards each test asks them, with Unity's
 * assertions and those that Ceedling has for fff. fff keeps fifty calls unless it is told otherwise.
 */
#define FFF_ARG_HISTORY_LEN 400
#define FFF_CALL_HISTORY_LEN 400

#include <fff.h>
#include <fff_unity_helper.h>

#include "mistakes.h"
#include "unity_tests.h"

DEFINE_FFF_GLOBALS

/* clang-format off */
FAKE_VALUE_FUNC(int, stack_new)
FAKE_VOID_FUNC(stack_push, int, int)
FAKE_VALUE_FUNC(int, stack_pop, int)
FAKE_VOID_FUNC(log_debug, const char *)
FAKE_VOID_FUNC(uart_enable, int)
FAKE_VOID_FUNC(can_filter, int)
FAKE_VOID_FUNC(can_start)
FAKE_VOID_FUNC(led_set, int, int)
FAKE_VALUE_FUNC(int, net_connect, const char *, int)
FAKE_VALUE_FUNC(int, net_send, int, const char *, int)
FAKE_VALUE_FUNC(int, net_recv, int, int)
FAKE_VOID_FUNC(net_close, int)
FAKE_VOID_FUNC(gpio_set, int, int)
FAKE_VOID_FUNC(spi_write, int)
FAKE_VOID_FUNC(irq_unmask, int)
FAKE_VALUE_FUNC(int, modem_dial, const char *)
FAKE_VOID_FUNC(ui_show, const char *)
FAKE_VALUE_FUNC(int, card_authorize, int)
FAKE_VOID_FUNC(card_cancel, int)
FAKE_VOID_FUNC(card_capture, int)
FAKE_VOID_FUNC(mail_sorry, const char *)
FAKE_VOID_FUNC(mail_receipt, const char *)
FAKE_VOID_FUNC(audit_log, const char *, int)
FAKE_VOID_FUNC(chan_put, int)
FAKE_VOID_FUNC(chan_flush, int)
FAKE_VALUE_FUNC(int, sensor_read)
FAKE_VOID_FUNC(clock_tick)
FAKE_VALUE_FUNC(int, adc_read)
FAKE_VOID_FUNC(adc_stop)
/* clang-format on */

/* Each test is a process of its own, so nothing is reset. */
void setUp(void) {}
void tearDown(void) {}

TEST(unexpected_call)
{
    stack_new_fake.return_val = 7;
    stack_pop_fake.return_val = 6;
    unexpected_call();
    TEST_ASSERT_CALLED_IN_ORDER(0, stack_new);
    TEST_ASSERT_CALLED_IN_ORDER(1, stack_push);
    TEST_ASSERT_EQUAL(7, stack_push_fake.arg0_history[0]);
    TEST_ASSERT_EQUAL(4, stack_push_fake.arg1_history[0]);
    TEST_ASSERT_CALLED_IN_ORDER(2, stack_push);
    TEST_ASSERT_EQUAL(7, stack_push_fake.arg0_history[1]);
    TEST_ASSERT_EQUAL(6, stack_push_fake.arg1_history[1]);
    TEST_ASSERT_CALLED_IN_ORDER(3, stack_pop);
    TEST_ASSERT_EQUAL(7, stack_pop_fake.arg0_val);
}

/* No order is asked for: the history has one, and which of them are allowed would have to be written out. */
TEST(missing_calls_in_par)
{
    missing_calls_in_par();
    TEST_ASSERT_CALLED(uart_enable);
    TEST_ASSERT_EQUAL(7, uart_enable_fake.arg0_val);
    TEST_ASSERT_CALLED(can_filter);
    TEST_ASSERT_GREATER_OR_EQUAL(0x100, can_filter_fake.arg0_val);
    TEST_ASSERT_LESS_OR_EQUAL(0x1FF, can_filter_fake.arg0_val);
    TEST_ASSERT_CALLED(can_start);
    TEST_ASSERT_CALLED_TIMES(2, led_set);
}

TEST(wrong_arguments)
{
    net_connect_fake.return_val = 3;
    net_send_fake.return_val = 24;
    net_recv_fake.return_val = 512;
    wrong_arguments();
    TEST_ASSERT_CALLED_IN_ORDER(0, net_connect);
    TEST_ASSERT_EQUAL_STRING("example.org", net_connect_fake.arg0_val);
    TEST_ASSERT_EQUAL(443, net_connect_fake.arg1_val);
    TEST_ASSERT_CALLED_IN_ORDER(1, net_send);
    TEST_ASSERT_EQUAL(3, net_send_fake.arg0_val);
    TEST_ASSERT_EQUAL_STRING("GET /index.html HTTP/1.1", net_send_fake.arg1_val);
    TEST_ASSERT_EQUAL(24, net_send_fake.arg2_val);
    TEST_ASSERT_CALLED_IN_ORDER(2, net_recv);
    TEST_ASSERT_EQUAL(3, net_recv_fake.arg0_val);
    TEST_ASSERT_LESS_OR_EQUAL(4096, net_recv_fake.arg1_val);
    TEST_ASSERT_CALLED_IN_ORDER(3, net_close);
    TEST_ASSERT_EQUAL(3, net_close_fake.arg0_val);
}

TEST(wrong_order)
{
    wrong_order();
    TEST_ASSERT_CALLED_IN_ORDER(0, gpio_set);
    TEST_ASSERT_EQUAL(5, gpio_set_fake.arg0_history[0]);
    TEST_ASSERT_EQUAL(0, gpio_set_fake.arg1_history[0]);
    TEST_ASSERT_CALLED_IN_ORDER(1, spi_write);
    TEST_ASSERT_EQUAL(0x9F, spi_write_fake.arg0_val);
    TEST_ASSERT_CALLED_IN_ORDER(2, gpio_set);
    TEST_ASSERT_EQUAL(5, gpio_set_fake.arg0_history[1]);
    TEST_ASSERT_EQUAL(1, gpio_set_fake.arg1_history[1]);
    TEST_ASSERT_CALLED_IN_ORDER(3, irq_unmask);
    TEST_ASSERT_EQUAL(5, irq_unmask_fake.arg0_val);
}

TEST(one_too_many)
{
    modem_dial_fake.return_val = -1;
    one_too_many();
    TEST_ASSERT_GREATER_OR_EQUAL(1, modem_dial_fake.call_count);
    TEST_ASSERT_LESS_OR_EQUAL(3, modem_dial_fake.call_count);
    TEST_ASSERT_CALLED(ui_show);
    TEST_ASSERT_EQUAL_STRING("no carrier", ui_show_fake.arg0_val);
}

/* The test says which way it goes. */
TEST(closest_alternative)
{
    card_authorize_fake.return_val = 0;
    closest_alternative();
    TEST_ASSERT_CALLED_IN_ORDER(0, card_authorize);
    TEST_ASSERT_EQUAL(100, card_authorize_fake.arg0_val);
    TEST_ASSERT_CALLED_IN_ORDER(1, card_cancel);
    TEST_ASSERT_EQUAL(1, card_cancel_fake.arg0_val);
    TEST_ASSERT_CALLED_IN_ORDER(2, mail_sorry);
    TEST_ASSERT_CALLED_IN_ORDER(3, audit_log);
    TEST_ASSERT_EQUAL_STRING("cancelled", audit_log_fake.arg0_val);
    TEST_ASSERT_EQUAL(100, audit_log_fake.arg1_val);
}

TEST(unknown_function)
{
    stack_new_fake.return_val = 7;
    unknown_function();
    TEST_ASSERT_CALLED_IN_ORDER(0, stack_new);
    TEST_ASSERT_CALLED_IN_ORDER(1, stack_push);
    TEST_ASSERT_EQUAL(7, stack_push_fake.arg0_val);
    TEST_ASSERT_EQUAL(4, stack_push_fake.arg1_val);
}

TEST(long_trace_two_differences)
{
    long_trace_two_differences();
    for (int x = 0; x < 300; x++) {
        TEST_ASSERT_CALLED_IN_ORDER(x, chan_put);
        TEST_ASSERT_EQUAL(x, chan_put_fake.arg0_history[x]);
    }
}

/* A fake has one sequence of answers, and no order is asked for. */
TEST(ambiguous_language)
{
    static int answers[] = { 10, 99 };

    SET_RETURN_SEQ(sensor_read, answers, 2);
    ambiguous_language();
    TEST_ASSERT_CALLED(clock_tick);
    TEST_ASSERT_CALLED_TIMES(2, sensor_read);
}

TEST(too_few_repetitions)
{
    adc_read_fake.return_val = 7;
    too_few_repetitions();
    TEST_ASSERT_GREATER_OR_EQUAL(3, adc_read_fake.call_count);
    TEST_ASSERT_LESS_OR_EQUAL(5, adc_read_fake.call_count);
    TEST_ASSERT_CALLED(adc_stop);
}

RUN_THE_TEST_THAT_IS_ASKED_FOR
