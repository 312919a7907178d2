// SPDX-License-Identifier: BSD-3-Clause
using System.Collections;

namespace MainetCert;

/// <remarks>A list of its certificates, first those whose private key is in it.</remarks>
public sealed partial class Pkcs12 : IReadOnlyList<Certificate>
{
    /// <summary>Verify and decrypt a container that has no password.</summary>
    /// <param name="data">DER or BER of one PFX, up to 1 MiB</param>
    /// <exception cref="NotPkcs12Exception">if it is something else</exception>
    /// <exception cref="Pkcs12PasswordException">if it has one</exception>
    public Pkcs12(ReadOnlySpan<byte> data)
        : this(data, default)
    {
    }

    /// <summary>How many certificates it holds.</summary>
    public int Count => CertificateCount;

    /// <summary>The names of its certificates; an empty one for a certificate without a name.</summary>
    public IReadOnlyList<string> FriendlyNames => [.. Enumerable.Range(0, Count).Select(FriendlyName)];

    /// <summary>One of its certificates.</summary>
    /// <param name="index">from 0</param>
    /// <exception cref="ArgumentOutOfRangeException">if there is none</exception>
    public Certificate this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return CertificateAt(index);
        }
    }

    /// <summary>Add the issuers' certificates that it lacks, fetched from where the certificates say.</summary>
    /// <param name="request">its proxy and callbacks count</param>
    /// <param name="store">where what was fetched is kept</param>
    /// <param name="cancellationToken">ends the call</param>
    public void Complete(Request request, Store store, CancellationToken cancellationToken = default) =>
        Of(request).Call(() => CompleteCore(request, store), cancellationToken);

    /// <summary>Look whether a certificate in it has been revoked.</summary>
    /// <param name="request">its proxy and callbacks count</param>
    /// <param name="store">where what was fetched is kept</param>
    /// <param name="cancellationToken">ends the call</param>
    /// <exception cref="RevokedException">if one has</exception>
    public void CheckRevocation(Request request, Store store, CancellationToken cancellationToken = default) =>
        Of(request).Call(() => CheckRevocationCore(request, store), cancellationToken);

    /// <summary>Its certificates.</summary>
    /// <returns>each of them</returns>
    public IEnumerator<Certificate> GetEnumerator() =>
        Enumerable.Range(0, Count).Select(CertificateAt).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static Request Of(Request request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request;
    }
}
