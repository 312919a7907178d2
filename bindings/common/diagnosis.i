/* SPDX-License-Identifier: BSD-3-Clause */
%{
#define delete_mainet_diagnosis mainet_diagnosis_free
%}

MN_PRIVATE(mainet_diagnosis, count)
MN_PRIVATE(mainet_diagnosis, url)
MN_PRIVATE(mainet_diagnosis, stage)
MN_PRIVATE(mainet_diagnosis, status)
MN_PRIVATE(mainet_diagnosis, http_status)
MN_PRIVATE(mainet_diagnosis, proxy)
MN_PRIVATE(mainet_diagnosis, issuer)
MN_PRIVATE(mainet_diagnosis, is_intercepted)
MN_PRIVATE(mainet_diagnosis, detail)
/** What was found out about each endpoint of a service. */
struct mainet_diagnosis {
    %extend {
        ~mainet_diagnosis();
        size_t count();
        const char *url(size_t index);
        mainet_stage stage(size_t index);
        mn_status status(size_t index);
        int32_t http_status(size_t index);
        mn_optional_text proxy(size_t index);
        mn_optional_text issuer(size_t index);
        bool is_intercepted(size_t index);
        mn_optional_text detail(size_t index);
    }
};
