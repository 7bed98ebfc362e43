// with_googlemock.cc - the ten mistakes under GoogleMock.
#include <gmock/gmock.h>

extern "C" {
#include "mistakes.h"
}

using testing::_;
using testing::Between;
using testing::InSequence;
using testing::Le;
using testing::Return;
using testing::Sequence;
using testing::StrEq;
using testing::StrictMock;

namespace {

struct Functions {
    MOCK_METHOD(int, stack_new, ());
    MOCK_METHOD(void, stack_push, (int s, int val));
    MOCK_METHOD(int, stack_pop, (int s));
    MOCK_METHOD(void, log_debug, (const char *text));
    MOCK_METHOD(void, uart_enable, (int irq));
    MOCK_METHOD(void, can_filter, (int id));
    MOCK_METHOD(void, can_start, ());
    MOCK_METHOD(void, led_set, (int n, int on));
    MOCK_METHOD(int, net_connect, (const char *host, int port));
    MOCK_METHOD(int, net_send, (int h, const char *data, int len));
    MOCK_METHOD(int, net_recv, (int h, int max));
    MOCK_METHOD(void, net_close, (int h));
    MOCK_METHOD(void, gpio_set, (int pin, int level));
    MOCK_METHOD(void, spi_write, (int byte));
    MOCK_METHOD(void, irq_unmask, (int line));
    MOCK_METHOD(int, modem_dial, (const char *number));
    MOCK_METHOD(void, ui_show, (const char *text));
    MOCK_METHOD(int, card_authorize, (int amount));
    MOCK_METHOD(void, card_cancel, (int id));
    MOCK_METHOD(void, card_capture, (int id));
    MOCK_METHOD(void, mail_sorry, (const char *to));
    MOCK_METHOD(void, mail_receipt, (const char *to));
    MOCK_METHOD(void, audit_log, (const char *what, int amount));
    MOCK_METHOD(void, chan_put, (int x));
    MOCK_METHOD(void, chan_flush, (int x));
    MOCK_METHOD(int, sensor_read, ());
    MOCK_METHOD(void, clock_tick, ());
    MOCK_METHOD(int, adc_read, ());
    MOCK_METHOD(void, adc_stop, ());
};

StrictMock<Functions> *mocked;

class Mistakes : public testing::Test {
protected:
    Mistakes() { mocked = &functions; }
    StrictMock<Functions> functions;
};

} // namespace

extern "C" {
int stack_new(void) { return mocked->stack_new(); }
void stack_push(int s, int val) { mocked->stack_push(s, val); }
int stack_pop(int s) { return mocked->stack_pop(s); }
void log_debug(const char *text) { mocked->log_debug(text); }
void uart_enable(int irq) { mocked->uart_enable(irq); }
void can_filter(int id) { mocked->can_filter(id); }
void can_start(void) { mocked->can_start(); }
void led_set(int n, int on) { mocked->led_set(n, on); }
int net_connect(const char *host, int port) { return mocked->net_connect(host, port); }
int net_send(int h, const char *data, int len) { return mocked->net_send(h, data, len); }
int net_recv(int h, int max) { return mocked->net_recv(h, max); }
void net_close(int h) { mocked->net_close(h); }
void gpio_set(int pin, int level) { mocked->gpio_set(pin, level); }
void spi_write(int byte) { mocked->spi_write(byte); }
void irq_unmask(int line) { mocked->irq_unmask(line); }
int modem_dial(const char *number) { return mocked->modem_dial(number); }
void ui_show(const char *text) { mocked->ui_show(text); }
int card_authorize(int amount) { return mocked->card_authorize(amount); }
void card_cancel(int id) { mocked->card_cancel(id); }
void card_capture(int id) { mocked->card_capture(id); }
void mail_sorry(const char *to) { mocked->mail_sorry(to); }
void mail_receipt(const char *to) { mocked->mail_receipt(to); }
void audit_log(const char *what, int amount) { mocked->audit_log(what, amount); }
void chan_put(int x) { mocked->chan_put(x); }
void chan_flush(int x) { mocked->chan_flush(x); }
int sensor_read(void) { return mocked->sensor_read(); }
void clock_tick(void) { mocked->clock_tick(); }
int adc_read(void) { return mocked->adc_read(); }
void adc_stop(void) { mocked->adc_stop(); }
}

TEST_F(Mistakes, unexpected_call)
{
    InSequence in_order;
    EXPECT_CALL(functions, stack_new()).WillOnce(Return(7));
    EXPECT_CALL(functions, stack_push(7, 4));
    EXPECT_CALL(functions, stack_push(7, 6));
    EXPECT_CALL(functions, stack_pop(7)).WillOnce(Return(6));
    unexpected_call();
}

TEST_F(Mistakes, missing_calls_in_par)
{
    Sequence uart, can, led;
    EXPECT_CALL(functions, uart_enable(7)).InSequence(uart);
    EXPECT_CALL(functions, can_filter(testing::AllOf(testing::Ge(0x100), Le(0x1FF)))).InSequence(can);
    EXPECT_CALL(functions, can_start()).InSequence(can);
    EXPECT_CALL(functions, led_set(0, 1)).InSequence(led);
    EXPECT_CALL(functions, led_set(1, 1)).InSequence(led);
    missing_calls_in_par();
}

TEST_F(Mistakes, wrong_arguments)
{
    InSequence in_order;
    EXPECT_CALL(functions, net_connect(StrEq("example.org"), 443)).WillOnce(Return(3));
    EXPECT_CALL(functions, net_send(3, StrEq("GET /index.html HTTP/1.1"), 24)).WillOnce(Return(24));
    EXPECT_CALL(functions, net_recv(3, Le(4096))).WillOnce(Return(512));
    EXPECT_CALL(functions, net_close(3));
    wrong_arguments();
}

TEST_F(Mistakes, wrong_order)
{
    InSequence in_order;
    EXPECT_CALL(functions, gpio_set(5, 0));
    EXPECT_CALL(functions, spi_write(0x9F));
    EXPECT_CALL(functions, gpio_set(5, 1));
    EXPECT_CALL(functions, irq_unmask(5));
    wrong_order();
}

TEST_F(Mistakes, one_too_many)
{
    InSequence in_order;
    EXPECT_CALL(functions, modem_dial(_)).Times(Between(1, 3)).WillRepeatedly(Return(-1));
    EXPECT_CALL(functions, ui_show(StrEq("no carrier")));
    one_too_many();
}

// GoogleMock has no choice between sequences: the test says which way it goes.
TEST_F(Mistakes, closest_alternative)
{
    InSequence in_order;
    EXPECT_CALL(functions, card_authorize(100)).WillOnce(Return(0));
    EXPECT_CALL(functions, card_cancel(1));
    EXPECT_CALL(functions, mail_sorry(_));
    EXPECT_CALL(functions, audit_log(StrEq("cancelled"), 100));
    closest_alternative();
}

TEST_F(Mistakes, unknown_function)
{
    InSequence in_order;
    EXPECT_CALL(functions, stack_new()).WillOnce(Return(7));
    EXPECT_CALL(functions, stack_push(7, 4));
    unknown_function();
}

TEST_F(Mistakes, long_trace_two_differences)
{
    InSequence in_order;
    for (int x = 0; x < 300; x++)
        EXPECT_CALL(functions, chan_put(x));
    long_trace_two_differences();
}

// The one that is written last answers first.
TEST_F(Mistakes, ambiguous_language)
{
    Sequence first, second;
    EXPECT_CALL(functions, sensor_read()).InSequence(first).WillOnce(Return(10)).RetiresOnSaturation();
    EXPECT_CALL(functions, clock_tick()).InSequence(second);
    EXPECT_CALL(functions, sensor_read()).InSequence(second).WillOnce(Return(99)).RetiresOnSaturation();
    ambiguous_language();
}

TEST_F(Mistakes, too_few_repetitions)
{
    InSequence in_order;
    EXPECT_CALL(functions, adc_read()).Times(Between(3, 5)).WillRepeatedly(Return(7));
    EXPECT_CALL(functions, adc_stop());
    too_few_repetitions();
}

int main(int argc, char **argv)
{
    testing::InitGoogleMock(&argc, argv);
    return RUN_ALL_TESTS();
}
