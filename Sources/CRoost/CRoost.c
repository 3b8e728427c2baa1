#define _GNU_SOURCE
#include "CRoost.h"
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

int roost_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int roost_timer_create(void) {
    return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
}

int roost_timer_set(int timer, uint64_t time) {
    // A time of 0 would switch the timer off.
    if (time == 0)
        time = 1;
    const struct itimerspec setting = {
        .it_value = {.tv_sec = (time_t)(time / 1000000000), .tv_nsec = (long)(time % 1000000000)},
    };
    return timerfd_settime(timer, TFD_TIMER_ABSTIME, &setting, NULL);
}

int roost_memory_file(void) {
    return memfd_create("roost", MFD_CLOEXEC);
}
