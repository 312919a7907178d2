// SPDX-License-Identifier: BSD-3-Clause
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MainetCert.Tests;

/// <summary>Takes connections on loopback, and says nothing.</summary>
public class SilentServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> clients = [];

    public SilentServer()
    {
        listener.Start();
        _ = Serve();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public void Dispose()
    {
        listener.Dispose();
        clients.ForEach(client => client.Dispose());
        GC.SuppressFinalize(this);
    }

    protected virtual Task Answer(NetworkStream client) => Task.CompletedTask;

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync();
                clients.Add(client);
                _ = Answer(client.GetStream());
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
        }
    }
}

/// <summary>A proxy that tunnels for whoever knows the password, by Basic.</summary>
public sealed class Proxy(string user, string password) : SilentServer
{
    private readonly string wanted = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    protected override async Task Answer(NetworkStream client)
    {
        try
        {
            string asked = await Head(client);
            if (!asked.Contains(wanted))
            {
                await client.WriteAsync(Encoding.ASCII.GetBytes(
                    "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"\r\n" +
                    "Content-Length: 0\r\nConnection: close\r\n\r\n"));
                client.Close();
                return;
            }

            string[] place = asked.Split(' ')[1].Split(':');
            using var server = new TcpClient(place[0], int.Parse(place[1]));
            await client.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
            await Task.WhenAny(client.CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client));
            client.Close();
        }
        catch (Exception over) when (over is IOException or ObjectDisposedException)
        {
        }
    }

    private static async Task<string> Head(NetworkStream client)
    {
        string head = "";
        var buffer = new byte[4096];
        while (!head.Contains("\r\n\r\n"))
        {
            int read = await client.ReadAsync(buffer);
            head += read == 0 ? throw new IOException("closed") : Encoding.ASCII.GetString(buffer, 0, read);
        }

        return head;
    }
}

/// <summary>Hears progress at once, on the thread of the call.</summary>
public sealed class Heard(Action<AcquireProgress> hear) : IProgress<AcquireProgress>
{
    public void Report(AcquireProgress value) => hear(value);
}
