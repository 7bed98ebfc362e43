/* processes.h - a SUT that forks, closes descriptors and signals its relatives. */
#ifndef PROCESSES_H
#define PROCESSES_H

/* mocked */
int dev_tick(void);
void dev_note(int value);

int fork_and_note(int value);
int fork_and_exit(int status);
int fork_and_crash(void);
int fork_and_return(void);
int fork_and_stay(void);
int fork_daemon(int pids[2]);
int daemonise(void);
int run_shell(const char *command);
int close_all(void);
int close_ours_by_range(void);
int close_ours_from(int first);
int dup_onto_ours(void);
int dup3_onto_ours(void);
int signal_group(int number);
int kill_parent(void);
int note(int value);
int own_pid(void);
int parent_pid(void);
void free_block(void *block);
int *grow(int *block, int count);

#endif
