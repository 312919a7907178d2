// SPDX-License-Identifier: BSD-3-Clause
using System.Reflection;

namespace MainetCert.Tests;

/// <summary>Each situation is an exception of its own.</summary>
[Collection(WithStandin.Name)]
public sealed class ErrorTests(Standin standin)
{
    [Fact]
    public void EverySituationHasItsException()
    {
        MethodInfo make = typeof(MainetException).Assembly.GetType("MainetCert.Situations")!
            .GetMethod("Make", BindingFlags.Static | BindingFlags.NonPublic)!;
        var kinds = new HashSet<Type>();
        foreach (Status status in Enum.GetValues<Status>().Where(status => status != Status.Ok))
        {
            var error = (MainetException)make.Invoke(null, [status, "何か: detail", 7])!;
            Assert.True(kinds.Add(error.GetType()) && error.GetType().IsSealed, $"{status} is {error.GetType()}");
            Assert.Equal((status, "何か: detail", 7), (error.Status, error.Detail, error.SystemCode));
            Assert.InRange(error.Code, 102, 1103);
            Assert.Equal($"{error.Code}: {error.Headline} (何か: detail)", error.Message);
            Assert.All([error.Headline, error.Cause, error.Remedy], Assert.NotEmpty);
            Assert.All(
                [error.HeadlineJa, error.CauseJa, error.RemedyJa],
                text => Assert.Contains(text, letter => letter > '\u3000'));
        }

        Assert.True(kinds.Count > 50);
        Assert.Equal("pin-incorrect", Status.PinIncorrect.KebabName());
    }

    [Fact]
    public void WhatTheServiceGetsWrongHasItsException()
    {
        using var store = new Store(Path.Combine(standin.Work, "faults"));
        using Token token = store.CreateTokenWithoutPin();
        foreach (string fault in (string[])
            [
                "unreachable", "tls-trust", "http-status", "no-http-status", "reply-too-large", "content-type",
                "content-type-missing", "result-header", "not-pkcs12", "pkcs12-password", "pkcs12-no-mac",
                "pkcs12-unusable", "no-key-pair", "certificate", "auth-failed", "not-available", "busy",
                "unknown-retrieving",
            ])
        {
            standin.Fault(fault);
            var error = (MainetException)Record.Exception(() => standin.Acquire(token, true, "--key", "ec:P-256"));
            Assert.Equal(fault, error.Status.KebabName());
            Assert.EndsWith(error.Status + "Exception", error.GetType().Name);
            Assert.NotEmpty(error.Detail);
        }

        standin.Fault("none");
        Assert.Empty(token);
    }

    [Fact]
    public void TheServiceRefusesWithItsSituation()
    {
        using Token token = standin.NewToken("refused");
        using Request request = standin.Order();
        using var mistaken = new Request(
            standin.Service, request.GroupId!, request.CertificateNumber!, "wrong\0password");
        var wrong = Assert.Throws<AuthFailedException>(() => mistaken.Acquire(token));
        Assert.Equal((550, Status.AuthFailed), (wrong.Code, wrong.Status));
        Assert.EndsWith("認証に失敗しました。", wrong.HeadlineJa);
        Assert.IsAssignableFrom<AnswerException>(wrong);
        Assert.Equal(550, Assert.Throws<NotAvailableException>(() => standin.Acquire(token, true, "--not-ready")).Code);
        using Request refusing = standin.Order();
        refusing.IssuerDecision = (_, _) => false;
        Assert.Equal(990, Assert.Throws<CancelledException>(() => refusing.Acquire(token)).Code);
        using var silent = new SilentServer();
        using Request stuck = standin.Order(standin.StuckService(silent.Port));
        stuck.Timeout = TimeSpan.FromMilliseconds(300);
        Assert.Equal(115, Assert.Throws<ServiceUnreachableException>(() => stuck.Acquire(token)).Code);
        Assert.Empty(token);
        token.Lock();
        Assert.Throws<TokenLockedException>(() => request.Acquire(token));
    }

    [Fact]
    public void TheStoreRefusesWithItsSituation()
    {
        using var store = new Store(Path.Combine(standin.Work, "値"));
        Assert.Equal(Path.Combine(standin.Work, "値"), store.Path);
        using Token token = store.CreateToken("１２３４", "文字");
        using Token binary = store.CreateToken("12\0034"u8, "bytes");
        binary.Lock();
        Assert.Throws<PinIncorrectException>(() => binary.Unlock("12\0035"u8));
        binary.Unlock("12\0034"u8);
        Assert.Equal(["文字", "bytes"], store.Select(one => one.Label));
        token.Lock();
        var wrong = Assert.Throws<PinIncorrectException>(() => token.Unlock("1234"));
        Assert.Equal((320, Status.PinIncorrect), (wrong.Code, wrong.Status));
        Assert.IsAssignableFrom<StoreException>(wrong);
        Assert.Throws<PinLengthException>(() => token.Unlock(default(Secret)));
        Assert.Throws<PinLengthException>(() => token.Unlock(""));
        Assert.Throws<TokenLockedException>(() => token.Rename("x"));
        Assert.Throws<TokenExistsException>(() => store.CreateToken("1234", "文字"));
        Assert.Throws<TokenNotFoundException>(() => store.Token("誰も"));
        Assert.Throws<IdentityNotFoundException>(() => token.Identity("00"));
        Assert.Throws<ArgumentException>(() => token.Rename("a\0b"));
        Assert.Throws<ArgumentNullException>(() => new Request((Service)null!));
        Assert.Throws<NotPkcs12Exception>(() => new Pkcs12([0, 0]));
        Assert.Throws<BadCertificateException>(() => new Certificate([]));
        Assert.Throws<BadArgumentException>(() => token.Backup(""));
        File.WriteAllText(Path.Combine(standin.Work, "bad.conf"), "[service]\n");
        Assert.Equal(170, Assert.Throws<ServiceProfileException>(
            () => new Service(Path.Combine(standin.Work, "bad.conf"))).Code);
        string open = Path.Combine(standin.Work, "open");
        Directory.CreateDirectory(open);
        File.SetUnixFileMode(open, (UnixFileMode)0b111_111_111);
        Assert.Equal(300, Assert.Throws<StoreOpenException>(() => new Store(open)).Code);
        Assert.Equal(305, Assert.Throws<StoreWriteException>(() => new Store("/proc/none")).Code);
        using Request request = standin.Order();
        request.Proxy = "nonsense://localhost:1";
        token.Unlock("１２３４");
        Assert.Equal(103, Assert.Throws<ConnectionHandleException>(() => request.Acquire(token)).Code);
        Assert.Null(token.TriesLeft);
        Assert.Matches("^[0-9.]+$", Library.Version);
        Assert.True(File.Exists(Library.Pkcs11Module));
    }
}
