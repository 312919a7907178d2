/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_EXPORT_H
#define MAINETCERT_EXPORT_H

#if defined(SWIG)
#define MAINET_API
#define MAINET_CHECKED
#else
/** Marks what the library exports. */
#define MAINET_API __attribute__((visibility("default")))
/** Marks a result that must not be ignored. */
#define MAINET_CHECKED __attribute__((warn_unused_result))
#endif

#ifdef __cplusplus
#define MAINET_BEGIN extern "C" {
#define MAINET_END }
#else
#define MAINET_BEGIN
#define MAINET_END
#endif

#endif
