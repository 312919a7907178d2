// SPDX-License-Identifier: BSD-3-Clause
// What bench-calls.c does, in C#. Usage: Calls STORE PIN
using System.Diagnostics;
using MainetCert;

using var store = new Store(args[0]);
using Token token = store.Token();
token.Unlock(args[1]);
using Identity identity = token.Identities()[0];
byte[] data = [.. "data"u8];
while (Console.ReadLine()?.Split(' ') is [var what, var often])
{
    int count = int.Parse(often);
    TimeSpan begin = Environment.CpuUsage.TotalTime;
    int seen = what == "label" ? Label(count) : Sign(count);
    TimeSpan took = Environment.CpuUsage.TotalTime - begin;
    Debug.Assert(seen > 0, "the compiler must not leave the calls out");
    Console.WriteLine((long)(took.TotalNanoseconds / count));
}

int Label(int count)
{
    int length = 0;
    for (int round = 0; round < count; round++)
    {
        length = identity.Label.Length;
    }

    return length;
}

int Sign(int count)
{
    int length = 0;
    for (int round = 0; round < count; round++)
    {
        length = identity.Sign(data, signature: Signature.RsaPkcs1).Length;
    }

    return length;
}
