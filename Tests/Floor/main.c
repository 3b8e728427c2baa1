// The floor that Roost's delivery cost is measured against: a program that takes messages from one Redis channel and
// does nothing but libwebsockets writes. No channel names, no parsing, no slow-reader policy, no limits.
//
//     roost-floor [--redis PORT] [--channel NAME]
//
// It prints the port it listens on (127.0.0.1, chosen by the system), takes every WebSocket on any path as a
// subscriber, and ends on SIGTERM or SIGINT. Each loop turn's messages leave in one raw write per connection: frame
// headers built here, as Roost builds them, so that both sides of the comparison put the same bytes on the wire.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <hiredis/hiredis.h>
#include <libwebsockets.h>
#include <uv.h>

// The largest batch of one turn, and with it the most that one lws_write may take.
#define BATCH_SIZE (1 << 20)
#define READ_SIZE (64 << 10)
#define MOST_CONNECTIONS (1 << 20)

struct subscriber {
    size_t slot;
};

static struct lws *subscribers[MOST_CONNECTIONS];
static size_t subscriber_count;

static unsigned char batch[LWS_PRE + BATCH_SIZE];
static size_t batch_length;

static redisReader *reader;
static int redis_descriptor;
static uv_loop_t loop;
static uv_poll_t redis_poll;
static uv_prepare_t turn_end;
static uv_signal_t signals[2];

static void fail(const char *what, const char *why) {
    fprintf(stderr, "roost-floor: %s: %s\n", what, why);
    exit(1);
}

static int on_websocket(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length) {
    struct subscriber *subscriber = user;
    (void)in;
    (void)length;
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
        if (subscriber_count == MOST_CONNECTIONS)
            return -1;
        subscriber->slot = subscriber_count;
        subscribers[subscriber_count++] = wsi;
        break;
    case LWS_CALLBACK_CLOSED: {
        // The last one takes the free place.
        struct lws *last = subscribers[--subscriber_count];
        subscribers[subscriber->slot] = last;
        ((struct subscriber *)lws_wsi_user(last))->slot = subscriber->slot;
        break;
    }
    default:
        break;
    }
    return 0;
}

static const struct lws_protocols protocols[] = {
    {"floor", on_websocket, sizeof(struct subscriber), 4096, 0, NULL, BATCH_SIZE},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

// One raw write per connection. Where the socket was full before, libwebsockets copies the batch into its own list:
// the load generator's window of outstanding messages keeps that list short.
static void flush_batch(void) {
    if (!batch_length)
        return;
    for (size_t slot = 0; slot < subscriber_count; slot++)
        lws_write(subscribers[slot], batch + LWS_PRE, batch_length, LWS_WRITE_HTTP);
    batch_length = 0;
}

static void append_frame(const char *payload, size_t length) {
    if (length > 65535)
        fail("a message is too large", "at most 65535 bytes");
    if (batch_length + length + 4 > BATCH_SIZE)
        flush_batch();
    unsigned char *at = batch + LWS_PRE + batch_length;
    at[0] = 0x81;
    if (length < 126) {
        at[1] = (unsigned char)length;
        at += 2;
    } else {
        at[1] = 126;
        at[2] = (unsigned char)(length >> 8);
        at[3] = (unsigned char)length;
        at += 4;
    }
    memcpy(at, payload, length);
    batch_length = (size_t)(at + length - (batch + LWS_PRE));
}

static void on_redis(uv_poll_t *poll, int status, int events) {
    static char input[READ_SIZE];
    (void)poll;
    (void)events;
    if (status < 0)
        fail("Redis", uv_strerror(status));
    ssize_t count = read(redis_descriptor, input, sizeof input);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0)
        fail("Redis", count ? strerror(errno) : "it closed the connection");
    if (redisReaderFeed(reader, input, (size_t)count) != REDIS_OK)
        fail("Redis", reader->errstr);
    redisReply *reply = NULL;
    while (redisReaderGetReply(reader, (void **)&reply) == REDIS_OK && reply) {
        if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 3 && !strcmp(reply->element[0]->str, "message"))
            append_frame(reply->element[2]->str, reply->element[2]->len);
        freeReplyObject(reply);
        reply = NULL;
    }
    if (reader->err)
        fail("Redis", reader->errstr);
}

static void on_turn_end(uv_prepare_t *prepare) {
    (void)prepare;
    flush_batch();
}

static void on_signal(uv_signal_t *handle, int number) {
    (void)handle;
    (void)number;
    exit(0);
}

static void subscribe(int port, const char *channel) {
    redisContext *redis = redisConnect("127.0.0.1", port);
    if (!redis || redis->err)
        fail("Redis", redis ? redis->errstr : "out of memory");
    redisReply *reply = redisCommand(redis, "SUBSCRIBE %s", channel);
    if (!reply || reply->type == REDIS_REPLY_ERROR)
        fail("SUBSCRIBE", reply ? reply->str : redis->errstr);
    freeReplyObject(reply);
    redis_descriptor = redis->fd;
    reader = redis->reader;
    fcntl(redis_descriptor, F_SETFL, fcntl(redis_descriptor, F_GETFL) | O_NONBLOCK);
    uv_poll_init(&loop, &redis_poll, redis_descriptor);
    uv_poll_start(&redis_poll, UV_READABLE, on_redis);
}

static void listen_anywhere(void) {
    static void *foreign_loops[1] = {&loop};
    struct lws_context_creation_info info = {0};
    info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    info.foreign_loops = foreign_loops;
    info.gid = (gid_t)-1;
    info.uid = (uid_t)-1;
    info.pt_serv_buf_size = BATCH_SIZE;
    info.protocols = protocols;
    info.iface = "127.0.0.1";
    info.port = 0;
    struct lws_context *context = lws_create_context(&info);
    if (!context)
        fail("libwebsockets", "no context");
    struct lws_vhost *vhost = lws_create_vhost(context, &info);
    if (!vhost)
        fail("libwebsockets", "no listener");
    printf("%d\n", lws_get_vhost_listen_port(vhost));
    fflush(stdout);
}

static void raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int main(int argc, char **argv) {
    int port = 6379;
    const char *channel = "bench";
    for (int index = 1; index < argc; index += 2) {
        if (index + 1 < argc && !strcmp(argv[index], "--redis"))
            port = atoi(argv[index + 1]);
        else if (index + 1 < argc && !strcmp(argv[index], "--channel"))
            channel = argv[index + 1];
        else {
            fprintf(stderr, "usage: roost-floor [--redis PORT] [--channel NAME]\n");
            return 2;
        }
    }
    raise_descriptor_limit();
    signal(SIGPIPE, SIG_IGN);
    lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
    uv_loop_init(&loop);
    const int numbers[2] = {SIGTERM, SIGINT};
    for (int index = 0; index < 2; index++) {
        uv_signal_init(&loop, &signals[index]);
        uv_signal_start(&signals[index], on_signal, numbers[index]);
    }
    subscribe(port, channel);
    uv_prepare_init(&loop, &turn_end);
    uv_prepare_start(&turn_end, on_turn_end);
    listen_anywhere();
    uv_run(&loop, UV_RUN_DEFAULT);
    return 0;
}
