/* SPDX-License-Identifier: BSD-3-Clause */
%{
#define delete_mainet_pending mainet_pending_free
%}

MN_CONSTANT(mainet_pending, status)
MN_PARTIAL(mainet_pending, resume)
/** What a service delivered and is not imported yet; as it was when it was listed. */
struct mainet_pending {
    %extend {
        ~mainet_pending();
        MN_ASKERS
        /** Its id: 32 lower-case hex digits. */
        MN_ASK(mainet_pending, const char *, id)
        /** Whether it could be read, or why not: of a locked token none can. */
        MN_ASK(mainet_pending, mn_status, status)
        /** What is wrong with it, in English, if it could not be read. */
        MN_ASK(mainet_pending, mn_optional_text, damage)
        /** The address that delivered it. */
        MN_ASK(mainet_pending, mn_optional_text, url)
        /** The service profile it was asked for with. */
        MN_ASK(mainet_pending, mn_optional_path, service)
        /** The group ID it was asked for with. */
        MN_ASK(mainet_pending, mn_optional_text, group_id)
        /** The certificate number it was asked for with. */
        MN_ASK(mainet_pending, mn_optional_text, certificate_number)
        /** When it was delivered. */
        MN_ASK(mainet_pending, mn_optional_time, delivered_at)
        /** Whether the key may leave the token once it is imported. */
        MN_ASK(mainet_pending, bool, is_exportable)
        MN_CALLS
        %newobject resume;
        /** Import it: the service is not asked again.
         * @param request its callbacks and proxy count
         * @return the identity
         * @throws TokenLockedError until the token is unlocked
         * @throws PendingNotFoundError if it was imported or discarded meanwhile */
        mainet_identity *resume(mainet_request *request, mainet_error *err);
        /** Throw it away, for good; nothing happens if it is gone. */
        mainet_status discard(mainet_error *err);
    }
};
