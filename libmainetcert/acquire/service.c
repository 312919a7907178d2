/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/service.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/guest.h"

#define PROFILE_CEILING 65536

struct mainet_service {
    atomic_uint references;
    char *path;
    mn_profile profile;
};

void
mainet_service_free(mainet_service *service)
{
    if (service == NULL || atomic_fetch_sub(&service->references, 1) != 1)
        return;
    mn_profile_clear(&service->profile);
    free(service->path);
    free(service);
}

mainet_service *
mn_service_ref(mainet_service *service)
{
    (void)atomic_fetch_add(&service->references, 1);
    return service;
}

const mn_profile *
mn_service_profile(const mainet_service *service)
{
    return &service->profile;
}

static const char *
default_path(void)
{
    const char *path = secure_getenv("MAINETCERT_SERVICE");

    return path != NULL && *path != '\0' ? path : MN_SERVICES_DIR "/mainet.conf";
}

static mainet_status
refuse_file(const char *path, int cause, mainet_error *err)
{
    return mn_fail(err, MAINET_E_SERVICE_PROFILE, cause, "%s: %s", path, strerror(cause));
}

static mainet_status
read_all(int fd, const char *path, mn_buffer *text, mainet_error *err)
{
    char part[4096];

    for (;;) {
        ssize_t len = read(fd, part, sizeof part);

        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return refuse_file(path, errno, err);
        if (len == 0)
            return MAINET_OK;
        mn_buffer_append(text, part, (size_t)len);
        if (text->failed)
            return refuse_file(path, EFBIG, err);
    }
}

static mainet_status
read_text(const char *path, mn_buffer *text, mainet_error *err)
{
    mn_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;

    if (fd < 0 || fstat(fd, &info) != 0)
        return refuse_file(path, errno, err);
    if (!S_ISREG(info.st_mode))
        return mn_fail(err, MAINET_E_SERVICE_PROFILE, 0, "%s is not a file", path);
    MN_TRY(read_all(fd, path, text, err));
    if (text->len != 0 && memchr(text->data, 0, text->len) != NULL)
        return mn_fail(err, MAINET_E_SERVICE_PROFILE, 0, "%s is not a text", path);
    mn_buffer_append_u8(text, 0);
    return mn_buffer_check(text, "service profile", err);
}

static mainet_status
read_profile(mainet_service *made, mainet_error *err)
{
    mn_auto_buffer(text, PROFILE_CEILING);
    mn_auto_text folder = strdup(made->path);
    mainet_error inner = {0};

    if (folder == NULL)
        return mn_fail_memory(err, "service profile");
    *strrchr(folder, '/') = '\0';
    MN_TRY(read_text(made->path, &text, err));
    if (mn_profile_read(&made->profile, (const char *)text.data, folder, &inner) != MAINET_OK)
        return mn_fail(err, inner.status, inner.cause, "%s: %s", made->path, inner.detail);
    return MAINET_OK;
}

mainet_service *
mainet_service_open(const char *path, mainet_error *err)
{
    mn_auto(mainet_service) made = NULL;

    MN_PUBLIC(err);
    path = path == NULL ? default_path() : path;
    made = calloc(1, sizeof *made);
    if (made == NULL)
        return mn_fail_memory_null(err, "service profile");
    atomic_init(&made->references, 1);
    made->path = realpath(path, NULL);
    if (made->path == NULL)
        return (void)refuse_file(path, errno, err), NULL;
    return read_profile(made, err) == MAINET_OK ? mainet_service_take(&made) : NULL;
}

const char *
mainet_service_path(const mainet_service *service)
{
    return service->path;
}

const char *
mainet_service_name(const mainet_service *service)
{
    return service->profile.name;
}

const char *
mainet_service_issuer(const mainet_service *service)
{
    return service->profile.issuer;
}

bool
mainet_service_expects(const mainet_service *service, const mainet_certificate *certificate)
{
    const mn_profile *profile = &service->profile;
    const bool is_itself = mainet_certificate_is_authority(certificate);

    if (!mn_profile_expects(profile, is_itself
                                         ? mainet_certificate_common_name(certificate)
                                         : mainet_certificate_issuer_common_name(certificate)))
        return false;
    return *profile->issuer_sha256 == '\0' ||
           (is_itself &&
            strcmp(profile->issuer_sha256, mainet_certificate_sha256(certificate)) == 0);
}

const char *
mainet_service_support(const mainet_service *service)
{
    return service->profile.support;
}

const char *
mainet_service_retrieve_url(const mainet_service *service)
{
    return service->profile.retrieve_url;
}

const char *
mainet_service_confirm_url(const mainet_service *service)
{
    return service->profile.confirm_url;
}

const char *
mainet_service_notice_number_label(const mainet_service *service)
{
    return service->profile.notice_number;
}

const char *
mainet_service_notice_password_label(const mainet_service *service)
{
    return service->profile.notice_password;
}

const char *
mainet_service_notice_url_label(const mainet_service *service)
{
    return service->profile.notice_url;
}
