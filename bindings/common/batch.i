/* SPDX-License-Identifier: BSD-3-Clause */
%{
#define new_mainet_batch mainet_batch_new
#define delete_mainet_batch mainet_batch_free
%}

MN_PRIVATE(mainet_batch, add)
MN_PRIVATE(mainet_batch, count)
MN_PRIVATE(mainet_batch, group_id)
MN_PRIVATE(mainet_batch, certificate_number)
MN_PRIVATE(mainet_batch, state)
MN_PRIVATE(mainet_batch, status)
MN_PRIVATE(mainet_batch, detail)
MN_PRIVATE(mainet_batch, identity)
MN_PARTIAL(mainet_batch, add)
MN_PARTIAL(mainet_batch, count)
MN_PARTIAL(mainet_batch, run)
/** Orders of one service that are acquired together, and what became of each. */
struct mainet_batch {
    %extend {
        /** Make an empty batch. */
        mainet_batch(mainet_error *err);
        ~mainet_batch();
        mainet_status add(const char *group_id, const char *certificate_number,
                          const uint8_t *password, size_t password_len, mainet_error *err);
        /** Retrieve what was ordered, many at a time, and put it in the token.
         *
         * What is pending or in the token already is not asked for again, so a run goes on where an
         * earlier one was ended. Orders that failed are tried again.
         * @param request service, proxy and callbacks of all of them; the timeout is each order's
         * @param token an unlocked token
         * @param jobs how many exchanges are under way at a time, 1 to 64
         * @throws MainetError if no way leads to the service; the orders' own failures are theirs */
        mainet_status run(mainet_request *request, mainet_token *token, int32_t jobs,
                          mainet_error *err);
        MN_ASKERS
        size_t count();
        const char *group_id(size_t index);
        const char *certificate_number(size_t index);
        mainet_order_state state(size_t index);
        mn_status status(size_t index);
        const char *detail(size_t index);
        MN_CALLS
        %newobject identity;
        mainet_identity *identity(size_t index, mainet_error *err);
    }
};
