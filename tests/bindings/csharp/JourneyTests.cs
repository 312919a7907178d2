// SPDX-License-Identifier: BSD-3-Clause
using System.Security.Cryptography;

namespace MainetCert.Tests;

/// <summary>The journey of an administrator.</summary>
[Collection(WithStandin.Name)]
public sealed class JourneyTests(Standin standin)
{
    [Fact]
    public void AcquireTellsAndAsksAndImports()
    {
        using Token token = standin.NewToken("journey");
        using Request request = standin.Order("--key", "rsa:2048");
        var phases = new List<Phase>();
        var log = new List<string>();
        Certificate? issuer = null;
        request.Progress = new Heard(seen => phases.Add(seen.Phase));
        request.Log = (_, text) => log.Add(text);
        request.IssuerDecision = (certificate, expected) => (issuer = certificate) is not null && expected;
        DateTimeOffset before = DateTimeOffset.UtcNow.AddSeconds(-1);
        using Identity identity = request.Acquire(token);

        Assert.Equal(phases.Order(), phases);
        Assert.Empty(new[] { Phase.Checking, Phase.Asking, Phase.Importing }.Except(phases));
        Assert.NotEmpty(log);
        Assert.Equal("SECOM Passport for Member CA9", issuer!.CommonName);
        Assert.True(issuer.IsAuthority && standin.Service.Expects(issuer));
        Assert.Equal([identity.Id], token.Select(one => one.Id));
        Assert.Equal((request.CertificateNumber, "GROUP01", standin.Profile, true),
            (identity.CertificateNumber, identity.GroupId, identity.Service, identity.IsNew));
        Assert.InRange(identity.AcquiredAt!.Value, before, before.AddMinutes(5));
        Assert.Null(identity.ConfirmedAt);

        Certificate certificate = identity.Certificate;
        Assert.Contains("信託 太郎", certificate.Subject);
        Assert.Equal(("RSA", 2048, false), (certificate.KeyType, certificate.KeyBits, certificate.IsAuthority));
        Assert.Equal(identity.Id, Convert.ToHexStringLower(SHA256.HashData(certificate.ToDer())));
        Assert.Equal(TimeSpan.Zero, certificate.NotAfter.Offset);
        Assert.InRange(DateTimeOffset.UtcNow, certificate.NotBefore, certificate.NotAfter);
        double left = (certificate.NotAfter - DateTimeOffset.UtcNow).TotalDays;
        Assert.InRange(identity.DaysLeft, (int)left, (int)left + 1);
        Assert.Equal([certificate, issuer], identity.Chain.Take(2));
        Assert.True(identity.IsChainComplete);
        Assert.Equal(certificate, new Certificate(certificate.ToDer()));
        Assert.Equal(certificate.GetHashCode(), identity.Certificate.GetHashCode());
        Assert.StartsWith("-----BEGIN CERTIFICATE-----\n", certificate.ToPem());

        using Confirmation answer = request.Confirm(identity);
        Assert.Equal((true, "", standin.Service.ConfirmUrl), (answer.IsInstalled, answer.Reason, answer.Url));
        Assert.NotNull(token.Identity(identity.Id[..8]).ConfirmedAt);
    }

    [Fact]
    public void WhatIsExportedIsImportedElsewhere()
    {
        using Token token = standin.NewToken("export");
        using Identity identity = standin.Acquire(token, exportable: true);
        byte[] exported = identity.ExportPkcs12("配布用🔑");
        using var container = new Pkcs12(exported, "配布用🔑");
        Assert.Equal((1, 1, ""), (container.IdentityCount, container.KeyCount, container.Skipped));
        Assert.Equal(identity.Chain, container);
        Assert.Equal([identity.Label, .. identity.Chain.Skip(1).Select(_ => "")], container.FriendlyNames);
        Assert.Throws<Pkcs12PasswordException>(() => new Pkcs12(exported, "配布用"));
        Assert.Throws<ArgumentOutOfRangeException>(() => container[container.Count]);

        using Token other = standin.NewToken("import");
        Certificate? asked = null;
        Assert.Throws<CancelledException>(() => other.ImportPkcs12(container, issuerDecision: _ => false));
        Assert.Throws<DivideByZeroException>(
            () => other.ImportPkcs12(container, issuerDecision: _ => throw new DivideByZeroException()));
        Assert.Empty(other);
        Identity there = Assert.Single(other.ImportPkcs12(
            container, ImportFlags.NotExportable, issuer => (asked = issuer) is not null));
        Assert.Equal((identity.Id, true, false), (there.Id, there.IsNew, there.IsExportable));
        Assert.Equal(identity.Chain[1], asked);
        Assert.False(Assert.Single(other.ImportPkcs12(container)).IsNew);
        Assert.Null(there.AcquiredAt);
        Assert.Null(there.GroupId);
    }

    [Fact]
    public void ARenewedIdentityTakesThePlaceOfTheOld()
    {
        using Token token = standin.NewToken("renew");
        using Identity old = standin.Acquire(token, exportable: false, "--days", "30");
        using Identity renewed = standin.Acquire(token, exportable: false, "--days", "400");
        Assert.Equal([renewed.Id, old.Id], token.Select(one => one.Id));
        Assert.Equal(renewed.Id, token.Identity(old.Id).SupersededBy);
        Assert.Null(token.Identity(renewed.Id).SupersededBy);
        Assert.Empty(token.Prunable());
        Assert.Throws<NotConfirmedException>(() => old.Delete());
        using Request request = new(standin.Service);
        Assert.True(request.Confirm(renewed).IsInstalled);
        Assert.Equal(old.Id, Assert.Single(token.Prunable()).Id);
        Assert.Equal(old.Id, Assert.Single(token.Prune()).Id);
        Assert.Throws<IdentityNotFoundException>(() => token.Identity(old.Id));
        renewed.Delete(DeleteFlags.Force);
        Assert.Empty(token);
    }

    [Fact]
    public void WhatWasDeliveredWaits()
    {
        using Token token = standin.NewToken("pending");
        using Request request = standin.Order();
        request.IssuerDecision = (_, _) => throw new DivideByZeroException();
        Assert.Throws<DivideByZeroException>(() => request.Acquire(token));
        request.IssuerDecision = null;
        Pending waiting = Assert.Single(token.Pending());
        Assert.Equal((request.CertificateNumber, Status.Ok, null, true),
            (waiting.CertificateNumber, waiting.Status, waiting.Damage, waiting.IsExportable));
        Assert.NotNull(waiting.DeliveredAt);
        using Identity identity = waiting.Resume(request);
        Assert.Equal([identity.Id], token.Select(one => one.Id));
        Assert.Empty(token.Pending());
    }

    [Fact]
    public void TheServiceIsDiagnosed()
    {
        using var request = new Request(standin.Service);
        using Diagnosis diagnosis = request.Diagnose();
        Assert.Contains(diagnosis, one => one.Stage == Stage.Done && one.Status == Status.Ok && one.Detail is null);
        using var silent = new SilentServer();
        using var stuck = new Request(standin.StuckService(silent.Port)) { Timeout = TimeSpan.FromMilliseconds(300) };
        Assert.Contains(stuck.Diagnose(), one => one.Stage != Stage.Done && one.Status != Status.Ok);
        Assert.Throws<ArgumentOutOfRangeException>(() => diagnosis[99]);
    }

    [Fact]
    public void ATokenLivesItsLife()
    {
        using Token token = standin.NewToken("life", soPin: "security-officer");
        Assert.True(token.HasPin && token.HasSoPin && !token.IsLocked);
        token.ChangePin(Standin.Pin, "135790");
        token.Unblock("security-officer", Standin.Pin);
        token.ChangeSoPin("security-officer", "officer-2");
        token.Rekey(Standin.Pin, newPin: "2468", soPin: "officer-2");
        token.Unlock("2468");
        token.ProveWritable(1000);
        Assert.Equal("10", token.Settings["pin-limit"]);
        token.Settings["show-expired"] = "no";
        Assert.Equal(["pin-limit", "show-expired", "show-superseded"], token.Settings.Keys.Order());
        Assert.Equal("no", token.Settings.ToDictionary()["show-expired"]);
        Assert.False(token.Settings.TryGetValue("none", out _));
        Assert.Throws<KeyNotFoundException>(() => token.Settings["none"]);
        var seen = new List<(string, MainetException?)>();
        token.Check((place, problem) => seen.Add((place, problem)));
        Assert.NotEmpty(seen);
        Assert.All(seen, one => Assert.Null(one.Item2));
        Assert.Throws<DivideByZeroException>(() => token.Check((_, _) => throw new DivideByZeroException()));
        token.Rename("新しい名前");
        string copy = Path.Combine(standin.Work, "backup.db");
        token.Backup(copy);
        Assert.Throws<OutputExistsException>(() => token.Backup(copy));
        token.Delete();
        using var store = new Store(Path.Combine(standin.Work, "life"));
        Assert.Empty(store);
        using Token again = store.Restore(copy);
        Assert.Equal(("新しい名前", true, 10), (again.Label, again.IsLocked, again.TriesLeft));
    }
}
