// SPDX-License-Identifier: BSD-3-Clause
using System.Net;

namespace MainetCert;

/// <summary>How far an acquisition is.</summary>
/// <param name="Phase">where it is</param>
/// <param name="Done">how much of the phase is done</param>
/// <param name="Total">how much there is; 0 if nobody knows</param>
public readonly record struct AcquireProgress(Phase Phase, long Done, long Total);

public sealed partial class Request
{
    private string? groupId;
    private string? certificateNumber;
    private string? proxy;
    private bool exportable = true;
    private bool checkRevocation;
    private TimeSpan timeout = TimeSpan.FromMinutes(1);

    /// <summary>Make a request to the default service.</summary>
    /// <exception cref="ServiceProfileException">with the line of the profile that is wrong</exception>
    public Request()
        : this(new Service())
    {
    }

    /// <summary>Make a request for a certificate.</summary>
    /// <param name="service">whom it is for</param>
    /// <param name="groupId">the group ID</param>
    /// <param name="certificateNumber">the certificate number of the notice</param>
    /// <param name="password">the retrieval password of the notice</param>
    /// <exception cref="BadArgumentException">if one of them cannot be</exception>
    public Request(Service service, string groupId, string certificateNumber, Secret password)
        : this(service)
    {
        GroupId = groupId;
        CertificateNumber = certificateNumber;
        SetPassword(password);
    }

    /// <summary>The group ID; neither it nor the number nor the password is needed to confirm.</summary>
    public string? GroupId
    {
        get => groupId;
        set
        {
            SetGroupId(value!);
            groupId = value;
        }
    }

    /// <summary>The certificate number.</summary>
    public string? CertificateNumber
    {
        get => certificateNumber;
        set
        {
            SetCertificateNumber(value!);
            certificateNumber = value;
        }
    }

    /// <summary>Whether the key may leave the token later.</summary>
    public bool Exportable
    {
        get => exportable;
        set
        {
            SetExportable(value);
            exportable = value;
        }
    }

    /// <summary>Whether the issuer's revocation list is looked at before an import.</summary>
    public bool CheckRevocation
    {
        get => checkRevocation;
        set
        {
            SetRevocationCheck(value);
            checkRevocation = value;
        }
    }

    /// <summary>The proxy, such as <c>http://proxy:8080</c>; empty for none; the environment's without it.</summary>
    public string? Proxy
    {
        get => proxy;
        set
        {
            SetProxy(value!);
            proxy = value;
        }
    }

    /// <summary>The time that a whole call may take.</summary>
    public TimeSpan Timeout
    {
        get => timeout;
        set
        {
            SetTimeoutMs((int)Math.Clamp(value.TotalMilliseconds, 1, int.MaxValue));
            timeout = value;
        }
    }

    /// <summary>Hears the log, on the thread of the call.</summary>
    public Action<LogLevel, string>? Log { get; set; }

    /// <summary>Hears how far a call is; <see cref="Progress{T}"/> passes it on to where it was made.</summary>
    public IProgress<AcquireProgress>? Progress { get; set; }

    /// <summary>
    /// Decides whether an issuer that the token has not met is accepted; the second argument tells whether it is the
    /// one that the service expects. Without one the expected issuer is accepted, and no other.
    /// </summary>
    public Func<Certificate, bool, bool>? IssuerDecision { get; set; }

    /// <summary>
    /// Answers a proxy that asks for a name and password, with none to give up. It is told host and port of the proxy,
    /// and 1 the first time, more after it refused.
    /// </summary>
    public Func<string, int, NetworkCredential?>? ProxyCredentials { get; set; }

    /// <summary>Retrieve the certificate and key and put them in the token.</summary>
    /// <remarks>
    /// The token is proven writable before anything is sent. What the service delivered outlives whatever comes after;
    /// the next call for the same number takes it from there.
    /// </remarks>
    /// <param name="token">an unlocked token</param>
    /// <param name="cancellationToken">ends the call</param>
    /// <returns>the identity</returns>
    /// <exception cref="MainetException">of the manual's situation; the token is as it was</exception>
    /// <exception cref="OperationCanceledException">if it was cancelled</exception>
    public Identity Acquire(Token token, CancellationToken cancellationToken = default) =>
        Call(() => AcquireCore(token), cancellationToken);

    /// <summary>As <see cref="Acquire"/>, on a thread of the pool, where the callbacks are called too.</summary>
    /// <param name="token">an unlocked token</param>
    /// <param name="cancellationToken">ends the call</param>
    /// <returns>the identity</returns>
    public Task<Identity> AcquireAsync(Token token, CancellationToken cancellationToken = default) =>
        Task.Run(() => Acquire(token, cancellationToken), cancellationToken);

    /// <summary>Log in to the service's confirmation page with an identity.</summary>
    /// <param name="identity">of an unlocked token</param>
    /// <param name="cancellationToken">ends the call</param>
    /// <returns>what the page answered</returns>
    /// <exception cref="MainetException">if no answer was had</exception>
    /// <exception cref="OperationCanceledException">if it was cancelled</exception>
    public Confirmation Confirm(Identity identity, CancellationToken cancellationToken = default) =>
        Call(() => ConfirmCore(identity), cancellationToken);

    /// <summary>As <see cref="Confirm"/>, on a thread of the pool, where the callbacks are called too.</summary>
    /// <param name="identity">of an unlocked token</param>
    /// <param name="cancellationToken">ends the call</param>
    /// <returns>what the page answered</returns>
    public Task<Confirmation> ConfirmAsync(Identity identity, CancellationToken cancellationToken = default) =>
        Task.Run(() => Confirm(identity, cancellationToken), cancellationToken);

    /// <summary>Connect to every endpoint of the service and find out where it fails.</summary>
    /// <param name="cancellationToken">ends the call</param>
    /// <returns>what was found, also where nothing is reachable</returns>
    /// <exception cref="OperationCanceledException">if it was cancelled</exception>
    public Diagnosis Diagnose(CancellationToken cancellationToken = default) => Call(DiagnoseCore, cancellationToken);

    internal void Call(Action call, CancellationToken cancellationToken) => _ = Call(
        () =>
        {
            call();
            return true;
        },
        cancellationToken);

    internal T Call<T>(Func<T> call, CancellationToken cancellationToken)
    {
        var listener = new Listener
        {
            Cancellation = cancellationToken,
            Log = Log,
            Progress = Progress,
            IssuerDecision = IssuerDecision,
            ProxyCredentials = ProxyCredentials,
        };
        return listener.During(self =>
        {
            SetLog(Log is null ? 0 : Listener.LogFunction, self);
            SetProgress(Listener.ProgressFunction, self);
            SetIssuerDecision(IssuerDecision is null ? 0 : Listener.IssuerFunction, self);
            SetProxyCredentials(ProxyCredentials is null ? 0 : Listener.ProxyFunction, self);
            return call();
        });
    }
}
