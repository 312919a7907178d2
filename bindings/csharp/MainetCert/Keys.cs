// SPDX-License-Identifier: BSD-3-Clause
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace MainetCert;

/// <summary>An RSA key that signs inside a token; what needs the public key alone is done here.</summary>
internal sealed class TokenRsa : RSA
{
    private readonly Identity identity;
    private readonly RSA open;

    internal TokenRsa(Identity identity, RSA open)
    {
        this.identity = identity;
        this.open = open;
        KeySizeValue = open.KeySize;
        LegalKeySizesValue = [new KeySizes(open.KeySize, open.KeySize, 0)];
    }

    public override byte[] SignHash(byte[] hash, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding) =>
        identity.SignDigest(hash, Hashes.Of(hashAlgorithm), padding == RSASignaturePadding.Pss
            ? Signature.RsaPss
            : Signature.RsaPkcs1);

    public override bool VerifyHash(
        byte[] hash, byte[] signature, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding) =>
        open.VerifyHash(hash, signature, hashAlgorithm, padding);

    public override byte[] Encrypt(byte[] data, RSAEncryptionPadding padding) => open.Encrypt(data, padding);

    public override RSAParameters ExportParameters(bool includePrivateParameters) => includePrivateParameters
        ? throw new CryptographicException("The key does not leave its token.")
        : open.ExportParameters(false);

    public override void ImportParameters(RSAParameters parameters) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            open.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>An EC key that signs inside a token; what needs the public key alone is done here.</summary>
internal sealed class TokenECDsa : ECDsa
{
    private readonly Identity identity;
    private readonly ECDsa open;

    internal TokenECDsa(Identity identity, ECDsa open)
    {
        this.identity = identity;
        this.open = open;
        KeySizeValue = open.KeySize;
        LegalKeySizesValue = [new KeySizes(open.KeySize, open.KeySize, 0)];
    }

    public override byte[] SignHash(byte[] hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        return ToFixedField(identity.SignDigest(hash, Hashes.OfLength(hash.Length), Signature.Ecdsa), (KeySize + 7) / 8);
    }

    public override bool VerifyHash(byte[] hash, byte[] signature) => open.VerifyHash(hash, signature);

    public override ECParameters ExportParameters(bool includePrivateParameters) => includePrivateParameters
        ? throw new CryptographicException("The key does not leave its token.")
        : open.ExportParameters(false);

    public override ECParameters ExportExplicitParameters(bool includePrivateParameters) => includePrivateParameters
        ? throw new CryptographicException("The key does not leave its token.")
        : open.ExportExplicitParameters(false);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            open.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The framework wants r and s side by side (IEEE P1363) where C answers DER.</summary>
    private static byte[] ToFixedField(byte[] der, int size)
    {
        AsnReader reader = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        byte[] field = new byte[2 * size];
        foreach (int at in (ReadOnlySpan<int>)[0, size])
        {
            BigInteger number = reader.ReadInteger();
            int length = number.GetByteCount(isUnsigned: true);
            _ = number.TryWriteBytes(field.AsSpan(at + size - length), out _, isUnsigned: true, isBigEndian: true);
        }

        return field;
    }
}

/// <summary>What the framework calls the hashes.</summary>
internal static class Hashes
{
    internal static Hash Of(HashAlgorithmName name) => name.Name switch
    {
        "SHA1" => Hash.Sha1,
        "SHA256" => Hash.Sha256,
        "SHA384" => Hash.Sha384,
        "SHA512" => Hash.Sha512,
        _ => throw new CryptographicException($"The hash {name.Name} is not known here."),
    };

    internal static Hash OfLength(int length) => length switch
    {
        20 => Hash.Sha1,
        32 => Hash.Sha256,
        48 => Hash.Sha384,
        64 => Hash.Sha512,
        _ => throw new CryptographicException($"No known hash has {length} bytes."),
    };
}
