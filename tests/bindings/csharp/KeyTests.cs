// SPDX-License-Identifier: BSD-3-Clause
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MainetCert.Tests;

/// <summary>Keys as the framework uses them.</summary>
[Collection(WithStandin.Name)]
public sealed class KeyTests(Standin standin)
{
    private static readonly byte[] Data = [.. "署名"u8, 0, .. "する"u8];

    [Fact]
    public void RsaSignsInsideTheToken()
    {
        using Token token = standin.NewToken("rsa");
        using Identity identity = standin.Acquire(token, exportable: false, "--key", "rsa:2048");
        using RSA key = identity.GetRSAPrivateKey()!;
        using X509Certificate2 certificate = identity.Certificate.ToX509Certificate2();
        using RSA open = certificate.GetRSAPublicKey()!;
        Assert.Equal(2048, key.KeySize);
        foreach (HashAlgorithmName hash in (HashAlgorithmName[])
            [HashAlgorithmName.SHA1, HashAlgorithmName.SHA256, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512])
        {
            foreach (RSASignaturePadding padding in (RSASignaturePadding[])
                [RSASignaturePadding.Pkcs1, RSASignaturePadding.Pss])
            {
                byte[] signature = key.SignData(Data, hash, padding);
                Assert.True(open.VerifyData(Data, signature, hash, padding), $"{hash} {padding}");
                Assert.True(key.VerifyData(Data, signature, hash, padding));
            }
        }

        Assert.True(open.VerifyData(
            Data, identity.Sign(Data), HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
        Assert.Equal(open.ExportParameters(false).Modulus, key.ExportParameters(false).Modulus);
        Assert.Throws<CryptographicException>(() => key.ExportParameters(true));
        Assert.Throws<CryptographicException>(
            () => key.SignData(Data, HashAlgorithmName.MD5, RSASignaturePadding.Pkcs1));
        Assert.Null(identity.GetECDsaPrivateKey());
        token.Lock();
        Assert.Throws<TokenLockedException>(
            () => key.SignData(Data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
    }

    [Theory]
    [InlineData("ec:P-256", 256)]
    [InlineData("ec:P-384", 384)]
    [InlineData("ec:P-521", 521)]
    public void ECDsaSignsInsideTheToken(string kind, int bits)
    {
        using Token token = standin.NewToken(kind);
        using Identity identity = standin.Acquire(token, exportable: false, "--key", kind);
        using ECDsa key = identity.GetECDsaPrivateKey()!;
        using X509Certificate2 certificate = identity.Certificate.ToX509Certificate2();
        using ECDsa open = certificate.GetECDsaPublicKey()!;
        Assert.Equal(bits, key.KeySize);
        for (int round = 0; round < 20; round++) // r and s are shorter now and then
        {
            byte[] signature = key.SignData(Data, HashAlgorithmName.SHA256);
            Assert.Equal(2 * ((bits + 7) / 8), signature.Length);
            Assert.True(open.VerifyData(Data, signature, HashAlgorithmName.SHA256));
            Assert.True(key.VerifyData(Data, signature, HashAlgorithmName.SHA256));
        }

        Assert.True(open.VerifyData(
            Data, identity.SignDigest(SHA384.HashData(Data), Hash.Sha384), HashAlgorithmName.SHA384,
            DSASignatureFormat.Rfc3279DerSequence));
        Assert.Throws<BadArgumentException>(() => identity.Sign(Data, signature: Signature.RsaPss));
        Assert.Throws<CryptographicException>(() => key.ExportParameters(true));
        Assert.Throws<NotExportableException>(identity.ToX509Certificate2);
        Assert.Equal(340, Assert.Throws<NotExportableException>(() => identity.ExportPem("p")).Code);
        Assert.Null(identity.GetRSAPrivateKey());
    }

    [Fact]
    public void Ed25519Signs()
    {
        using Token token = standin.NewToken("ed25519");
        using Identity identity = standin.Acquire(token, exportable: false, "--key", "ed25519");
        Assert.Equal(64, identity.Sign(Data).Length);
        Assert.Equal(64, identity.Sign([]).Length);
    }

    [Fact]
    public async Task AnExportableKeyLogsIn()
    {
        using Token token = standin.NewToken("login");
        using Identity identity = standin.Acquire(token, exportable: true, "--key", "rsa:2048");
        using X509Certificate2 certificate = identity.ToX509Certificate2();
        Assert.True(certificate.HasPrivateKey);
        Assert.Contains("正しくインストールされています", await LogIn(certificate));
    }

    /// <summary>What is handed out, the framework reads by itself, on any system.</summary>
    [Theory]
    [InlineData("rsa:2048", ExportFlags.Default)]
    [InlineData("rsa:2048", ExportFlags.Legacy)]
    [InlineData("ec:P-256", ExportFlags.Default)]
    [InlineData("ec:P-256", ExportFlags.Legacy)]
    public void TheFrameworkReadsWhatIsExported(string key, ExportFlags flags)
    {
        const string password = "配布用 p@ss🔑";
        using Token token = standin.NewToken($"framework-{key}-{flags}");
        using Identity identity = standin.Acquire(token, exportable: true, "--key", key);
        X509Certificate2Collection all = X509CertificateLoader.LoadPkcs12Collection(
            identity.ExportPkcs12(password, flags), password);
        Assert.Equal(identity.Chain.Select(one => one.Sha256).Order(),
            all.Select(one => one.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()).Order());
        X509Certificate2 own = Assert.Single(all, one => one.HasPrivateKey);
        using RSA? rsa = own.GetRSAPrivateKey();
        using ECDsa? ec = own.GetECDsaPrivateKey();
        Assert.True(SignsFor(own, rsa, ec));
    }

    /// <summary>And what the framework writes, in each of its ways, is read.</summary>
    [Theory]
    [InlineData("RSA", Pkcs12ExportPbeParameters.Pkcs12TripleDesSha1)]
    [InlineData("RSA", Pkcs12ExportPbeParameters.Pbes2Aes256Sha256)]
    [InlineData("EC", Pkcs12ExportPbeParameters.Pkcs12TripleDesSha1)]
    [InlineData("EC", Pkcs12ExportPbeParameters.Pbes2Aes256Sha256)]
    public void WhatTheFrameworkWritesIsImported(string key, Pkcs12ExportPbeParameters way)
    {
        const string password = "配布用 p@ss🔑";
        using Token token = standin.NewToken($"written-{key}-{way}");
        using X509Certificate2 written = SelfSigned(key);
        using var container = new Pkcs12(written.ExportPkcs12(way, password), password);
        using Identity identity = Assert.Single(token.ImportPkcs12(container));
        Assert.Equal(written.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(), identity.Id);
        Assert.Equal(key, identity.Certificate.KeyType);
        using RSA? rsa = identity.GetRSAPrivateKey();
        using ECDsa? ec = identity.GetECDsaPrivateKey();
        Assert.True(SignsFor(written, rsa, ec));
    }

    // Whether what the key signs, RSA or the other, the certificate verifies.
    private static bool SignsFor(X509Certificate2 certificate, RSA? rsa, ECDsa? ec) => rsa is null
        ? certificate.GetECDsaPublicKey()!.VerifyData(
            Data, ec!.SignData(Data, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256)
        : certificate.GetRSAPublicKey()!.VerifyData(
            Data, rsa.SignData(Data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private static X509Certificate2 SelfSigned(string key)
    {
        var name = new X500DistinguishedName("CN=信託 太郎");
        using RSA rsa = RSA.Create(2048);
        using ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = key == "RSA"
            ? new(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new(name, ec, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
    }

    /// <summary>In the store that the environment names: the module looks there.</summary>
    [Fact]
    public async Task KeysThatStayInsideLogIn()
    {
        using var store = new Store();
        using Token token = store.CreateToken(Standin.Pin);
        using Identity rsa = standin.Acquire(token, exportable: false, "--key", "rsa:2048");
        using Identity ec = standin.Acquire(token, exportable: false, "--key", "ec:P-256");
        foreach (Identity identity in (Identity[])[rsa, ec])
        {
            using SafeEvpPKeyHandle handle = SafeEvpPKeyHandle.OpenPrivateKeyFromEngine(
                "pkcs11", $"{identity.Uri}?pin-value={Standin.Pin}");
            using X509Certificate2 open = identity.Certificate.ToX509Certificate2();
            using X509Certificate2 certificate = identity == rsa
                ? open.CopyWithPrivateKey(new RSAOpenSsl(handle))
                : open.CopyWithPrivateKey(new ECDsaOpenSsl(handle));
            Assert.Contains("正しくインストールされています", await LogIn(certificate));
        }
    }

    private async Task<string> LogIn(X509Certificate2 certificate)
    {
        using var authority = X509CertificateLoader.LoadCertificateFromFile(standin.Authority);
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(authority);
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [certificate],
                LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate,
                CertificateChainPolicy = policy,
            },
        };
        using var client = new HttpClient(handler);
        using HttpResponseMessage answer = await client.GetAsync(new Uri(standin.Service.ConfirmUrl!));
        return await answer.Content.ReadAsStringAsync();
    }
}
