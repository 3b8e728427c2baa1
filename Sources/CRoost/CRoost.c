#define _GNU_SOURCE
#include "CRoost.h"
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

int roost_accept(int listener, uint8_t peer[16]) {
    union {
        struct sockaddr_storage any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;
    socklen_t length = sizeof address;
    const int descriptor = accept4(listener, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0)
        return descriptor;
    memset(peer, 0, 16);
    if (length >= sizeof address.v4 && address.any.ss_family == AF_INET) {
        peer[10] = peer[11] = 0xFF;
        memcpy(peer + 12, &address.v4.sin_addr, 4);
    } else if (length >= sizeof address.v6 && address.any.ss_family == AF_INET6) {
        memcpy(peer, &address.v6.sin6_addr, 16);
    }
    return descriptor;
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
