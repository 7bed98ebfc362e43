// with_cpputest.cc - the ten mistakes under CppUTest. Strict order is for all calls of a test or for none.
#include <CppUTest/CommandLineTestRunner.h>
#include <CppUTest/TestHarness.h>
#include <CppUTest/TestRegistry.h>
#include <CppUTestExt/MockSupport.h>
#include <CppUTestExt/MockSupportPlugin.h>

extern "C" {
#include "mistakes.h"

int stack_new(void) { return mock().actualCall("stack_new").returnIntValue(); }
void stack_push(int s, int val) { mock().actualCall("stack_push").withParameter("s", s).withParameter("val", val); }
int stack_pop(int s) { return mock().actualCall("stack_pop").withParameter("s", s).returnIntValue(); }
void log_debug(const char *text) { mock().actualCall("log_debug").withParameter("text", text); }
void uart_enable(int irq) { mock().actualCall("uart_enable").withParameter("irq", irq); }
void can_filter(int id) { mock().actualCall("can_filter").withParameter("id", id); }
void can_start(void) { mock().actualCall("can_start"); }
void led_set(int n, int on) { mock().actualCall("led_set").withParameter("n", n).withParameter("on", on); }
int net_connect(const char *host, int port)
{
    return mock().actualCall("net_connect").withParameter("host", host).withParameter("port", port).returnIntValue();
}
int net_send(int h, const char *data, int len)
{
    return mock()
        .actualCall("net_send")
        .withParameter("h", h)
        .withParameter("data", data)
        .withParameter("len", len)
        .returnIntValue();
}
int net_recv(int h, int max)
{
    return mock().actualCall("net_recv").withParameter("h", h).withParameter("max", max).returnIntValue();
}
void net_close(int h) { mock().actualCall("net_close").withParameter("h", h); }
void gpio_set(int pin, int level) { mock().actualCall("gpio_set").withParameter("pin", pin).withParameter("level", level); }
void spi_write(int byte) { mock().actualCall("spi_write").withParameter("byte", byte); }
void irq_unmask(int line) { mock().actualCall("irq_unmask").withParameter("line", line); }
int modem_dial(const char *number) { return mock().actualCall("modem_dial").withParameter("number", number).returnIntValue(); }
void ui_show(const char *text) { mock().actualCall("ui_show").withParameter("text", text); }
int card_authorize(int amount) { return mock().actualCall("card_authorize").withParameter("amount", amount).returnIntValue(); }
void card_cancel(int id) { mock().actualCall("card_cancel").withParameter("id", id); }
void card_capture(int id) { mock().actualCall("card_capture").withParameter("id", id); }
void mail_sorry(const char *to) { mock().actualCall("mail_sorry").withParameter("to", to); }
void mail_receipt(const char *to) { mock().actualCall("mail_receipt").withParameter("to", to); }
void audit_log(const char *what, int amount)
{
    mock().actualCall("audit_log").withParameter("what", what).withParameter("amount", amount);
}
void chan_put(int x) { mock().actualCall("chan_put").withParameter("x", x); }
void chan_flush(int x) { mock().actualCall("chan_flush").withParameter("x", x); }
int sensor_read(void) { return mock().actualCall("sensor_read").returnIntValue(); }
void clock_tick(void) { mock().actualCall("clock_tick"); }
int adc_read(void) { return mock().actualCall("adc_read").returnIntValue(); }
void adc_stop(void) { mock().actualCall("adc_stop"); }
}

TEST_GROUP(mistakes){};

TEST(mistakes, unexpected_call)
{
    mock().strictOrder();
    mock().expectOneCall("stack_new").andReturnValue(7);
    mock().expectOneCall("stack_push").withParameter("s", 7).withParameter("val", 4);
    mock().expectOneCall("stack_push").withParameter("s", 7).withParameter("val", 6);
    mock().expectOneCall("stack_pop").withParameter("s", 7).andReturnValue(6);
    unexpected_call();
}

// CppUTest has no ranges of values and no partial order: one value, and no order.
TEST(mistakes, missing_calls_in_par)
{
    mock().expectOneCall("uart_enable").withParameter("irq", 7);
    mock().expectOneCall("can_filter").withParameter("id", 0x180);
    mock().expectOneCall("can_start");
    mock().expectOneCall("led_set").withParameter("n", 0).withParameter("on", 1);
    mock().expectOneCall("led_set").withParameter("n", 1).withParameter("on", 1);
    missing_calls_in_par();
}

TEST(mistakes, wrong_arguments)
{
    mock().strictOrder();
    mock().expectOneCall("net_connect").withParameter("host", "example.org").withParameter("port", 443).andReturnValue(3);
    mock()
        .expectOneCall("net_send")
        .withParameter("h", 3)
        .withParameter("data", "GET /index.html HTTP/1.1")
        .withParameter("len", 24)
        .andReturnValue(24);
    mock().expectOneCall("net_recv").withParameter("h", 3).withParameter("max", 4096).andReturnValue(512);
    mock().expectOneCall("net_close").withParameter("h", 3);
    wrong_arguments();
}

TEST(mistakes, wrong_order)
{
    mock().strictOrder();
    mock().expectOneCall("gpio_set").withParameter("pin", 5).withParameter("level", 0);
    mock().expectOneCall("spi_write").withParameter("byte", 0x9F);
    mock().expectOneCall("gpio_set").withParameter("pin", 5).withParameter("level", 1);
    mock().expectOneCall("irq_unmask").withParameter("line", 5);
    wrong_order();
}

// CppUTest has no "one to three times": this expects three.
TEST(mistakes, one_too_many)
{
    mock().strictOrder();
    mock().expectNCalls(3, "modem_dial").ignoreOtherParameters().andReturnValue(-1);
    mock().expectOneCall("ui_show").withParameter("text", "no carrier");
    one_too_many();
}

// CppUTest has no choice: the test says which way it goes.
TEST(mistakes, closest_alternative)
{
    mock().strictOrder();
    mock().expectOneCall("card_authorize").withParameter("amount", 100).andReturnValue(0);
    mock().expectOneCall("card_cancel").withParameter("id", 1);
    mock().expectOneCall("mail_sorry").ignoreOtherParameters();
    mock().expectOneCall("audit_log").withParameter("what", "cancelled").withParameter("amount", 100);
    closest_alternative();
}

TEST(mistakes, unknown_function)
{
    mock().strictOrder();
    mock().expectOneCall("stack_new").andReturnValue(7);
    mock().expectOneCall("stack_push").withParameter("s", 7).withParameter("val", 4);
    unknown_function();
}

TEST(mistakes, long_trace_two_differences)
{
    mock().strictOrder();
    for (int x = 0; x < 300; x++)
        mock().expectOneCall("chan_put").withParameter("x", x);
    long_trace_two_differences();
}

// The one that is written first answers first.
TEST(mistakes, ambiguous_language)
{
    mock().expectOneCall("sensor_read").andReturnValue(10);
    mock().expectOneCall("clock_tick");
    mock().expectOneCall("sensor_read").andReturnValue(99);
    ambiguous_language();
}

// CppUTest has no "three to five times": this expects three.
TEST(mistakes, too_few_repetitions)
{
    mock().strictOrder();
    mock().expectNCalls(3, "adc_read").andReturnValue(7);
    mock().expectOneCall("adc_stop");
    too_few_repetitions();
}

int main(int argc, char **argv)
{
    MockSupportPlugin plugin;

    TestRegistry::getCurrentRegistry()->installPlugin(&plugin);
    return CommandLineTestRunner::RunAllTests(argc, argv);
}
