// SPDX-License-Identifier: BSD-3-Clause
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MainetCert;

/// <summary>mainet_error as it is in memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeError
{
    internal int Status;
    internal int Cause;
    internal fixed byte Detail[248];

    internal static MainetException ToException(NativeError* error) => Situations.Make(
        (Status)error->Status, Marshal.PtrToStringUTF8((nint)error->Detail) ?? "", error->Cause);
}

/// <summary>How a failure of C comes out of the call that it ends.</summary>
internal static unsafe class Failure
{
    [ThreadStatic]
    private static Exception? pending;

    internal static bool IsPending => pending is not null;

    /// <summary>The pending exception, to be thrown now.</summary>
    internal static Exception Take()
    {
        Exception taken = pending!;
        pending = null;
        return taken;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static void Raise(NativeError* error)
    {
        try
        {
            pending = NativeError.ToException(error);
        }
        catch (Exception raised) // out of memory: it must not unwind through C
        {
            pending = raised;
        }
    }
}
