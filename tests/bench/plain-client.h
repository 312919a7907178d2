/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PLAIN_CLIENT_H
#define PLAIN_CLIENT_H

/* The plainest client of libcurl's multi interface that fetches what a list orders: as many at a
 * time, nothing kept but the bytes. */

#include <curl/curl.h>

#include "bench.h"

#define PLAIN_JOBS_MAX 64
#define PLAIN_CEILING 65536

/** Where the orders' forms are sent. */
typedef struct plain_site {
    const char *url;
    const char *ca_file;
} plain_site;

typedef struct plain_job {
    CURL *easy;
    size_t len;
    char body[PLAIN_CEILING];
} plain_job;

static size_t
plain_take(char *data, size_t size, size_t count, void *user)
{
    plain_job *job = user;

    if (size * count > sizeof job->body - job->len)
        return 0;
    memcpy(job->body + job->len, data, size * count);
    job->len += size * count;
    return size * count;
}

static void
plain_begin(CURLM *multi, plain_job *job, const char *form)
{
    job->len = 0;
    (void)curl_easy_setopt(job->easy, CURLOPT_POSTFIELDS, form);
    ck_assert_int_eq(curl_multi_add_handle(multi, job->easy), CURLM_OK);
}

static plain_job *
plain_jobs(const plain_site *site, size_t jobs)
{
    plain_job *all = calloc(jobs, sizeof *all);

    for (size_t i = 0; i < jobs; i++) {
        all[i].easy = curl_easy_init();
        (void)curl_easy_setopt(all[i].easy, CURLOPT_URL, site->url);
        (void)curl_easy_setopt(all[i].easy, CURLOPT_CAINFO, site->ca_file);
        (void)curl_easy_setopt(all[i].easy, CURLOPT_NOPROXY, "*");
        (void)curl_easy_setopt(all[i].easy, CURLOPT_WRITEFUNCTION, plain_take);
        (void)curl_easy_setopt(all[i].easy, CURLOPT_WRITEDATA, &all[i]);
        (void)curl_easy_setopt(all[i].easy, CURLOPT_PRIVATE, &all[i]);
    }
    return all;
}

/** Fetch what each form asks for; nanoseconds. */
static int64_t
plain_fetch(const plain_site *site, char *const *forms, size_t count, size_t jobs)
{
    int64_t begin = bench_now();
    CURLM *multi = curl_multi_init();
    plain_job *all = plain_jobs(site, jobs);
    size_t next = 0;
    size_t done = 0;

    for (; next < jobs && next < count; next++)
        plain_begin(multi, &all[next], forms[next]);
    while (done < count) {
        CURLMsg *message = NULL;
        int left = 0;

        ck_assert_int_eq(curl_multi_perform(multi, &left), CURLM_OK);
        while ((message = curl_multi_info_read(multi, &left)) != NULL) {
            char *job = NULL;

            ck_assert_int_eq(message->data.result, CURLE_OK);
            (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job);
            ck_assert_uint_gt(((plain_job *)(void *)job)->len, 1000);
            (void)curl_multi_remove_handle(multi, message->easy_handle);
            done++;
            if (next < count)
                plain_begin(multi, (plain_job *)(void *)job, forms[next++]);
        }
        if (done < count)
            (void)curl_multi_poll(multi, NULL, 0, 100, NULL);
    }
    for (size_t i = 0; i < jobs; i++)
        curl_easy_cleanup(all[i].easy);
    (void)curl_multi_cleanup(multi);
    free(all);
    return bench_now() - begin;
}

#endif
