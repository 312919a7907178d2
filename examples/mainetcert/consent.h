/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_CONSENT_H
#define COMMAND_CONSENT_H

#include "failure.h"
#include "secret.h"

/** Who answers what a call asks on its way. */
typedef struct consent {
    const options *options;
    failure *failure;
    const mainet_service *service; /**< What it expects is expected; NULL: what the caller says. */
    secret *proxy_password;        /**< From --proxy-password-source, read once; NULL: not yet. */
    char *typed_for;               /**< The proxy that was answered last; NULL: none. */
    secret *typed_user;            /**< As it was. */
    secret *typed_password;
} consent;

/** Release it. */
void
consent_clear(consent *self);

#define consent_init __attribute__((cleanup(consent_clear))) consent

/** Set --proxy, --check-revocation, and who answers a proxy. `self` lives as long as the request's
 * calls. */
mainet_status
consent_set_proxy(consent *self, mainet_request *request);

/** A mainet_issuer_fn that asks the options, else the terminal; `user_data` is the consent. */
mainet_status
consent_decide_issuer(const mainet_certificate *issuer, bool expected, void *user_data);

/** Set who decides on an issuer. */
void
consent_set_issuer(consent *self, mainet_request *request);

#endif
