// SPDX-License-Identifier: BSD-3-Clause
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MainetCert;

public sealed partial class Identity
{
    /// <summary>The certificate.</summary>
    public Certificate Certificate => ChainCopy(0);

    /// <summary>Its own certificate, then its issuer's, and so on.</summary>
    public IReadOnlyList<Certificate> Chain => [.. Enumerable.Range(0, ChainLength).Select(ChainCopy)];

    /// <summary>Export key and certificates as a PKCS#12 container (RFC 7292).</summary>
    /// <param name="password">protects it, 1 to 1024 bytes</param>
    /// <param name="flags">which certificates, and for which readers</param>
    /// <returns>the container in DER</returns>
    /// <exception cref="NotExportableException">if the key may not leave the token</exception>
    /// <exception cref="TokenLockedException">until the token is unlocked</exception>
    /// <exception cref="IdentityNotFoundException">if it was deleted meanwhile</exception>
    public byte[] ExportPkcs12(Secret password, ExportFlags flags = ExportFlags.Default) =>
        ExportPkcs12Core(password, flags);

    /// <summary>Export the key, encrypted, and the certificates as PEM (RFC 7468).</summary>
    /// <param name="password">protects the key, 1 to 1024 bytes</param>
    /// <param name="flags">which certificates</param>
    /// <returns>ASCII</returns>
    /// <exception cref="NotExportableException">if the key may not leave the token</exception>
    /// <exception cref="TokenLockedException">until the token is unlocked</exception>
    /// <exception cref="IdentityNotFoundException">if it was deleted meanwhile</exception>
    public byte[] ExportPem(Secret password, ExportFlags flags = ExportFlags.Default) => ExportPemCore(password, flags);

    /// <summary>Export the certificates alone as PEM (RFC 7468); needs no PIN.</summary>
    /// <param name="flags">which certificates</param>
    /// <returns>ASCII</returns>
    public byte[] ExportCertificates(ExportFlags flags = ExportFlags.Default) => ExportCertificatesCore(flags);

    /// <summary>Delete it: its certificate, and its key with the last certificate that uses it.</summary>
    /// <param name="flags">whether a newer one need not have been confirmed</param>
    /// <exception cref="NotConfirmedException">if none of the newer ones was ever confirmed</exception>
    /// <exception cref="IdentityNotFoundException">if it was deleted meanwhile</exception>
    /// <exception cref="TokenLockedException">until the token is unlocked</exception>
    /// <exception cref="StoreWriteException">if the token cannot be written; nothing is deleted</exception>
    public void Delete(DeleteFlags flags = DeleteFlags.Default) => DeleteCore(flags);

    /// <summary>Sign data with the key, which does not leave the token.</summary>
    /// <param name="data">what is signed</param>
    /// <param name="hash">what it is hashed with; SHA-256 unless told otherwise, none for Ed25519</param>
    /// <param name="signature">how; RSA-PSS, ECDSA (in DER) or EdDSA as the key is unless told otherwise</param>
    /// <returns>the signature</returns>
    /// <exception cref="TokenLockedException">until the token is unlocked</exception>
    /// <exception cref="BadArgumentException">if it does not fit the key</exception>
    public byte[] Sign(ReadOnlySpan<byte> data, Hash? hash = null, Signature? signature = null)
    {
        Signature how = signature ?? NaturalSignature();
        return Sign(how, hash ?? (how == Signature.Eddsa ? Hash.None : Hash.Sha256), data);
    }

    /// <summary>Sign a digest that the caller has made.</summary>
    /// <param name="digest">the digest</param>
    /// <param name="hash">what it was made with</param>
    /// <param name="signature">as for <c>Sign</c>; not EdDSA</param>
    /// <returns>the signature</returns>
    /// <exception cref="TokenLockedException">until the token is unlocked</exception>
    /// <exception cref="BadArgumentException">if it does not fit the key or the hash</exception>
    public byte[] SignDigest(ReadOnlySpan<byte> digest, Hash hash = Hash.Sha256, Signature? signature = null) =>
        SignDigest(signature ?? NaturalSignature(), hash, digest);

    /// <summary>The RSA key, as the framework uses one: it signs inside the token.</summary>
    /// <returns>a key that holds on to this identity's handle; null if the key is another kind</returns>
    public RSA? GetRSAPrivateKey()
    {
        using X509Certificate2 certificate = ToPublic();
        return certificate.GetRSAPublicKey() is { } key ? new TokenRsa(this, key) : null;
    }

    /// <summary>The EC key, as the framework uses one: it signs inside the token.</summary>
    /// <returns>a key that holds on to this identity's handle; null if the key is another kind</returns>
    public ECDsa? GetECDsaPrivateKey()
    {
        using X509Certificate2 certificate = ToPublic();
        return certificate.GetECDsaPublicKey() is { } key ? new TokenECDsa(this, key) : null;
    }

    /// <summary>Make the framework's certificate with its key, which must be exportable.</summary>
    /// <returns>a new object, which is the caller's to dispose of</returns>
    /// <exception cref="NotExportableException">if the key may not leave the token</exception>
    /// <exception cref="TokenLockedException">until the token is unlocked</exception>
    public X509Certificate2 ToX509Certificate2()
    {
        string password = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        byte[] container = ExportPkcs12(password, ExportFlags.LeafOnly);
        try
        {
            return X509CertificateLoader.LoadPkcs12(container, password);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(container);
        }
    }

    private Signature NaturalSignature()
    {
        using Certificate certificate = Certificate;
        return certificate.KeyType switch
        {
            "RSA" => Signature.RsaPss,
            "EC" => Signature.Ecdsa,
            _ => Signature.Eddsa,
        };
    }

    private X509Certificate2 ToPublic()
    {
        using Certificate certificate = Certificate;
        return certificate.ToX509Certificate2();
    }
}
