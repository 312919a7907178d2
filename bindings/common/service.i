/* SPDX-License-Identifier: BSD-3-Clause */
%{
#define new_mainet_service mainet_service_open
#define delete_mainet_service mainet_service_free
%}

/** A service profile: where a certificate is retrieved and confirmed, and how. */
struct mainet_service {
    %extend {
        /** Read a profile from its INI file.
         * @param path the file; without it the one that MAINETCERT_SERVICE names, else the shipped one
         * @throws ServiceProfileError with the line that is wrong */
        mainet_service(const char *path MN_NONE, mainet_error *err);
        ~mainet_service();
        MN_ASKERS
        /** The file that was read. */
        MN_ASK(mainet_service, mn_path, path)
        /** The service's name. */
        MN_ASK(mainet_service, const char *, name)
        /** The common name of the issuer that is expected; without one every issuer has to be
         * decided on. */
        MN_ASK(mainet_service, mn_optional_text, issuer)
        /** The telephone number of the support desk, if the profile names one. */
        MN_ASK(mainet_service, mn_optional_text, support)
        /** The address a certificate is retrieved from. */
        MN_ASK(mainet_service, const char *, retrieve_url)
        /** The address of the confirmation page, if the service has one. */
        MN_ASK(mainet_service, mn_optional_text, confirm_url)
        /** What stands before the certificate number in the notice mail. */
        MN_ASK(mainet_service, const char *, notice_number_label)
        /** What stands before the retrieval password in the notice mail. */
        MN_ASK(mainet_service, const char *, notice_password_label)
        /** What stands before the address in the notice mail, if it names one. */
        MN_ASK(mainet_service, mn_optional_text, notice_url_label)
        MN_CALLS
        /** Whether an issuer is the one that is expected.
         * @param certificate the issuer's, or one that it issued
         * @return true if its common name is, and its fingerprint where the profile has one */
        bool expects(const mainet_certificate *certificate);
    }
};
