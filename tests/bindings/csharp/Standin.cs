// SPDX-License-Identifier: BSD-3-Clause
using System.Diagnostics;
using System.Text.Json;

namespace MainetCert.Tests;

/// <summary>One running mainet-standin and a folder of stores, for all tests.</summary>
public sealed class Standin : IDisposable
{
    public const string Pin = "246810";
    private readonly Process process;
    private readonly string folder;

    public Standin()
    {
        Work = Directory.CreateTempSubdirectory("mainetcert-").FullName;
        folder = Path.Combine(Work, "standin");
        process = Process.Start(new ProcessStartInfo("mainet-standin", ["serve", "--dir", folder, "--foreground"])
        {
            RedirectStandardOutput = true,
        })!;
        var waited = Stopwatch.StartNew();
        while (!File.Exists(Path.Combine(folder, "ready")))
        {
            if (process.HasExited || waited.Elapsed > TimeSpan.FromSeconds(60))
            {
                throw new InvalidOperationException("the stand-in did not start");
            }

            Thread.Sleep(50);
        }

        Service = new Service(Profile);
    }

    public string Work { get; }

    public Service Service { get; }

    public string Profile => Path.Combine(folder, "service.conf");

    public string Authority => Path.Combine(folder, "tls-ca.pem");

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        Service.Dispose();
        Directory.Delete(Work, recursive: true);
    }

    public Token NewToken(string name, string? soPin = null)
    {
        using var store = new Store(Path.Combine(Work, name));
        return store.CreateToken(Pin, soPin: soPin);
    }

    /// <summary>Order a certificate, and make the request for it.</summary>
    public Request Order(params string[] options) => Order(Service, options);

    public Request Order(Service service, params string[] options)
    {
        (string group, string number, string password) = Told(options);
        return new Request(service, group, number, password);
    }

    /// <summary>Order a certificate, and add the order to a batch.</summary>
    public Order AddOrder(Batch batch, params string[] options)
    {
        (string group, string number, string password) = Told(options);
        return batch.Add(group, number, password);
    }

    public Identity Acquire(Token token, bool exportable, params string[] options)
    {
        using Request request = Order(options);
        request.Exportable = exportable;
        return request.Acquire(token);
    }

    /// <summary>Let the next replies be wrong in a way; <c>none</c> ends it.</summary>
    public void Fault(string name) => _ = Run("mainet-standin", "fault", "--dir", folder, name);

    /// <summary>A service whose server never answers.</summary>
    public Service StuckService(int port)
    {
        string path = Path.Combine(Work, $"stuck-{port}.conf");
        string profile = File.ReadAllText(Profile);
        File.WriteAllText(path, profile.Replace(Service.RetrieveUrl, $"https://127.0.0.1:{port}/"));
        return new Service(path);
    }

    /// <summary>Revoke the certificate of a serial number.</summary>
    public void Revoke(string serial) => _ = Run("mainet-standin", "revoke", "--dir", folder, serial);

    public static string Run(string program, params string[] arguments)
    {
        using Process run = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string told = run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        return run.ExitCode == 0 ? told : throw new InvalidOperationException($"{program} failed: {told}");
    }

    private (string Group, string Number, string Password) Told(string[] options)
    {
        using JsonDocument told = JsonDocument.Parse(Run("mainet-standin", [
            "order", "--dir", folder, "--group-id", "GROUP01", "--common-name", "信託 太郎", "--json", .. options]));
        string Word(string name) => told.RootElement.GetProperty(name).GetString()!;
        return (Word("group_id"), Word("certificate_number"), Word("password"));
    }
}

/// <summary>Tests that share the stand-in; one class after the other, as some look at the whole process.</summary>
[CollectionDefinition(Name)]
public sealed class WithStandin : ICollectionFixture<Standin>
{
    public const string Name = "stand-in";
}
