/* mistakes.c - each function makes one mistake, which its comment names. */
#include "mistakes.h"

/* 4 and 6 should be pushed before the first pop; 6 is forgotten. */
void unexpected_call(void)
{
    int s = stack_new();

    stack_push(s, 4);
    stack_pop(s);
}

/* The last LED is not lit and the interrupt of the UART not enabled. */
void missing_calls_in_par(void)
{
    can_filter(0x180);
    led_set(0, 1);
    can_start();
}

/* An l is missing in a file name, and the buffer is twice as large as allowed. */
void wrong_arguments(void)
{
    int h = net_connect("example.org", 443);

    net_send(h, "GET /index.htm HTTP/1.1", 24);
    net_recv(h, 8192);
    net_close(h);
}

/* The interrupt is unmasked before the transfer and not behind it. */
void wrong_order(void)
{
    gpio_set(5, 0);
    irq_unmask(5);
    spi_write(0x9F);
    gpio_set(5, 1);
}

/* Dials until somebody answers, and not three times at most. */
void one_too_many(void)
{
    for (int tries = 0; tries < 4; tries++)
        modem_dial("555");
    ui_show("no carrier");
}

/* The payment is cancelled as it should be, but what is logged is misspelt, and the amount wrong. */
void closest_alternative(void)
{
    if (card_authorize(100) == 0) {
        card_cancel(1);
        mail_sorry("bob");
        audit_log("canceled", 101);
    }
}

/* A debug message was left in. */
void unknown_function(void)
{
    int s = stack_new();

    log_debug("pushing");
    stack_push(s, 4);
}

/* Of 300 numbers one is left out, and once the channel is flushed too early. */
void long_trace_two_differences(void)
{
    for (int x = 0; x < 300; x++) {
        if (x == 200)
            chan_flush(1);
        if (x != 120)
            chan_put(x);
    }
}

/* Not the SUT is wrong but the expectation: it says 10 and 99 for the same call. */
void ambiguous_language(void)
{
    clock_tick();
    sensor_read();
    sensor_read();
}

/* Three samples at least are asked for, two are taken. */
void too_few_repetitions(void)
{
    adc_read();
    adc_read();
    adc_stop();
}
