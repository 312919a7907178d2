/* SPDX-License-Identifier: BSD-3-Clause */
%{
#define new_mainet_certificate mainet_certificate_parse
#define delete_mainet_certificate mainet_certificate_free
#define new_mainet_pkcs12 mainet_pkcs12_open
#define delete_mainet_pkcs12 mainet_pkcs12_free
%}

MN_PRIVATE(mainet_certificate, der)
/** A read-only view of one X.509 certificate (RFC 5280). */
struct mainet_certificate {
    %extend {
        /** Read a certificate.
         * @param der one certificate in DER, up to 65,536 bytes
         * @throws BadCertificateError if it does not decode, or bytes are left */
        mainet_certificate(const uint8_t *der, size_t der_len, mainet_error *err);
        ~mainet_certificate();
        %newobject der;
        mainet_bytes *der(mainet_error *err);
        MN_ASKERS
        /** The subject's distinguished name in the form of RFC 4514. */
        MN_ASK(mainet_certificate, const char *, subject)
        /** The issuer's distinguished name in the form of RFC 4514. */
        MN_ASK(mainet_certificate, const char *, issuer)
        /** The subject's common name; the whole subject if it has none. */
        MN_ASK(mainet_certificate, const char *, common_name)
        /** The subject's organization, if it has one. */
        MN_ASK(mainet_certificate, mn_optional_text, organization)
        /** The issuer's common name; the whole issuer if it has none. */
        MN_ASK(mainet_certificate, const char *, issuer_common_name)
        /** The issuer's organization, if it has one. */
        MN_ASK(mainet_certificate, mn_optional_text, issuer_organization)
        /** The serial number in lower-case hex, without leading zero bytes. */
        MN_ASK(mainet_certificate, const char *, serial)
        /** The SHA-256 of the DER: 64 lower-case hex digits. */
        MN_ASK(mainet_certificate, const char *, sha256)
        /** When validity begins. */
        MN_ASK(mainet_certificate, mn_time, not_before)
        /** When validity ends. */
        MN_ASK(mainet_certificate, mn_time, not_after)
        /** The kind of the public key: RSA, EC, Ed25519, or the name OpenSSL gives it. */
        MN_ASK(mainet_certificate, const char *, key_type)
        /** The size of the public key in bits. */
        MN_ASK(mainet_certificate, int32_t, key_bits)
        /** Whether it is a certification authority's. */
        MN_ASK(mainet_certificate, bool, is_authority)
        MN_CALLS
    }
};

MN_PRIVATE(mainet_pkcs12, certificate_at)
MN_PRIVATE(mainet_pkcs12, friendly_name)
MN_PRIVATE(mainet_pkcs12, certificate_count)
MN_PARTIAL(mainet_pkcs12, complete)
MN_PARTIAL(mainet_pkcs12, check_revocation)
/** An opened PKCS#12 container (RFC 7292). */
struct mainet_pkcs12 {
    %extend {
        /** Verify and decrypt a container.
         * @param data DER or BER of one PFX, or that in base64, up to 1 MiB
         * @param password its password; absent is not the same as empty
         * @throws NotPkcs12Error if it is something else
         * @throws Pkcs12PasswordError if the password does not open it
         * @throws Pkcs12NoMacError if nothing proves what is in it
         * @throws Pkcs12UnusableError if a structure or algorithm in it is not usable */
        mainet_pkcs12(const uint8_t *data, size_t data_len, const uint8_t *password MN_NONE,
                      size_t password_len MN_ZERO, mainet_error *err);
        ~mainet_pkcs12();
        MN_ASKERS
        /** How many identities it holds: certificates whose private key is in it. */
        MN_ASK(mainet_pkcs12, size_t, identity_count)
        MN_ASK(mainet_pkcs12, size_t, certificate_count)
        /** How many private keys it holds, with a certificate or without. */
        MN_ASK(mainet_pkcs12, size_t, key_count)
        /** What else it holds that was passed over: a list in English, for a log. */
        MN_ASK(mainet_pkcs12, const char *, skipped)
        MN_CALLS
        %newobject certificate_at;
        mainet_certificate *certificate_at(size_t index, mainet_error *err);
        const char *friendly_name(size_t index);
        /** Add the issuers' certificates that it lacks, fetched from where the certificates say.
         * @param request its proxy and callbacks count
         * @param store where what was fetched is kept */
        mainet_status complete(mainet_request *request, mainet_store *store, mainet_error *err);
        /** Look whether a certificate in it has been revoked.
         * @param request its proxy and callbacks count
         * @param store where what was fetched is kept
         * @throws RevokedError if one has */
        mainet_status check_revocation(mainet_request *request, mainet_store *store,
                                       mainet_error *err);
    }
};
