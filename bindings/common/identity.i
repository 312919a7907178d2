/* SPDX-License-Identifier: BSD-3-Clause */
%{
#define delete_mainet_identity mainet_identity_free
%}

MN_PRIVATE(mainet_identity, chain_copy)
MN_PRIVATE(mainet_identity, chain_length)
MN_PARTIAL(mainet_identity, export_pkcs12)
MN_PARTIAL(mainet_identity, export_pem)
MN_PARTIAL(mainet_identity, export_certificates)
MN_PARTIAL(mainet_identity, delete)
MN_PRIVATE(mainet_identity, sign)
MN_PRIVATE(mainet_identity, sign_digest)
/** A certificate whose private key is in the token, with its chain; as it was when it was listed. */
struct mainet_identity {
    %extend {
        ~mainet_identity();
        MN_ASKERS
        /** SHA-256 of its certificate: 64 lower-case hex digits. */
        MN_ASK(mainet_identity, const char *, id)
        /** The label. */
        MN_ASK(mainet_identity, const char *, label)
        /** The PKCS#11 URI (RFC 7512) that names certificate and key alike. */
        MN_ASK(mainet_identity, const char *, uri)
        /** Whether the chain ends in a self-signed certificate. */
        MN_ASK(mainet_identity, bool, is_chain_complete)
        /** Whether the key may leave the token. */
        MN_ASK(mainet_identity, bool, is_exportable)
        /** How many whole days it is still valid; negative once its validity has ended. */
        MN_ASK(mainet_identity, int32_t, days_left)
        /** Id of the identity of the same subject and issuer that expires latest and has begun, if
         * it is not this one. */
        MN_ASK(mainet_identity, mn_optional_text, superseded_by)
        /** The certificate number it was acquired with, if it was acquired. */
        MN_ASK(mainet_identity, mn_optional_text, certificate_number)
        /** The group ID it was acquired with, if it was acquired. */
        MN_ASK(mainet_identity, mn_optional_text, group_id)
        /** The service profile it was acquired with, if it was acquired. */
        MN_ASK(mainet_identity, mn_optional_path, service)
        /** When it was acquired, if it was. */
        MN_ASK(mainet_identity, mn_optional_time, acquired_at)
        /** When the service's confirmation page last said that it is installed, if it did. */
        MN_ASK(mainet_identity, mn_optional_time, confirmed_at)
        /** Whether the call that handed it out has added it to the token. */
        MN_ASK(mainet_identity, bool, is_new)
        MN_ASK(mainet_identity, size_t, chain_length)
        MN_CALLS
        %newobject chain_copy;
        mainet_certificate *chain_copy(size_t index, mainet_error *err);

        %newobject export_pkcs12;
        /** Export key and certificates as a PKCS#12 container (RFC 7292).
         * @param password protects it, 1 to 1024 bytes
         * @param flags which certificates, and for which readers
         * @return the container in DER
         * @throws NotExportableError if the key may not leave the token
         * @throws TokenLockedError until the token is unlocked
         * @throws IdentityNotFoundError if it was deleted meanwhile */
        mainet_bytes *export_pkcs12(const uint8_t *password, size_t password_len,
                                               mainet_export_flags flags MN_ZERO, mainet_error *err);
        %newobject export_pem;
        /** Export the key, encrypted, and the certificates as PEM (RFC 7468).
         * @param password protects the key, 1 to 1024 bytes
         * @param flags which certificates
         * @return ASCII
         * @throws NotExportableError if the key may not leave the token
         * @throws TokenLockedError until the token is unlocked
         * @throws IdentityNotFoundError if it was deleted meanwhile */
        mainet_bytes *export_pem(const uint8_t *password, size_t password_len,
                                            mainet_export_flags flags MN_ZERO, mainet_error *err);
        %newobject export_certificates;
        /** Export the certificates alone as PEM (RFC 7468); needs no PIN.
         * @param flags which certificates
         * @return ASCII */
        mainet_bytes *export_certificates(mainet_export_flags flags MN_ZERO, mainet_error *err);
        /** Delete it: its certificate, and its key with the last certificate that uses it.
         * @param flags whether a newer one need not have been confirmed
         * @throws NotConfirmedError if none of the newer ones was ever confirmed
         * @throws IdentityNotFoundError if it was deleted meanwhile
         * @throws TokenLockedError until the token is unlocked
         * @throws StoreWriteError if the token cannot be written; nothing is deleted */
        mainet_status delete(mainet_delete_flags flags MN_ZERO, mainet_error *err);
        %newobject sign;
        mainet_bytes *sign(mainet_signature signature, mainet_hash hash, const uint8_t *data,
                           size_t data_len, mainet_error *err);
        %newobject sign_digest;
        mainet_bytes *sign_digest(mainet_signature signature, mainet_hash hash,
                                  const uint8_t *digest, size_t digest_len, mainet_error *err);
    }
};
