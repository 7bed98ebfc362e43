/* with_cmock.c - the ten mistakes under CMock and Unity. The mocks are generated: with strict ordering of all calls of a
 * test where its language has an order of all calls, without any ordering else.
 */
#include "Mockmocked.h"
#include "mistakes.h"
#include "unity_tests.h"

int GlobalExpectCount;
int GlobalVerifyOrder;

void setUp(void) { Mockmocked_Init(); }

void tearDown(void)
{
    Mockmocked_Verify();
    Mockmocked_Destroy();
}

TEST(unexpected_call)
{
    stack_new_ExpectAndReturn(7);
    stack_push_Expect(7, 4);
    stack_push_Expect(7, 6);
    stack_pop_ExpectAndReturn(7, 6);
    unexpected_call();
}

/* CMock has no ranges of values and no partial order: one value, and no order. */
TEST(missing_calls_in_par)
{
    uart_enable_Expect(7);
    can_filter_Expect(0x180);
    can_start_Expect();
    led_set_Expect(0, 1);
    led_set_Expect(1, 1);
    missing_calls_in_par();
}

TEST(wrong_arguments)
{
    net_connect_ExpectAndReturn("example.org", 443, 3);
    net_send_ExpectAndReturn(3, "GET /index.html HTTP/1.1", 24, 24);
    net_recv_ExpectAndReturn(3, 4096, 512);
    net_close_Expect(3);
    wrong_arguments();
}

TEST(wrong_order)
{
    gpio_set_Expect(5, 0);
    spi_write_Expect(0x9F);
    gpio_set_Expect(5, 1);
    irq_unmask_Expect(5);
    wrong_order();
}

/* CMock has no "one to three times": this expects three. */
TEST(one_too_many)
{
    for (int i = 0; i < 3; i++) {
        modem_dial_ExpectAndReturn(NULL, -1);
        modem_dial_IgnoreArg_number();
    }
    ui_show_Expect("no carrier");
    one_too_many();
}

/* CMock has no choice: the test says which way it goes. */
TEST(closest_alternative)
{
    card_authorize_ExpectAndReturn(100, 0);
    card_cancel_Expect(1);
    mail_sorry_Expect(NULL);
    mail_sorry_IgnoreArg_to();
    audit_log_Expect("cancelled", 100);
    closest_alternative();
}

TEST(unknown_function)
{
    stack_new_ExpectAndReturn(7);
    stack_push_Expect(7, 4);
    unknown_function();
}

TEST(long_trace_two_differences)
{
    for (int x = 0; x < 300; x++)
        chan_put_Expect(x);
    long_trace_two_differences();
}

/* The one that is written first answers first. */
TEST(ambiguous_language)
{
    sensor_read_ExpectAndReturn(10);
    clock_tick_Expect();
    sensor_read_ExpectAndReturn(99);
    ambiguous_language();
}

/* CMock has no "three to five times": this expects three. */
TEST(too_few_repetitions)
{
    for (int i = 0; i < 3; i++)
        adc_read_ExpectAndReturn(7);
    adc_stop_Expect();
    too_few_repetitions();
}

RUN_THE_TEST_THAT_IS_ASKED_FOR
