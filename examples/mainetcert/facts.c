/* SPDX-License-Identifier: BSD-3-Clause */
#include "facts.h"

#include <time.h>

#include "messages.h"
#include "scope.h"
#include "text.h"

static const char time_format[] = "%Y-%m-%d %H:%M:%S %z";

short_id
fact_short_id(const char *id)
{
    short_id made;

    (void)snprintf(made.text, sizeof made.text, "%s", id);
    return made;
}

bool
fact_is_expired(const mainet_certificate *certificate)
{
    return mainet_certificate_not_after(certificate) < (int64_t)time(NULL);
}

bool
fact_is_early(const mainet_certificate *certificate)
{
    return mainet_certificate_not_before(certificate) > (int64_t)time(NULL);
}

/* Every title of one list is as wide as the widest of all. */
static void
print_fact(message title, const char *value)
{
    static const message titles[] = {
#define ROW(name, ja, en) MESSAGE_##name,
#include "titles.def"
#undef ROW
    };
    const char *text = message_text(title);
    scoped(char) clean = text_clean(value);
    size_t width = 0;

    if (*value == '\0')
        return;
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        const size_t one = text_width(message_text(titles[i]));

        width = one > width ? one : width;
    }
    (void)fputs(text, stdout);
    text_pad(stdout, width - text_width(text) + 2);
    (void)printf("%s\n", clean);
}

static void
print_moment(message title, int64_t seconds)
{
    scoped(char) text = text_time_local(seconds, time_format);

    print_fact(title, text);
}

static void
print_choice(message title, bool is_true)
{
    print_fact(title, message_text(is_true ? MESSAGE_YES : MESSAGE_NO));
}

static void
print_certificate(const mainet_identity *identity)
{
    const mainet_certificate *certificate = mainet_identity_certificate(identity);
    scoped(char) bits = text_number(mainet_certificate_key_bits(certificate));
    scoped(char) key = message_make(MESSAGE_KEY_OF, mainet_certificate_key_type(certificate), bits);
    scoped(char) days = text_number(mainet_identity_days_left(identity));

    print_fact(MESSAGE_TITLE_SUBJECT, mainet_certificate_subject(certificate));
    print_fact(MESSAGE_TITLE_ISSUER, mainet_certificate_issuer(certificate));
    print_fact(MESSAGE_TITLE_SERIAL, mainet_certificate_serial(certificate));
    print_moment(MESSAGE_TITLE_NOT_BEFORE, mainet_certificate_not_before(certificate));
    print_moment(MESSAGE_TITLE_NOT_AFTER, mainet_certificate_not_after(certificate));
    print_fact(MESSAGE_TITLE_DAYS_LEFT,
               fact_is_expired(certificate) ? message_text(MESSAGE_EXPIRED) : days);
    print_fact(MESSAGE_TITLE_KEY, key);
}

static void
print_chain(const mainet_identity *identity)
{
    for (size_t i = 1; i < mainet_identity_chain_length(identity); i++) {
        const mainet_certificate *link = mainet_identity_chain_at(identity, i);

        print_fact(MESSAGE_TITLE_CHAIN, mainet_certificate_subject(link));
    }
    if (!mainet_identity_is_chain_complete(identity))
        print_fact(MESSAGE_TITLE_CHAIN, message_text(MESSAGE_CHAIN_INCOMPLETE));
}

void
fact_print_identity(const mainet_identity *identity, const char *token_label)
{
    print_fact(MESSAGE_TITLE_ID, mainet_identity_id(identity));
    print_fact(MESSAGE_TITLE_LABEL, mainet_identity_label(identity));
    print_fact(MESSAGE_TITLE_TOKEN, token_label);
    print_fact(MESSAGE_TITLE_URI, mainet_identity_uri(identity));
    print_certificate(identity);
    print_choice(MESSAGE_TITLE_EXPORTABLE, mainet_identity_is_exportable(identity));
    print_fact(MESSAGE_TITLE_SUPERSEDED_BY, mainet_identity_superseded_by(identity));
    print_chain(identity);
    print_fact(MESSAGE_TITLE_CERTIFICATE_NUMBER, mainet_identity_certificate_number(identity));
    print_fact(MESSAGE_TITLE_GROUP_ID, mainet_identity_group_id(identity));
    print_fact(MESSAGE_TITLE_SERVICE, mainet_identity_service(identity));
    if (mainet_identity_acquired_at(identity) != 0)
        print_moment(MESSAGE_TITLE_ACQUIRED_AT, mainet_identity_acquired_at(identity));
    if (mainet_identity_confirmed_at(identity) != 0)
        print_moment(MESSAGE_TITLE_CONFIRMED_AT, mainet_identity_confirmed_at(identity));
    else
        print_fact(MESSAGE_TITLE_CONFIRMED_AT, message_text(MESSAGE_NEVER));
}

static void
print_settings(const mainet_token *token)
{
    char line[256] = "";
    size_t len = 0;

    for (size_t i = 0; i < mainet_setting_count() && len < sizeof line; i++)
        len += (size_t)snprintf(line + len, sizeof line - len, "%s%s=%s", i == 0 ? "" : "  ",
                                mainet_setting_name(i),
                                mainet_token_setting(token, mainet_setting_name(i)));
    print_fact(MESSAGE_TITLE_SETTINGS, line);
}

void
fact_print_token(const mainet_token *token, size_t identity_count)
{
    const int32_t tries_left = mainet_token_tries_left(token);
    scoped(char) slot = text_number(mainet_token_slot(token));
    scoped(char) tries = text_number(tries_left);
    scoped(char) count = text_number((int64_t)identity_count);

    print_fact(MESSAGE_TITLE_LABEL, mainet_token_label(token));
    print_fact(MESSAGE_TITLE_SERIAL, mainet_token_serial(token));
    print_fact(MESSAGE_TITLE_SLOT, slot);
    print_fact(MESSAGE_TITLE_PATH, mainet_token_path(token));
    print_fact(MESSAGE_TITLE_PIN,
               message_text(mainet_token_has_pin(token) ? MESSAGE_PIN_SET : MESSAGE_PIN_NONE));
    print_fact(
        MESSAGE_TITLE_SO_PIN,
        message_text(mainet_token_has_so_pin(token) ? MESSAGE_PIN_SET : MESSAGE_SO_PIN_NONE));
    if (mainet_token_has_pin(token))
        print_fact(MESSAGE_TITLE_TRIES_LEFT,
                   tries_left < 0 ? message_text(MESSAGE_UNLIMITED) : tries);
    print_settings(token);
    print_fact(MESSAGE_TITLE_IDENTITIES, count);
}
