// The few C lines that Swift cannot say.
#ifndef CROOST_H
#define CROOST_H

#include <stdint.h>

/// accept4(2) for a non-blocking, close-on-exec connection: glibc declares it for _GNU_SOURCE only, which Swift's
/// Glibc module does not define. `peer` gets the other end's address, IPv4 mapped into IPv6 (RFC 4291 section 2.5.5.2), or
/// zeros if it has none. -1 with errno set on failure.
int roost_accept(int listener, uint8_t peer[16]);

/// timerfd_create(2) on CLOCK_MONOTONIC, non-blocking and close-on-exec: Swift's Glibc module leaves the header out.
/// -1 with errno set on failure.
int roost_timer_create(void);

/// Makes such a timer readable once, at `time` nanoseconds of its clock, or at once if that has passed.
int roost_timer_set(int timer, uint64_t time);

/// memfd_create(2): an empty file that has no name, close-on-exec. glibc declares it for _GNU_SOURCE only. -1 with errno
/// set on failure.
int roost_memory_file(void);

#endif
