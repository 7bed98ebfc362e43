/* mocked.h - the functions that every tool mocks. */
#ifndef MOCKED_H
#define MOCKED_H

int stack_new(void);
void stack_push(int s, int val);
int stack_pop(int s);
void log_debug(const char *text);
void uart_enable(int irq);
void can_filter(int id);
void can_start(void);
void led_set(int n, int on);
int net_connect(const char *host, int port);
int net_send(int h, const char *data, int len);
int net_recv(int h, int max);
void net_close(int h);
void gpio_set(int pin, int level);
void spi_write(int byte);
void irq_unmask(int line);
int modem_dial(const char *number);
void ui_show(const char *text);
int card_authorize(int amount);
void card_cancel(int id);
void card_capture(int id);
void mail_sorry(const char *to);
void mail_receipt(const char *to);
void audit_log(const char *what, int amount);
void chan_put(int x);
void chan_flush(int x);
int sensor_read(void);
void clock_tick(void);
int adc_read(void);
void adc_stop(void);

#endif
