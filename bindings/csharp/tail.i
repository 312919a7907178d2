/* SPDX-License-Identifier: BSD-3-Clause */
/* What C# needs of C beside the classes. */
%newobject mn_certificate_copy;
%rename(certificate_copy) mn_certificate_copy;
MN_POINTER(const mainet_certificate *borrowed)
mainet_certificate *mn_certificate_copy(const mainet_certificate *borrowed, mainet_error *err);
MN_FUNCTION(mainet_credentials_set, credentials_set)
mainet_status mainet_credentials_set(mainet_credentials *credentials, const char *user,
                                     const uint8_t *password, size_t password_len,
                                     mainet_error *err);
