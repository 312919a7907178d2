// SPDX-License-Identifier: BSD-3-Clause
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MainetCert.Tests;

/// <summary>Handles end in any order, on any thread, and nothing is left.</summary>
[Collection(WithStandin.Name)]
public sealed partial class LifetimeTests(Standin standin)
{
    [Fact]
    public void HandlesEndInAnyOrder()
    {
        using Token made = standin.NewToken("order");
        _ = standin.Acquire(made, exportable: true);
        var store = new Store(Path.Combine(standin.Work, "order"));
        Token token = store.Token();
        Identity identity = token.Identities()[0];
        Certificate certificate = identity.Certificate;
        foreach (IDisposable handle in (IDisposable[])[store, token])
        {
            handle.Dispose();
            handle.Dispose();
        }

        Assert.NotEmpty(identity.Label);
        Assert.NotEmpty(identity.Chain);
        identity.Dispose();
        Assert.True(identity.IsDisposed);
        Assert.Contains("信託", certificate.Subject);
        certificate.Dispose();
        using var request = new Request(standin.Service);
        foreach (Action use in (Action[])
            [
                () => _ = store.Path, () => store.Tokens(), () => _ = token.Label, () => token.Identities(),
                () => token.Unlock(Standin.Pin), () => _ = identity.Id, () => _ = identity.Certificate,
                () => identity.Sign([]), () => request.Confirm(identity), () => request.Acquire(token),
                () => _ = certificate.NotAfter,
            ])
        {
            Assert.Throws<ObjectDisposedException>(use);
        }
    }

    [Fact]
    public void FinalizersEndWhatIsForgotten()
    {
        using Token token = standin.NewToken("finalizers");
        _ = standin.Acquire(token, exportable: true);
        WeakReference forgotten = Forget();
        for (int round = 0; round < 10 && forgotten.IsAlive; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(forgotten.IsAlive);
        Assert.NotEmpty(token.Identities()[0].Label);

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference Forget()
        {
            Identity identity = new Store(Path.Combine(standin.Work, "finalizers")).Token().Identities()[0];
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.NotEmpty(identity.Certificate.Subject); // store and token may be gone
            return new WeakReference(identity);
        }
    }

    [Fact]
    public async Task ACallKeepsWhatAnotherThreadDisposesOf()
    {
        Token token = standin.NewToken("closing");
        using var silent = new SilentServer();
        Service stuck = standin.StuckService(silent.Port);
        Request request = standin.Order(stuck);
        request.Timeout = TimeSpan.FromSeconds(2);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        request.Progress = new Heard(_ => begun.TrySetResult());
        Task<Identity> call = request.AcquireAsync(token);
        await begun.Task;
        foreach (IDisposable handle in (IDisposable[])[request, token, stuck])
        {
            handle.Dispose();
        }

        GC.Collect();
        await Assert.ThrowsAsync<ServiceUnreachableException>(() => call);
    }

    [Fact]
    public async Task ThreadsWorkSideBySide()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Factory.StartNew(
            () =>
            {
                using Token token = standin.NewToken($"thread-{number}");
                using Identity identity = standin.Acquire(token, exportable: true);
                for (int round = 0; round < 20; round++)
                {
                    Assert.NotEmpty(identity.Sign(Data));
                    using Identity same = token.Identity(identity.Id[..8]);
                    Assert.Equal(identity.Id, same.Id);
                }
            },
            TaskCreationOptions.LongRunning)));
    }

    [Fact]
    public void NothingLeaks()
    {
        using Token token = standin.NewToken("leak");
        using Identity identity = standin.Acquire(token, exportable: true);
        using Store store = new(Path.Combine(standin.Work, "leak"));
        byte[] der = identity.Certificate.ToDer();
        token.Lock();
        Calls(500);
        // The framework compiles and tidies up now and then; what leaks grows each time. Eight calls and more each.
        long grown = Enumerable.Range(0, 5).Select(_ => GrowthOf(() => Calls(2500))).Order().ElementAt(2);
        Assert.True(grown < 128 * 1024, $"{grown} bytes more after 20,000 calls");

        void Calls(int rounds)
        {
            for (int round = 0; round < rounds; round++)
            {
                using (var certificate = new Certificate(der))
                {
                    _ = certificate.Subject;
                }

                _ = identity.Chain;
                _ = identity.Certificate.NotAfter;
                _ = identity.ExportCertificates();
                _ = store.Path;
                Assert.Throws<BadCertificateException>(() => new Certificate(Data));
                Assert.Throws<TokenLockedException>(() => identity.Sign(Data));
                Assert.Throws<TokenLockedException>(() => token.Rename("x"));
            }
        }
    }

    private static byte[] Data => [1, 2, 3];

    private static long GrowthOf(Action act)
    {
        long before = Allocated();
        act();
        return Allocated() - before;
    }

    /// <summary>What C has allocated and not freed. The framework's own garbage is elsewhere.</summary>
    private static long Allocated()
    {
        for (int round = 0; round < 3; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return (long)MallInfo2().InUse;
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial MallInfo MallInfo2();

    [StructLayout(LayoutKind.Sequential)]
    private struct MallInfo
    {
        internal nuint Arena, Ordinary, Small, Regions, Mapped, Unused, Fastbins, InUse, Free, Top;
    }
}
