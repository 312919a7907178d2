/* SPDX-License-Identifier: BSD-3-Clause */
#include "json.h"

#include "facts.h"
#include "text.h"

void
json_put(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, must_have(value)) != 0)
        (void)must_have(NULL);
}

json_t *
json_text(const char *text)
{
    scoped(char) clean = text_clean(text);

    return must_have(json_string(clean));
}

json_t *
json_optional(const char *text)
{
    return *text == '\0' ? must_have(json_null()) : json_text(text);
}

static json_t *
json_moment(int64_t seconds)
{
    scoped(char) text = text_time_utc(seconds);

    return must_have(json_string(text));
}

json_t *
json_optional_moment(int64_t seconds)
{
    return seconds == 0 ? must_have(json_null()) : json_moment(seconds);
}

json_t *
json_confirmed_at(const mainet_identity *identity)
{
    return json_optional_moment(mainet_identity_confirmed_at(identity));
}

json_t *
json_of_identity(const mainet_identity *identity, const char *token_label)
{
    const mainet_certificate *certificate = mainet_identity_certificate(identity);
    const char *successor = mainet_identity_superseded_by(identity);
    const int64_t not_after = mainet_certificate_not_after(certificate);
    json_t *self = must_have(json_object());

    json_put(self, "id", json_text(mainet_identity_id(identity)));
    json_put(self, "label", json_text(mainet_identity_label(identity)));
    json_put(self, "token", json_text(token_label));
    json_put(self, "uri", json_text(mainet_identity_uri(identity)));
    json_put(self, "subject", json_text(mainet_certificate_subject(certificate)));
    json_put(self, "issuer", json_text(mainet_certificate_issuer(certificate)));
    json_put(self, "serial", json_text(mainet_certificate_serial(certificate)));
    json_put(self, "not_before", json_moment(mainet_certificate_not_before(certificate)));
    json_put(self, "not_after", json_moment(not_after));
    json_put(self, "expired", json_boolean(fact_is_expired(certificate)));
    json_put(self, "days_left", json_integer(mainet_identity_days_left(identity)));
    json_put(self, "key_type", json_text(mainet_certificate_key_type(certificate)));
    json_put(self, "key_bits", json_integer(mainet_certificate_key_bits(certificate)));
    json_put(self, "exportable", json_boolean(mainet_identity_is_exportable(identity)));
    json_put(self, "superseded", json_boolean(*successor != '\0'));
    json_put(self, "superseded_by", json_optional(successor));
    json_put(self, "chain_length",
             json_integer((json_int_t)mainet_identity_chain_length(identity)));
    json_put(self, "chain_complete", json_boolean(mainet_identity_is_chain_complete(identity)));
    json_put(self, "certificate_number",
             json_optional(mainet_identity_certificate_number(identity)));
    json_put(self, "group_id", json_optional(mainet_identity_group_id(identity)));
    json_put(self, "service", json_optional(mainet_identity_service(identity)));
    json_put(self, "acquired_at", json_optional_moment(mainet_identity_acquired_at(identity)));
    json_put(self, "confirmed_at", json_confirmed_at(identity));
    return self;
}

json_t *
json_of_chain(const mainet_identity *identity)
{
    json_t *chain = must_have(json_array());

    for (size_t i = 0; i < mainet_identity_chain_length(identity); i++) {
        const mainet_certificate *link = mainet_identity_chain_at(identity, i);
        json_t *self = must_have(json_object());

        json_put(self, "subject", json_text(mainet_certificate_subject(link)));
        json_put(self, "issuer", json_text(mainet_certificate_issuer(link)));
        json_put(self, "serial", json_text(mainet_certificate_serial(link)));
        json_put(self, "sha256", json_text(mainet_certificate_sha256(link)));
        json_put(self, "not_before", json_moment(mainet_certificate_not_before(link)));
        json_put(self, "not_after", json_moment(mainet_certificate_not_after(link)));
        json_put(self, "authority", json_boolean(mainet_certificate_is_authority(link)));
        if (json_array_append_new(chain, self) != 0)
            (void)must_have(NULL);
    }
    return chain;
}

static json_t *
json_of_settings(const mainet_token *token)
{
    json_t *self = must_have(json_object());

    for (size_t i = 0; i < mainet_setting_count(); i++) {
        const char *name = mainet_setting_name(i);

        json_put(self, name, json_text(mainet_token_setting(token, name)));
    }
    return self;
}

json_t *
json_of_token(const mainet_token *token, size_t identity_count)
{
    const int32_t tries_left = mainet_token_tries_left(token);
    json_t *self = must_have(json_object());

    json_put(self, "label", json_text(mainet_token_label(token)));
    json_put(self, "serial", json_text(mainet_token_serial(token)));
    json_put(self, "slot", json_integer(mainet_token_slot(token)));
    json_put(self, "path", json_text(mainet_token_path(token)));
    json_put(self, "has_pin", json_boolean(mainet_token_has_pin(token)));
    json_put(self, "has_so_pin", json_boolean(mainet_token_has_so_pin(token)));
    json_put(self, "tries_left", tries_left < 0 ? json_null() : json_integer(tries_left));
    json_put(self, "settings", json_of_settings(token));
    json_put(self, "identities", json_integer((json_int_t)identity_count));
    return self;
}

static const char *const standings[] = {
    [MAINET_STANDING_INSTALLED] = "installed", [MAINET_STANDING_NOT_ACCEPTED] = "not-accepted",
    [MAINET_STANDING_EXPIRED] = "expired",     [MAINET_STANDING_NOT_YET_VALID] = "not-yet-valid",
    [MAINET_STANDING_REVOKED] = "revoked",     [MAINET_STANDING_TEXT_MISSING] = "text-missing",
};

static const char *const revocations[] = {
    [MAINET_REVOCATION_NONE] = "none",
    [MAINET_REVOCATION_GOOD] = "good",
    [MAINET_REVOCATION_REVOKED] = "revoked",
    [MAINET_REVOCATION_UNKNOWN] = "unknown",
};

json_t *
json_of_confirmation(const mainet_confirmation *confirmation, const mainet_identity *identity)
{
    json_t *self = must_have(json_object());

    json_put(self, "id", json_text(mainet_identity_id(identity)));
    json_put(self, "label", json_text(mainet_identity_label(identity)));
    json_put(self, "url", json_text(mainet_confirmation_url(confirmation)));
    json_put(self, "installed", json_boolean(mainet_confirmation_is_installed(confirmation)));
    json_put(self, "standing", json_text(standings[mainet_confirmation_standing(confirmation)]));
    json_put(self, "reason",
             json_optional(mainet_confirmation_reason(confirmation, message_language())));
    json_put(self, "revocation",
             json_text(revocations[mainet_confirmation_revocation(confirmation)]));
    json_put(self, "revocation_detail",
             json_optional(mainet_confirmation_revocation_detail(confirmation)));
    return self;
}

json_t *
json_of_situation(mainet_status status)
{
    const mainet_lang lang = message_language();
    json_t *self = must_have(json_object());

    json_put(self, "code", json_integer(mainet_status_code(status)));
    json_put(self, "status", json_text(mainet_status_name(status)));
    json_put(self, "headline", json_text(mainet_status_text(status, lang)));
    json_put(self, "cause", json_text(mainet_status_cause(status, lang)));
    json_put(self, "remedy", json_text(mainet_status_remedy(status, lang)));
    return self;
}

json_t *
json_of_failure(const failure *why)
{
    scoped(char) remedy = failure_remedy(why);
    json_t *error = json_of_situation(why->error.status);
    json_t *self = why->partial != NULL ? json_incref(why->partial) : json_object();

    json_put(error, "remedy", json_text(remedy));
    json_put(error, "detail", json_optional(why->error.detail));
    json_put(error, "support", json_optional(why->support));
    json_put(must_have(self), "error", error);
    return self;
}

void
json_print(const json_t *document)
{
    if (json_dumpf(document, stdout, JSON_INDENT(2)) == 0)
        (void)fputc('\n', stdout);
}
