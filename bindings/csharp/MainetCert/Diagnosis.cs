// SPDX-License-Identifier: BSD-3-Clause
using System.Collections;

namespace MainetCert;

/// <summary>What was found out about one endpoint of a service.</summary>
/// <param name="Url">its address</param>
/// <param name="Stage">how far the connection came</param>
/// <param name="Status">what the failure is, Ok without one</param>
/// <param name="HttpStatus">that of the endpoint, or of the proxy that refused; 0 if there was none</param>
/// <param name="Proxy">host and port of the proxy, if one was used</param>
/// <param name="Issuer">who issued the certificate that was shown, if one was seen</param>
/// <param name="IsIntercepted">whether somebody on the way seems to decrypt the connection</param>
/// <param name="Detail">the particulars, in English, if it is not reachable</param>
public sealed record Endpoint(
    string Url,
    Stage Stage,
    Status Status,
    int HttpStatus,
    string? Proxy,
    string? Issuer,
    bool IsIntercepted,
    string? Detail);

/// <remarks>A list of the endpoints.</remarks>
public sealed partial class Diagnosis : IReadOnlyList<Endpoint>
{
    int IReadOnlyCollection<Endpoint>.Count => Count();

    /// <summary>What was found out about one of them.</summary>
    /// <param name="index">from 0</param>
    /// <exception cref="ArgumentOutOfRangeException">if there is none</exception>
    public Endpoint this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count());
            return new(
                Url(index), Stage(index), Status(index), HttpStatus(index), Proxy(index), Issuer(index),
                IsIntercepted(index), Detail(index));
        }
    }

    /// <summary>What was found out.</summary>
    /// <returns>each of them</returns>
    public IEnumerator<Endpoint> GetEnumerator() =>
        Enumerable.Range(0, Count()).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
