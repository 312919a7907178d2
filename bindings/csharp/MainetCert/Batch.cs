// SPDX-License-Identifier: BSD-3-Clause
using System.Collections;

namespace MainetCert;

/// <summary>One order of a batch, and what has become of it by now.</summary>
public sealed class Order
{
    private readonly Batch batch;
    private readonly int index;

    internal Order(Batch batch, int index)
    {
        this.batch = batch;
        this.index = index;
    }

    /// <summary>The group ID.</summary>
    public string GroupId => batch.GroupId(index);

    /// <summary>The certificate number.</summary>
    public string CertificateNumber => batch.CertificateNumber(index);

    /// <summary>What became of it.</summary>
    public OrderState State => batch.State(index);

    /// <summary>Why it failed, if it has.</summary>
    public MainetException? Error =>
        batch.Status(index) is var status and not Status.Ok ? Situations.Make(status, batch.Detail(index), 0) : null;

    /// <summary>Hand out what has come into the token, or was there already.</summary>
    /// <returns>the identity, if there is one</returns>
    public Identity? Identity() => State is OrderState.Done or OrderState.Present ? batch.Identity(index) : null;

    /// <summary>Its number and what became of it.</summary>
    /// <returns>for a log</returns>
    public override string ToString() => batch.IsDisposed ? nameof(Order) : $"{CertificateNumber} {State}";
}

/// <remarks>
/// A list of the orders. One that fails does not stop the others: look at its state and error after a run.
/// </remarks>
public sealed partial class Batch : IReadOnlyList<Order>
{
    private const int DefaultJobs = 8;

    /// <summary>How many orders it has.</summary>
    public int Count => CountCore();

    /// <summary>One of its orders.</summary>
    /// <param name="index">from 0</param>
    /// <exception cref="ArgumentOutOfRangeException">if there is none</exception>
    public Order this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return new(this, index);
        }
    }

    /// <summary>Add an order.</summary>
    /// <param name="groupId">the group ID</param>
    /// <param name="certificateNumber">the certificate number</param>
    /// <param name="password">the retrieval password</param>
    /// <returns>the last of the batch</returns>
    /// <exception cref="BadArgumentException">if a value cannot be, or the order is there already</exception>
    public Order Add(string groupId, string certificateNumber, Secret password)
    {
        AddCore(groupId, certificateNumber, password);
        return this[^1];
    }

    /// <summary>Retrieve what was ordered, many at a time, and put it in the token.</summary>
    /// <remarks>
    /// What is pending or in the token already is not asked for again, so a run goes on where an earlier one was ended.
    /// Orders that failed are tried again.
    /// </remarks>
    /// <param name="request">service, proxy and callbacks of all of them; the timeout is each order's</param>
    /// <param name="token">an unlocked token</param>
    /// <param name="jobs">how many exchanges are under way at a time, 1 to 64</param>
    /// <param name="cancellationToken">ends the call; replies that are on their way are awaited and stay pending</param>
    /// <exception cref="MainetException">if no way leads to the service; the orders' own failures are theirs</exception>
    /// <exception cref="OperationCanceledException">if it was cancelled</exception>
    public void Run(
        Request request, Token token, int jobs = DefaultJobs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Call(() => RunCore(request, token, jobs), cancellationToken);
    }

    /// <summary>As <see cref="Run"/>, on a thread of the pool, where the callbacks are called too.</summary>
    /// <param name="request">service, proxy and callbacks of all of them; the timeout is each order's</param>
    /// <param name="token">an unlocked token</param>
    /// <param name="jobs">how many exchanges are under way at a time, 1 to 64</param>
    /// <param name="cancellationToken">ends the call; replies that are on their way are awaited and stay pending</param>
    /// <returns>the run</returns>
    public Task RunAsync(
        Request request, Token token, int jobs = DefaultJobs, CancellationToken cancellationToken = default) =>
        Task.Run(() => Run(request, token, jobs, cancellationToken), cancellationToken);

    /// <summary>Its orders.</summary>
    /// <returns>each of them</returns>
    public IEnumerator<Order> GetEnumerator() =>
        Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
