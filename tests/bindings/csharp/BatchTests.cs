// SPDX-License-Identifier: BSD-3-Clause
namespace MainetCert.Tests;

/// <summary>Many orders at a time; chains and revocation of what was delivered.</summary>
[Collection(WithStandin.Name)]
public sealed class BatchTests(Standin standin)
{
    [Fact]
    public async Task ManyAreAcquiredTogether()
    {
        using Token token = standin.NewToken("batch");
        using var batch = new Batch();
        using var request = new Request(standin.Service);
        Order[] added = [.. Enumerable.Range(0, 3).Select(_ => standin.AddOrder(batch, "--key", "ec:P-256"))];
        Order wrong = batch.Add("GROUP01", "000000000000", "wrong");
        Assert.Throws<BadArgumentException>(() => batch.Add("GROUP01", added[0].CertificateNumber, "password"));
        Assert.Equal(4, batch.Count);
        Assert.All(batch, one => Assert.Equal(
            ("GROUP01", OrderState.Waiting, null, null), (one.GroupId, one.State, one.Error, one.Identity())));

        var seen = new List<AcquireProgress>();
        request.Progress = new Heard(seen.Add);
        batch.Run(request, token, jobs: 2);
        Assert.All(added, one => Assert.Equal(OrderState.Done, one.State));
        Assert.Equal(added.Select(one => one.CertificateNumber), added.Select(one => one.Identity()!.CertificateNumber));
        Assert.Equal(token.Select(one => one.Id).Order(), added.Select(one => one.Identity()!.Id).Order());
        Assert.Equal(550, Assert.IsType<AuthFailedException>(wrong.Error).Code);
        Assert.Equal((OrderState.Failed, null), (wrong.State, wrong.Identity()));
        Assert.Contains(new AcquireProgress(Phase.Importing, 3, 3), seen);

        using var again = new Batch();
        Order there = again.Add("GROUP01", added[0].CertificateNumber, "password");
        await again.RunAsync(request, token);
        Assert.Equal((OrderState.Present, added[0].Identity()!.Id), (there.State, there.Identity()!.Id));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch[4]);
        Assert.Throws<BadArgumentException>(() => batch.Run(request, token, jobs: 65));
        Identity identity = added[0].Identity()!;
        batch.Dispose();
        Assert.NotEmpty(identity.Label);
        Assert.Throws<ObjectDisposedException>(() => wrong.State);
    }

    [Fact]
    public async Task ARunIsCancelled()
    {
        using Token token = standin.NewToken("batch-cancelled");
        using var batch = new Batch();
        using var silent = new SilentServer();
        using var cancelled = new CancellationTokenSource();
        using var request = new Request(standin.StuckService(silent.Port));
        _ = batch.Add("GROUP01", "1", "password");
        request.Progress = new Heard(seen =>
        {
            if (seen.Phase == Phase.Asking)
            {
                cancelled.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => batch.RunAsync(request, token, cancellationToken: cancelled.Token));
        Assert.Equal(OrderState.Waiting, batch[0].State);
    }

    [Fact]
    public void ChainsAreCompletedAndRevocationLookedUp()
    {
        using Token token = standin.NewToken("revocation");
        using Store store = new(Path.Combine(standin.Work, "revocation-fresh"));
        using Identity identity = standin.Acquire(token, exportable: true, "--p12", "modern-leaf");
        using var leaf = new Pkcs12(identity.ExportPkcs12("p", ExportFlags.LeafOnly), "p");
        using var request = new Request(standin.Service);
        Assert.Single(leaf);
        leaf.Complete(request, store);
        using Token completed = standin.NewToken("completed");
        Assert.Equal(identity.Chain, Assert.Single(completed.ImportPkcs12(leaf)).Chain);
        using (Store early = new(Path.Combine(standin.Work, "revocation-early")))
        {
            leaf.CheckRevocation(request, early);
        }

        Assert.Equal(Revocation.Good, request.Confirm(identity).Revocation);
        standin.Revoke(identity.Certificate.Serial);
        Assert.Throws<RevokedException>(() => leaf.CheckRevocation(request, store));
    }
}
