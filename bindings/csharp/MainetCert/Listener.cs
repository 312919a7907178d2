// SPDX-License-Identifier: BSD-3-Clause
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;

namespace MainetCert;

/// <summary>
/// Hears C's callbacks during one call. What a callback throws ends the call, and comes out of it as it was.
/// </summary>
internal sealed unsafe class Listener
{
    private ExceptionDispatchInfo? thrown;

    internal CancellationToken Cancellation { get; init; }

    internal Action<LogLevel, string>? Log { get; init; }

    internal IProgress<AcquireProgress>? Progress { get; init; }

    internal Func<Certificate, bool, bool>? IssuerDecision { get; init; }

    internal Func<string, int, NetworkCredential?>? ProxyCredentials { get; init; }

    internal Action<string, MainetException?>? Seen { get; init; }

    internal static nint LogFunction => (nint)(delegate* unmanaged[Cdecl]<int, nint, nint, void>)&OnLog;

    internal static nint ProgressFunction => (nint)(delegate* unmanaged[Cdecl]<int, long, long, nint, int>)&OnProgress;

    internal static nint IssuerFunction => (nint)(delegate* unmanaged[Cdecl]<nint, byte, nint, int>)&OnIssuer;

    internal static nint ProxyFunction => (nint)(delegate* unmanaged[Cdecl]<nint, int, nint, nint, int>)&OnProxy;

    internal static nint CheckFunction => (nint)(delegate* unmanaged[Cdecl]<nint, NativeError*, nint, int>)&OnCheck;

    /// <summary>Make a call that has this listener as its user_data.</summary>
    internal T During<T>(Func<nint, T> call)
    {
        Cancellation.ThrowIfCancellationRequested();
        var handle = GCHandle.Alloc(this);
        try
        {
            T made = call(GCHandle.ToIntPtr(handle));
            thrown?.Throw();
            return made;
        }
        catch (MainetException) when (thrown is not null)
        {
            thrown.Throw();
            throw;
        }
        catch (CancelledException) when (Cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(Cancellation);
        }
        finally
        {
            handle.Free();
        }
    }

    private static Status Hear(nint self, Func<Listener, Status> answer)
    {
        var listener = (Listener)GCHandle.FromIntPtr(self).Target!;
        try
        {
            return answer(listener);
        }
        catch (Exception raised)
        {
            listener.thrown ??= ExceptionDispatchInfo.Capture(raised);
            return Status.Cancelled;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLog(int level, nint text, nint self) => Hear(self, listener =>
    {
        listener.Log?.Invoke((LogLevel)level, Text(text));
        return Status.Ok;
    });

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnProgress(int phase, long done, long total, nint self) => (int)Hear(self, listener =>
    {
        if (listener.thrown is not null || listener.Cancellation.IsCancellationRequested)
        {
            return Status.Cancelled;
        }

        listener.Progress?.Report(new((Phase)phase, done, total));
        return Status.Ok;
    });

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnIssuer(nint issuer, byte expected, nint self) => (int)Hear(self, listener =>
    {
        Certificate copy = Native.certificate_copy(issuer);
        return listener.IssuerDecision!(copy, expected != 0) ? Status.Ok : Status.Cancelled;
    });

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnProxy(nint proxy, int attempt, nint credentials, nint self) => (int)Hear(self, listener =>
    {
        if (listener.ProxyCredentials!(Text(proxy), attempt) is not { } answer)
        {
            return Status.ProxyCancelled;
        }

        string user = answer.Domain.Length == 0 ? answer.UserName : $@"{answer.Domain}\{answer.UserName}";
        Native.credentials_set(credentials, user, answer.Password);
        return Status.Ok;
    });

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnCheck(nint place, NativeError* problem, nint self)
    {
        nint at = (nint)problem; // a lambda takes no pointer
        return (int)Hear(self, listener =>
        {
            listener.Seen?.Invoke(Text(place), at == 0 ? null : NativeError.ToException((NativeError*)at));
            return Status.Ok;
        });
    }

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? "";
}
