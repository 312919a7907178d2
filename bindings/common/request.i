/* SPDX-License-Identifier: BSD-3-Clause */
%{
#define delete_mainet_request mainet_request_free
#define new_mainet_request mainet_request_new
#define mainet_request_acquire mainet_acquire
#define mainet_request_confirm mainet_confirm
#define mainet_request_diagnose mainet_diagnose
#define delete_mainet_confirmation mainet_confirmation_free
#define mainet_confirmation_reason_get(answer) mainet_confirmation_reason(answer, MAINET_LANG_EN)
#define mainet_confirmation_reason_ja_get(answer) mainet_confirmation_reason(answer, MAINET_LANG_JA)
%}

MN_PRIVATE(mainet_request, set_group_id)
MN_PRIVATE(mainet_request, set_certificate_number)
MN_PRIVATE(mainet_request, set_password)
MN_PRIVATE(mainet_request, set_exportable)
MN_PRIVATE(mainet_request, set_proxy)
MN_PRIVATE(mainet_request, set_timeout_ms)
MN_PRIVATE(mainet_request, set_revocation_check)
MN_PARTIAL(mainet_request, acquire)
MN_PARTIAL(mainet_request, confirm)
MN_PARTIAL(mainet_request, diagnose)

/** What is asked of a service, and who is asked on the way. */
struct mainet_request {
    %extend {
        /** Make a request to a service. */
        mainet_request(mainet_service *service, mainet_error *err);
        ~mainet_request();
        mainet_status set_group_id(const char *group_id, mainet_error *err);
        mainet_status set_certificate_number(const char *certificate_number, mainet_error *err);
        mainet_status set_password(const uint8_t *password, size_t password_len, mainet_error *err);
        void set_exportable(bool exportable);
        mainet_status set_proxy(const char *proxy, mainet_error *err);
        void set_timeout_ms(int32_t timeout_ms);
        void set_revocation_check(bool is_checked);

        %newobject acquire;
        /** Retrieve the certificate and key and put them in the token.
         *
         * The token is proven writable before anything is sent. What the service delivered outlives
         * whatever comes after; the next call for the same number takes it from there.
         * @param token an unlocked token
         * @return the identity
         * @throws MainetError of the manual's situation; the token is as it was */
        mainet_identity *acquire(mainet_token *token, mainet_error *err);
        %newobject confirm;
        /** Log in to the service's confirmation page with an identity.
         * @param identity of an unlocked token
         * @return what the page answered
         * @throws MainetError if no answer was had */
        mainet_confirmation *confirm(mainet_identity *identity, mainet_error *err);
        %newobject diagnose;
        /** Connect to every endpoint of the service and find out where it fails.
         * @return what was found, also where nothing is reachable */
        mainet_diagnosis *diagnose(mainet_error *err);
    }
};

MN_CONSTANT(mainet_confirmation, standing)
MN_CONSTANT(mainet_confirmation, revocation)
/** What a confirmation page answered. */
struct mainet_confirmation {
    %extend {
        ~mainet_confirmation();
        MN_ASKERS
        /** Whether the page says that the certificate is installed. */
        MN_ASK(mainet_confirmation, bool, is_installed)
        /** Why not, in English; empty if it is installed. */
        const char *reason;
        /** Why not, in Japanese; empty if it is installed. */
        const char *reason_ja;
        /** The situation: installed, or why not. */
        MN_ASK(mainet_confirmation, mainet_standing, standing)
        /** What the issuer's revocation list says. */
        MN_ASK(mainet_confirmation, mainet_revocation, revocation)
        /** Why the revocation list could not be looked at, in English, if it could not. */
        MN_ASK(mainet_confirmation, mn_optional_text, revocation_detail)
        /** The address that was asked. */
        MN_ASK(mainet_confirmation, const char *, url)
        MN_CALLS
    }
};
