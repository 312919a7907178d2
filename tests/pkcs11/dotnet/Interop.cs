// SPDX-License-Identifier: BSD-3-Clause
// Interop MODULE FOLDER: Pkcs11Interop on the tokens of make-token. .NET verifies what it signs and
// encrypts what it decrypts.

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

string folder = args[1];
byte[] data = File.ReadAllBytes(Path.Combine(folder, "data"));
var factories = new Pkcs11InteropFactories();
int count = 0;

void Ok(bool condition, string sentence, string seen = "")
{
    Console.WriteLine($"{(condition ? "ok" : "not ok")} {++count} - {sentence}");
    if (!condition && seen.Length > 0)
        Console.WriteLine("# " + seen.ReplaceLineEndings("\n# "));
}

void Try(string sentence, Action attempt)
{
    try
    {
        attempt();
    }
    catch (Exception failure)
    {
        Ok(false, sentence, failure.ToString());
    }
}

X509Certificate2 CertificateOf(string name) =>
    X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(folder, name + ".pem")));

IObjectAttribute Is(CKA type, object value) => value switch
{
    bool truth => factories.ObjectAttributeFactory.Create(type, truth),
    byte[] bytes => factories.ObjectAttributeFactory.Create(type, bytes),
    CKO kind => factories.ObjectAttributeFactory.Create(type, kind),
    CKK kind => factories.ObjectAttributeFactory.Create(type, kind),
    ulong number => factories.ObjectAttributeFactory.Create(type, number),
    _ => factories.ObjectAttributeFactory.Create(type, (string)value),
};

IObjectHandle Find(ISession session, CKO kind, string label) =>
    session.FindAllObjects([Is(CKA.CKA_CLASS, kind), Is(CKA.CKA_LABEL, label)]).Single();

byte[] ValueOf(ISession session, IObjectHandle found, CKA type) =>
    session.GetAttributeValue(found, [type])[0].GetValueAsByteArray();

ISlot SlotOf(IPkcs11Library library, string label) =>
    library.GetSlotList(SlotsType.WithTokenPresent).Single(slot => slot.GetTokenInfo().Label == label);

void TrySign(ISession session)
{
    using RSA rsa = CertificateOf("rsa").GetRSAPublicKey()!;
    using ECDsa ec = CertificateOf("ec").GetECDsaPublicKey()!;
    var mechanisms = factories.MechanismFactory;
    IMechanism pss = mechanisms.Create(CKM.CKM_SHA384_RSA_PKCS_PSS,
        factories.MechanismParamsFactory.CreateCkRsaPkcsPssParams((ulong)CKM.CKM_SHA384,
            (ulong)CKG.CKG_MGF1_SHA384, 48));
    IObjectHandle key = Find(session, CKO.CKO_PRIVATE_KEY, "rsa");

    Ok(rsa.VerifyData(data, session.Sign(mechanisms.Create(CKM.CKM_SHA256_RSA_PKCS), key, data),
        HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), ".NET verifies SHA256_RSA_PKCS");
    Ok(rsa.VerifyData(data, session.Sign(pss, key, data), HashAlgorithmName.SHA384,
        RSASignaturePadding.Pss), ".NET verifies SHA384_RSA_PKCS_PSS");
    using var parts = new MemoryStream(data); // in parts of 100 bytes
    Ok(rsa.VerifyData(data, session.Sign(mechanisms.Create(CKM.CKM_SHA512_RSA_PKCS), key, parts, 100),
        HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1), ".NET verifies SHA512_RSA_PKCS in parts");
    key = Find(session, CKO.CKO_PRIVATE_KEY, "ec");
    Ok(ec.VerifyData(data, session.Sign(mechanisms.Create(CKM.CKM_ECDSA_SHA256), key, data),
        HashAlgorithmName.SHA256), ".NET verifies ECDSA_SHA256");
    Ok(ec.VerifyHash(SHA256.HashData(data),
        session.Sign(mechanisms.Create(CKM.CKM_ECDSA), key, SHA256.HashData(data))),
        ".NET verifies ECDSA of a hash");
}

void TryVerify(ISession session)
{
    using RSA pair = RSA.Create(2048);
    RSAParameters numbers = pair.ExportParameters(false);
    byte[] signature = pair.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    IMechanism mechanism = factories.MechanismFactory.Create(CKM.CKM_SHA256_RSA_PKCS);
    IObjectHandle key = session.CreateObject([Is(CKA.CKA_CLASS, CKO.CKO_PUBLIC_KEY),
        Is(CKA.CKA_KEY_TYPE, CKK.CKK_RSA), Is(CKA.CKA_TOKEN, false), Is(CKA.CKA_VERIFY, true),
        Is(CKA.CKA_MODULUS, numbers.Modulus!), Is(CKA.CKA_PUBLIC_EXPONENT, numbers.Exponent!)]);

    session.Verify(mechanism, key, data, signature, out bool isValid);
    Ok(isValid, "Pkcs11Interop verifies what .NET signed with a key of its own");
    session.Verify(mechanism, key, data[1..], signature, out isValid);
    Ok(!isValid, "and nothing else");
    session.DestroyObject(key);
}

void TryDecrypt(ISession session)
{
    byte[] secret = data[..32];
    using RSA rsa = CertificateOf("rsa").GetRSAPublicKey()!;
    IMechanism oaep = factories.MechanismFactory.Create(CKM.CKM_RSA_PKCS_OAEP,
        factories.MechanismParamsFactory.CreateCkRsaPkcsOaepParams((ulong)CKM.CKM_SHA256,
            (ulong)CKG.CKG_MGF1_SHA256, (ulong)CKZ.CKZ_DATA_SPECIFIED, null));
    byte[] plain = session.Decrypt(oaep, Find(session, CKO.CKO_PRIVATE_KEY, "rsa"),
        rsa.Encrypt(secret, RSAEncryptionPadding.OaepSHA256));

    Ok(plain.SequenceEqual(secret), "Pkcs11Interop decrypts what .NET encrypted");
}

// Each thread of the pool has a session, and the key is the same.
void TryConcurrently(ISlot slot)
{
    using RSA rsa = CertificateOf("rsa").GetRSAPublicKey()!;
    int verified = 0;

    Parallel.For(0, 32, _ =>
    {
        using ISession session = slot.OpenSession(SessionType.ReadOnly);
        byte[] signature = session.Sign(factories.MechanismFactory.Create(CKM.CKM_SHA256_RSA_PKCS),
            Find(session, CKO.CKO_PRIVATE_KEY, "rsa"), data);

        if (rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            Interlocked.Increment(ref verified);
    });
    Ok(verified == 32, "threads sign at the same time", $"{verified} of 32");
}

void TryGenerate(ISession session)
{
    byte[] id = [7, 7];
    byte[] p256 = Convert.FromHexString("06082a8648ce3d030107");
    session.GenerateKeyPair(factories.MechanismFactory.Create(CKM.CKM_EC_KEY_PAIR_GEN),
        [Is(CKA.CKA_TOKEN, true), Is(CKA.CKA_LABEL, "made"), Is(CKA.CKA_ID, id),
            Is(CKA.CKA_EC_PARAMS, p256), Is(CKA.CKA_VERIFY, true)],
        [Is(CKA.CKA_TOKEN, true), Is(CKA.CKA_LABEL, "made"), Is(CKA.CKA_ID, id),
            Is(CKA.CKA_PRIVATE, true), Is(CKA.CKA_SIGN, true), Is(CKA.CKA_SENSITIVE, true)],
        out IObjectHandle publicKey, out IObjectHandle privateKey);
    using ECDsa made = ECDsa.Create();

    made.ImportSubjectPublicKeyInfo(ValueOf(session, publicKey, CKA.CKA_PUBLIC_KEY_INFO), out _);
    Ok(made.VerifyData(data,
        session.Sign(factories.MechanismFactory.Create(CKM.CKM_ECDSA_SHA256), privateKey, data),
        HashAlgorithmName.SHA256), "a pair that Pkcs11Interop makes signs");
    session.SetAttributeValue(privateKey, [Is(CKA.CKA_LABEL, "renamed")]);
    Ok(Find(session, CKO.CKO_PRIVATE_KEY, "renamed").ObjectId == privateKey.ObjectId,
        "and is found by its new label");
    session.DestroyObject(privateKey);
    session.DestroyObject(publicKey);
    Ok(session.FindAllObjects([Is(CKA.CKA_ID, id)]).Count == 0, "and is deleted");
}

void TryCertificate(ISession session)
{
    using RSA key = RSA.Create(2048);
    using X509Certificate2 made = new CertificateRequest("CN=from .NET", key,
        HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(
        DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    IObjectHandle written = session.CreateObject([Is(CKA.CKA_CLASS, CKO.CKO_CERTIFICATE),
        Is(CKA.CKA_CERTIFICATE_TYPE, 0UL), Is(CKA.CKA_TOKEN, true), Is(CKA.CKA_LABEL, "written"),
        Is(CKA.CKA_SUBJECT, made.SubjectName.RawData), Is(CKA.CKA_VALUE, made.RawData)]);

    Ok(ValueOf(session, Find(session, CKO.CKO_CERTIFICATE, "ec"), CKA.CKA_VALUE)
        .SequenceEqual(CertificateOf("ec").RawData), "Pkcs11Interop reads a certificate");
    Ok(ValueOf(session, written, CKA.CKA_ISSUER).SequenceEqual(made.IssuerName.RawData),
        "and the issuer of one that it wrote");
    session.DestroyObject(written);
}

void TryOfficer(IPkcs11Library library)
{
    ISlot free = library.GetSlotList(SlotsType.WithOrWithoutTokenPresent)
        .First(slot => !slot.GetSlotInfo().SlotFlags.TokenPresent);

    free.InitToken("9876-so", "by .NET");
    using (ISession officer = free.OpenSession(SessionType.ReadWrite))
    {
        officer.Login(CKU.CKU_SO, "9876-so");
        officer.InitPin("first-pin");
        officer.Logout();
    }
    using ISession user = free.OpenSession(SessionType.ReadWrite);
    user.Login(CKU.CKU_USER, "first-pin");
    user.SetPin("first-pin", "second-pin");
    user.Logout();
    user.Login(CKU.CKU_USER, "second-pin");
    Ok(free.GetTokenInfo().Label == "by .NET" && user.GetSessionInfo().State == CKS.CKS_RW_USER_FUNCTIONS,
        "Pkcs11Interop makes a token and changes its PIN");
}

using (IPkcs11Library library = factories.Pkcs11LibraryFactory.LoadPkcs11Library(factories, args[0],
    AppType.MultiThreaded))
{
    ISlot slot = SlotOf(library, "MaiNet");
    using ISession session = slot.OpenSession(SessionType.ReadWrite);

    try
    {
        session.Login(CKU.CKU_USER, "wrong-pin");
        Ok(false, "a wrong PIN is called one");
    }
    catch (Pkcs11Exception refusal)
    {
        Ok(refusal.RV == CKR.CKR_PIN_INCORRECT, "a wrong PIN is called one", refusal.RV.ToString());
    }
    session.Login(CKU.CKU_USER, "1234-pin");
    Try("Pkcs11Interop signs", () => TrySign(session));
    Try("it verifies", () => TryVerify(session));
    Try("it decrypts", () => TryDecrypt(session));
    Try("it signs in threads", () => TryConcurrently(slot));
    Try("it makes keys", () => TryGenerate(session));
    Try("it reads and writes certificates", () => TryCertificate(session));
    Try("it makes tokens", () => TryOfficer(library));
    session.Logout();
    Ok(session.FindAllObjects([Is(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY)]).Count == 0,
        "after logout there is no private key");
}
Console.WriteLine($"1..{count}");
