// SPDX-License-Identifier: BSD-3-Clause
using System.Reflection;
using System.Runtime.InteropServices;

namespace MainetCert;

/// <summary>The library behind the classes.</summary>
public static class Library
{
    private const string Wrapper = "mainetcert_csharp";

    /// <summary>The library's version.</summary>
    public static string Version => Native.version();

    /// <summary>The PKCS#11 module, for programs that are to use the keys where they are.</summary>
    /// <exception cref="FileNotFoundException">neither in the package nor named by MAINETCERT_MODULE</exception>
    public static string Pkcs11Module => Beside("mainetcert-pkcs11.so")
        ?? Environment.GetEnvironmentVariable("MAINETCERT_MODULE")
        ?? throw new FileNotFoundException("neither in the package nor named by MAINETCERT_MODULE");

    /// <summary>A file that the package has beside the library; null without one.</summary>
    internal static string? Beside(string name)
    {
        string searched = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        return searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Before the first call: tell the runtime where else the library may be.</summary>
    internal static void Prepare() => NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Wrapper)
        {
            return 0;
        }

        if (NativeLibrary.TryLoad(name, assembly, path, out nint found))
        {
            return found;
        }

        // an assembly that was copied out of the folder where it was built, alone
        string? folder = Environment.GetEnvironmentVariable("MAINETCERT_CSHARP");
        return folder is null ? 0 : NativeLibrary.Load(Path.Combine(folder, $"lib{Wrapper}.so"));
    }
}
