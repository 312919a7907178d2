// SPDX-License-Identifier: BSD-3-Clause
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MainetCert;

public sealed partial class Certificate : IEquatable<Certificate>
{
    /// <summary>Write it in DER.</summary>
    /// <returns>the certificate's bytes</returns>
    public byte[] ToDer() => Der();

    /// <summary>Write it in PEM (RFC 7468).</summary>
    /// <returns>text with line ends</returns>
    public string ToPem() => PemEncoding.WriteString("CERTIFICATE", Der()) + "\n";

    /// <summary>Make the framework's view of it, without a key.</summary>
    /// <returns>a new object, which is the caller's to dispose of</returns>
    public X509Certificate2 ToX509Certificate2() => X509CertificateLoader.LoadCertificate(Der());

    /// <summary>Whether it is the same certificate.</summary>
    /// <param name="other">another</param>
    /// <returns>true if all its bytes are the same</returns>
    public bool Equals(Certificate? other) => other is not null && Sha256 == other.Sha256;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Certificate);

    /// <inheritdoc/>
    public override int GetHashCode() => Sha256.GetHashCode(StringComparison.Ordinal);

    /// <summary>Its common name.</summary>
    /// <returns>the name, also of one that was disposed of</returns>
    public override string ToString() => IsDisposed ? nameof(Certificate) : CommonName;
}
