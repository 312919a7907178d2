// SPDX-License-Identifier: BSD-3-Clause
namespace MainetCert;

public sealed partial class Service
{
    /// <summary>Read the profile that MAINETCERT_SERVICE of the environment names, else the shipped one.</summary>
    /// <exception cref="ServiceProfileException">with the line that is wrong</exception>
    public Service()
        : this(Default()!)
    {
    }

    private static string? Default() =>
        Environment.GetEnvironmentVariable("MAINETCERT_SERVICE") is null ? Library.Beside("mainet.conf") : null;
}
