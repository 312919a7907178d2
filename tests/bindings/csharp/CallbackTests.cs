// SPDX-License-Identifier: BSD-3-Clause
using System.Diagnostics;
using System.Net;

namespace MainetCert.Tests;

/// <summary>Who is asked on the way, and who may end a call.</summary>
[Collection(WithStandin.Name)]
public sealed class CallbackTests(Standin standin)
{
    [Fact]
    public void ProxiesAskByCallback()
    {
        using Token token = standin.NewToken("proxy");
        using var proxy = new Proxy("利用者", "合言葉");
        using Request request = standin.Order();
        request.Proxy = $"http://127.0.0.1:{proxy.Port}";
        Assert.Throws<ProxyCancelledException>(() => request.Acquire(token));
        request.ProxyCredentials = (_, _) => null;
        Assert.Throws<ProxyCancelledException>(() => request.Acquire(token));
        var asked = new List<(string, int)>();
        request.ProxyCredentials = (place, attempt) =>
        {
            asked.Add((place, attempt));
            return new NetworkCredential("利用者", attempt == 1 ? "wrong" : "合言葉");
        };
        using Identity identity = request.Acquire(token);
        Assert.Equal([1, 2], asked.Select(one => one.Item2));
        Assert.All(asked, one => Assert.Contains($"{proxy.Port}", one.Item1));
    }

    [Fact]
    public void CallbacksThrowWhatTheyThrow()
    {
        using Token token = standin.NewToken("callbacks");
        using Request request = standin.Order();
        var boom = new DivideByZeroException("boom");
        void Thrower() => throw boom;
        foreach (Action<Request> set in (Action<Request>[])
            [
                one => one.Progress = new Heard(_ => Thrower()),
                one => one.IssuerDecision = (_, _) => throw boom,
                one => one.Log = (_, _) => Thrower(),
            ])
        {
            (request.Progress, request.IssuerDecision, request.Log) = (null, null, null);
            set(request);
            var seen = Assert.Throws<DivideByZeroException>(() => request.Acquire(token));
            Assert.Same(boom, seen);
            Assert.Contains(nameof(CallbacksThrowWhatTheyThrow), seen.StackTrace);
        }

        (request.Progress, request.IssuerDecision, request.Log) = (null, null, null);
        Assert.Empty(token);
        int nested = 0;
        request.Progress = new Heard(_ =>
        {
            using var store = new Store(Path.Combine(standin.Work, "callbacks"));
            Assert.Throws<TokenNotFoundException>(() => store.Token("none"));
            nested += token.Identities().Count + 1;
            GC.Collect();
            GC.WaitForPendingFinalizers();
        });
        using Identity identity = request.Acquire(token);
        Assert.True(nested > 0, "a callback may use the library itself");
    }

    [Fact]
    public async Task ACancelledCallHasEnded()
    {
        using Token token = standin.NewToken("async");
        using Request whole = standin.Order();
        using Identity identity = await whole.AcquireAsync(token);
        Assert.True((await whole.ConfirmAsync(identity)).IsInstalled);

        using var silent = new SilentServer();
        using Request request = standin.Order(standin.StuckService(silent.Port));
        request.Timeout = TimeSpan.FromMinutes(2);
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int beats = 0;
        request.Progress = new Heard(seen =>
        {
            beats++;
            if (seen.Phase == Phase.Asking)
            {
                waiting.TrySetResult();
            }
        });
        using var source = new CancellationTokenSource();
        Task<Identity> call = request.AcquireAsync(token, source.Token);
        await waiting.Task;
        var passed = Stopwatch.StartNew();
        await source.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(source.Token, cancelled.CancellationToken);
        Assert.InRange(passed.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        int then = beats;
        Assert.ThrowsAny<OperationCanceledException>(() => request.Acquire(token, source.Token));
        Assert.Equal(then, beats);
    }
}
