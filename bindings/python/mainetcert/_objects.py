# SPDX-License-Identifier: BSD-3-Clause
"""The classes of the library, finished by hand: what Python has a protocol for."""

from __future__ import annotations

import os
import pathlib
import ssl
from collections.abc import Callable, Iterator, MutableMapping
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

from . import _api, _native
from ._catalogue import Hash, ImportFlags, Revocation, Signature, Stage, Standing, Status
from ._errors import MainetError, make_error
from ._types import Buffer, Path

if TYPE_CHECKING:
    from ._request import Request

_SHIPPED_SERVICE = pathlib.Path(__file__).with_name("mainet.conf")
_T = TypeVar("_T")


class _Closing:
    """A handle that can be closed; closing it twice does nothing."""

    __slots__ = ()
    this: Any

    def close(self) -> None:
        """Release the handle. What came from it stays usable; a call under way ends first."""
        self.this = None

    @property
    def is_closed(self) -> bool:
        """Whether the handle has been released."""
        return self.this is None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _shown(handle: _Closing, *names: str) -> str:
    values = ["closed"] if handle.is_closed else [f"{n}={getattr(handle, n)!r}" for n in names]
    return f"<{type(handle).__module__}.{type(handle).__qualname__} {' '.join(values)}>"


class Certificate(_Closing, _api.Certificate):
    """A read-only view of one X.509 certificate (RFC 5280)."""

    __slots__ = ()

    @property
    def der(self) -> bytes:
        """The certificate in DER."""
        return self._der()

    @property
    def pem(self) -> str:
        """The certificate in PEM (RFC 7468)."""
        return ssl.DER_cert_to_PEM_cert(self._der())

    def __bytes__(self) -> bytes:
        return self._der()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Certificate):
            return NotImplemented
        return self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __repr__(self) -> str:
        return _shown(self, "common_name", "sha256")


# Nobody makes the classes of _api, so a method here may ask for the Request of this package, which
# brings the exceptions of callbacks out: mypy calls that an incompatible override.


class Pkcs12(_Closing, _api.Pkcs12):
    """An opened PKCS#12 container (RFC 7292): a sequence of its certificates, first those whose
    private key is in it."""

    __slots__ = ()

    @property
    def certificates(self) -> list[Certificate]:
        """All certificates."""
        return [self[index] for index in range(len(self))]

    @property
    def friendly_names(self) -> list[str]:
        """The names of its certificates; an empty one for a certificate without a name."""
        return [self._friendly_name(index) for index in range(len(self))]

    def complete(self, request: Request, store: Store) -> None:  # type: ignore[override]
        """Add the issuers' certificates that it lacks, fetched from where the certificates say.

        :param request: its proxy and callbacks count
        :param store: where what was fetched is kept
        """
        request._call(lambda: super(Pkcs12, self).complete(request, store))

    def check_revocation(self, request: Request, store: Store) -> None:  # type: ignore[override]
        """Look whether a certificate in it has been revoked.

        :param request: its proxy and callbacks count
        :param store: where what was fetched is kept
        :raises: RevokedError if one has
        """
        request._call(lambda: super(Pkcs12, self).check_revocation(request, store))

    def __len__(self) -> int:
        return self._certificate_count

    def __getitem__(self, index: int) -> Certificate:
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError("the container has no such certificate")
        return self._certificate_at(at)

    def __iter__(self) -> Iterator[Certificate]:
        return iter(self.certificates)

    def __repr__(self) -> str:
        return _shown(self, "identity_count")


class Service(_Closing, _api.Service):
    """A service profile: where a certificate is retrieved and confirmed, and how."""

    __slots__ = ()

    def __init__(self, path: Path | None = None) -> None:
        """Read a profile from its INI file.

        :param path: the file; without it the one that MAINETCERT_SERVICE names, else the shipped one
        :raises: ServiceProfileError with the line that is wrong
        """
        if path is None and "MAINETCERT_SERVICE" not in os.environ and _SHIPPED_SERVICE.exists():
            path = _SHIPPED_SERVICE
        super().__init__(path)

    def __repr__(self) -> str:
        return _shown(self, "name", "path")


class Store(_Closing, _api.Store):
    """The folder of tokens; iterate over it, or ask for one by its label."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Token]:
        return iter(self.tokens())

    def __repr__(self) -> str:
        return _shown(self, "path")


class _Check:
    """Hears of what a check looks at."""

    def __init__(self, seen: Callable[[str, MainetError | None], object] | None) -> None:
        self._seen = seen
        self._raised: BaseException | None = None

    def _on_check(self, place: str, status: int = 0, detail: str = "", system_code: int = 0) -> int:
        if self._seen is not None:
            self._seen(place, make_error(status, detail, system_code) if status else None)
        return 0


class _Issuer:
    """Decides on the issuers of what is imported."""

    def __init__(self, decision: Callable[[Certificate], bool]) -> None:
        self._decision = decision
        self._raised: BaseException | None = None

    def _on_issuer(self, issuer: Certificate, _expected: bool) -> int:
        return Status.OK if self._decision(issuer) else Status.CANCELLED


class _Settings(MutableMapping[str, str]):
    """The settings of a token by name."""

    __slots__ = ("_token",)

    def __init__(self, token: Token) -> None:
        self._token = token

    def __getitem__(self, name: str) -> str:
        value = self._token._setting(name)
        if value is None:
            raise KeyError(name)
        return value

    def __setitem__(self, name: str, value: str) -> None:
        self._token._set(name, value)

    def __delitem__(self, name: str) -> None:
        raise TypeError("a setting can be changed, not deleted")

    def __iter__(self) -> Iterator[str]:
        return (_api._setting_name(index) for index in range(_api._setting_count()))

    def __len__(self) -> int:
        return _api._setting_count()

    def __repr__(self) -> str:
        return repr(dict(self))


class Token(_Closing, _api.Token):
    """One token: a file of keys and certificates under a PIN; iterate over its identities."""

    __slots__ = ()

    def __init__(self) -> None:
        raise TypeError("a Token comes from a Store")

    def __iter__(self) -> Iterator[Identity]:
        return iter(self.identities())

    @property
    def settings(self) -> MutableMapping[str, str]:
        """The settings: ``pin-limit``, ``show-expired``, ``show-superseded``. Setting one needs an
        unlocked token."""
        return _Settings(self)

    def import_pkcs12(self, container: Pkcs12, flags: ImportFlags = ImportFlags.DEFAULT,
                      issuer_decision: Callable[[Certificate], bool] | None = None) -> list[Identity]:
        """Import every identity of a container, all or none, with the issuers that it holds of each.

        :param container: an opened container
        :param flags: whether their keys may leave the token again
        :param issuer_decision: answers whether an issuer that the token has not met is accepted; all
            of them are without it
        :return: the container's identities in its order
        :raises: TokenLockedError until unlock
        :raises: CancelledError if an issuer was refused
        :raises: StoreWriteError if the token cannot be written
        """
        if issuer_decision is None:
            return self._import_pkcs12(container, flags, None)
        listener = _Issuer(issuer_decision)
        return reraise(listener, lambda: self._import_pkcs12(container, flags, listener))

    def check(self, seen: Callable[[str, MainetError | None], object] | None = None) -> None:
        """Look whether everything in the token is in order; all of it if it is unlocked.

        :param seen: hears of everything that is looked at: what it is, and what is wrong with it
        :raises: StoreOpenError if something is damaged
        :raises: StoreTamperedError if something was changed from outside
        """
        listener = _Check(seen)
        reraise(listener, lambda: self._check(listener))

    def __repr__(self) -> str:
        return _shown(self, "label", "serial")


class Identity(_Closing, _api.Identity):
    """A certificate whose private key is in the token, with its chain; as it was when it was
    listed."""

    __slots__ = ()

    def __init__(self) -> None:
        raise TypeError("an Identity comes from a Token")

    @property
    def certificate(self) -> Certificate:
        """The certificate."""
        return self._chain_copy(0)

    @property
    def chain(self) -> list[Certificate]:
        """Its own certificate, then its issuer's, and so on."""
        return [self._chain_copy(index) for index in range(self._chain_length)]

    def sign(self, data: Buffer, hash: Hash | None = None,
             signature: Signature | None = None) -> bytes:
        """Sign data with the key, which does not leave the token.

        :param data: what is signed
        :param hash: what it is hashed with; SHA-256 unless told otherwise, none for Ed25519
        :param signature: how; RSA-PSS, ECDSA (in DER) or EdDSA as the key is unless told otherwise
        :raises: TokenLockedError until the token is unlocked
        :raises: ArgumentError if it does not fit the key
        """
        signature = self._natural_signature() if signature is None else signature
        if hash is None:
            hash = Hash.NONE if signature == Signature.EDDSA else Hash.SHA256
        return self._sign(signature, hash, data)

    def sign_digest(self, digest: Buffer, hash: Hash = Hash.SHA256,
                    signature: Signature | None = None) -> bytes:
        """Sign a digest that the caller has made.

        :param digest: the digest
        :param hash: what it was made with
        :param signature: as for `sign`; not EdDSA
        :raises: TokenLockedError until the token is unlocked
        :raises: ArgumentError if it does not fit the key or the hash
        """
        signature = self._natural_signature() if signature is None else signature
        return self._sign_digest(signature, hash, digest)

    def _natural_signature(self) -> Signature:
        return {"RSA": Signature.RSA_PSS, "EC": Signature.ECDSA}.get(
            self.certificate.key_type, Signature.EDDSA)

    def ssl_context(self, cafile: Path | None = None) -> ssl.SSLContext:
        """Make a context for TLS connections that log in with this identity.

        Python's ssl reads keys from files only, so the key must be exportable; it passes, encrypted,
        through memory that has no name in any folder. How a key that stays in the token logs in is
        shown by the example login.py.

        :param cafile: whom to trust; the system's authorities unless told otherwise
        :raises: NotExportableError if the key may not leave the token
        :raises: TokenLockedError until the token is unlocked
        """
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=cafile)
        password = os.urandom(32).hex()
        with os.fdopen(os.memfd_create("identity"), "wb") as file:
            file.write(self.export_pem(password))
            file.flush()
            context.load_cert_chain(f"/proc/self/fd/{file.fileno()}", password=password)
        return context

    def __repr__(self) -> str:
        return _shown(self, "label", "id")


class Confirmation(_Closing, _api.Confirmation):
    """What a confirmation page answered; true if all is well."""

    __slots__ = ()

    def __init__(self) -> None:
        raise TypeError("a Confirmation comes from confirm()")

    @property
    def standing(self) -> Standing:
        """The situation: installed, or why not."""
        return Standing(self._standing)

    @property
    def revocation(self) -> Revocation:
        """What the issuer's revocation list says."""
        return Revocation(self._revocation)

    def __bool__(self) -> bool:
        return self.is_installed

    def __repr__(self) -> str:
        return _shown(self, "is_installed", "reason")


class Pending(_Closing, _api.Pending):
    """What a service delivered and is not imported yet; as it was when it was listed."""

    __slots__ = ()

    def __init__(self) -> None:
        raise TypeError("a Pending comes from a Token")

    @property
    def status(self) -> Status:
        """Whether it could be read, or why not: of a locked token none can."""
        return Status(self._status)

    def resume(self, request: Request) -> Identity:  # type: ignore[override]
        """Import it: the service is not asked again.

        :param request: its callbacks and proxy count
        :raises: TokenLockedError until the token is unlocked
        :raises: PendingNotFoundError if it was imported or discarded meanwhile
        """
        return request._call(lambda: super(Pending, self).resume(request))

    def __repr__(self) -> str:
        return _shown(self, "certificate_number", "id")


class Endpoint(NamedTuple):
    """What was found out about one endpoint of a service."""

    url: str
    stage: Stage
    status: Status
    http_status: int
    proxy: str | None
    issuer: str | None
    is_intercepted: bool
    detail: str | None


class Diagnosis(_Closing, _api.Diagnosis):
    """What was found out about each endpoint of a service: a sequence of them."""

    __slots__ = ()

    def __init__(self) -> None:
        raise TypeError("a Diagnosis comes from a Request")

    def __len__(self) -> int:
        return self._count()

    def __getitem__(self, index: int) -> Endpoint:
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError("the diagnosis has no such endpoint")
        return Endpoint(self._url(at), Stage(self._stage(at)), Status(self._status(at)),
                        self._http_status(at), self._proxy(at), self._issuer(at),
                        self._is_intercepted(at), self._detail(at))

    def __iter__(self) -> Iterator[Endpoint]:
        return (self[index] for index in range(len(self)))


def reraise(listener: Any, call: Callable[[], _T]) -> _T:
    """Call; what a callback of the listener raised comes out as it was."""
    listener._raised = None
    try:
        made = call()
    except MainetError:
        if listener._raised is None:
            raise
    raised, listener._raised = listener._raised, None
    if raised is not None:
        raise raised
    return made


_native._set_makers(make_error, pathlib.Path)
for _class in (Certificate, Pkcs12, Service, Store, Token, Identity, Confirmation,
               Pending, Diagnosis):
    getattr(_native, f"{_class.__name__}_swigregister")(_class)
