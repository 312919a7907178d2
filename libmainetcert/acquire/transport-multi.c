/* SPDX-License-Identifier: BSD-3-Clause */
/* Many exchanges at a time, over few connections. */
#include <stdlib.h>

#include "acquire/attempt.h"

#define TICK_MS 100

/* One of those that are under way. It stays where it is as long as libcurl has connections, for
 * their TLS looks at what it remembers of the server. */
typedef struct job {
    bool is_busy;
    size_t number;
    int32_t answers; /* that the proxy had been given when it began */
    int64_t begun_ms;
    mn_attempt attempt;
    mn_passage passage;
    mn_reply reply;
    mainet_error error;
} job;

/* One call of mn_exchange_many_by_curl. */
typedef struct crowd {
    const mn_crowd *wanted;
    CURLM *multi;
    job *jobs;
    size_t busy;
    mn_passage passage; /* what all know of the proxy */
    int32_t answers;    /* that it has been given */
    int64_t ends_ms;    /* 0: not yet */
    mainet_error ended; /* why nobody wants to go on */
} crowd;

static void
crowd_clear(crowd *self)
{
    for (size_t i = 0; self->jobs != NULL && i < self->wanted->jobs; i++) {
        if (self->jobs[i].is_busy)
            mn_attempt_close(&self->jobs[i].attempt);
        mn_reply_clear(&self->jobs[i].reply);
    }
    if (self->multi != NULL)
        (void)curl_multi_cleanup(self->multi);
    mn_credentials_clear(&self->passage.credentials);
    free(self->jobs);
}

static void
settle(crowd *self, job *one, mainet_status status)
{
    if (one->is_busy)
        mn_attempt_close(&one->attempt);
    self->busy -= one->is_busy;
    one->is_busy = false;
    self->wanted->settle(self->wanted->self, one->number, &one->reply,
                         status == MAINET_OK ? NULL : &one->error);
    mn_reply_clear(&one->reply);
}

static void
begin_attempt(crowd *self, job *one, const mn_exchange *exchange)
{
    mainet_status status = MAINET_OK;

    one->answers = self->answers;
    one->begun_ms = mn_now_ms();
    one->passage.proxy = self->passage.proxy;
    one->passage.login = self->passage.login;
    one->passage.credentials = self->passage.credentials; /* libcurl copies them now */
    one->error = (mainet_error){.status = MAINET_OK};
    one->attempt = (mn_attempt){.exchange = exchange,
                                .reply = &one->reply,
                                .passage = &one->passage,
                                .shares_connections = true,
                                .stopped = MAINET_OK,
                                .err = &one->error};
    self->busy++;
    one->is_busy = true;
    status = mn_attempt_open(&one->attempt, self->multi);
    if (status == MAINET_OK &&
        curl_easy_setopt(one->attempt.easy, CURLOPT_PRIVATE, one) != CURLE_OK)
        status = mn_fail(&one->error, MAINET_E_REQUEST_HANDLE, 0, "libcurl refused an option");
    if (status != MAINET_OK)
        settle(self, one, status);
}

/* Answers whether there was one. */
static bool
begin_next(crowd *self, job *one)
{
    const mn_exchange *exchange = self->wanted->next(self->wanted->self, &one->number);

    if (exchange == NULL)
        return false;
    one->passage = mn_passage_of(exchange->request, exchange->url, exchange->timeout_ms);
    if (self->passage.proxy == NULL)
        self->passage.proxy = one->passage.proxy;
    begin_attempt(self, one, exchange);
    return true;
}

static void
begin_more(crowd *self)
{
    bool has_more = self->ends_ms == 0;

    for (size_t i = 0; has_more && i < self->wanted->jobs; i++)
        while (has_more && !self->jobs[i].is_busy)
            has_more = begin_next(self, &self->jobs[i]);
}

/* One answer is for all: whoever was refused with an older one tries the newer. Nothing was sent,
 * for there was no tunnel. */
static void
try_again(crowd *self, job *one)
{
    const mn_exchange *exchange = one->attempt.exchange;
    mainet_status status = MAINET_OK;

    one->passage.left_ms -= mn_now_ms() - one->begun_ms;
    if (one->answers == self->answers) {
        self->passage.takes_tickets = one->passage.takes_tickets;
        self->passage.left_ms = one->passage.left_ms;
        status = mn_passage_answer(&self->passage, exchange->request, exchange->url, &one->error);
        self->answers += status == MAINET_OK;
    }
    if (status != MAINET_OK || self->ends_ms != 0) {
        settle(self, one, status != MAINET_OK ? status : (one->error = self->ended).status);
        return;
    }
    mn_attempt_close(&one->attempt);
    self->busy--;
    one->is_busy = false;
    begin_attempt(self, one, exchange);
}

static void
end_attempt(crowd *self, job *one, CURLcode code)
{
    mainet_status status = mn_attempt_end(&one->attempt, code);

    if (status == MAINET_OK && !one->passage.is_asked && one->answers == self->answers)
        mn_passage_remember(&self->passage, one->attempt.exchange->request);
    if (status == MAINET_OK && one->passage.is_asked)
        try_again(self, one);
    else
        settle(self, one, status);
}

static mainet_status
perform(crowd *self, mainet_error *err)
{
    int running = 0;
    int left = 0;
    CURLMsg *message = NULL;

    if (curl_multi_perform(self->multi, &running) != CURLM_OK)
        return mn_fail(err, MAINET_E_UNKNOWN_ASKING, 0, "libcurl cannot go on");
    while ((message = curl_multi_info_read(self->multi, &left)) != NULL) {
        const CURLcode code = message->data.result;
        char *owner = NULL;

        if (message->msg == CURLMSG_DONE &&
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner) == CURLE_OK)
            end_attempt(self, (job *)(void *)owner, code);
    }
    return MAINET_OK;
}

/* What was sent and is not answered is worth a wait; what was not sent costs nobody anything. */
static void
give_up(crowd *self)
{
    const bool is_over = mn_now_ms() >= self->ends_ms;

    for (size_t i = 0; i < self->wanted->jobs; i++) {
        job *one = &self->jobs[i];

        if (one->is_busy && (is_over || one->attempt.sent == 0)) {
            one->error = self->ended;
            settle(self, one, one->error.status);
        }
    }
}

static void
end_round(crowd *self)
{
    mainet_error why = {0};

    if (self->wanted->round(self->wanted->self, &why) != MAINET_OK && self->ends_ms == 0) {
        self->ended = why;
        self->ends_ms = mn_now_ms() + MN_CROWD_GRACE_MS;
    }
    if (self->ends_ms != 0)
        give_up(self);
}

static mainet_status
run(crowd *self, mainet_error *err)
{
    begin_more(self);
    while (self->busy != 0) {
        MN_TRY(perform(self, err));
        end_round(self);
        begin_more(self);
        if (self->busy != 0 && curl_multi_poll(self->multi, NULL, 0, TICK_MS, NULL) != CURLM_OK)
            return mn_fail(err, MAINET_E_UNKNOWN_ASKING, 0, "libcurl cannot wait");
    }
    end_round(self); /* of those that ended before they began */
    if (self->ended.status != MAINET_OK)
        *err = self->ended;
    return self->ended.status;
}

mainet_status
mn_exchange_many_by_curl(void *self, const mn_crowd *wanted, mainet_error *err)
{
    __attribute__((cleanup(crowd_clear))) crowd all = {.wanted = wanted};

    (void)self;
    MN_TRY(mn_attempts_begin(err));
    all.jobs = calloc(wanted->jobs, sizeof *all.jobs);
    if (all.jobs == NULL)
        return mn_fail_memory(err, "exchanges");
    for (size_t i = 0; i < wanted->jobs; i++)
        all.jobs[i].reply = (mn_reply)MN_REPLY_INIT;
    all.multi = curl_multi_init();
    if (all.multi == NULL ||
        curl_multi_setopt(all.multi, CURLMOPT_MAXCONNECTS, (long)wanted->jobs) != CURLM_OK)
        return mn_fail(err, MAINET_E_CONNECTION_HANDLE, 0, "libcurl gave no handle");
    return run(&all, err);
}
