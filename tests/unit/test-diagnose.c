/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run-suite.h"

static mainet_request *request;
static mainet_error err;

/* What the network does, and what it was asked for. */
static struct {
    char asked[256]; /* the addresses, a blank behind each */
    int cancel_at;   /* the progress callback ends the call then; 0: never */
    int heard;
    mainet_status failure;
} network;

static mainet_status
answer_probe(void *self, const mainet_request *from, const char *url, mn_passage *passage,
             mn_finding *finding, mainet_error *failure)
{
    (void)self;
    ck_assert_ptr_eq(from, request);
    strcat(strcat(network.asked, url), " ");
    ck_assert_int_eq(passage->asked++, network.heard - 1); /* what is known of a proxy is kept */
    if (network.failure != MAINET_OK)
        return mn_fail(failure, network.failure, 0, "the network is gone");
    finding->stage = strstr(url, "blocked") != NULL ? MAINET_STAGE_CONNECT : MAINET_STAGE_DONE;
    finding->status = strstr(url, "blocked") != NULL ? MAINET_E_UNREACHABLE : MAINET_OK;
    return MAINET_OK;
}

static const mn_prober prober = {.probe = answer_probe};

static mainet_status
hear(mainet_phase phase, int64_t done, int64_t total, void *user_data)
{
    (void)user_data;
    ck_assert_int_eq(phase, MAINET_PHASE_ASKING);
    ck_assert_int_eq(done, network.heard);
    ck_assert_int_eq(total, 4);
    return ++network.heard == network.cancel_at ? MAINET_E_CANCELLED : MAINET_OK;
}

static void
start(void)
{
    char path[] = "/tmp/test-diagnose-XXXXXX";
    int fd = mkstemp(path);
    mainet_service *service = NULL;

    ck_assert_int_gt(dprintf(fd, "[service]\nname=n\n[retrieve]\nurl=https://h/retrieve\n"
                                 "[confirm]\nurl=https://h:444/\n[network]\n"
                                 "endpoint=HTTPS://H/\nendpoint=http://h/\n"
                                 "endpoint=https://blocked/\nendpoint=http://h/again\n"),
                     0);
    ck_assert_int_eq(close(fd), 0);
    memset(&err, 0, sizeof err);
    memset(&network, 0, sizeof network);
    service = mainet_service_open(path, &err);
    ck_assert_msg(service != NULL, "%s", err.detail);
    ck_assert_int_eq(unlink(path), 0);
    request = mainet_request_new(service, &err);
    ck_assert_ptr_nonnull(request);
    mainet_service_free(service);
    mainet_request_set_progress(request, hear, NULL);
}

static void
stop(void)
{
    mainet_request_free(request);
}

START_TEST(each_host_and_port_is_tried_once)
{
    mainet_diagnosis *diagnosis = mn_diagnose(request, &prober, &err);

    ck_assert_ptr_nonnull(diagnosis);
    ck_assert_str_eq(network.asked,
                     "https://h/retrieve https://h:444/ http://h/ https://blocked/ ");
    ck_assert_uint_eq(mainet_diagnosis_count(diagnosis), 4);
    mainet_request_free(request); /* the diagnosis keeps what it tells */
    request = NULL;
    ck_assert_str_eq(mainet_diagnosis_url(diagnosis, 3), "https://blocked/");
    ck_assert_int_eq(mainet_diagnosis_stage(diagnosis, 3), MAINET_STAGE_CONNECT);
    ck_assert_int_eq(mainet_diagnosis_status(diagnosis, 3), MAINET_E_UNREACHABLE);
    ck_assert_int_eq(mainet_diagnosis_stage(diagnosis, 0), MAINET_STAGE_DONE);
    ck_assert_str_eq(mainet_diagnosis_proxy(diagnosis, 0), "");
    ck_assert_str_eq(mainet_diagnosis_issuer(diagnosis, 0), "");
    mainet_diagnosis_free(diagnosis);
}
END_TEST

START_TEST(the_caller_can_cancel_between_endpoints)
{
    network.cancel_at = 3;
    ck_assert_ptr_null(mn_diagnose(request, &prober, &err));
    ck_assert_int_eq(err.status, MAINET_E_CANCELLED);
    ck_assert_str_eq(network.asked, "https://h/retrieve https://h:444/ ");
}
END_TEST

START_TEST(a_network_that_cannot_be_used_is_a_failure)
{
    network.failure = MAINET_E_HTTP_CLIENT;
    ck_assert_ptr_null(mn_diagnose(request, &prober, &err));
    ck_assert_int_eq(err.status, MAINET_E_HTTP_CLIENT);
    ck_assert_ptr_null(mn_diagnose(NULL, &prober, &err));
    ck_assert_int_eq(err.status, MAINET_E_ARGUMENT);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("diagnose");
    TCase *diagnose = tcase_create("diagnose");

    suite_add_tcase(suite, diagnose);
    tcase_add_checked_fixture(diagnose, start, stop);
    tcase_add_test(diagnose, each_host_and_port_is_tried_once);
    tcase_add_test(diagnose, the_caller_can_cancel_between_endpoints);
    tcase_add_test(diagnose, a_network_that_cannot_be_used_is_a_failure);
    return run_suite(suite);
}
