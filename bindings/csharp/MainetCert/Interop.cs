// SPDX-License-Identifier: BSD-3-Clause
using System.Runtime.InteropServices;

namespace MainetCert;

/// <summary>One handle of the library's; it is freed once, when no call uses it any more.</summary>
internal sealed class NativeHandle : SafeHandle
{
    private readonly Action<nint> free;

    internal NativeHandle(nint handle, Action<nint> free)
        : base(0, ownsHandle: true)
    {
        this.free = free;
        SetHandle(handle);
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        free(handle);
        return true;
    }
}

/// <summary>What the generated classes need on the way in and out.</summary>
internal static class Interop
{
    /// <summary>Bytes that are there, and none of them.</summary>
    private static readonly byte[] Empty = new byte[1];

    internal static ReadOnlySpan<byte> Nothing => Empty.AsSpan(0, 0);

    internal static ref readonly byte Reference(ReadOnlySpan<byte> bytes) =>
        ref MemoryMarshal.GetReference(bytes.IsEmpty ? Nothing : bytes);

    /// <summary>Text that C reads as it is: it would end at a NUL.</summary>
    internal static string? Text(string? text) => text?.Contains('\0', StringComparison.Ordinal) == true
        ? throw new ArgumentException("Text must not contain a null character.", nameof(text))
        : text;

    internal static byte[] Take(nint bytes)
    {
        try
        {
            byte[] taken = new byte[Native.bytes_len(bytes)];
            Marshal.Copy(Native.bytes_data(bytes), taken, 0, taken.Length);
            return taken;
        }
        finally
        {
            Native.bytes_free(bytes);
        }
    }

    internal static T[] Take<T>(nint list, Func<nint, int> count, Func<nint, int, T> at, Action<nint> free)
    {
        try
        {
            var taken = new T[count(list)];
            for (int index = 0; index < taken.Length; index++)
            {
                taken[index] = at(list, index);
            }

            return taken;
        }
        finally
        {
            free(list);
        }
    }
}
