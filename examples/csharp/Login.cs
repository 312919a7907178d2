// SPDX-License-Identifier: BSD-3-Clause
// Acquire a certificate whose key never leaves the token, and log in with it:
//     Login SERVICE.conf GROUP NUMBER CA.pem    with the token's PIN and the retrieval password on two lines
// The token is the one of the default store; it is made if it is not there. CA.pem is whom the login trusts. The key is
// used through OpenSSL's engine for PKCS#11, for SslStream takes no other key that stays inside: PKCS11_MODULE_PATH of
// the environment must name the module.
using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MainetCert;

[assembly: SupportedOSPlatform("linux")]

if (args is not [var profile, var group, var number, var authority])
{
    Console.Error.WriteLine("usage: Login SERVICE.conf GROUP NUMBER CA.pem");
    return 2;
}

string pin = Console.ReadLine() ?? "";
string password = Console.ReadLine() ?? "";
try
{
    using var service = new Service(profile);
    using Token token = OpenToken(pin);
    using Identity identity = await Acquire(service, token);
    Console.WriteLine($"{identity.Uri} until {identity.Certificate.NotAfter:yyyy-MM-dd}");
    using X509Certificate2 certificate = WithKeyInside(identity);
    string page = await LogIn(certificate, service.ConfirmUrl ?? service.RetrieveUrl);
    Console.WriteLine(page.Contains("正しくインストールされています") ? "installed" : page);
    return 0;
}
catch (MainetException error)
{
    Console.Error.WriteLine($"{error.Code}: {error.Headline}\n{error.Remedy}");
    return 1;
}

static Token OpenToken(string pin)
{
    using var store = new Store();
    try
    {
        Token token = store.Token();
        token.Unlock(pin);
        return token;
    }
    catch (TokenNotFoundException)
    {
        return store.CreateToken(pin);
    }
}

async Task<Identity> Acquire(Service service, Token token)
{
    var interrupted = new CancellationTokenSource();
    Console.CancelKeyPress += (_, pressed) =>
    {
        interrupted.Cancel();
        pressed.Cancel = true; // the call ends, and then the program
    };
    using var request = new Request(service, group, number, password)
    {
        Exportable = false,
        Progress = new Progress<AcquireProgress>(seen => Console.Error.WriteLine($"{seen.Phase} {seen.Done}/{seen.Total}")),
        IssuerDecision = (issuer, expected) =>
        {
            Console.WriteLine($"{(expected ? "expected" : "unknown")} issuer: {issuer.Subject}");
            return expected;
        },
    };
    return await request.AcquireAsync(token, interrupted.Token);
}

X509Certificate2 WithKeyInside(Identity identity)
{
    using var key = SafeEvpPKeyHandle.OpenPrivateKeyFromEngine("pkcs11", $"{identity.Uri}?pin-value={pin}");
    using X509Certificate2 certificate = identity.Certificate.ToX509Certificate2();
    return identity.Certificate.KeyType == "RSA"
        ? certificate.CopyWithPrivateKey(new RSAOpenSsl(key))
        : certificate.CopyWithPrivateKey(new ECDsaOpenSsl(key));
}

async Task<string> LogIn(X509Certificate2 certificate, string address)
{
    var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
    trust.CustomTrustStore.ImportFromPemFile(authority);
    using var handler = new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions { ClientCertificates = [certificate], CertificateChainPolicy = trust },
    };
    using var client = new HttpClient(handler);
    return await (await client.GetAsync(address)).Content.ReadAsStringAsync();
}
