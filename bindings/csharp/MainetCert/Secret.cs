// SPDX-License-Identifier: BSD-3-Clause
using System.Security.Cryptography;
using System.Text;

namespace MainetCert;

/// <summary>
/// A PIN or password of an argument: text, which is taken as UTF-8, or bytes. The default is none, which is not the
/// same as an empty one.
/// </summary>
public readonly ref struct Secret
{
    private readonly ReadOnlySpan<byte> bytes;
    private readonly byte[]? own;
    private readonly int length;

    private Secret(ReadOnlySpan<byte> bytes, byte[]? own)
    {
        this.own = own;
        this.bytes = bytes.IsEmpty ? Interop.Nothing : bytes;
        length = bytes.Length;
    }

    internal ref readonly byte Reference => ref System.Runtime.InteropServices.MemoryMarshal.GetReference(bytes);

    internal nuint Length => (nuint)length;

    /// <summary>Take text.</summary>
    /// <param name="text">the text; none without it</param>
    /// <returns>its UTF-8, which is wiped when the call that it is for is over</returns>
    public static implicit operator Secret(string? text) => FromText(text);

    /// <summary>Take bytes.</summary>
    /// <param name="bytes">the bytes, which stay the caller's</param>
    /// <returns>the same bytes</returns>
    public static implicit operator Secret(ReadOnlySpan<byte> bytes) => FromBytes(bytes);

    /// <summary>Take bytes.</summary>
    /// <param name="bytes">the bytes, which stay the caller's; none without them</param>
    /// <returns>the same bytes</returns>
    public static implicit operator Secret(byte[]? bytes) => bytes is null ? default : new(bytes, null);

    /// <summary>Take bytes.</summary>
    /// <param name="bytes">the bytes, which stay the caller's</param>
    /// <returns>the same bytes</returns>
    public static Secret FromBytes(ReadOnlySpan<byte> bytes) => new(bytes, null);

    /// <summary>Take text.</summary>
    /// <param name="text">the text; none without it</param>
    /// <returns>its UTF-8, which is wiped when the call that it is for is over</returns>
    public static Secret FromText(string? text)
    {
        if (text is null)
        {
            return default;
        }

        // pinned: a collector that moves it would leave copies behind
        byte[] own = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(text), pinned: true);
        _ = Encoding.UTF8.GetBytes(text, own);
        return new(own, own);
    }

    internal void Wipe() => CryptographicOperations.ZeroMemory(own);
}
